"""WikiText-2, word by word, with its usual vocabulary and splits: the standard yardstick.

    python benchmarks/wikitext2.py --data DIR --out FOLDER [--resume]

The folder DIR/en/wikitext2 holds wiki.{train,valid,test}.tokens.xz (Merity et al. 2016): words
divided by spaces, rare ones replaced by <unk>; a line's end counts as a word. The perplexity of the
test split is measured at the very end, in one stream from its first word to its last, with the
weights of the epoch that was best on the validation split.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.generator.network import GeneratorHead, GeneratorNetwork
from textrnn.network import Embedding, Encoder
from textrnn.training.generator.plan import LanguageSettings
from textrnn.training.generator.token_store import TokenStore
from textrnn.training.loop.events import TrainingEvent
from textrnn.training.settings import TrainingSettings

if TYPE_CHECKING:
    from textrnn.training.generator.model import LanguageModel
    from textrnn.training.generator.objective import LanguageObjective

_SPECIAL = 4  # <pad>, <unk> (never used: WikiText's own is a word), <s>, </s>
_START = 2  # <s>
_WINDOW = 256


def read_words(folder: Path, split: str) -> list[str]:
    """The words of a split, ``<eos>`` for each line's end."""
    with lzma.open(folder / f"wiki.{split}.tokens.xz", "rt", encoding="utf-8") as file:
        return [word for line in file for word in [*line.split(), "<eos>"]]


def main() -> None:
    """Train, then measure once."""
    options = parsed()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from textrnn.training.generator.model import build_generator
    from textrnn.training.generator.objective import LanguageObjective
    from textrnn.training.loop.backend import seed_everything

    stores, words = read_stores(Path(options.data) / "en" / "wikitext2")
    seed_everything(0)
    model = build_generator(network_of(options, words + _SPECIAL))
    settings = TrainingSettings(
        optimizer="adam",
        learning_rate=2e-3,
        schedule="one-cycle",
        epochs=options.epochs,
        patience=0,
        batch_size=32,
        max_tokens=64,
        window_overlap=0,
        clip_norm=1.0,
    )
    language = LanguageSettings(candidates=options.candidates)
    objective = LanguageObjective(model, stores["train"], stores["valid"], settings, language)
    train(model, objective, settings, options.out, resume=options.resume)
    parameters = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    for split in ("valid", "test"):
        loss = stream_loss(model, stores[split])
        print(f"{split}: perplexity {math.exp(loss):.2f}, {parameters / 1e6:.1f}M weights")


def parsed() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--embedding-units", type=int, default=200)
    parser.add_argument("--units", type=int, default=400)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--weight-dropout", type=float, default=0.1)
    parser.add_argument("--candidates", type=int, default=2048)
    return parser.parse_args()


def read_stores(folder: Path) -> tuple[dict[str, TokenStore], int]:
    """The splits as numbers, each one document, and how many different words there are."""
    words = {split: read_words(folder, split) for split in ("train", "valid", "test")}
    numbers = {word: i for i, word in enumerate(sorted(set(words["train"])), start=_SPECIAL)}
    print(f"vocabulary {len(numbers):,}", {s: f"{len(w):,}" for s, w in words.items()}, flush=True)
    stores = {}
    for split, found in words.items():
        ids = np.array([_START, *(numbers[word] for word in found)], np.int32)
        stores[split] = TokenStore(ids, np.array([0]), np.array([len(ids)]))
    return stores, len(numbers)


def network_of(options: argparse.Namespace, vocabulary_size: int) -> GeneratorNetwork:
    """The network of the options."""
    encoder = Encoder(
        "lstm", options.units, bidirectional=False, weight_dropout=options.weight_dropout
    )
    return GeneratorNetwork(
        vocabulary_size,
        GeneratorHead(dropout=options.dropout),
        Embedding(options.embedding_units, dropout=options.dropout, word_dropout=0.1),
        (encoder,),
    )


def train(
    model: LanguageModel,
    objective: LanguageObjective,
    settings: TrainingSettings,
    out: Path,
    *,
    resume: bool,
) -> None:
    """Train the model, or go on with what was stopped; its checkpoint lies in ``out``."""
    from textrnn.training.loop.checkpoint import load_checkpoint
    from textrnn.training.loop.fit import Fit

    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "checkpoint.npz"
    fit = Fit(
        model, objective, settings, checkpoint=checkpoint, fingerprint="wikitext-2", on_event=show
    )
    if resume and checkpoint.exists():
        fit.resume(*load_checkpoint(checkpoint))
    fit.run()


def show(event: TrainingEvent) -> None:
    """Print how far a training is."""
    if event.record is not None:
        print(json.dumps({k: round(v, 4) for k, v in event.record.items()}), flush=True)
    elif event.step % 200 == 0:
        print(
            f"epoch {event.epoch}, step {event.step}/{event.steps}: loss "
            f"{event.loss_nats:.4f}, {event.tokens_per_s:,.0f} tokens/s",
            flush=True,
        )


def stream_loss(model: LanguageModel, store: TokenStore) -> float:
    """Mean loss of a word in nats, read in one stream."""
    from textrnn.training.generator.objective import make_next_token_loss

    loss = make_next_token_loss(model)
    states: dict[str, NDArray[np.float32]] = {
        name: np.zeros((1, units), np.float32) for name, units in model.network.state_units.items()
    }
    total, count = 0.0, 0
    for tokens, targets in store.windows(streams=1, length=_WINDOW):
        losses, states = loss(tokens, targets, states)
        total += float(losses.sum(dtype=np.float64))
        count += losses.size
    return total / count


if __name__ == "__main__":
    main()

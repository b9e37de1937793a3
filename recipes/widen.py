"""Gives a classifier more words: emoji and others that its vocabulary lacks, to be trained on.

    python recipes/widen.py MODEL TEXTS… --out WIDER

What ships of a model's texts knows the words of its reviews alone. The tokens that files of
`recipes/sentences` hold three times or more follow behind the model's own, so that its bag of
n-grams still fits. An emoji begins with the mean of the rows of the words of its Unicode name,
"thumbs up sign", and another word at random: WIDER answers what MODEL does until it is trained.
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.catalog import model_path
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.parts import read_network, read_tokenizer
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.weights.files import pack_beside_graph, read_weights

LEAST = 3
LONGEST_RUN = 5
"""An emoji is one token however often it is repeated: 👍👍 is another than 👍."""


def new_words(files: Sequence[Path], tokenizer: Tokenizer) -> list[str]:
    """The tokens of texts that a tokenizer does not know, the most frequent first."""
    known = tokenizer.vocabulary()
    counts: Counter[str] = Counter()
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            counts.update(set(tokenizer.words(json.loads(line)["text"])) - known.keys())
    words = [word for word, count in counts.most_common() if count >= LEAST]
    words = [word for word in words if not any(char.isdecimal() for char in word)]
    signs = [word[0] for word in words if unicodedata.category(word[0]).startswith("S")]
    runs = [sign * length for sign in signs for length in range(1, LONGEST_RUN + 1)]
    return list(dict.fromkeys([*words, *runs]))


def new_rows(
    words: Sequence[str], known: dict[str, int], table: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What the rows of new words begin with, (words, units)."""
    rows = np.random.default_rng(1).normal(0.0, float(table.std()), (len(words), table.shape[1]))
    for row, word in zip(rows, words, strict=True):
        named = unicodedata.name(word[0], "").lower().split() if not word[0].isalpha() else []
        if parts := [known[part] for part in named if part in known]:
            row[:] = table[parts].mean(axis=0)
    return rows.astype(np.float32)


def widen(model: str, files: Sequence[Path], out: Path) -> int:
    """Write a model with more words, and say how many."""
    bundle = Bundle.open(model_path(model))
    network = read_network(bundle, ClassifierNetwork)
    tokenizer = read_tokenizer(bundle, network.vocabulary_size)
    weights = read_weights(bundle)
    words = new_words(files, tokenizer)
    rows = new_rows(words, tokenizer.vocabulary(), weights["embedding"])
    weights["embedding"] = np.concatenate([weights["embedding"], rows])
    wider = tokenizer.with_tokens(words)
    network = replace(network, vocabulary_size=wider.vocabulary_size)
    training = bundle.manifest.training
    settings = {**training["tokenizer"], "vocabulary_size": wider.vocabulary_size}
    manifest = replace(
        bundle.manifest,
        name=out.name,
        network=network.as_dict(),
        training={**training, "tokenizer": settings},
    )
    precision = bundle.manifest.serving["precision"]
    kept = {name: bundle.read(name) for name in bundle.manifest.files}
    changed = {
        "tokenizer.json": wider.to_json().encode("utf-8"),
        "model.onnx": compile_classifier(network, weights, precision=precision),
        "weights.npz": pack_beside_graph(weights, precision),
    }
    write_bundle(out, manifest, kept | changed)
    return len(words)


def main() -> None:
    """Widen a model."""
    parser = argparse.ArgumentParser(description="Gives a classifier more words.")
    parser.add_argument("model")
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    count = widen(args.model, args.texts, args.out)
    print(f"{args.out}: {count:,} words more")


if __name__ == "__main__":
    main()

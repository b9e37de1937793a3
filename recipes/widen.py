"""Gives a classifier more words: emoji and others that its vocabulary lacks, to be trained on.

    python recipes/widen.py MODEL TEXTS… --out WIDER

What ships of a model's texts knows the words of its reviews alone. The tokens that files of
`recipes/sentences` hold three times or more follow behind the model's own, so that its bag of
n-grams still fits; a model of byte-level BPE, which has no unknown words, is given emoji that have
a pole, each as one token in place of its bytes. A word that stands in texts of one pole begins with
the mean of the rows of three words that the model takes for that pole by themselves, another at
random: an epoch moves the rows of rare words little. Other words are answered as MODEL answers
them. With --known N the words behind the first N tokens, those that an earlier call gave, begin so,
too, where they have a pole.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.catalog import model_path
from textrnn.heads.classifier.classifier import Classifier
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.parts import read_network, read_tokenizer
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.weights.files import pack_beside_graph, read_weights

POLES = ("negative", "positive")
LEAST = 3
FREQUENT = 12_000
"""Tokens before this one are frequent enough to be asked for their pole."""
POLAR, MEAN_OF = 60, 3
ONE_POLE = 0.7
"""The share of a word's texts that must have one label for the word to begin as such."""
LONGEST_RUN = 5
"""An emoji is one token however often it is repeated: 👍👍 is another than 👍."""


SIGN = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?")


def counted_labels(files: Sequence[Path], tokenizer: Tokenizer) -> dict[str, Counter[str]]:
    """How many texts of each label hold a token that a tokenizer gives; of subwords, a sign."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    words_of = SIGN.findall if tokenizer.level == "bpe" else tokenizer.words
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            for word in dict.fromkeys(words_of(record["text"])):
                counts[word][record.get("label", "")] += 1
    return counts


def pole_of(count: Counter[str]) -> str:
    """The label of most of a word's texts; none where that is no pole, or not by far."""
    [(label, most)] = count.most_common(1) or [("", 0)]
    return label if label in POLES and most > ONE_POLE * count.total() else ""


def new_signs(counts: Mapping[str, Counter[str]]) -> list[str]:
    """The counted signs that have a pole."""
    return [sign for sign, count in counts.items() if count.total() >= LEAST and pole_of(count)]


def new_words(counts: Mapping[str, Counter[str]], known: Container[str]) -> list[str]:
    """The counted tokens that are not known, the most frequent first, and emoji in runs."""
    totals = Counter({word: count.total() for word, count in counts.items() if word not in known})
    words = [word for word, count in totals.most_common() if count >= LEAST]
    words = [word for word in words if not any(char.isdecimal() for char in word)]
    signs = [word[0] for word in words if unicodedata.category(word[0]).startswith("S")]
    runs = [sign * length for sign in signs for length in range(1, LONGEST_RUN + 1)]
    return list(dict.fromkeys([*words, *(run for run in runs if run not in known)]))


def polar_rows(model: Classifier, table: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """The rows of the words that by themselves are most surely of a pole, (POLAR, units)."""
    pieces = (piece.decode("utf-8", "ignore").strip() for piece in model.tokenizer.pieces())
    words = [(row, word) for row, word in enumerate(pieces) if row < FREQUENT and word.isalpha()]
    answers = model.classify([word for _, word in words])
    found = {}
    for label in POLES:
        surest = np.argsort([-answer.probabilities[label] for answer in answers])[:POLAR]
        found[label] = table[[words[number][0] for number in surest]]
    return found


def begin_polar(
    rows: NDArray[np.float32],
    words: Sequence[str],
    counts: Mapping[str, Counter[str]],
    polar: Mapping[str, NDArray[np.float32]],
) -> int:
    """Put into some words' rows what they begin with where they have a pole; say of how many."""
    source, begun = np.random.default_rng(1), 0
    for row, word in zip(rows, words, strict=True):
        label = pole_of(counts.get(word) or counts.get(word[:1], Counter()))  # a run of one sign
        if label:
            row[:] = source.choice(polar[label], MEAN_OF, replace=False).mean(axis=0)
            begun += 1
    return begun


def widen(
    model: str,
    files: Sequence[Path],
    out: Path,
    *,
    known: int | None = None,
) -> tuple[int, int]:
    """Write a model with more words, and say how many, and how many words begin with a pole."""
    bundle = Bundle.open(model_path(model))
    network = read_network(bundle, ClassifierNetwork)
    tokenizer = read_tokenizer(bundle, network.vocabulary_size)
    weights = read_weights(bundle)
    table = weights["embedding"]
    counts, vocabulary = counted_labels(files, tokenizer), tokenizer.vocabulary()
    known = len(table) if known is None else known
    is_bpe = tokenizer.level == "bpe"
    words = new_signs(counts) if is_bpe else new_words(counts, vocabulary)
    wider = tokenizer.with_tokens(words)
    if is_bpe:  # parts of signs, which begin as the bytes that they are of
        parts = map(wider.token, range(len(table), wider.vocabulary_size))
        rows = [table[[vocabulary[letter] for letter in part]].mean(axis=0) for part in parts]
    else:
        shape = len(words), table.shape[1]
        rows = np.random.default_rng(1).normal(0.0, float(table.std()), shape)
    rows = np.reshape(rows, (-1, table.shape[1])).astype(np.float32)
    weights["embedding"] = np.concatenate([table, rows])
    polar = polar_rows(Classifier(bundle, threads=1), table)
    written = [piece.decode("utf-8", "ignore").strip() for piece in wider.pieces()]
    begun = begin_polar(weights["embedding"][known:], written[known:], counts, polar)
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
    return len(words), begun


def main() -> None:
    """Widen a model."""
    parser = argparse.ArgumentParser(description="Gives a classifier more words.")
    parser.add_argument("model")
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--known", type=int, help="tokens that stay as they are (all)")
    args = parser.parse_args()
    more, begun = widen(args.model, args.texts, args.out, known=args.known)
    print(f"{args.out}: {more:,} words more; {begun:,} begin with a pole")


if __name__ == "__main__":
    main()

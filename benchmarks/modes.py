"""A classifier's three modes beside one another: words classified a second, accuracy, calibration.

    python benchmarks/modes.py LABELLED [--texts 2000] [--runs 3] [--model sentiment-en]
        [--map-label 1=positive --map-label 0=negative] [--labels negative,positive]

Adaptively, by the network alone and by the bag of n-grams alone, in turn and in one process, on
texts drawn from a labelled file. LABELLED is read as `textrnn evaluate` reads it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from dataclasses import replace

from contest import Table, add_json, show, words_of

import textrnn
from textrnn.corpora import LabelledText, read_labelled
from textrnn.heads.classifier.bag_alone import MODES
from textrnn.heads.classifier.result import Classification
from textrnn.heads.classifier.scores import score_classification

WARM_UP_TEXTS = 50


def main() -> None:
    """Measure and show a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file")
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--model", default="sentiment-en")
    parser.add_argument("--map-label", action="append", default=[], metavar="OLD=NEW")
    parser.add_argument("--labels", default="", help="answer by these alone")
    parser.add_argument("--random-state", type=int, default=1)
    add_json(parser)
    options = parser.parse_args()
    model = textrnn.load(options.model)
    among = tuple(filter(None, options.labels.split(","))) or model.labels
    examples = drawn(options)
    texts = [example.text for example in examples]
    words, rates = words_of(texts), {mode: list[float]() for mode in MODES}
    answers = dict[str, list[Classification]]()
    model.classify(texts[:WARM_UP_TEXTS])
    for _ in range(options.runs):
        for mode, found in rates.items():
            begun = time.perf_counter()
            answers[mode] = model.classify(texts, mode=mode)
            found.append(words / (time.perf_counter() - begun))
    gold = [example.label for example in examples]
    cells, facts = [], dict[str, float]()
    for mode, given in answers.items():
        shares = [answer.among(among).probabilities for answer in given]
        scored = score_classification(gold, shares, labels=among)
        pairs = zip(rates[mode], rates["exact"], strict=True)
        ahead = [ours / exact for ours, exact in pairs]
        by_bag = sum(answer.answered_by == "bag" for answer in given) / len(given)
        facts[f"{mode}: times as fast as exact"] = statistics.median(ahead)
        facts[f"{mode}: accuracy"] = scored.accuracy
        cells.append(
            (mode, f"{statistics.median(rates[mode]):,.0f}", f"{statistics.median(ahead):.1f} ×",
             f"{min(ahead):.1f} to {max(ahead):.1f}", f"{by_bag:.0%}", f"{scored.accuracy:.4f}",
             f"{scored.calibration_error:.4f}")
        )  # fmt: skip
    head = ("mode", "words/s", "as fast as exact", "least to most", "by the bag", "accuracy",
            "calibration error")  # fmt: skip
    title = f"Modes: {options.model}, {len(texts):,} texts, {words:,} words"
    show([Table(title, head, cells, facts, [f"Runs of each: {options.runs}."])], options.json)


def drawn(options: argparse.Namespace) -> list[LabelledText]:
    """Labelled texts of the file, drawn at random."""
    names = dict(pair.split("=", 1) for pair in options.map_label)
    found = [
        replace(example, label=names.get(example.label, example.label))
        for example in read_labelled(options.file)
    ]
    return random.Random(options.random_state).sample(found, min(options.texts, len(found)))


if __name__ == "__main__":
    main()

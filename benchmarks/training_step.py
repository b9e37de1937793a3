"""Steps of training a classifier: 32 and 16 bits, with and without a language model.

    python benchmarks/training_step.py [--texts 128] [--tokens 240] [--steps 4] [--runs 3]

A network like sentiment-en's with 256 units and random tokens; each way in turn, the median of the
runs. The first step of all, in which TensorFlow traces, does not count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.training.classifier.auxiliary import LabelsAndNeighbours
from textrnn.training.classifier.losses import Labels
from textrnn.training.classifier.model import build_classifier
from textrnn.training.loop.optimizers import make_optimizer
from textrnn.training.loop.sampled_softmax import Candidates
from textrnn.training.loop.step import make_step as make_training_step
from textrnn.training.recipes.recipe import read_recipe

RECIPE = Path(__file__).parent.parent / "recipes" / "sentiment-en.toml"
VOCABULARY, UNITS = 25_000, 256


def make_step(
    compute: str, *, language_model: bool, texts: int, tokens: int
) -> Callable[[], float]:
    """A function that does the same step again and again and returns its loss."""
    plan = read_recipe(RECIPE).plan
    head = plan.head.with_labels(("negative", "positive"))
    encoders = tuple(replace(encoder, units=UNITS) for encoder in plan.encoders)
    network = ClassifierNetwork(VOCABULARY, head, plan.embedding, encoders)
    model = build_classifier(network, compute=compute)
    optimizer = make_optimizer(plan.training)
    optimizer.build(model.trainable_variables)
    rng = np.random.default_rng(0)
    ids = rng.integers(2, VOCABULARY, (texts, tokens)).astype(np.int32)
    targets = np.eye(2, dtype=np.float32)[rng.integers(0, 2, texts)]
    batch = {"tokens": ids, "targets": targets, "weights": np.ones(texts, np.float32)}
    term = Labels(model)
    if language_model:
        candidates = Candidates(np.ones(VOCABULARY, np.int64), plan.auxiliary.candidates)
        shares = np.full(VOCABULARY, 1 / VOCABULARY, np.float32)
        term = LabelsAndNeighbours(model, candidates, shares)
        batch |= {"candidates": candidates.draw(rng), "weight": np.float32(1.0)}
    step = make_training_step(model, optimizer, [term])
    return lambda: step(batch)


def main() -> None:
    """Measure each way in turn and print tokens a second."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, default in (("texts", 128), ("tokens", 240), ("steps", 4), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    ways = [(c, lm) for c in ("float32", "bfloat16") for lm in (False, True)]
    steps = {
        way: make_step(way[0], language_model=way[1], texts=options.texts, tokens=options.tokens)
        for way in ways
    }
    rates: dict[tuple[str, bool], list[float]] = {way: [] for way in ways}
    for step in steps.values():
        step()
    for _ in range(options.runs):
        for way, step in steps.items():
            begin = time.perf_counter()
            for _ in range(options.steps):
                step()
            elapsed_s = time.perf_counter() - begin
            rates[way].append(options.steps * options.texts * options.tokens / elapsed_s)
    for (compute, language_model), found in rates.items():
        what = "with a language model" if language_model else "labels alone"
        spread = f"{min(found):,.0f} to {max(found):,.0f}"
        print(f"{compute:8} {what:21} {statistics.median(found):8,.0f} tokens/s ({spread})")


if __name__ == "__main__":
    main()

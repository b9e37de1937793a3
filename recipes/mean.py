"""Gives a tagger or a generator the mean of its weights and those of another.

    python recipes/mean.py FIRST SECOND --share 0.5 --out MEAN [--recipe RECIPE.toml --data DIR]

One of the two should have begun with the other, or both with a third. --share is what the first
counts. A tagger may know more words than the second, whose rows stay as they are. Lists of names,
windows, temperature, corpora and the fingerprint of what was read are the first's. With a recipe
the mean is measured by its test files, and has its notes.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.catalog import model_path
from textrnn.compressing.compressor import Compressor, open_compressor
from textrnn.compressing.tagger import TaggerCompressor
from textrnn.heads.tagger.features import FIRST, Features
from textrnn.training.card import write_card
from textrnn.training.recipes.recipe import read_recipe
from textrnn.training.recipes.reproduce import record_scores


def main() -> None:
    """Write the mean."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--recipe", type=Path)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    shares = (options.share, 1.0 - options.share)
    names = (options.first, options.second)
    first, second = models = [open_compressor(Bundle.open(model_path(name))) for name in names]
    if not 0.0 < options.share < 1.0:
        sys.exit(f"--share lies between 0 and 1; received {options.share:g}")
    if meaning(first) != meaning(second):
        sys.exit(f"{names[0]} and {names[1]} differ in their task, labels, vocabulary or layers")
    if isinstance(first, TaggerCompressor) and isinstance(second, TaggerCompressor):
        rows = rows_of(first.features, second.features)
        ours, theirs = first.weights["embedding"], second.weights["embedding"]
        second.weights["embedding"] = np.where(rows[:, None] < 0, ours, theirs[rows])
    for name, weights in first.weights.items():
        mean = shares[0] * weights + shares[1] * second.weights[name]
        first.weights[name] = mean.astype(np.float32)
    manifest = first.bundle.manifest
    told = {name: value for name, value in manifest.training.items() if name != "measured"}
    told["mean_of"] = [
        {
            "name": m.bundle.name,
            "share": share,
            "sha256": m.bundle.manifest.files["weights.npz"].sha256,
        }
        for m, share in zip(models, shares, strict=True)
    ]
    files = {name: first.bundle.read(name) for name in manifest.files}
    files |= first.files(manifest.serving["precision"])
    manifest = replace(manifest, training=told, scores={})
    files["README.md"] = write_card(manifest).encode()
    write_bundle(options.out, manifest, files)
    if options.recipe:
        record_scores(read_recipe(options.recipe), options.data, options.out, print)


def meaning(model: Compressor) -> tuple[object, ...]:
    """What two models must have in common for their weights to mean the same."""
    shapes = {name: weights.shape for name, weights in model.weights.items()}
    if isinstance(model, TaggerCompressor):
        del shapes["embedding"]
        known = json.loads(model.features.to_json())
        del known["words"]
    else:
        known = model.bundle.read("tokenizer.json")
    return model.task, model.bundle.manifest.labels, shapes, known


def rows_of(ours: Features, theirs: Features) -> NDArray[np.int64]:
    """For each row of our embedding the row of theirs; -1 for a word that they do not know."""
    known = {word: row for row, word in enumerate(theirs.words, start=FIRST)}
    words = (known.get(word, -1) for word in ours.words)
    return np.array([*range(FIRST), *words], np.int64)


if __name__ == "__main__":
    main()

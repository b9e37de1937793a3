"""Gives a tagger the mean of its weights and those of another that began with the same model.

    python recipes/mean.py NER-EN NER-EN-SHORT --share 0.5 --out MEAN

--share is what the first counts. Words that it alone knows keep their rows; it is to know all that
the other does. Lists of names, windows, temperature and scores are the first's, and it is to be
measured anew.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.catalog import model_path
from textrnn.heads.tagger.features import FIRST, Features
from textrnn.training.tagger.initial import InitialTagger
from textrnn.training.tagger.pack import pack_tagger


def main() -> None:
    """Write the mean."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    first, second = (InitialTagger.open(Path(name)) for name in (options.first, options.second))
    rows = rows_of(first.features, second.features)
    weights = {}
    for name, ours in first.weights.items():
        theirs = second.weights[name]
        if name == "embedding":
            theirs = np.where(rows[:, None] < 0, ours, theirs[rows])
        weights[name] = (options.share * ours + (1.0 - options.share) * theirs).astype(np.float32)
    bundles = [Bundle.open(model_path(name)) for name in (options.first, options.second)]
    manifest = bundles[0].manifest
    packed = pack_tagger(
        first.described,
        weights,
        first.features,
        gazetteer=first.gazetteer,
        precision=manifest.serving["precision"],
    )
    told = {name: value for name, value in manifest.training.items() if name != "measured"}
    shares = zip(bundles, (options.share, 1.0 - options.share), strict=True)
    told["mean_of"] = [
        {"name": b.name, "share": share, "sha256": b.manifest.files["weights.npz"].sha256}
        for b, share in shares
    ]
    files = {name: bundles[0].read(name) for name in manifest.files} | packed
    write_bundle(options.out, replace(manifest, training=told, scores={}), files)


def rows_of(ours: Features, theirs: Features) -> NDArray[np.int64]:
    """For each row of our embedding the row of theirs; -1 for a word that they do not know."""
    known = {word: row for row, word in enumerate(theirs.words, start=FIRST)}
    words = (known.get(word, -1) for word in ours.words)
    return np.array([*range(FIRST), *words], np.int64)


if __name__ == "__main__":
    main()

"""Word vectors of several methods, trained on the same texts, against people's ratings.

    python benchmarks/word_similarity.py TEXTS SET... [--methods skipgram glove] [--epochs 0]

TEXTS is a file of texts, SET a file of word pairs with ratings. Methods have the same units and
window; the score of a set is Spearman's correlation over the pairs whose words are known, times
100, and the last column is the mean.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from textrnn.corpora import read_texts
from textrnn.embeddings import SimilarityScore, evaluate, train_word_vectors
from textrnn.embeddings.train import METHODS


def main() -> None:
    """Train with each method, and score."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts")
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--methods", nargs="+", default=["skipgram", "glove"], choices=METHODS)
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--window", type=int, default=10)
    parser.add_argument("--epochs", type=int, help="of every method [its own default]")
    options = parser.parse_args()
    names = [path.name.split(".")[0] for path in options.sets]
    print("method", *names, "mean", "seconds", sep="\t", flush=True)
    for method in options.methods:
        started = time.monotonic()
        vectors = train_word_vectors(
            lambda: read_texts(options.texts),
            method=method,
            units=options.units,
            epochs=options.epochs,
            window=options.window,
        )
        seconds = time.monotonic() - started
        scores = []
        for path in options.sets:
            (score,) = evaluate(vectors, path)
            assert isinstance(score, SimilarityScore)
            scores.append(100 * score.spearman)
        shown = [f"{score:.1f}" for score in (*scores, sum(scores) / len(scores))]
        print(method, *shown, f"{seconds:.0f}", sep="\t", flush=True)


if __name__ == "__main__":
    main()

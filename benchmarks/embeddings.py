"""Loading word vectors and finding neighbours: textrnn beside gensim, on one file, in one run.

    python benchmarks/embeddings.py GLOVE.txt [--runs 3]
    python benchmarks/embeddings.py --make GLOVE.txt --vocabulary glove.6B.vocab.txt.xz

The second form writes a file to measure on: real words with random numbers, printed as GloVe
prints them. Each measurement is a process of its own; the runs alternate, and the median counts.
Memory is the most that the process had resident, less what it had after its imports.
"""

from __future__ import annotations

import argparse
import lzma
import sys
import time
from collections.abc import Callable
from pathlib import Path

from contest import Contestant, Measured, machine, median, peak_mb, read_options, run_all

UNITS = 100
QUERIES = 1000


def make(path: Path, vocabulary: Path) -> None:
    """Write the file to measure on."""
    import numpy as np

    rng = np.random.default_rng(0)
    with (
        lzma.open(vocabulary, "rt", encoding="utf-8") as lines,
        path.open("w", encoding="utf-8") as out,
    ):
        for line in lines:
            numbers = " ".join(f"{value:.5g}" for value in rng.normal(0, 0.4, UNITS))
            out.write(f"{line.split()[0]} {numbers}\n")


def gensim_load(options: argparse.Namespace) -> Measured:
    """``KeyedVectors.load_word2vec_format``."""
    from gensim.models import KeyedVectors

    return measured(lambda: KeyedVectors.load_word2vec_format(str(options.file), no_header=True))


def textrnn_first(options: argparse.Namespace) -> Measured:
    """``Vectors.load`` of a file that was never loaded; every row is then touched once."""
    from textrnn.embeddings import Vectors
    from textrnn.embeddings.vectors import store_paths

    store_paths(options.file, "float32")[0].unlink(missing_ok=True)
    load_parser()
    return measured(lambda: Vectors.load(options.file))


def textrnn_again(options: argparse.Namespace) -> Measured:
    """``Vectors.load`` of the same file later."""
    from textrnn.embeddings import Vectors

    return measured(lambda: Vectors.load(options.file))


def load_parser() -> None:
    """Import the reader of numbers, which is no part of the loading."""
    import polars  # noqa: F401


def gensim_neighbors(options: argparse.Namespace) -> Measured:
    """``most_similar`` for each of 1,000 words."""
    from textrnn.embeddings import Vectors

    vectors = Vectors.load(options.file).to_gensim()
    words = vectors.index_to_key[:: len(vectors.index_to_key) // QUERIES][:QUERIES]
    vectors.most_similar(words[0])
    return measured(lambda: [vectors.most_similar(word, topn=10) for word in words])


def textrnn_neighbors(options: argparse.Namespace) -> Measured:
    """``neighbors_of`` 1,000 words."""
    from textrnn.embeddings import Vectors

    vectors = Vectors.load(options.file)
    words = vectors.words[:: len(vectors) // QUERIES][:QUERIES]
    vectors.neighbors(words[0])
    return measured(lambda: vectors.neighbors_of(words, 10))


def measured(work: Callable[[], object]) -> Measured:
    """Seconds and megabytes that something takes."""
    before = peak_mb()
    started = time.perf_counter()
    kept = work()
    seconds = time.perf_counter() - started
    del kept
    return {"seconds": seconds, "mb": peak_mb() - before}


CONTESTANTS: dict[str, Contestant] = {
    "load: gensim": gensim_load,
    "load: textrnn, the first time": textrnn_first,
    "load: textrnn, again": textrnn_again,
    "neighbors: gensim": gensim_neighbors,
    "neighbors: textrnn": textrnn_neighbors,
}


def main() -> None:
    """Make a file, measure, or as a child process run one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--vocabulary", type=Path)
    options = read_options(parser, CONTESTANTS, runs=3)
    if options.make:
        make(options.file, options.vocabulary)
        return
    found = run_all(dict.fromkeys(CONTESTANTS, sys.executable), options.runs)
    print(f"{options.file.name}, {machine(options.runs)}\n")
    for name in found:
        seconds = median(found, name, "seconds")
        theirs = median(found, f"{name.split(':')[0]}: gensim", "seconds")
        print(
            f"{name:32} {seconds:9.4f} s  {median(found, name, 'mb'):7.0f} MB  "
            f"{theirs / seconds:7.1f} x as fast as gensim"
        )


if __name__ == "__main__":
    main()

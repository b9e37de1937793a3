"""Loading word vectors and finding neighbours: textrnn beside gensim, on one file, in one run.

    python benchmarks/embeddings.py GLOVE.txt [--runs 3]
    python benchmarks/embeddings.py --make GLOVE.txt [--vocabulary glove.6B.vocab.txt.xz]

The second form writes a file to measure on: real words, or 400,000 made-up ones, with random
numbers, printed as GloVe prints them. Each measurement is a process of its own; the runs alternate,
and the median counts. Memory is the most that the process had resident, less what it had after its
imports.
"""

from __future__ import annotations

import argparse
import lzma
import sys
import time
from collections.abc import Callable
from pathlib import Path

from contest import Contestant, Measured, peak_mb, read_options, result, run_all, show

UNITS, WORDS = 100, 400_000
QUERIES = 1000


def make(path: Path, vocabulary: Path | None) -> None:
    """Write the file to measure on."""
    import numpy as np

    words = [f"word{number}" for number in range(WORDS)]
    if vocabulary is not None:
        with lzma.open(vocabulary, "rt", encoding="utf-8") as lines:
            words = [line.split()[0] for line in lines]
    rng = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as out:
        for word in words:
            numbers = " ".join(f"{value:.5g}" for value in rng.normal(0, 0.4, UNITS))
            out.write(f"{word} {numbers}\n")


def gensim_load(options: argparse.Namespace) -> Measured:
    """``KeyedVectors.load_word2vec_format``."""
    from gensim.models import KeyedVectors

    return measured(
        lambda: KeyedVectors.load_word2vec_format(str(options.file), no_header=True),
        gensim_version(),
    )


def textrnn_first(options: argparse.Namespace) -> Measured:
    """``Vectors.load`` of a file that was never loaded."""
    from textrnn.embeddings import Vectors
    from textrnn.embeddings.sources import store_paths

    store_paths(options.file, "float32")[0].unlink(missing_ok=True)
    load_parser()
    return measured(lambda: Vectors.load(options.file), textrnn_version())


def textrnn_again(options: argparse.Namespace) -> Measured:
    """``Vectors.load`` of the same file later."""
    from textrnn.embeddings import Vectors

    return measured(lambda: Vectors.load(options.file), textrnn_version())


def load_parser() -> None:
    """Import the reader of numbers, which is no part of the loading."""
    import polars  # noqa: F401


def gensim_neighbors(options: argparse.Namespace) -> Measured:
    """``most_similar`` for each of 1,000 words."""
    from textrnn.embeddings import Vectors

    vectors = Vectors.load(options.file).to_gensim()
    words = vectors.index_to_key[:: len(vectors.index_to_key) // QUERIES][:QUERIES]
    vectors.most_similar(words[0])
    return measured(
        lambda: [vectors.most_similar(word, topn=10) for word in words], gensim_version()
    )


def textrnn_neighbors(options: argparse.Namespace) -> Measured:
    """``neighbors_of`` 1,000 words."""
    from textrnn.embeddings import Vectors

    vectors = Vectors.load(options.file)
    words = vectors.words[:: len(vectors) // QUERIES][:QUERIES]
    vectors.neighbors(words[0])
    return measured(lambda: vectors.neighbors_of(words, 10), textrnn_version())


def measured(work: Callable[[], object], version: str) -> Measured:
    """Seconds and megabytes that something takes."""
    before = peak_mb()
    started = time.perf_counter()
    kept = work()
    seconds = time.perf_counter() - started
    del kept
    return {"seconds": seconds, "peak_mb": peak_mb() - before, "version": version}


def gensim_version() -> str:
    """The package and its version."""
    import gensim

    return f"gensim {gensim.__version__}"


def textrnn_version() -> str:
    """The same of ours."""
    import textrnn

    return f"textrnn {textrnn.__version__}"


NOTES = {
    "load": ["Memory beyond that of the imports."],
    "neighbors": [
        "textrnn is asked for all words at once, gensim for one after the other. Memory beyond "
        "that of the vectors."
    ],
}
CONTESTANTS: dict[str, Contestant] = {
    "load: textrnn, the first time": textrnn_first,
    "load: textrnn, again": textrnn_again,
    "load: gensim": gensim_load,
    "neighbors: textrnn": textrnn_neighbors,
    "neighbors: gensim": gensim_neighbors,
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
    tasks = {"load": "Load word vectors", "neighbors": "Neighbours of 1,000 words"}
    results = [
        result(
            {
                name.split(": ")[1]: runs
                for name, runs in found.items()
                if name.startswith(f"{task}:")
            },
            f"{title}: {options.file.name}",
            key="seconds",
            unit="s",
            notes=NOTES[task],
        )
        for task, title in tasks.items()
    ]
    show(results, options.json)


if __name__ == "__main__":
    main()

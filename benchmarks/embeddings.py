"""Loading word vectors and finding neighbours: textrnn beside gensim, on one file, in one run.

    python benchmarks/embeddings.py GLOVE.txt [--runs 3]
    python benchmarks/embeddings.py --make GLOVE.txt --vocabulary glove.6B.vocab.txt.xz

The second form writes a file to measure on: real words with random numbers, printed as GloVe
prints them. Each measurement is a process of its own; the runs alternate, and the median counts.
Memory is the most that the process had resident, less what it had after its imports.
"""

from __future__ import annotations

import argparse
import json
import lzma
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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


def peak_bytes() -> int:
    """The most memory that this process had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def gensim_load(path: Path) -> dict[str, float]:
    """``KeyedVectors.load_word2vec_format``."""
    from gensim.models import KeyedVectors

    return measured(lambda: KeyedVectors.load_word2vec_format(str(path), no_header=True))


def textrnn_first(path: Path) -> dict[str, float]:
    """``Vectors.load`` of a file that was never loaded; every row is then touched once."""
    from textrnn.embeddings import Vectors
    from textrnn.embeddings.vectors import store_paths

    store_paths(path, "float32")[0].unlink(missing_ok=True)
    load_parser()
    return measured(lambda: Vectors.load(path))


def textrnn_again(path: Path) -> dict[str, float]:
    """``Vectors.load`` of the same file later."""
    from textrnn.embeddings import Vectors

    return measured(lambda: Vectors.load(path))


def load_parser() -> None:
    """Import the reader of numbers, which is no part of the loading."""
    import polars  # noqa: F401


def gensim_neighbors(path: Path) -> dict[str, float]:
    """``most_similar`` for each of 1,000 words."""
    from textrnn.embeddings import Vectors

    vectors = Vectors.load(path).to_gensim()
    words = vectors.index_to_key[:: len(vectors.index_to_key) // QUERIES][:QUERIES]
    vectors.most_similar(words[0])
    return measured(lambda: [vectors.most_similar(word, topn=10) for word in words])


def textrnn_neighbors(path: Path) -> dict[str, float]:
    """``neighbors_of`` 1,000 words."""
    from textrnn.embeddings import Vectors

    vectors = Vectors.load(path)
    words = vectors.words[:: len(vectors) // QUERIES][:QUERIES]
    vectors.neighbors(words[0])
    return measured(lambda: vectors.neighbors_of(words, 10))


def measured(work: Callable[[], object]) -> dict[str, float]:
    """Seconds and bytes that something takes."""
    before = peak_bytes()
    started = time.perf_counter()
    kept = work()
    seconds = time.perf_counter() - started
    del kept
    return {"seconds": seconds, "bytes": peak_bytes() - before}


CONTESTANTS: dict[str, Callable[[Path], dict[str, float]]] = {
    "load: gensim": gensim_load,
    "load: textrnn, the first time": textrnn_first,
    "load: textrnn, again": textrnn_again,
    "neighbors: gensim": gensim_neighbors,
    "neighbors: textrnn": textrnn_neighbors,
}


def compare(path: Path, runs: int) -> None:
    """Let the contestants run in turn and print the table."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTESTANTS}
    for _ in range(runs):
        for name, results in found.items():
            done = subprocess.run(
                [sys.executable, __file__, str(path), "--contestant", name],
                capture_output=True, check=True, text=True,
            )  # fmt: skip
            results.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{path.name}, median of {runs} runs, {platform.machine()}, Python ", end="")
    print(f"{platform.python_version()}\n")
    for name, results in found.items():
        rival = f"{name.split(':')[0]}: gensim"
        seconds, theirs = (statistics.median(r["seconds"] for r in found[n]) for n in (name, rival))
        memory = statistics.median(r["bytes"] for r in results)
        print(
            f"{name:32} {seconds:9.4f} s  {memory / 1e6:7.0f} MB  "
            f"{theirs / seconds:7.1f} x as fast as gensim"
        )


def main() -> None:
    """Make a file, measure, or as a child process run one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--vocabulary", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--contestant", choices=sorted(CONTESTANTS))
    options = parser.parse_args()
    if options.make:
        make(options.file, options.vocabulary)
    elif options.contestant:
        print(json.dumps(CONTESTANTS[options.contestant](options.file)))
    else:
        compare(options.file, options.runs)


if __name__ == "__main__":
    main()

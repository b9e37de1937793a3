"""A folder of shards through both engines: this process alone, and Ray on this machine.

    python benchmarks/shards.py [--shards 10] [--lines 5000] [--runs 3]

Each answers the same made-up lines of 4 to 24 words with sentiment-en, in turn, from nothing to the
last answer: Ray's own start is in its time. Not in `make bench`: it needs `textrnn[ray]`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from contest import Found, add_json, result, show
from startup import MAIN, measure
from stream import made_up_lines


def main() -> None:
    """Write the shards, let both engines answer them, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--shards", type=int, default=10)
    parser.add_argument("--lines", type=int, default=5000, help="in each shard")
    parser.add_argument("--runs", type=int, default=3)
    add_json(parser)
    options = parser.parse_args()
    count = options.shards * options.lines
    packages = {"local": "textrnn", "ray": "ray"}
    found: Found = {engine: [] for engine in packages}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = made_up_lines(count, least=4, most=24)
        (folder / "texts").mkdir()
        for number in range(options.shards):
            text = "".join(f"{line}\n" for line in islice(lines, options.lines))
            (folder / "texts" / f"{number}.txt").write_text(text, "utf-8")
        call = [sys.executable, "-c", MAIN, "classify", str(folder / "texts"), "--model"]
        for run in range(options.runs):
            for engine, package in packages.items():
                answers = ["--output-folder", str(folder / f"{engine}-{run}"), "--engine", engine]
                measured = measure([*call, "sentiment-en", *answers])
                found[engine].append({**measured, "version": f"{package} {version(package)}"})
    title = f"Shards: {options.shards} of {options.lines:,} lines"
    note = "Memory is that of the process that was called, without Ray's actors."
    show([result(found, title, key="seconds", unit="s", notes=[note])], options.json)


if __name__ == "__main__":
    main()

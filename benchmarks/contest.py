"""Programs that do the same work, each in a process of its own, in turn: the medians count.

What the other files here share. A contestant is a function of the command line's options that does
its work and returns what it measured; the process that runs it adds its peak of resident memory.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

WARM_UP_LINES = 200

Measured = dict[str, Any]
Contestant = Callable[[argparse.Namespace], Measured]
Found = dict[str, list[Measured]]


def read_options(
    parser: argparse.ArgumentParser, contestants: Mapping[str, Contestant], *, runs: int
) -> argparse.Namespace:
    """The options of the command line; in a child process the contestant's work, and the end.

    Args:
        parser: what the program itself takes; ``--runs`` is added.
        contestants: by name.
        runs: how often each runs, unless the command line says otherwise.
    """
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--contestant", choices=sorted(contestants), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contestant is None:
        return options
    measured = contestants[options.contestant](options)
    print(json.dumps({"peak_mb": peak_mb(), **measured}))
    sys.exit()


def peak_mb() -> float:
    """The most memory that this process had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_all(contestants: Mapping[str, str], runs: int) -> Found:
    """What each contestant measured in each of its runs, which alternate.

    Args:
        contestants: the Python that runs each.
        runs: of each.
    """
    found: Found = {name: [] for name in contestants}
    for _ in range(runs):
        for name, python in contestants.items():
            call = [python, *sys.argv, "--contestant", name]
            done = subprocess.run(call, stdout=subprocess.PIPE, check=True, text=True)
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
    return found


def read_file(path: Path) -> list[str]:
    """The lines of a text that are not blank."""
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


def words_of(lines: list[str]) -> int:
    """How many words there are between spaces."""
    return sum(len(line.split()) for line in lines)


def timed(work: Callable[[list[str]], object], lines: list[str], version: str) -> Measured:
    """Words a second, after a warm-up on the first lines."""
    work(lines[:WARM_UP_LINES])
    started = time.perf_counter()
    work(lines)
    return {"rate": words_of(lines) / (time.perf_counter() - started), "version": version}


def median(found: Found, name: str, key: str) -> float:
    """The median of what a contestant measured."""
    return float(statistics.median(run[key] for run in found[name]))


def table(found: Found, *, unit: str) -> str:
    """A line for each contestant: what it is, its rate, how far the first is ahead, its memory."""
    first = next(iter(found))
    lines = []
    for name, runs in found.items():
        rate, values = median(found, name, "rate"), [run["rate"] for run in runs]
        lines.append(
            f"{name:14} {runs[0]['version']:20} {rate:10,.0f} {unit}  "
            f"({min(values):,.0f} to {max(values):,.0f})  "
            f"{first} {median(found, first, 'rate') / rate:6.1f} x  "
            f"{median(found, name, 'peak_mb'):6,.0f} MB"
        )
    return "\n".join(lines)


def machine(runs: int) -> str:
    """A line on where and how often."""
    return (
        f"median of {runs} runs (least to most), {platform.machine()}, Python "
        f"{platform.python_version()}"
    )

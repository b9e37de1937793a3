"""Programs that do the same work, each in a process of its own, in turn: the medians count.

What the other files here share. A contestant is a function of the command line's options that does
its work and returns what it measured; the process that runs it adds its peak of resident memory.
"""

from __future__ import annotations

import argparse
import json
import lzma
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

WARM_UP_LINES = 200

Measured = dict[str, Any]
Contestant = Callable[[argparse.Namespace], Measured]
Found = dict[str, list[Measured]]


@dataclass(frozen=True)
class Row:
    """What one contestant measured.

    Attributes:
        name: of the contestant.
        version: the package and its version.
        median: of its runs, in the unit of the result.
        least: of its runs.
        most: of its runs.
        ahead: how many times as fast the first row is, median of the pairs of runs; of the first
            row itself none.
        memory_mb: the most that the process had resident, median of the runs.
        more: further numbers, by the heads of their columns, such as accuracy.
    """

    name: str
    version: str
    median: float
    least: float
    most: float
    ahead: float | None
    memory_mb: float
    more: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What contestants measured of one thing.

    Attributes:
        title: what was measured, on what: what stands before a colon is its name.
        unit: ``s``, of which less is better, or something a second.
        rows: ours first: the others are compared with it.
        notes: lines below the table.
    """

    title: str
    unit: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        """The title and a table."""
        digits = 3 if self.unit == "s" else 0
        first = self.rows[0]
        head = ["", "version", self.unit, "least to most", f"{first.name} is", "memory",
                *first.more]  # fmt: skip
        lines = [head, ["---", "---", *["---:"] * (len(head) - 2)]]
        for row in self.rows:
            lines.append([
                row.name,
                row.version,
                f"{row.median:,.{digits}f}",
                f"{row.least:,.{digits}f} to {row.most:,.{digits}f}",
                "" if row.ahead is None else f"{row.ahead:.1f} × as fast",
                f"{row.memory_mb:,.0f} MB",
                *(f"{value:.4g}" for value in row.more.values()),
            ])  # fmt: skip
        return under_title(self.title, lines, self.notes)


@dataclass(frozen=True)
class Table:
    """Measurements of ours alone.

    Attributes:
        title: what was measured.
        head: of the columns; the first has words, the others numbers.
        cells: of each line.
        facts: numbers by which goals are judged.
        notes: lines below the table.
    """

    title: str
    head: Sequence[str]
    cells: Sequence[Sequence[str]]
    facts: Mapping[str, float]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        """The title and the table."""
        rows = [self.head, ["---", *["---:"] * (len(self.head) - 1)], *self.cells]
        return under_title(self.title, rows, self.notes)


def under_title(title: str, rows: Sequence[Sequence[str]], notes: Sequence[str]) -> str:
    """A table in Markdown, with what is said above and below it."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"## {title}", "", *lines, *(f"\n{note}" for note in notes)])


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
    add_json(parser)
    parser.add_argument("--contestant", choices=sorted(contestants), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contestant is None:
        return options
    measured = contestants[options.contestant](options)
    print(json.dumps({"peak_mb": peak_mb(), **measured}))
    sys.exit()


def peak_mb() -> float:
    """The most memory that this process had resident."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage counts the parent's memory in where that is more
        lines = status.read_text("ascii").splitlines()
        return float(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
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


def read_lines(path: Path | None, limit: int) -> list[str]:
    """The first lines of a text (``.xz`` is opened) that are not blank.

    Without a file it is what this repository's own guides say, line by line.
    """
    if path is None:
        root = Path(__file__).parent.parent
        files = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
        lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
        return [line for line in lines if len(line.split()) > 4][:limit]
    with (lzma.open if path.suffix == ".xz" else open)(path, "rt", encoding="utf-8") as file:
        return list(islice((line.rstrip("\n") for line in file if line.strip()), limit))


def words_of(lines: list[str]) -> int:
    """How many words there are between spaces."""
    return sum(len(line.split()) for line in lines)


def timed(work: Callable[[list[str]], object], lines: list[str], version: str) -> Measured:
    """Words a second, after a warm-up on the first lines."""
    work(lines[:WARM_UP_LINES])
    started = time.perf_counter()
    work(lines)
    return {"rate": words_of(lines) / (time.perf_counter() - started), "version": version}


def result(
    found: Found,
    title: str,
    *,
    key: str = "rate",
    unit: str = "words/s",
    more: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Result:
    """The medians of one of the things that contestants measured; ours is the first.

    Args:
        found: what :func:`run_all` found.
        title: what was measured, on what.
        key: of the number in what a contestant returned.
        unit: of the number.
        more: keys of further numbers, which are columns by these names.
        notes: lines below the table.
    """
    first = [run[key] for run in next(iter(found.values()))]
    rows = []
    for name, runs in found.items():
        values = [run[key] for run in runs]
        pairs = zip(first, values, strict=True)
        ratios = [theirs / ours if unit == "s" else ours / theirs for ours, theirs in pairs]
        rows.append(
            Row(
                name,
                runs[0]["version"],
                statistics.median(values),
                min(values),
                max(values),
                statistics.median(ratios) if rows else None,
                statistics.median(run["peak_mb"] for run in runs),
                {column: statistics.median(run[column] for run in runs) for column in more},
            )
        )
    return Result(title, unit, rows, (*notes, f"Runs of each: {len(first)}."))


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option that ``report.py`` reads results by."""
    parser.add_argument("--json", type=Path, help="write the results to this file, too")


def show(results: Sequence[Result | Table], file: Path | None) -> None:
    """Print tables, and write them and their numbers to a file where one is named."""
    print("\n\n".join(one.markdown() for one in results))
    if file is not None:
        file.write_text(json.dumps([asdict(one) for one in results]), encoding="utf-8")

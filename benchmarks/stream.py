"""Memory and speed of a long stream: does either change from the first line to the last?

    python benchmarks/stream.py [--lines 1000000] [--command classify] [--model NAME]

Writes that many made-up lines, sends them through the command, and reads what it answers as it
comes. Shows lines a second in each tenth of the stream and the resident memory at its end.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
from contest import Table, add_json, show

PARTS = 10
VOCABULARY = """
a all and bad barely better bored bright but charming could dull every ending film first food for
friendly good great had hardly hotel in is it last like long lovely made me more music never not
of on one over price room slow sound story the there they this time to too twice very waited was
we were when which with worse would you
"""


def main() -> None:
    """Write the lines, run the command, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--command", choices=["classify", "tag"], default="classify")
    parser.add_argument("--model")
    add_json(parser)
    options = parser.parse_args()
    if options.lines < PARTS or options.lines % PARTS:
        parser.error(f"--lines must be a multiple of {PARTS}")
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.txt"
        with texts.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in made_up_lines(options.lines, least=4, most=24))
        call = [options.command, str(texts), "--format", "jsonl"]
        seconds, megabytes = watch(
            call + (["--model", options.model] if options.model else []), options.lines
        )
    title = f"Stream: {options.lines:,} lines through textrnn {options.command}"
    show([table(title, options.lines, seconds, megabytes)], options.json)


def made_up_lines(count: int, *, least: int, most: int) -> Iterator[str]:
    """Lines of so many words drawn at random, the same each time."""
    rng, words = np.random.default_rng(0), VOCABULARY.split()
    for _ in range(count):
        yield " ".join(rng.choice(words, rng.integers(least, most + 1)))


def watch(call: list[str], lines: int) -> tuple[list[float], list[float]]:
    """Seconds that each part took, and resident memory in MB at its end."""
    program = "from textrnn.cli.main import main; main()"
    process = subprocess.Popen([sys.executable, "-c", program, *call], stdout=subprocess.PIPE)
    assert process.stdout is not None
    seconds, megabytes = [], []
    began, number = time.monotonic(), 0
    for number, line in enumerate(process.stdout, start=1):
        if number % (lines // PARTS) == 0:
            assert json.loads(line)["line"] == number
            now = time.monotonic()
            seconds.append(now - began)
            megabytes.append(resident_mb(process.pid))
            began = now
    if process.wait() != 0 or number != lines:
        sys.exit(f"{number:,} of {lines:,} lines came back; exit code {process.returncode}")
    return seconds, megabytes


def resident_mb(process: int) -> float:
    """What a process holds in memory."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    # The line is missing once the process has ended.
    found = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return float(next(found, "nan")) / 1024


def table(title: str, lines: int, seconds: list[float], megabytes: list[float]) -> Table:
    """Rate and memory of each part, and how the last differ from the second's."""
    rates = [lines / PARTS / elapsed_s for elapsed_s in seconds]
    slope = np.polyfit(np.arange(1, PARTS), rates[1:], 1)[0] * (PARTS - 2) / rates[1]
    facts = {
        "last rate": rates[-1] / rates[1],
        "slope": float(slope),
        "most memory, MB": max(megabytes),
        "last memory": megabytes[-1] / megabytes[1],
    }
    notes = [
        f"{sum(seconds):,.0f} s in all. The last part over the second (the first holds the "
        f"start-up): rate {facts['last rate']:.3f}, memory {facts['last memory']:.3f}. A straight "
        f"line through the rates from the second part on changes by {slope:+.1%} to the last. "
        f"textrnn {version('textrnn')}."
    ]
    cells = [
        [f"{number} of {PARTS}", f"{rate:,.0f}", f"{resident:,.0f}"]
        for number, (rate, resident) in enumerate(zip(rates, megabytes, strict=True), start=1)
    ]
    return Table(title, ["part", "lines/s", "resident MB at its end"], cells, facts, notes)


if __name__ == "__main__":
    main()

"""Memory and speed of a long stream: does either change from the first line to the last?

    python benchmarks/stream.py [--lines 1000000] [--command classify] [--model NAME]

Writes that many made-up lines, sends them through the command, and reads what it answers as it
comes. Shows lines a second in each tenth of the stream and the resident memory at its end. Machines
are not equally fast all the time: so in the last tenth the process takes turns with a new one that
reads the same lines from the beginning, a block of lines each while the other is stopped, and the
times of such pairs are compared.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import numpy as np
from contest import Table, add_json, show

PARTS = 10
PAIRS = 20  # blocks of the last part, each beside one of a new process
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
    if options.lines < 1 or options.lines % (PARTS * PAIRS):
        parser.error(f"--lines must be a multiple of {PARTS * PAIRS}")
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.txt"
        call = [options.command, str(texts), "--format", "jsonl"]
        call += ["--model", options.model] if options.model else []
        with texts.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in made_up_lines(options.lines, least=4, most=24))
        found = watch(call, options.lines // PARTS)
    title = f"Stream: {options.lines:,} lines through textrnn {options.command}"
    show([table(title, options.lines // PARTS, *found)], options.json)


def made_up_lines(count: int, *, least: int, most: int) -> Iterator[str]:
    """Lines of so many words drawn at random, the same each time."""
    rng, words = np.random.default_rng(0), VOCABULARY.split()
    for _ in range(count):
        yield " ".join(rng.choice(words, rng.integers(least, most + 1)))


class Command:
    """A command at work, whose answers are read as they come.

    Args:
        call: the arguments of ``textrnn``.
    """

    def __init__(self, call: list[str]) -> None:
        program = "from textrnn.cli.main import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *call], stdout=subprocess.PIPE
        )
        self.number = 0

    def read(self, lines: int) -> float:
        """Seconds until the answers to so many more lines are there."""
        assert self.process.stdout is not None
        began = time.monotonic()
        answers = list(islice(self.process.stdout, lines))
        self.number += lines
        if len(answers) < lines or json.loads(answers[-1])["line"] != self.number:
            sys.exit(f"{self.number:,} lines were sent, and their answers did not come")
        return time.monotonic() - began

    def turn(self, lines: int) -> float:
        """The same, stopped before and behind."""
        self.process.send_signal(signal.SIGCONT)
        seconds = self.read(lines)
        self.process.send_signal(signal.SIGSTOP)
        return seconds


def watch(call: list[str], part: int) -> tuple[list[float], list[float], float]:
    """What a stream of ``PARTS`` parts does.

    Args:
        call: the arguments of ``textrnn``.
        part: lines.

    Returns:
        Seconds that each part took, resident memory in MB at its end, and how many times the time
        of a block of the last part a new process takes for one: the median of the pairs.
    """
    stream = Command(call)
    seconds, megabytes = [], []
    for _ in range(PARTS - 1):
        seconds.append(stream.read(part))
        megabytes.append(resident_mb(stream.process.pid))
    stream.process.send_signal(signal.SIGSTOP)
    new, block = Command(call), part // PAIRS
    try:
        new.turn(block)  # the start-up
        pairs = [(stream.turn(block), new.turn(block)) for _ in range(PAIRS - 1)]
        megabytes.append(resident_mb(stream.process.pid))  # with the last lines the process ends
        pairs.append((stream.turn(block), new.turn(block)))
    finally:  # neither must stay behind, stopped
        new.process.kill()
        stream.process.send_signal(signal.SIGCONT)
    seconds.append(sum(own for own, _ in pairs))
    if stream.process.communicate()[0] or stream.process.returncode:
        sys.exit(f"more came than was asked for, or exit code {stream.process.returncode}")
    return seconds, megabytes, statistics.median(other / own for own, other in pairs)


def resident_mb(process: int) -> float:
    """What a process holds in memory."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    # The line is missing once the process has ended.
    found = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return float(next(found, "nan")) / 1024


def table(
    title: str, part: int, seconds: list[float], megabytes: list[float], ahead: float
) -> Table:
    """Rate and memory of each part, and how the end differs from a start."""
    rates = [part / elapsed_s for elapsed_s in seconds]
    lines_a_second = PARTS * part / sum(seconds)
    facts = {
        "seconds in all": sum(seconds),
        "lines a second": lines_a_second,
        "hours for a billion lines": 1e9 / lines_a_second / 3600,
        "last rate": rates[-1] / rates[1],
        "rate at the end": ahead,
        "most memory, MB": max(megabytes),
        "last memory": megabytes[-1] / megabytes[1],
    }
    notes = [
        f"{sum(seconds):,.0f} s in all. The last part over the second (the first holds the "
        f"start-up): rate {facts['last rate']:.3f}, memory {facts['last memory']:.3f}. In the last "
        f"part a new process took turns with the stream: its rate is {ahead:.3f} of the new one's "
        f"(the median of {PAIRS} pairs). textrnn {version('textrnn')}."
    ]
    cells = [
        [f"{number} of {PARTS}", f"{rate:,.0f}", f"{resident:,.0f}"]
        for number, (rate, resident) in enumerate(zip(rates, megabytes, strict=True), start=1)
    ]
    return Table(title, ["part", "lines/s", "resident MB at its end"], cells, facts, notes)


if __name__ == "__main__":
    main()

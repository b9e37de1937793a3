"""Odd calls of the command line for as long as you like; no part of the tests.

    python tests/fuzz/odd_calls.py MINUTES

The calls of test_odd_calls.py with the shipped models, other ones each time. The first that ends
otherwise than with an answer or a line of error is made as short as it can be and shown.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from test_odd_calls import FILES, answer_or_refuse, arguments, cli, commands, find

MODELS = ["sentiment-en", "ner-en", "prose-en"]


def main() -> None:
    """Call until the time is over."""
    end = time.monotonic() + 60 * float(sys.argv[1])
    FILES["long.txt"] = b"lovely " * 300  # the shipped networks are not small
    calls = 0
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder) / "here"
        here.mkdir()
        os.environ["TEXTRNN_CACHE"] = folder
        while time.monotonic() < end:
            for path in commands(cli):
                calls += some_calls(path, here)
                if time.monotonic() > end:
                    break
        os.chdir("/")
    print(f"{calls:,} calls, each with an answer or a line of error")  # noqa: T201


def some_calls(path: tuple[str, ...], here: Path) -> int:
    """Call a command some times."""
    calls = 0

    @seed(random.getrandbits(64))
    @settings(
        max_examples=20,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(arguments(find(path), MODELS))
    def call_it(call: list[str]) -> None:
        nonlocal calls
        calls += 1
        answer_or_refuse(path, [*path, *call], here)

    call_it()
    return calls


if __name__ == "__main__":
    main()

"""``textrnn`` called within the tests' own process, by its entry point: the start costs nothing.

What is about processes (pipes, signals, closed streams, which modules are loaded) is tested with
processes: see :mod:`terminal`.
"""

from __future__ import annotations

import io
import os
import pty
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import TextIO
from unittest.mock import patch

import pytest

from terminal import IN_TERMINAL, read_terminal
from textrnn.cli.main import main

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def textrnn_in(folder: Path, *arguments: str, stdin: str | bytes = b"") -> CompletedProcess[str]:
    """What a call in a folder ends with and writes; its standard streams are no terminals."""
    given = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
    out, err = io.BytesIO(), io.BytesIO()
    streams = (
        io.TextIOWrapper(io.BytesIO(given), "utf-8"),
        io.TextIOWrapper(out, "utf-8"),
        io.TextIOWrapper(err, "utf-8", errors="backslashreplace"),
    )
    code = _call(folder, arguments, streams)
    return CompletedProcess(arguments, code, out.getvalue().decode(), err.getvalue().decode())


def in_terminal(call: Sequence[str], folder: Path) -> tuple[int, str]:
    """The exit code of a command whose output and errors are a terminal, and what was shown."""
    terminal, screen = pty.openpty()
    shown: list[str] = []
    reader = Thread(target=lambda: shown.append(read_terminal(terminal)))
    reader.start()
    with (
        patch.dict(os.environ, IN_TERMINAL),
        open(os.devnull, encoding="utf-8") as nothing,
        open(screen, "w", encoding="utf-8") as out,
        open(os.dup(screen), "w", encoding="utf-8") as err,
    ):
        code = _call(folder, call, (nothing, out, err))
    reader.join()
    return code, shown[0]


def _call(folder: Path, arguments: Sequence[str], streams: Sequence[TextIO]) -> int:
    """What the entry point leaves with; everything that it changes is as it was afterwards."""
    kept = sys.argv, sys.stdin, sys.stdout, sys.stderr
    cwd, heard = Path.cwd(), [signal.getsignal(number) for number in _SIGNALS]
    os.chdir(folder)
    sys.argv = ["textrnn", *arguments]
    sys.stdin, sys.stdout, sys.stderr = streams
    try:
        with pytest.raises(SystemExit) as stopped:
            main()
        sys.stderr.flush()
    finally:
        sys.argv, sys.stdin, sys.stdout, sys.stderr = kept
        os.chdir(cwd)
        for number, handler in zip(_SIGNALS, heard, strict=True):
            signal.signal(number, handler)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code

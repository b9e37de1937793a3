"""``textrnn`` called within the tests' own process, by its entry point: the start costs nothing.

What is about processes (pipes, signals, terminals, closed streams, which modules are loaded) is
tested with processes: see :mod:`terminal`.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from textrnn.cli.main import main

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def textrnn_in(folder: Path, *arguments: str, stdin: str | bytes = b"") -> CompletedProcess[str]:
    """What a call in a folder ends with and writes; its standard streams are no terminals."""
    given = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
    out, err = io.BytesIO(), io.BytesIO()
    kept = sys.argv, sys.stdin, sys.stdout, sys.stderr, Path.cwd()
    heard = [signal.getsignal(number) for number in _SIGNALS]
    os.chdir(folder)
    sys.argv = ["textrnn", *arguments]
    sys.stdin = io.TextIOWrapper(io.BytesIO(given), "utf-8")
    sys.stdout = io.TextIOWrapper(out, "utf-8")
    sys.stderr = io.TextIOWrapper(err, "utf-8", errors="backslashreplace")
    try:
        code = _exit_code()
        sys.stderr.flush()
        written = [stream.getvalue().decode() for stream in (out, err)]
    finally:
        *streams, cwd = kept
        sys.argv, sys.stdin, sys.stdout, sys.stderr = streams
        os.chdir(cwd)
        for number, handler in zip(_SIGNALS, heard, strict=True):
            signal.signal(number, handler)
    return CompletedProcess(arguments, code, *written)


def _exit_code() -> int:
    """What the entry point leaves with, as it always does."""
    with pytest.raises(SystemExit) as stopped:
        main()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code

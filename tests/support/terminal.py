"""Commands run in processes and terminals of their own, and what those were sent."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

TEXTRNN = [sys.executable, "-c", "from textrnn.cli.main import main; main()"]


IN_TERMINAL = {"TERM": "xterm-256color", "COLUMNS": "80"}


def in_terminal_of_its_own(call: list[str], folder: Path) -> tuple[int, str]:
    """The exit code of a process whose output and errors are a terminal, and what was shown."""
    terminal, screen = pty.openpty()
    running = subprocess.Popen(
        [*TEXTRNN, *call],
        stdin=subprocess.DEVNULL,
        stdout=screen,
        stderr=screen,
        cwd=folder,
        env={**os.environ, **IN_TERMINAL},
    )
    os.close(screen)
    shown = read_terminal(terminal)
    return running.wait(), shown


def read_terminal(terminal: int) -> str:
    """All that a terminal is sent until nobody holds it any more."""
    shown = bytearray()
    while True:
        try:
            block = os.read(terminal, 65536)
        except OSError:  # the last who held it is gone
            break
        if not block:
            break
        shown += block
    os.close(terminal)
    return shown.decode("utf-8")

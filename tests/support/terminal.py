"""Commands run in a terminal of their own, and what it was sent."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

TEXTRNN = [sys.executable, "-c", "from textrnn.cli.main import main; main()"]


def in_terminal(call: list[str], folder: Path) -> tuple[int, str]:
    """The exit code of a command whose output and errors are a terminal, and what was shown."""
    terminal, screen = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    running = subprocess.Popen(
        [*TEXTRNN, *call],
        stdin=subprocess.DEVNULL,
        stdout=screen,
        stderr=screen,
        cwd=folder,
        env=environment,
    )
    os.close(screen)
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
    return running.wait(), shown.decode("utf-8")

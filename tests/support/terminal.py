"""Commands run in processes and terminals of their own, and what those were sent."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from waiting import LONGEST_S, wait_for

TEXTRNN = [sys.executable, "-c", "from textrnn.cli.main import main; main()"]
# Jobs in the background inherit a deaf ear for SIGINT, those of nohup for SIGHUP; this one hears.
HEARING = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    f"signal.signal(signal.SIGHUP, signal.SIG_DFL); {TEXTRNN[2]}",
]
IN_TERMINAL = {"TERM": "xterm-256color", "COLUMNS": "80"}


def stopped_training(folder: Path, call: Sequence[str], number: int) -> CompletedProcess[str]:
    """A training in a process of its own that gets a signal once it has a checkpoint."""
    process = subprocess.Popen([*HEARING, *call], cwd=folder, stderr=subprocess.PIPE, text=True)
    state = Path(folder, call[call.index("--out") + 1] + ".training", "checkpoint.npz")
    signal_once(state.exists, process, number)
    _, said = process.communicate(timeout=LONGEST_S)
    return CompletedProcess(call, process.returncode, "", said)


def signal_once(is_so: Callable[[], object], process: subprocess.Popen[Any], number: int) -> None:
    """Send a process a signal once it has come so far."""
    wait_for(is_so, by=process)
    process.send_signal(number)


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

"""Signals that end a command, as exceptions: what is half written is removed on the way out."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from textrnn.cli.parts.errors import BY_SIGNAL

_came: list[int] = []


def hear_signals() -> None:
    """Raise ``KeyboardInterrupt`` for Ctrl-C, ``SystemExit`` where a command is told to end."""
    _came.clear()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A parent may have chosen that one is ignored, as nohup and jobs in the background do.
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _hear)


def _hear(number: int, frame: FrameType | None) -> None:
    _came.append(number)
    raise_if_one_came()


def raise_if_one_came() -> None:
    """Raise once more for a signal whose exception was lost: Keras has bare ``except:`` clauses,
    and Python goes on after an exception that is raised while an object is deleted.

    Raises:
        KeyboardInterrupt: it was Ctrl-C.
        SystemExit: it was another.
    """
    if not _came:
        return
    if _came[0] == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(BY_SIGNAL + _came[0])

"""What the command says as a training ends or is stopped: what became of it, and what to type."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from textrnn.training.loop.target import stopped_at


@contextmanager
def told_when_stopped(out: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Where a training is interrupted, or ended by a signal, say how it is gone on with."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        checkpoint = stopped_at(out)
        if checkpoint is None:
            say("stopped before the first checkpoint: there is nothing to go on from")
        else:
            say(f"stopped; {checkpoint} holds its state")
            say(f"go on with: {_resuming_call()}")
        raise


def _resuming_call() -> str:
    """The command that was typed, to be typed again."""
    given = [argument for argument in sys.argv[1:] if argument != "--resume"]
    return shlex.join(["textrnn", *given, "--resume"])

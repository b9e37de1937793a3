"""What the command says as a training ends or is stopped: what became of it, and what to type."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from textrnn.bundle.bundle import Manifest
from textrnn.catalog import head_class
from textrnn.errors import TrainingError
from textrnn.training.card import weakness_of
from textrnn.training.loop.target import folds_kept, stopped_at


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
            done, folds = folds_kept(os.listdir(checkpoint.parent))
            kept = f"; {done} of {folds} folds are kept" if done < folds else ""
            say(f"stopped; {checkpoint} holds its state{kept}")
            say(f"go on with: {_resuming_call()}")
        raise


def _resuming_call() -> str:
    """The command that was typed, to be typed again."""
    given = [argument for argument in sys.argv[1:] if argument != "--resume"]
    return shlex.join(["textrnn", *given, "--resume"])


def show_end(
    out: Path, manifest: Manifest, say: Callable[[str], None], *, force: bool = False
) -> None:
    """Say what to type next, and last of all what makes the model useless as it is.

    Args:
        out: the model's folder.
        manifest: what it says of itself.
        say: shows a line.
        force: whether such a model is taken as it is.

    Raises:
        TrainingError: it is of no use, and ``force`` is not given.
    """
    calls = head_class(manifest.task).first_calls(manifest, shlex.quote(str(out)))
    for number, call in enumerate(calls):
        say(f"{'      ' if number else 'next: '}{call}")
    if weakness := weakness_of(manifest):
        line = f"{out} was written, but is of no use as it is: {weakness}"
        if not force:
            raise TrainingError(f"{line} (--force: take it all the same)")
        say(f"note: {line}")

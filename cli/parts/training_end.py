"""What the command says as a training ends or is stopped: what became of it, and what to type."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from textrnn.bundle.manifest import Manifest
from textrnn.catalog import head_class
from textrnn.errors import TrainingError
from textrnn.training.loop.target import folds_kept, stopped_at
from textrnn.training.weakness import weakness_of

Say = Callable[[str], None]


@contextmanager
def told_when_stopped(out: Path, say: Say, show_call: Say, *, resume: bool) -> Iterator[None]:
    """Where a training is interrupted, or ended by a signal, say how it is gone on with.

    Args:
        out: the folder that is to become the model.
        say: shows a line.
        show_call: shows a line with a command in it.
        resume: whether the state that is there is this training's, too.
    """
    before = None if resume else _checkpoint(out)
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        found = _checkpoint(out)
        if found is None:
            say("stopped before the first checkpoint: there is nothing to go on from")
        elif found == before:
            say(f"stopped before its first checkpoint; {found[0]} is still the earlier training's")
        else:
            done, folds = folds_kept(os.listdir(found[0].parent))
            kept = f"; {done} of {folds} folds are kept" if done < folds else ""
            say(f"stopped; {found[0]} holds its state{kept}")
            show_call(f"go on with: {resuming_call()}")
        raise


def _checkpoint(out: Path) -> tuple[Path, int, int] | None:
    """The checkpoint of a stopped training, and what tells it from one that is written later."""
    path = stopped_at(out)
    if path is None:
        return None
    status = path.stat()
    return path, status.st_ino, status.st_mtime_ns


def resuming_call() -> str:
    """The command that was typed, to be typed again."""
    given = [argument for argument in sys.argv[1:] if argument != "--resume"]
    return shlex.join(["textrnn", *given, "--resume"])


def show_end(
    out: Path,
    manifest: Manifest,
    say: Say,
    show_call: Say,
    *,
    force: bool = False,
    reading: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Say what to type next, or what makes the model useless as it is.

    Args:
        out: the model's folder.
        manifest: what it says of itself.
        say: shows a line.
        show_call: shows a line with a command in it.
        force: whether a useless model is taken as it is.
        reading: the options that said how the training's files are read, each with how it was
            typed: so a file like them is read by the commands that know the option, too.

    Raises:
        TrainingError: it is of no use, and ``force`` is not given.
    """
    if weakness := weakness_of(manifest):
        line = f"{out} was written, but is of no use as it is: {weakness}"
        if not force:
            raise TrainingError(f"{line} (--force: take it all the same)")
        say(f"note: {line}")
        return
    calls = head_class(manifest.task).first_calls(manifest, shlex.quote(str(out)))
    for number, call in enumerate(calls):
        if "FILE" in (words := call.split()):
            known = _options_of(words[1:])
            typed = [
                part for name, parts in (reading or {}).items() if name in known for part in parts
            ]
            call = " ".join([call, *map(shlex.quote, typed)])
        show_call(f"{'      ' if number else 'next: '}{call}")


def _options_of(words: Sequence[str]) -> set[str]:
    """The options of the command that a call of ``textrnn`` with these words is of, but for those
    that name files: ``--target`` is a file of translations there, and a column of numbers here.
    """
    root = click.get_current_context().find_root()
    command = root.command
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(root, word) or command
    return {
        name
        for parameter in command.params
        if parameter.metavar != "FILE"
        for name in parameter.opts
    }

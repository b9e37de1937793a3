"""Where a training writes: what is there already is gone on with, or given up by a word alone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from textrnn.bundle.bundle import Bundle, check_target
from textrnn.bundle.manifest import MANIFEST, Manifest
from textrnn.corpora.files.outputs import refuse_inputs
from textrnn.corpora.files.partials import is_partial, short_name
from textrnn.errors import ConfigurationError, InputError

CHECKPOINT, LOCK = "checkpoint.npz", ".lock"
# All that trainings of any task keep in their folders: nothing else is ever removed there.
_STATE = re.compile(
    r"checkpoint\.npz|\.lock|beginnings\.txt|read\.json|(source_)?tokenizer\.json|features\.json|"
    r"vectors\.npz|answers\.npz|fold-(?P<fold>\d+)-of-(?P<folds>\d+)\.npz|(train|validation)\.(bin|borders\.npy)"
)


def run_folder(out: Path) -> Path:
    """The folder in which the training that makes ``out`` keeps its state."""
    out = out.resolve() if out.name == ".." else out
    return out.with_name(short_name(out.name, ".training"))


def is_state(name: str) -> bool:
    """Whether a training keeps a file of that name in its folder, or writes it there."""
    return is_partial(name) or _STATE.fullmatch(name) is not None


def fold_file(fold: int, folds: int) -> str:
    """The file of what was answered of a fold, counted from 0."""
    return f"fold-{fold + 1}-of-{folds}.npz"


def folds_kept(names: Iterable[str]) -> tuple[int, int]:
    """How many folds have such a file among others, and of how many."""
    found = [match for name in names if (match := _STATE.fullmatch(name)) and match["fold"]]
    return len(found), max((int(match["folds"]) for match in found), default=0)


def check_run_folder(folder: Path) -> None:
    """See that nothing but a training's state is in its folder.

    A training that ends without a checkpoint clears it, and one that is killed leaves its lock: a
    folder with neither is somebody else's, whatever its files are called.

    Raises:
        ConfigurationError: something else is there.
        InputError: it is no folder, or cannot be read.
    """
    try:
        names = set(os.listdir(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(f"{folder}: cannot be written to: {error.strerror or error}") from error
    is_ours = bool(names & {CHECKPOINT, LOCK})
    strange = min((name for name in names if not (is_ours and is_state(name))), default=None)
    if strange is not None:
        raise ConfigurationError(
            f"{folder}: holds {strange}, which no training left, and a training would keep its "
            "state there; move it, or name another folder for the model"
        )


def stopped_at(out: Path) -> Path | None:
    """The checkpoint of a training of ``out`` that was stopped; None where there is none."""
    if not out.name:  # ".", which becomes no model
        return None
    checkpoint = run_folder(out) / CHECKPOINT
    return checkpoint if checkpoint.exists() else None


def settle_target(
    out: Path,
    *,
    inputs: Iterable[str | Path | None] = (),
    resume: bool,
    force: bool,
    say: Callable[[str], None],
) -> Manifest | None:
    """See what is there, before anything is read.

    Args:
        out: the folder that is to become the model.
        inputs: what is read: it may lie neither there nor in the folder of the training's state.
        resume: whether a stopped training is to be gone on with.
        force: whether what is there may go: a model, or the state of a stopped training.
        say: told in a line where there is nothing to go on with.

    Returns:
        The manifest of the model that is finished, where it is to be resumed; None: train.

    Raises:
        ConfigurationError: a model or a stopped training is there, and nothing was said of it; or
            something that is neither, as a file of the user's own.
        InputError: what is read would be lost.
    """
    given = list(inputs)
    check_target(out, given)  # first: a folder without a name, as ".", has no other beside it
    refuse_inputs(run_folder(out), given)
    check_run_folder(run_folder(out))
    is_finished, checkpoint = os.path.exists(out / MANIFEST), stopped_at(out)
    if resume and checkpoint is None and is_finished:
        say(
            f"{out}: finished already, there is nothing to resume (more training begins with "
            f"init_from={str(out)!r})"
        )
        return Bundle.open(out).manifest
    if resume and checkpoint is None:
        say(f"note: {run_folder(out)}: no checkpoint to go on from; beginning anew")
    if resume or force:
        return None
    if checkpoint is not None:
        raise ConfigurationError(
            f"{checkpoint}: a training of {out} was stopped there, or is at work; go on with it "
            "(resume=True), begin anew (force=True), or name another folder"
        )
    refuse_finished(out)
    return None


def refuse_finished(out: Path) -> None:
    """See that no model is where another is to be written.

    Raises:
        ConfigurationError: one is.
    """
    if os.path.exists(out / MANIFEST):
        raise ConfigurationError(
            f"{out}: a model is there already; replace it (force=True), or name another folder"
        )

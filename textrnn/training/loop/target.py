"""Where a training writes: what is there already is gone on with, or given up by a word alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from textrnn.bundle.bundle import MANIFEST, Bundle, Manifest, check_target
from textrnn.corpora.files.partials import short_name
from textrnn.errors import ConfigurationError

CHECKPOINT = "checkpoint.npz"


def run_folder(out: Path) -> Path:
    """The folder in which the training that makes ``out`` keeps its state."""
    out = out.resolve() if out.name == ".." else out
    return out.with_name(short_name(out.name, ".training"))


def stopped_at(out: Path) -> Path | None:
    """The checkpoint of a training of ``out`` that was stopped; None where there is none."""
    checkpoint = run_folder(out) / CHECKPOINT
    return checkpoint if checkpoint.exists() else None


def settle_target(
    out: Path, *, resume: bool, force: bool, say: Callable[[str], None]
) -> Manifest | None:
    """See what is there, before anything is read.

    Args:
        out: the folder that is to become the model.
        resume: whether a stopped training is to be gone on with.
        force: whether what is there may go: a model, or the state of a stopped training.
        say: told in a line where there is nothing to go on with.

    Returns:
        The manifest of the model that is finished, where it is to be resumed; None: train.

    Raises:
        ConfigurationError: a model or a stopped training is there, and nothing was said of it; or
            something that is no model.
    """
    check_target(out)
    is_finished, checkpoint = os.path.exists(out / MANIFEST), stopped_at(out)
    if resume and checkpoint is None and is_finished:
        say(
            f"{out}: finished already, there is nothing to resume (more training begins with "
            f"--init-from {out})"
        )
        return Bundle.open(out).manifest
    if resume and checkpoint is None:
        say(f"note: {run_folder(out)}: no checkpoint to go on from; beginning anew")
    if resume or force:
        return None
    if checkpoint is not None:
        raise ConfigurationError(
            f"{checkpoint}: a training of {out} was stopped there, or is at work; go on with it "
            "(--resume), begin anew (--force), or name another folder"
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
            f"{out}: a model is there already; replace it (--force), or name another folder"
        )

"""The whole state of a training run in one file, so that it can go on exactly where it stopped."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import TrainingError

_STATE = "state"


@dataclass
class RunState:
    """Where a run stands, apart from its variables.

    Attributes:
        fingerprint: of data, network and settings: a checkpoint fits no other run.
        epoch: the epoch under way, from 0.
        step: batches done in it.
        loss_sum: sum of its batches' losses, each times its texts.
        seen: texts of it done.
        elapsed_s: seconds spent training.
        plateau: factor, best loss and epochs waited of the plateau schedule.
        best_score: the best validation score so far.
        best_rank: the same with the sign that makes higher better; below all before the first.
        best_loss_nats: the validation loss of that epoch; of two epochs with one score the one
            with the lower loss is better.
        best_epoch: when that was.
        kept: of the epochs whose weights are kept, the best first, rank, minus the loss, and when
            that was.
        history: one record an epoch.
    """

    fingerprint: str = ""
    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    seen: int = 0
    elapsed_s: float = 0.0
    plateau: list[float] = field(default_factory=lambda: [1.0, float("inf"), 0.0])
    best_score: float = 0.0
    best_rank: float = float("-inf")
    best_loss_nats: float = float("inf")
    best_epoch: int = -1
    kept: list[tuple[float, float, int]] = field(default_factory=list)
    history: list[dict[str, float]] = field(default_factory=list)


def save_checkpoint(path: Path, state: RunState, groups: dict[str, list[Any]]) -> None:
    """Write the state and named groups of arrays, first to a file beside, then in its place."""
    arrays = {
        f"{name}/{number}": np.asarray(array)
        for name, group in groups.items()
        for number, array in enumerate(group)
    }
    text = json.dumps(state.__dict__)
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        np.savez(file, **{_STATE: np.array(text)}, **arrays)  # type: ignore[arg-type]
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load_checkpoint(
    path: Path, *, fingerprint: str
) -> tuple[RunState, dict[str, list[NDArray[Any]]]]:
    """Read what :func:`save_checkpoint` wrote.

    Raises:
        TrainingError: the file is damaged, or belongs to other data or settings.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            state = RunState(**json.loads(str(file[_STATE])))
            names = [name for name in file.files if name != _STATE]
            groups = _grouped((name, file[name]) for name in names)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise TrainingError(f"{path}: the checkpoint is damaged ({error})") from error
    if state.fingerprint != fingerprint:
        raise TrainingError(
            f"{path}: the checkpoint was made with other data or settings; "
            "resume with the same ones, or train without --resume"
        )
    return state, groups


def _grouped(arrays: Iterable[tuple[str, NDArray[Any]]]) -> dict[str, list[NDArray[Any]]]:
    numbered: dict[str, dict[int, NDArray[Any]]] = {}
    for name, array in arrays:
        group, number = name.rsplit("/", 1)
        numbered.setdefault(group, {})[int(number)] = array
    return {name: [group[i] for i in sorted(group)] for name, group in numbered.items()}

"""The whole state of a training run in one file, so that it can go on exactly where it stopped."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import some_of
from textrnn.corpora.files.writing import PartialFile
from textrnn.errors import ConfigurationError, TrainingError
from textrnn.training.loop.differing import differing

_STATE = "state"
_DIGEST_BYTES = 64
_BLOCK_BYTES = 1 << 20

Arrays = dict[str, list[NDArray[Any]]]  # groups of them, by name


@dataclass
class RunState:
    """Where a run stands, apart from its variables.

    Attributes:
        fingerprint: of the settings and what weights begin with: a checkpoint fits no other run.
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
        files: the sha256 of each other file that the run needs, by its name.
        settings: those that the fingerprint is of, by their names; none in an older textrnn's.
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
    files: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def require_same(self, kept: RunState, path: Path | None) -> None:
        """See that what a run has kept is of this one.

        Args:
            kept: its state.
            path: where that lies.

        Raises:
            ConfigurationError: it is another run's; what differs is told.
        """
        if kept.fingerprint == self.fingerprint:
            return
        others = []
        if not kept.settings or kept.fingerprint.split()[1:] != self.fingerprint.split()[1:]:
            others.append("other models or vectors to begin with")
        if not kept.settings:
            others.append("other settings, or by an older textrnn")
        elif settings := differing(kept.settings, self.settings):
            others.append(f"other settings: {some_of(settings)}")
        raise ConfigurationError(
            f"{path}: the checkpoint was made with {', '.join(others)}; resume with the same, or "
            "begin anew (force=True)"
        )


def save_checkpoint(path: Path, state: RunState, groups: dict[str, list[Any]]) -> None:
    """Write the state and named groups of arrays, whole or not at all.

    The file is a common ``.npz`` whose zip's comment is the sha256 of all that stands before.
    """
    arrays = {
        f"{name}/{number}": np.asarray(array)
        for name, group in groups.items()
        for number, array in enumerate(group)
    }
    text = json.dumps(state.__dict__)
    with PartialFile(path) as partial:
        np.savez(partial.file, **{_STATE: np.array(text)}, **arrays)  # type: ignore[arg-type]
        with zipfile.ZipFile(partial.file, "a") as archive:
            archive.comment = b"0" * _DIGEST_BYTES
        digest = _digest(partial.file)
        partial.file.seek(-_DIGEST_BYTES, os.SEEK_END)
        partial.file.write(digest)
        partial.publish()


def load_checkpoint(path: Path) -> tuple[RunState, Arrays]:
    """Read what :func:`save_checkpoint` wrote.

    Raises:
        TrainingError: the file is damaged, or an older textrnn's.
    """
    try:
        if not path.is_file():  # a pipe would be waited for
            raise ValueError("it is no file")
        with path.open("rb") as file:
            file.seek(-_DIGEST_BYTES, os.SEEK_END)
            if file.read() != _digest(file):
                raise ValueError("its checksum is another")
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                state = RunState(**json.loads(str(arrays[_STATE])))
                names = [name for name in arrays.files if name != _STATE]
                groups = _grouped((name, arrays[name]) for name in names)
    except Exception as error:  # what damage does to NumPy's reader has no common class
        raise TrainingError(
            f"{path}: the checkpoint is damaged, cut off or an older textrnn's ({error}); begin "
            "anew (force=True)"
        ) from error
    return state, groups


def _digest(file: BinaryIO) -> bytes:
    """The sha256, in hexadecimal, of all of a file but the last bytes, where it stands."""
    left = file.seek(0, os.SEEK_END) - _DIGEST_BYTES
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (block := file.read(min(left, _BLOCK_BYTES))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest().encode("ascii")


def _grouped(arrays: Iterable[tuple[str, NDArray[Any]]]) -> Arrays:
    numbered: dict[str, dict[int, NDArray[Any]]] = {}
    for name, array in arrays:
        group, number = name.rsplit("/", 1)
        numbered.setdefault(group, {})[int(number)] = array
    return {name: [group[i] for i in sorted(group)] for name, group in numbered.items()}

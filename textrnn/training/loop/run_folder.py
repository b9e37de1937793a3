"""The folder in which a training run keeps its state, so that it can go on where it stopped."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from textrnn.corpora.files.locks import hold_lock
from textrnn.corpora.files.partials import is_partial
from textrnn.corpora.files.writing import write_file
from textrnn.errors import ConfigurationError, InputError, TrainingError
from textrnn.training.loop.checkpoint import Arrays, RunState, load_checkpoint
from textrnn.training.loop.target import CHECKPOINT, LOCK, check_run_folder, folds_kept, is_state


class RunFolder:
    """A run's checkpoint, and the files that the run made before it: vocabularies, vectors.

    The checkpoint has the checksums of these files; a run goes on only where all of them are there
    as they were.

    Args:
        path: the folder.

    Attributes:
        checkpoint: the checkpoint's file.
        digests: the sha256 of each other file of this run, by its name.
        saved: what the run that is gone on with has left: its state and its arrays.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoint = path / CHECKPOINT
        self.digests: dict[str, str] = {}
        self.saved: tuple[RunState, Arrays] | None = None
        self._has_begun = False

    @contextmanager
    def held(self, *, resume: bool) -> Iterator[None]:
        """The folder as this run's alone.

        Args:
            resume: take up what a stopped run has left, if it has come to a checkpoint.

        Raises:
            ConfigurationError: another run is at work in it, or it holds other files.
            TrainingError: what the stopped run has left is not whole.
        """
        try:
            with ExitStack() as stack:
                self._lock(stack)
                stack.callback(self._clear)
                if resume and self.checkpoint.exists():
                    self._take_up()
                yield
        finally:
            with suppress(OSError):  # it holds something
                self.path.rmdir()

    def _lock(self, stack: ExitStack) -> None:
        check_run_folder(self.path)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            stack.enter_context(hold_lock(self.path / LOCK))
        except BlockingIOError as error:
            raise ConfigurationError(
                f"{self.path}: another training is at work there; wait for its end, or name "
                "another folder"
            ) from error
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot be written to: {error.strerror or error}"
            ) from error

    def _take_up(self) -> None:
        state, arrays = load_checkpoint(self.checkpoint)
        for name, digest in state.files.items():
            try:
                found = hashlib.sha256((self.path / name).read_bytes()).hexdigest()
            except OSError as error:
                raise self._not_whole(name, error.strerror or str(error)) from error
            if found != digest:
                raise self._not_whole(name, "it is damaged, or another run's")
        self.saved, self.digests = (state, arrays), dict(state.files)
        self._has_begun = True

    def _not_whole(self, name: str, reason: str) -> TrainingError:
        return TrainingError(
            f"{self.path / name}: not as it was when the checkpoint was made ({reason}); put it "
            "back, or begin anew (force=True)"
        )

    def _clear(self) -> None:
        """Remove what nobody can go on with: all of it, where there is no checkpoint."""
        if not self.checkpoint.exists():
            with suppress(OSError):
                self.remove()

    def begin(self) -> None:
        """What a stopped run has left is given up, once this one has seen that it can train."""
        if not self._has_begun:
            for name in os.listdir(self.path):
                if name == CHECKPOINT or folds_kept([name])[0]:
                    (self.path / name).unlink()
        self._has_begun = True

    def write(self, name: str, content: bytes) -> None:
        """Keep a file of this run."""
        self.begin()
        write_file(self.path / name, content)
        self.digests[name] = hashlib.sha256(content).hexdigest()

    def read(self, name: str) -> bytes | None:
        """A file that this run has kept, or the one that it goes on with; None: there is none."""
        return (self.path / name).read_bytes() if name in self.digests else None

    def remove(self) -> None:
        """The run is done: nothing of its state is needed any more. No other file is removed."""
        for name in filter(is_state, os.listdir(self.path)):
            place = self.path / name
            if is_partial(name) and place.is_dir():  # in which a sample was written
                shutil.rmtree(place)
            elif not place.is_dir():
                place.unlink()

"""The folder of an experiment: what it is, what was found so far, and the models.

A trial that is done is kept in a file of its own, so that an experiment that was stopped, however
abruptly, loses no more than the trial that was running.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from textrnn.bundle.manifest import MANIFEST
from textrnn.configuration import from_dict, require, some_of, to_dict
from textrnn.corpora.files.outputs import refuse_inputs
from textrnn.corpora.files.writing import write_file
from textrnn.errors import ConfigurationError, InputError
from textrnn.experiments.trial import Trial
from textrnn.training.loop.differing import differing

_ABOUT = "experiment.json"
JOURNAL = "journal.log"  # of a search, which Optuna writes
_DATA = "data"  # of what an experiment is: the digest of its examples
_NESTED = ("plan", "settings")  # of the same
_TRIAL = ".trial.json"  # ends the name of what was measured of a trial


class ExperimentFolder:
    """Where an experiment keeps what it found.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def has_begun(self) -> bool:
        """Whether an experiment is there."""
        return (self.path / _ABOUT).exists()

    def begin(
        self,
        about: Mapping[str, Any],
        *,
        inputs: Iterable[Path] = (),
        resume: bool,
        force: bool,
        may_grow: str = "",
    ) -> None:
        """See what is there, and make the folder this experiment's.

        Args:
            about: what the experiment is, as JSON values: one that goes on has the same.
            inputs: what is read, which must not lie there.
            resume: whether one that was stopped goes on.
            force: whether what was found there may go.
            may_grow: the number in ``about`` that may be larger in one that goes on.

        Raises:
            ConfigurationError: an experiment is there and nothing was said of it, or it is another;
                or something that no experiment left.
            InputError: the folder cannot be written.
        """
        refuse_inputs(self.path, inputs)
        about, kept = json.loads(json.dumps(about)), self._about()  # lists for tuples
        if kept is None:
            self._require_empty()
        elif resume:
            is_more = kept.get(may_grow, math.inf) < about.get(may_grow, 0)
            self._require_same({**kept, may_grow: about[may_grow]} if is_more else kept, about)
            if not is_more:
                return
        elif not force:
            raise ConfigurationError(
                f"{self.path}: an experiment is there already; go on with it (resume=True), begin "
                "anew (force=True), or name another folder"
            )
        else:
            self._clear()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{self.path}: {error.strerror or error}") from error
        write_file(self.path / _ABOUT, json.dumps(about, indent=2) + "\n")

    def _require_same(self, kept: Mapping[str, Any], about: Mapping[str, Any]) -> None:
        """See that the experiment that was begun is this one; what differs is told."""
        others = ["other examples"] * (kept.get(_DATA) != about[_DATA])
        if settings := differing(_settings(kept), _settings(about)):
            others.append(f"other settings: {some_of(settings)}")
        require(
            not others,
            f"{self.path}: the experiment there has {', '.join(others)}; go on with the same, or "
            "begin anew (force=True)",
        )

    def _clear(self) -> None:
        """Remove what an experiment found there, and its models."""
        (self.path / JOURNAL).unlink(missing_ok=True)
        for file in self.path.glob(f"*{_TRIAL}"):
            model = self.model(file.name.removesuffix(_TRIAL))
            if (model / MANIFEST).exists():
                shutil.rmtree(model)
            file.unlink()

    def _about(self) -> Any:
        try:
            return json.loads((self.path / _ABOUT).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path / _ABOUT}: cannot be read: {error}") from error

    def _require_empty(self) -> None:
        if not self.path.exists():
            return
        if not self.path.is_dir():
            raise InputError(f"{self.path}: a file; name a folder")
        if names := sorted(os.listdir(self.path)):
            raise ConfigurationError(
                f"{self.path}: holds {names[0]}, which no experiment left; name another folder"
            )

    def model(self, name: str) -> Path:
        """The folder of a trial's model."""
        return self.path / name

    def trial(self, name: str) -> Trial | None:
        """What was measured of a trial; None where it is not done.

        Raises:
            InputError: its file is damaged.
        """
        file = self.path / f"{name}{_TRIAL}"
        try:
            return from_dict(Trial, json.loads(file.read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, ConfigurationError) as error:
            raise InputError(f"{file}: damaged ({error}); remove it") from error

    def keep(self, name: str, trial: Trial) -> None:
        """Keep what was measured of a trial: it is done."""
        write_file(self.path / f"{name}{_TRIAL}", json.dumps(to_dict(trial)) + "\n")


def _settings(about: Mapping[str, Any]) -> dict[str, Any]:
    """All that tells an experiment from others but its examples, in one table."""
    rest = {name: value for name, value in about.items() if name not in (_DATA, *_NESTED)}
    for name in _NESTED:
        rest |= about.get(name) or {}
    return rest

"""Few examples validate one another: each is answered by a network that learned from the others.

The examples are dealt into folds. For each fold the network learns from the other folds' examples,
and after every epoch the fold's own are answered. All together then say which epoch is best (Kohavi
1995); the network that is kept learns from all of them, for so many epochs.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.training.loop.fit import Fit
from textrnn.training.loop.objective import Objective
from textrnn.training.loop.run_folder import RunFolder
from textrnn.training.loop.target import fold_file

Part = dict[str, NDArray[Any]]  # what was answered of a fold, by name


class Answers(Protocol):
    """What networks that had not learned the examples answered."""

    def scores(self, epoch: int) -> tuple[float, float]:
        """Mean loss in nats and the score of all examples after an epoch, from 0."""


A = TypeVar("A", bound=Answers)


class KeptFolds:
    """What was answered of the folds that are done, from which a stopped run goes on.

    Args:
        folder: the run's.
        save: writes the run's checkpoint, which knows of all files there.
    """

    def __init__(self, folder: RunFolder, save: Callable[[], None]) -> None:
        self._folder, self._save = folder, save

    def read(self, fold: int, folds: int) -> Part | None:
        """What was answered of a fold; None where it is to be trained."""
        content = self._folder.read(fold_file(fold, folds))
        if content is None:
            return None
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            return dict(file)

    def keep(self, fold: int, folds: int, part: Part) -> None:
        """Keep it: the model is to have its first weights again."""
        content = io.BytesIO()
        np.savez(content, **part)  # type: ignore[arg-type]
        self._folder.write(fold_file(fold, folds), content.getvalue())
        self._save()


def fit_of_folds(fit: Fit, objective: Objective) -> Fit:
    """What trains once for each fold as ``fit`` will train in the end, but always to the last
    epoch, so that all folds answer after as many.

    Args:
        fit: what will train in the end.
        objective: what is learned outside of a fold, which keeps what it answers of those in it.
    """
    return Fit(
        fit.model,
        objective,
        replace(fit.settings, patience=0),
        frozen_epochs=fit.frozen_epochs,
        on_event=fit.on_event,
        clock=fit.clock,
    )


def train_without_each(
    fit: Fit,
    folds: int,
    turn_to: Callable[[int], None],
    answer: Callable[[int], Part],
    kept: KeptFolds,
) -> list[Part]:
    """Train once for each fold, each time from the weights that the model has now, and in the end
    has again.

    Args:
        fit: of :func:`fit_of_folds`; one for all folds, since what it compiles takes as long as a
            fold.
        folds: how many.
        turn_to: makes the objective learn what is outside of a fold, and validate by what is in it.
        answer: gives what was answered of a fold, when the model has the weights best for it.
        kept: those that a stopped run has done.

    Returns:
        What was answered of each.
    """
    variables = [*fit.model.variables, *fit.optimizer.variables]
    first = [ops.convert_to_numpy(variable).copy() for variable in variables]
    whole, parts = fit.settings.epochs * fit.objective.steps, []
    for fold in range(folds):
        part = kept.read(fold, folds)
        if part is None:
            turn_to(fold)
            of_others = (folds - fold - 1) * fit.settings.epochs * fit.objective.steps
            fit.begin_fold(fold, folds, steps_after=of_others + whole)
            fit.run()
            part = answer(fold)
            for variable, value in zip(variables, first, strict=True):
                variable.assign(value)
            kept.keep(fold, folds, part)
        parts.append(part)
    return parts


class CrossValidated(Generic[A]):
    """An objective of all examples, validated by what was answered without them.

    Args:
        objective: of all examples.
        answers: what networks answered that had not learned them.
    """

    def __init__(self, objective: Objective, answers: A) -> None:
        self._objective, self.answers, self._epoch = objective, answers, 0
        self.score_name = objective.score_name
        self.higher_is_better = objective.higher_is_better
        self.steps, self.carried = objective.steps, objective.carried
        self.make_step = objective.make_step

    def batches(self, *, epoch: int, skip: int) -> Iterator[Any]:
        """The batches of an epoch but the first ``skip``."""
        self._epoch = epoch
        return self._objective.batches(epoch=epoch, skip=skip)

    def validate(self) -> tuple[float, float]:
        """Mean loss in nats and the score of the others' answers after the same epoch."""
        return self.answers.scores(self._epoch)

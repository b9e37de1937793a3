"""Texts that validate one another, each answered by a network that learned from the others: see
:mod:`textrnn.training.loop.folds`.

Shapes: N texts, E epochs, L labels.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.counted import counted
from textrnn.training.classifier.objective import ClassificationObjective
from textrnn.training.classifier.validation import accuracy, cross_entropy_nats
from textrnn.training.loop.fit import Fit
from textrnn.training.loop.folds import KeptFolds, Part, fit_of_folds, train_without_each


@dataclass(frozen=True)
class Answers:
    """What networks that had not learned a text answered, for all texts.

    Attributes:
        logits: after each epoch, (E, N, L).
        numbers: the right labels', (N,).
    """

    logits: NDArray[np.float32]
    numbers: NDArray[np.int64]

    def scores(self, epoch: int) -> tuple[float, float]:
        """Mean cross-entropy in nats and accuracy after an epoch, from 0."""
        logits = self.logits[epoch]
        return cross_entropy_nats(logits, self.numbers), accuracy(logits, self.numbers)

    def to_bytes(self) -> bytes:
        """The logits as a file of a run's folder."""
        content = io.BytesIO()
        np.save(content, self.logits)
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, numbers: NDArray[np.int64]) -> Answers:
        """What :meth:`to_bytes` wrote, for texts with these labels."""
        return cls(np.load(io.BytesIO(content), allow_pickle=False), numbers)


def answer_by_others(
    fit: Fit,
    objective: ClassificationObjective,
    folds: NDArray[np.int64],
    *,
    kept: KeptFolds,
    say: Callable[[str], None],
) -> Answers:
    """Train once for each fold; model and objective are left as they were.

    Args:
        fit: what will train the network, which has the weights that every training begins with.
        objective: of all texts.
        folds: each text's fold, (N,).
        kept: the folds that are done.
        say: told in a line on each fold.
    """
    texts, validation = objective.train, objective.validation
    answering = _Answering(objective)
    fit = fit_of_folds(fit, answering)
    count = int(folds.max()) + 1

    def turn_to(fold: int) -> None:
        ours = folds == fold
        objective.turn_to(texts.part(~ours), texts.part(ours))
        answering.steps, answering.answers = objective.steps, []

    def answer(fold: int) -> Part:
        logits = np.stack(answering.answers)  # (E, texts of the fold, L)
        numbers = objective.validation.labels
        share = accuracy(logits[fit.state.best_epoch], numbers)
        texts_there = counted(len(numbers), "text")
        say(f"fold {fold + 1} of {count}: accuracy {share:.4f} of {texts_there}")
        return {"logits": logits}

    parts = [part["logits"] for part in train_without_each(fit, count, turn_to, answer, kept)]
    objective.turn_to(texts, validation)
    order = np.argsort(np.argsort(folds, kind="stable"), kind="stable")
    return Answers(np.concatenate(parts, axis=1)[:, order], texts.labels)


class _Answering:
    """An objective that keeps what it answers."""

    score_name = "accuracy"
    higher_is_better = True

    def __init__(self, objective: ClassificationObjective) -> None:
        self._objective = objective
        self.steps, self.carried = objective.steps, objective.carried
        self.batches, self.make_step = objective.batches, objective.make_step
        self.answers: list[NDArray[np.float32]] = []

    def validate(self) -> tuple[float, float]:
        """Mean cross-entropy in nats and accuracy on the texts of the fold."""
        loss, score, logits = self._objective.answer()
        self.answers.append(logits)
        return loss, score

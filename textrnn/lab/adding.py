"""The adding task (Hochreiter & Schmidhuber 1997, section 5.4): two numbers of many are marked."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from textrnn.lab.cells.cell import Array
from textrnn.lab.task import Batch, Task


class Adding(Task):
    """Every step brings a number from 0 to 1 and a mark, 0 or 1. Two numbers are marked, one in the
    first half and one in the second; asked at the end is their sum (as in Arjovsky et al. 2016,
    section 4.1). Who always answers 1, the mean, has a mean squared error of 1/6.
    """

    name: ClassVar[str] = "adding"
    inputs: ClassVar[int] = 2
    outputs: ClassVar[int] = 1
    answers: ClassVar[int] = 1
    score_name: ClassVar[str] = "mean squared error"
    chance: ClassVar[float] = 1 / 6
    solved: ClassVar[float] = 0.02
    higher_is_better: ClassVar[bool] = False

    def batch(self, distance: int, size: int, rng: np.random.Generator) -> Batch:
        """See :meth:`Task.batch`; a sequence has as many steps as the distance, 2 at least."""
        steps = max(distance, 2)
        numbers = rng.uniform(size=(steps, size))
        marks = np.zeros((steps, size))
        texts, half = np.arange(size), steps // 2
        marks[rng.integers(0, half, size), texts] = 1
        marks[rng.integers(half, steps, size), texts] = 1
        return Batch(np.stack([numbers, marks], axis=2), (numbers * marks).sum(axis=0))

    def loss(self, outputs: Array, targets: NDArray[Any]) -> tuple[float, Array]:
        """The mean squared error."""
        difference = outputs[0, :, 0] - targets
        loss = float(np.mean(difference**2))
        return loss, (2 * difference / len(targets))[None, :, None]

    def score(self, outputs: Array, targets: NDArray[Any]) -> float:
        """The same."""
        return self.loss(outputs, targets)[0]

"""What the lab's tasks have in common: sequences made up for a distance, and a loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from textrnn.lab.cells.cell import Array


@dataclass(frozen=True, eq=False)
class Batch:
    """Sequences of one length.

    Attributes:
        inputs: (T, B, I).
        targets: what the last steps are to answer: numbers (B,), or classes (answers, B).
    """

    inputs: Array
    targets: NDArray[Any]


class Task(ABC):
    """Something to keep in mind over a distance.

    Attributes:
        name: as the field calls it.
        inputs: I, numbers that are read at a step.
        outputs: numbers that are answered at a step.
        answers: how many of the last steps are asked.
        score_name: what :meth:`score` measures.
        chance: the score of who remembers nothing.
        solved: the score from which a distance counts as bridged.
        higher_is_better: whether a higher score is the better one.
    """

    name: ClassVar[str]
    inputs: ClassVar[int]
    outputs: ClassVar[int]
    answers: ClassVar[int]
    score_name: ClassVar[str]
    chance: ClassVar[float]
    solved: ClassVar[float]
    higher_is_better: ClassVar[bool]

    @abstractmethod
    def batch(self, distance: int, size: int, rng: np.random.Generator) -> Batch:
        """Sequences in which something must be kept in mind for so many steps.

        Args:
            distance: steps.
            size: B.
            rng: draws the sequences.
        """

    @abstractmethod
    def loss(self, outputs: Array, targets: NDArray[Any]) -> tuple[float, Array]:
        """The loss, and its gradient by the outputs.

        Args:
            outputs: of the last steps, (answers, B, outputs).
            targets: a batch's.
        """

    @abstractmethod
    def score(self, outputs: Array, targets: NDArray[Any]) -> float:
        """How good answers are; shapes as :meth:`loss` has them."""

    def is_solved(self, score: float) -> bool:
        """Whether a distance is bridged."""
        return score >= self.solved if self.higher_is_better else score <= self.solved

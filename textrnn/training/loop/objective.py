"""What a task must have to be learned by the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import keras


class Objective(Protocol):
    """A task as the training loop sees it.

    Attributes:
        score_name: what :meth:`validate` measures, as ``accuracy``.
        higher_is_better: whether a higher score is the better one.
        steps: the most batches an epoch has.
    """

    score_name: str
    higher_is_better: bool
    steps: int

    @property
    def carried(self) -> Sequence[keras.Variable]:
        """Variables besides the model's that one step leaves to the next."""

    def batches(self, *, epoch: int, skip: int) -> Iterator[Any]:
        """The batches of an epoch but the first ``skip``; each has ``texts`` and ``token_count``.

        The same epoch always has the same batches.
        """

    def make_step(self, optimizer: keras.optimizers.Optimizer) -> Callable[[Any], float]:
        """A function that trains on one batch and returns its mean loss in nats."""

    def validate(self) -> tuple[float, float]:
        """Mean loss in nats and the score on the validation texts."""

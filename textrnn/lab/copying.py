"""The copying task (Hochreiter & Schmidhuber 1997; Arjovsky et al. 2016, section 4.1)."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from textrnn.lab.cells.cell import Array
from textrnn.lab.task import Batch, Task

_KINDS = 4  # of symbols
_SYMBOLS = 2  # to be copied


class Copying(Task):
    """First come two symbols of four kinds, then blanks, then a sign: now the symbols are asked, in
    their order. Who remembers nothing is right in a quarter of them.

    Arjovsky et al. have ten symbols of eight kinds, which takes hours to learn.
    """

    name: ClassVar[str] = "copying"
    inputs: ClassVar[int] = _KINDS + 2  # the kinds, the blank, the sign
    outputs: ClassVar[int] = _KINDS
    answers: ClassVar[int] = _SYMBOLS
    score_name: ClassVar[str] = "accuracy"
    chance: ClassVar[float] = 1 / _KINDS
    solved: ClassVar[float] = 0.95
    higher_is_better: ClassVar[bool] = True

    def batch(self, distance: int, size: int, rng: np.random.Generator) -> Batch:
        """See :meth:`Task.batch`: from a symbol to the step at which it is asked."""
        symbols = rng.integers(0, _KINDS, (_SYMBOLS, size))
        blank, sign = _KINDS, _KINDS + 1
        steps = max(distance, _SYMBOLS) + _SYMBOLS
        read = np.full((steps, size), blank)
        read[:_SYMBOLS] = symbols
        read[-_SYMBOLS] = sign
        return Batch(np.eye(self.inputs)[read], symbols)

    def loss(self, outputs: Array, targets: NDArray[Any]) -> tuple[float, Array]:
        """The cross-entropy, in nats."""
        shifted = outputs - outputs.max(axis=-1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        right = np.eye(self.outputs)[targets]
        count = targets.size
        return float(-np.sum(right * logs) / count), (np.exp(logs) - right) / count

    def score(self, outputs: Array, targets: NDArray[Any]) -> float:
        """The share of symbols that are right."""
        return float(np.mean(outputs.argmax(axis=-1) == targets))

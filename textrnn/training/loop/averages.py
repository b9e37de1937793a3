"""Averages of the weights over the steps of training, which validate and are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras
from keras import ops

_WARM_UP = 10  # steps: the averages follow closely at first


class Averages:
    """The exponential moving averages of weights (Polyak & Juditsky 1992).

    Args:
        weights: those that are averaged.
        decay: the share of an average that a step leaves; 0 for no averages.

    Attributes:
        variables: the averages.
    """

    def __init__(self, weights: Sequence[keras.Variable], decay: float) -> None:
        self._weights = list(weights) if decay else []
        self._decay = decay
        self.variables = [
            keras.Variable("zeros", shape=v.shape, dtype=v.dtype, trainable=False)
            for v in self._weights
        ]

    def begin(self) -> None:
        """Begin with the weights of now: a model may be given others than it was made with."""
        # Copies: JAX hands the arrays of the weights themselves on to the step.
        for average, weight in zip(self.variables, self._weights, strict=True):
            average.assign(ops.convert_to_numpy(weight).copy())

    def update(self, done: int) -> None:
        """Move them to the weights of now, after so many steps."""
        decay = min(self._decay, (1 + done) / (_WARM_UP + done))
        for average, weight in zip(self.variables, self._weights, strict=True):
            average.assign(average + (1.0 - decay) * (weight - average))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The averages in the places of the weights, for as long as it takes to validate."""
        trained = [ops.convert_to_numpy(weight).copy() for weight in self._weights]
        for weight, average in zip(self._weights, self.variables, strict=True):
            weight.assign(ops.convert_to_numpy(average).copy())
        yield
        for weight, value in zip(self._weights, trained, strict=True):
            weight.assign(value)

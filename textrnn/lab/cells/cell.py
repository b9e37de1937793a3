"""What a recurrent cell is: a step forward, a step back, and the equations of both.

B texts, I inputs, U units, G gates. Weights are called as :mod:`textrnn.network` calls those of
encoders, and gates lie side by side in their last axis in the same order, so that a cell computes
with the weights of a trained encoder as they are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.lab.initial import initial_weight

Array = NDArray[np.floating[Any]]
Weights = dict[str, Array]
State = tuple[Array, ...]
Values = dict[str, Array]
C = TypeVar("C", bound="KernelCell")


class Cell(ABC):
    """A recurrent cell: a step reads a token's vector and a state, and gives the next state.

    Attributes:
        name: as the field calls it.
        equations: of each value of a step the equation, in the order in which they are computed.
        roles: of each value what it does, in a word or two.
        state_names: the arrays that a state is made of; the first is the cell's output, which a
            layer above reads.
        weights: arrays by their names; training changes them in place.
        units: U.
    """

    name: ClassVar[str]
    equations: ClassVar[Mapping[str, str]] = {}
    roles: ClassVar[Mapping[str, str]] = {}
    state_names: tuple[str, ...] = ("h",)
    weights: Weights
    units: int

    def first_state(self, batch: int) -> State:
        """The state before anything is read: zeros, (B, U) each."""
        dtype = self.weights["recurrent"].dtype
        return tuple(np.zeros((batch, self.units), dtype) for _ in self.state_names)

    @abstractmethod
    def step(self, x: Array, state: State) -> tuple[State, Values]:
        """Read a token of each text.

        Args:
            x: (B, I).
            state: before it, (B, U) each.

        Returns:
            The state after it, and every value by its name, the new state's among them, with what
            :meth:`step_back` needs.
        """

    @abstractmethod
    def step_back(self, values: Values, d_state: State) -> tuple[Array, State, Weights]:
        """The same step by the chain rule.

        Args:
            values: what :meth:`step` gave.
            d_state: the gradient of the loss by the state after the step.

        Returns:
            The gradients by ``x``, by the state before the step, and by the weights.
        """


class KernelCell(Cell):
    """A cell with a ``kernel`` for what it reads, a ``recurrent`` matrix for its state, a ``bias``.

    Args:
        weights: arrays by these names, as :meth:`shapes` has them.

    Raises:
        ConfigurationError: one has another shape.
    """

    def __init__(self, weights: Mapping[str, Array]) -> None:
        self.weights = dict(weights)
        self.units = self.weights["recurrent"].shape[0]
        inputs = self.weights["kernel"].shape[0]
        for name, shape in self.shapes(inputs, self.units).items():
            found = self.weights[name].shape
            require(found == shape, f"{self.name}: {name} must be {shape}; received {found}")

    @classmethod
    @abstractmethod
    def shapes(cls, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
        """The weights by their names, with their shapes."""

    @classmethod
    def random(
        cls: type[C], inputs: int, units: int, rng: np.random.Generator, dtype: str = "float64"
    ) -> C:
        """A cell as Keras begins one (:func:`textrnn.lab.initial.initial_weight`)."""
        shapes = cls.shapes(inputs, units)
        return cls({name: initial_weight(name, s, rng).astype(dtype) for name, s in shapes.items()})


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), by tanh, which never overflows."""
    half: Array = 0.5 * np.tanh(0.5 * x) + 0.5
    return half

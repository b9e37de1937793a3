"""The simple recurrent cell (Elman 1990)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from textrnn.lab.cells.cell import Array, KernelCell, State, Values, Weights


class SimpleRNN(KernelCell):
    """``h = tanh(W x + U h' + b)``: each step writes the whole state anew.

    A step back multiplies by ``U`` and by ``1 - h²``, which is at most 1: over many steps the
    gradient shrinks or grows like a power (Bengio et al. 1994; Pascanu et al. 2013, section 2).
    """

    name: ClassVar[str] = "rnn"
    equations: ClassVar[Mapping[str, str]] = {"h": "tanh(W x + U h' + b)"}
    roles: ClassVar[Mapping[str, str]] = {"h": "state, written anew"}

    @classmethod
    def shapes(cls, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
        """See :meth:`KernelCell.shapes`."""
        return {"kernel": (inputs, units), "recurrent": (units, units), "bias": (units,)}

    def step(self, x: Array, state: State) -> tuple[State, Values]:
        """See :meth:`Cell.step`."""
        (before,) = state
        weights = self.weights
        h = np.tanh(x @ weights["kernel"] + before @ weights["recurrent"] + weights["bias"])
        return (h,), {"h": h, "x": x, "h'": before}

    def step_back(self, values: Values, d_state: State) -> tuple[Array, State, Weights]:
        """See :meth:`Cell.step_back`."""
        (d_h,) = d_state
        d_sum = d_h * (1 - values["h"] ** 2)  # tanh' = 1 - tanh²
        d_weights = {
            "kernel": values["x"].T @ d_sum,
            "recurrent": values["h'"].T @ d_sum,
            "bias": d_sum.sum(axis=0),
        }
        return d_sum @ self.weights["kernel"].T, (d_sum @ self.weights["recurrent"].T,), d_weights

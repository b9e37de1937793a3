"""The gated recurrent unit (Cho et al. 2014)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from textrnn.lab.cells.cell import Array, KernelCell, State, Values, Weights, sigmoid


class GRU(KernelCell):
    """A state that is partly kept and partly written anew, as the update gate ``z`` says.

    The reset gate stands behind the product, as in Keras and cuDNN, so that there are two biases:
    one of what is read, one of the state. A step back multiplies the gradient by ``z`` and adds
    what went through the gates: while ``z`` is near 1, it stays.
    """

    name: ClassVar[str] = "gru"
    equations: ClassVar[Mapping[str, str]] = {
        "z": "σ(W_z x + U_z h' + b_z)",
        "r": "σ(W_r x + U_r h' + b_r)",
        "g": "tanh(W x + b + r (U h' + b'))",
        "h": "z h' + (1 - z) g",
    }
    roles: ClassVar[Mapping[str, str]] = {
        "z": "update gate",
        "r": "reset gate",
        "g": "candidate",
        "h": "state",
    }

    @classmethod
    def shapes(cls, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
        """See :meth:`KernelCell.shapes`; the gates in the order z, r, g."""
        wide = 3 * units
        return {"kernel": (inputs, wide), "recurrent": (units, wide), "bias": (2, wide)}

    def step(self, x: Array, state: State) -> tuple[State, Values]:
        """See :meth:`Cell.step`."""
        (before,) = state
        weights = self.weights
        read = np.split(x @ weights["kernel"] + weights["bias"][0], 3, axis=-1)
        kept = np.split(before @ weights["recurrent"] + weights["bias"][1], 3, axis=-1)
        z, r = sigmoid(read[0] + kept[0]), sigmoid(read[1] + kept[1])
        g = np.tanh(read[2] + r * kept[2])
        h = z * before + (1 - z) * g
        return (h,), {"z": z, "r": r, "g": g, "h": h, "x": x, "h'": before, "U h'": kept[2]}

    def step_back(self, values: Values, d_state: State) -> tuple[Array, State, Weights]:
        """See :meth:`Cell.step_back`."""
        (d_h,) = d_state
        z, r, g, before = (values[name] for name in ("z", "r", "g", "h'"))
        d_candidate = d_h * (1 - z) * (1 - g**2)
        d_gates = [d_h * (before - g) * z * (1 - z), d_candidate * values["U h'"] * r * (1 - r)]
        d_read = np.concatenate([*d_gates, d_candidate], axis=-1)
        d_kept = np.concatenate([*d_gates, d_candidate * r], axis=-1)
        d_weights = {
            "kernel": values["x"].T @ d_read,
            "recurrent": before.T @ d_kept,
            "bias": np.stack([d_read.sum(axis=0), d_kept.sum(axis=0)]),
        }
        d_before = d_h * z + d_kept @ self.weights["recurrent"].T
        return d_read @ self.weights["kernel"].T, (d_before,), d_weights

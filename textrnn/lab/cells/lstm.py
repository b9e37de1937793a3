"""The long short-term memory (Hochreiter & Schmidhuber 1997; forget gates: Gers et al. 2000)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from textrnn.lab.cells.cell import Array, C, KernelCell, State, Values, Weights, sigmoid


class LSTM(KernelCell):
    """A memory ``c`` that is added to, and three gates that say what goes in, stays and comes out.

    A step back multiplies the memory's gradient by the forget gate ``f`` and nothing else: while
    ``f`` is near 1, it stays. This is the constant error carousel of the paper (section 3.2).
    """

    name: ClassVar[str] = "lstm"
    equations: ClassVar[Mapping[str, str]] = {
        "i": "σ(Wᵢ x + Uᵢ h' + bᵢ)",
        "f": "σ(W_f x + U_f h' + b_f)",
        "g": "tanh(W_g x + U_g h' + b_g)",
        "o": "σ(Wₒ x + Uₒ h' + bₒ)",
        "c": "f c' + i g",
        "h": "o tanh(c)",
    }
    roles: ClassVar[Mapping[str, str]] = {
        "i": "input gate",
        "f": "forget gate",
        "g": "candidate",
        "o": "output gate",
        "c": "memory",
        "h": "output",
    }
    state_names: tuple[str, ...] = ("h", "c")

    @classmethod
    def shapes(cls, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
        """See :meth:`KernelCell.shapes`; the gates in the order i, f, g, o."""
        wide = 4 * units
        return {"kernel": (inputs, wide), "recurrent": (units, wide), "bias": (wide,)}

    @classmethod
    def random(
        cls: type[C], inputs: int, units: int, rng: np.random.Generator, dtype: str = "float64"
    ) -> C:
        """With 1 as the bias of the forget gate: at first it forgets little (Jozefowicz et al.
        2015, section 5).
        """
        cell = super().random(inputs, units, rng, dtype)
        cell.weights["bias"][units : 2 * units] = 1.0
        return cell

    def step(self, x: Array, state: State) -> tuple[State, Values]:
        """See :meth:`Cell.step`."""
        before, memory = state
        weights = self.weights
        sums = x @ weights["kernel"] + before @ weights["recurrent"] + weights["bias"]  # (B, 4 U)
        into, forget, candidate, out = np.split(sums, 4, axis=-1)
        i, f, g, o = sigmoid(into), sigmoid(forget), np.tanh(candidate), sigmoid(out)
        c = f * memory + i * g
        h = o * np.tanh(c)
        return (h, c), {
            "i": i, "f": f, "g": g, "o": o, "c": c, "h": h, "x": x, "h'": before, "c'": memory,
        }  # fmt: skip

    def step_back(self, values: Values, d_state: State) -> tuple[Array, State, Weights]:
        """See :meth:`Cell.step_back`."""
        d_h, d_c = d_state
        i, f, g, o = (values[gate] for gate in "ifgo")
        shown = np.tanh(values["c"])
        d_c = d_c + d_h * o * (1 - shown**2)  # c is in the next step's c, and in h
        d_sums = np.concatenate(
            [
                d_c * g * i * (1 - i),  # σ' = σ (1 - σ)
                d_c * values["c'"] * f * (1 - f),
                d_c * i * (1 - g**2),
                d_h * shown * o * (1 - o),
            ],
            axis=-1,
        )
        d_weights = {
            "kernel": values["x"].T @ d_sums,
            "recurrent": values["h'"].T @ d_sums,
            "bias": d_sums.sum(axis=0),
        }
        d_before = d_sums @ self.weights["recurrent"].T
        return d_sums @ self.weights["kernel"].T, (d_before, d_c * f), d_weights

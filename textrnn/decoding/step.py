"""The step that decoding asks for the next scores, whatever network gives them.

Shapes: B texts, U units, V tokens of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

States = dict[str, NDArray[np.float32]]


class Step(Protocol):
    """Reads a token of each text, and says what may come next."""

    @property
    def draws(self) -> bool:
        """Whether it can :meth:`draw`."""

    def step(
        self, tokens: Sequence[int] | NDArray[np.int32], states: States
    ) -> tuple[NDArray[np.float32], States]:
        """Read one token of each text.

        Args:
            tokens: (B,).
            states: where each text stands, (B, U) each; they are not changed.

        Returns:
            The logits of the next tokens (B, V) and the new states.
        """

    def draw(
        self,
        tokens: Sequence[int] | NDArray[np.int32],
        states: States,
        *,
        mask: NDArray[np.float32],
        temperature: float,
        points: NDArray[np.float64],
    ) -> tuple[NDArray[np.int64], NDArray[np.float32], States]:
        """Read one token of each text and draw the next.

        Args:
            tokens: (B,).
            states: where each text stands; they are not changed.
            mask: added to the logits, (B, V), or (1, V) for all texts: 0, or minus infinity for
                tokens that must not come.
            temperature: logits are divided by it.
            points: (B,), from 0 to below 1; see :func:`textrnn.decoding.sampling.draw`.

        Returns:
            The next tokens (B,), their log-probabilities (B,) in nats, before mask and temperature,
            and the new states. Where a mask leaves no token, the first two mean nothing.
        """


class Reader(Step, Protocol):
    """A step that can begin."""

    def start(self, texts: int) -> States:
        """The states before any token, (B, U) each."""

    def read(self, tokens: Sequence[int]) -> States:
        """The states of one text after these tokens."""


def take(states: States, rows: Sequence[int]) -> States:
    """The states of some texts, in that order."""
    return {name: state[list(rows)] for name, state in states.items()}


def join(several: Sequence[States]) -> States:
    """The states of several texts side by side.

    Where one has more columns of a state than others, as a cache has that holds more tokens, theirs
    are filled with zeros.
    """
    joined = {}
    for name in several[0]:
        rows = [states[name] for states in several]
        if rows[0].ndim > 1:
            width = max(row.shape[1] for row in rows)
            rows = [_widened(row, width) for row in rows]
        joined[name] = np.concatenate(rows)
    return joined


def _widened(rows: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    missing = width - rows.shape[1]
    return np.pad(rows, [(0, 0), (0, missing), *[(0, 0)] * (rows.ndim - 2)]) if missing else rows

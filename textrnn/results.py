"""What heads return: plain, frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TokenWeight:
    """One token and the share of the attention it received.

    Attributes:
        start: first code point of the token in the original text.
        end: one past its last code point.
        text: ``original[start:end]``.
        weight: share of the attention, from 0 to 1; a text's weights sum to 1.
    """

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True)
class Classification:
    """The label of one text.

    Attributes:
        text: the text as it was given.
        label: the most probable label.
        probability: its probability, from 0 to 1.
        probabilities: every label with its probability, the most probable first.
        token_weights: attention over the tokens; empty where the network has none.
        tokens: how many tokens the text has.
        windows: in how many overlapping windows it was read; nothing is ever cut off.
    """

    text: str
    label: str
    probability: float
    probabilities: Mapping[str, float]
    token_weights: tuple[TokenWeight, ...] = ()
    tokens: int = 0
    windows: int = 1

    def top(self, k: int) -> list[tuple[str, float]]:
        """The ``k`` most probable labels with their probabilities, best first."""
        return list(self.probabilities.items())[:k]

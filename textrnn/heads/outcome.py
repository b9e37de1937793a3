"""What became of one example of an evaluation."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """An answer to an example.

    Attributes:
        answer: what two models that answer alike both have.
        is_right: whether it is the right answer, and all of it.
    """

    answer: Hashable
    is_right: bool


OnOutcome = Callable[[Outcome], None]


def unheard(outcome: Outcome) -> None:
    """For whoever does not ask for outcomes."""

"""A name in a text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Entity:
    """A name in a text.

    Attributes:
        start: its first code point in the original text.
        end: one past its last.
        text: ``original[start:end]``.
        label: what it is, as ``PER``.
        probability: that just these tokens are one entity of this label, from 0 to 1.
    """

    start: int
    end: int
    text: str
    label: str
    probability: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "probability": round(self.probability, 6)}

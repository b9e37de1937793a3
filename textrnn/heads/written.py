"""News of an answer in the making, from heads that write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from textrnn.heads.result import R


@dataclass(frozen=True)
class Written(Generic[R]):
    """News from a text in the making.

    Attributes:
        number: which text, from 0.
        piece: what was written since the last news of it.
        result: the finished text, with the last piece; else None.
    """

    number: int
    piece: str
    result: R | None = None

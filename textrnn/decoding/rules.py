"""What may come next in a text: the turn of a form, ends, stops, bans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.bans import Bans

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Turn:
    """What a form says of the next token.

    Attributes:
        allowed: the tokens that may come, (V,); None: any.
        forced: a character that must come, known to the model or not.
        ends: whether the text is complete.
        may_end: whether the model may end the text here.
    """

    allowed: Mask | None = None
    forced: str | None = None
    ends: bool = False
    may_end: bool = True


ANY = Turn()


class Form(Protocol):
    """A form that a text keeps."""

    def turn(self, text: str) -> Turn:
        """What may come after ``text``, seed included."""


@dataclass(frozen=True)
class Rules:
    """What every text of one call obeys.

    Attributes:
        length: the most tokens to write.
        min_length: the fewest before an end or a stop string counts.
        stop: strings at which a text stops; they are left out.
        bans: strings that must not be written, made ready for a vocabulary.
        form: a form to keep, or None.
        ngram: the size of the n-grams that must not come twice; 0: any may.
    """

    length: int
    min_length: int = 0
    stop: tuple[str, ...] = ()
    bans: Bans | None = None
    form: Form | None = None
    ngram: int = 0

    @property
    def depend_on_text(self) -> bool:
        """Whether the tokens that may come depend on what was written, not on its length alone."""
        return self.bans is not None or self.form is not None

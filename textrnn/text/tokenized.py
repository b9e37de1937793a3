"""A text as token ids, each with its place in the text."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST_MARK = "\u0300"  # no combining mark, and no letter that composes, lies below


@dataclass(frozen=True)
class TokenizedText:
    """A text as token ids.

    Attributes:
        ids: (tokens,), int32.
        offsets: (tokens, 2), int32: first code point and one past the last, in the original text.
    """

    ids: NDArray[np.int32]
    offsets: NDArray[np.int32]

    @classmethod
    def of(cls, text: str, encoding: Any) -> TokenizedText:
        """Of a text and what the library's tokenizer made of it."""
        ids = encoding.ids
        numbers = list(chain.from_iterable(encoding.offsets))  # half the time of np.array on pairs
        offsets = np.fromiter(numbers, np.int32, len(numbers)).reshape(-1, 2)  # (tokens, 2)
        # Nothing is to be taken in where each token ends as the next begins, and the last as the
        # text does.
        if not text.isascii() and numbers[1::2] != [*numbers[2::2], len(text)]:
            _take_in_marks(text, offsets)
        return cls(np.fromiter(ids, np.int32, len(ids)), offsets)


def _take_in_marks(text: str, offsets: NDArray[np.int32]) -> None:
    """Extend tokens over what was composed into their last letter.

    The library maps a composed letter to the first of its code points: of ``e`` and a combining
    accent, that become ``é``, to the ``e`` alone.
    """
    borders = np.append(offsets[1:, 0], len(text))  # where the next token starts
    for i in np.flatnonzero(offsets[:, 1] < borders):
        end, border = int(offsets[i, 1]), int(borders[i])
        while end < border and text[end] >= _FIRST_MARK and _composes(text[end]):
            end += 1
        offsets[i, 1] = end


def _composes(char: str) -> bool:
    """Whether a code point can melt into the letter before it: marks, and vowels of Hangul."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"

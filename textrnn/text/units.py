"""What is weighed as one: tokens of one character as it is seen, and of long texts neighbours.

Shapes: T tokens of a text, U units.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


_JOINER = "\u200d"
_EXTENDING = "\u200c\u200d\uff9e\uff9f"  # joiners; voicing marks of narrow kana
_MOST_FLAG_LETTERS = 1000  # that are looked back over, an even number


def shared_units(offsets: NDArray[np.int32], text: str = "") -> Numbers:
    """The unit of each token: a rare character is read as several tokens, its bytes; a flag, a
    family or an accented letter can be several code points.

    Args:
        offsets: first code point and one past the last of each token, (T, 2).
        text: what they are of.

    Returns:
        The numbers of their units, from 0, (T,).

    Example:
        >>> shared_units(np.array([[0, 2], [3, 4], [3, 4], [4, 5]])).tolist()
        [0, 1, 1, 2]
    """
    if not len(offsets):
        return np.zeros(0, np.int64)
    ends = np.maximum.accumulate(offsets[:, 1])
    begins = np.append(True, offsets[1:, 0] >= ends[:-1])
    if not text.isascii():
        for token in np.flatnonzero(begins[1:]) + 1:
            begins[token] = not _is_within_character(text, *offsets[token - 1 : token + 1].tolist())
    return np.cumsum(begins) - 1


def _is_within_character(text: str, before: list[int], after: list[int]) -> bool:
    """Whether a token goes on with the character, as it is seen, that the one before began."""
    place = after[0]
    if before[1] != place or not 0 < place < len(text):
        return False
    if text[place].isascii() and text[place - 1] != _JOINER:
        return False
    return extends(text[place]) or text[place - 1] == _JOINER or _is_within_flag(text, place)


def extends(char: str) -> bool:
    """Whether a code point belongs to the character before it: marks, joiners, skin tones.

    Example:
        >>> extends("\u0301"), extends("\U0001f3fd"), extends("a")
        (True, True, False)
    """
    return (
        char in _EXTENDING
        or "\u1160" <= char <= "\u11ff"  # the rest of a Korean syllable in parts
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"  # the letters of a region's flag
        or unicodedata.category(char)[0] == "M"  # variation selectors and the keycap too
    )


def _is_within_flag(text: str, place: int) -> bool:
    """Whether a place is between the two letters of a flag."""
    if not _is_flag_letter(text[place]):
        return False
    before = place
    while before and place - before < _MOST_FLAG_LETTERS and _is_flag_letter(text[before - 1]):
        before -= 1
    return (place - before) % 2 == 1


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def joined_units(units: Numbers, tokens: int) -> Numbers:
    """The same, with about so many tokens to a unit.

    Example:
        >>> joined_units(np.array([0, 1, 1, 2, 3]), 2).tolist()
        [0, 0, 0, 1, 2]
    """
    groups = first_tokens(units) // tokens
    return np.asarray((np.cumsum(np.diff(groups, prepend=groups[:1]) != 0))[units])


def first_tokens(units: Numbers) -> Numbers:
    """The first token of each unit, (U,)."""
    return np.flatnonzero(np.diff(units, prepend=-1)).astype(np.int64)


def unit_offsets(units: Numbers, offsets: NDArray[np.int32]) -> NDArray[np.int32]:
    """First code point and one past the last of each unit, (U, 2)."""
    first = first_tokens(units)
    if not len(first):
        return offsets[:0]
    return np.stack([offsets[first, 0], np.maximum.reduceat(offsets[:, 1], first)], axis=1)


def unit_sums(units: Numbers, weights: NDArray[Any]) -> NDArray[np.float64]:
    """The sum of the tokens' weights in each unit, (U,)."""
    return np.bincount(units, weights).astype(np.float64)

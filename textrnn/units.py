"""What is weighed as one: tokens that share a character, and of long texts neighbours together.

Shapes: T tokens of a text, U units.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def shared_units(offsets: NDArray[np.int32]) -> Numbers:
    """The unit of each token: a rare character is read as several tokens, its bytes.

    Args:
        offsets: first code point and one past the last of each token, (T, 2).

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
    return np.cumsum(begins) - 1


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

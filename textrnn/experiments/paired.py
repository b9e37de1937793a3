"""Whether two networks differ by more than chance on the same examples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 9999
_AT_ONCE = 100  # rounds whose signs are drawn together


def paired_p_value(
    first: NDArray[np.float64], second: NDArray[np.float64], *, random_state: int = 0
) -> float:
    """Approximate randomization, two-sided (Noreen 1989; Yeh 2000): how probable so large a
    difference of the means would be, were it chance which of the two answered an example so.

    Args:
        first: how well each example was answered by one, (N,).
        second: the same of the other.
        random_state: the same draws the same.

    Example:
        >>> right = np.array([1.0] * 20)
        >>> paired_p_value(right, right)
        1.0
        >>> paired_p_value(right, 1 - right)
        0.0001
    """
    differences = second - first
    differences = differences[differences != 0]  # the others change nothing
    rng, observed, as_large = np.random.default_rng(random_state), abs(differences.sum()), 0
    for start in range(0, _ROUNDS, _AT_ONCE):
        rounds = min(_AT_ONCE, _ROUNDS - start)
        signs = rng.integers(0, 2, (rounds, len(differences))) * 2 - 1
        as_large += int((abs(signs @ differences) >= observed - 1e-9).sum())
    return (1 + as_large) / (1 + _ROUNDS)

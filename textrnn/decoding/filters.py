"""Penalties and filters of next tokens: repetition, top k, top p, least probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FIRST_GUESS = 256  # tokens sorted at first, where only the most probable are asked for
_ROUNDING = 1e-6  # of sums of shares
Logits = NDArray[np.float32]
Probabilities = NDArray[np.float32]


def penalize(logits: Logits, tokens: NDArray[np.int64], penalty: float) -> Logits:
    """Logits (V,) with those of some tokens divided by the penalty, or multiplied if negative.

    Args:
        logits: of all tokens.
        tokens: those that the text has, each once.
        penalty: above 1 makes them less probable.
    """
    found = logits[tokens]
    changed = logits.copy()
    changed[tokens] = np.where(found > 0, found / penalty, found * penalty)
    return changed


def keep_top_k(shares: Probabilities, count: int) -> Probabilities:
    """The ``count`` largest shares, summing to 1; of equals the lower ids stay."""
    return _kept(shares, _ranked(shares, min(count, len(shares))))


def keep_top_p(shares: Probabilities, mass: float) -> Probabilities:
    """The fewest largest shares that sum to ``mass`` or more, made to sum to 1."""
    count = min(_FIRST_GUESS, len(shares))
    while True:
        ranked = _ranked(shares, count)
        reached = np.cumsum(shares[ranked], dtype=np.float64)
        # Shares of 32 bits sum to a little more or less; without it 0.9 of ten tenths takes ten.
        enough = int(np.searchsorted(reached, mass - _ROUNDING)) + 1
        if enough <= count or count == len(shares):
            return _kept(shares, ranked[:enough])
        count = min(2 * count, len(shares))


def keep_min_p(shares: Probabilities, ratio: float) -> Probabilities:
    """The shares that are at least ``ratio`` times the largest, made to sum to 1."""
    return _kept(shares, np.flatnonzero(shares >= ratio * shares.max()))


def _ranked(shares: Probabilities, count: int) -> NDArray[np.int64]:
    """The ``count`` tokens with the largest shares, largest first, equals by id."""
    tokens = np.arange(len(shares))
    if count < len(shares):
        least = np.partition(shares, len(shares) - count)[len(shares) - count]
        tokens = np.flatnonzero(shares >= least)
    return tokens[np.argsort(-shares[tokens], kind="stable")][:count]


def _kept(shares: Probabilities, tokens: NDArray[np.int64]) -> Probabilities:
    kept = np.zeros_like(shares)
    kept[tokens] = shares[tokens]
    total = kept.sum()
    return kept / total if total > 0 else kept

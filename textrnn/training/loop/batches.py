"""Which texts go together in a batch: those of like length, so that little is spent on padding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_POOL_BATCHES = 100  # texts are sorted within pools of this many batches: order stays random


def plan_batches(
    lengths: NDArray[np.int64], *, batch_size: int, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Which texts go together in one epoch: every text once, in random order, like by like.

    Args:
        lengths: tokens of each text, (texts,).
        batch_size: texts a batch; the last may have fewer.
        rng: decides the order.

    Returns:
        For each batch the texts' numbers.
    """
    order = rng.permutation(len(lengths))
    pool = batch_size * _POOL_BATCHES
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), pool):
        members = order[start : start + pool]
        members = members[np.argsort(lengths[members], kind="stable")]
        batches += [members[i : i + batch_size] for i in range(0, len(members), batch_size)]
    return [batches[number] for number in rng.permutation(len(batches))]


def fixed_length(length: int, max_tokens: int) -> int:
    """The length to which texts are padded where shapes must be few: an eighth, a half or the whole
    of the longest.

    Args:
        length: of the longest text of a batch, in tokens.
        max_tokens: what no text is longer than.
    """
    lengths = (max(1, max_tokens // 8), max(1, max_tokens // 2), max_tokens)
    return next((fixed for fixed in lengths if fixed >= length), length)


def steps_per_epoch(texts: int, batch_size: int) -> int:
    """How many batches an epoch has."""
    return -(-texts // batch_size)

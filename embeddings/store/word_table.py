"""From a word to its row, in a table that is looked up where it lies."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


def word_hash(word: str) -> int:
    """64 bits that depend on the word alone, the same in every process."""
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def table_places(words: int) -> int:
    """Places of a table for so many words: a power of two, more than half of them free."""
    return 1 << max(4, (2 * words).bit_length())


def make_table(hashes: Hashes) -> NDArray[np.uint32]:
    """Rows, counted from 1, by the lowest bits of their words' hashes; the next place if taken."""
    size = table_places(len(hashes))
    table = np.zeros(size, np.uint32)
    waiting = np.arange(len(hashes))
    places = (hashes & np.uint64(size - 1)).astype(np.int64)
    while len(waiting):
        # Of all rows that want the same free place the first gets it; the others go on.
        free = table[places] == 0
        _, winners = np.unique(np.where(free, places, -1 - places), return_index=True)
        winners = winners[free[winners]]
        table[places[winners]] = waiting[winners] + 1
        left = np.ones(len(waiting), np.bool_)
        left[winners] = False
        waiting, places = waiting[left], (places[left] + 1) & (size - 1)
    return table

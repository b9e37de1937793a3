"""Rows of numbers by word, kept for the next time; bounded in bytes, and safe to share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from threading import Lock
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

MAX_BYTES = 48 << 20
_ENTRY_BYTES = 64  # of a dictionary's entry and its number, roughly

Rows = NDArray[np.float32]


class _Kept:
    """Words and their rows; one that is there never changes, so that readers need no lock."""

    def __init__(self, capacity: int, units: int) -> None:
        self.numbers: dict[str, int] = {}
        # Room that no word has taken yet takes no memory. Row 0 is padding.
        self.table: Rows = np.zeros((1 + capacity, units), np.float32)
        self.word_bytes = 0

    def add(self, words: Sequence[str], rows: Rows, cost: int) -> None:
        begin = 1 + len(self.numbers)
        self.table[begin : begin + len(words), : rows.shape[1]] = rows
        self.word_bytes += cost
        # Last, since a reader finds a row by its number.
        self.numbers.update(zip(words, range(begin, begin + len(words)), strict=True))


class RowCache:
    """The rows of the words that came last.

    Any number of threads may ask at the same time. When the cache is full a new one is begun; those
    who read from the old one keep it until they are done.

    Args:
        units: numbers of a row, those that stay 0 among them.
        max_bytes: of rows and words together.
    """

    def __init__(self, units: int, *, max_bytes: int = MAX_BYTES) -> None:
        self._units = units
        self._max_bytes = max_bytes
        self._capacity = max_bytes // (4 * units + _ENTRY_BYTES + sys.getsizeof("word"))
        self._kept = _Kept(self._capacity, units)
        self._lock = Lock()
        _CACHES.add(self)

    def rows(
        self, words: Sequence[str], encode: Callable[[list[str]], Rows]
    ) -> tuple[Rows, NDArray[np.int64]]:
        """The rows of some words.

        Args:
            words: any.
            encode: gives the rows of N words that are not kept, (N, up to ``units``); the numbers
                that are missing are 0.

        Returns:
            A table (rows, units), which is not to be written to, and the row of each word in it;
            row 0 is all 0.
        """
        kept = self._kept
        new = [word for word in dict.fromkeys(words) if word not in kept.numbers]
        if new:
            kept = self._with_new(kept, words, new, encode(new))
        found = np.fromiter(map(kept.numbers.__getitem__, words), np.int64, len(words))
        return kept.table, found

    def _with_new(self, kept: _Kept, words: Sequence[str], new: list[str], rows: Rows) -> _Kept:
        """What is kept, with the new words; where there is no room, a new cache of these words."""
        with self._lock:
            # Another thread may have brought some of them meanwhile.
            places = [place for place, word in enumerate(new) if word not in kept.numbers]
            new, rows = [new[place] for place in places], rows[places]
            cost = sum(map(sys.getsizeof, new))
            if self._has_room(kept, len(new), cost):
                kept.add(new, rows, cost)
                return kept
            known = [word for word in dict.fromkeys(words) if word in kept.numbers]
            known_cost = sum(map(sys.getsizeof, known))
            fresh = _Kept(max(self._capacity, len(known) + len(new)), self._units)
            fresh.add(known, kept.table[[kept.numbers[word] for word in known]], known_cost)
            is_small = self._has_room(fresh, len(new), cost)
            fresh.add(new, rows, cost)
            if is_small:
                self._kept = fresh
            return fresh

    def _has_room(self, kept: _Kept, count: int, cost: int) -> bool:
        count += len(kept.numbers)
        rows = count * (4 * self._units + _ENTRY_BYTES)
        return count < len(kept.table) and rows + kept.word_bytes + cost <= self._max_bytes

    def after_fork(self) -> None:
        """Begin anew in a child process: a thread of the parent's may have held the lock."""
        self._lock = Lock()
        self._kept = _Kept(self._capacity, self._units)


_CACHES: WeakSet[RowCache] = WeakSet()


def _begin_anew() -> None:
    for cache in list(_CACHES):
        cache.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)

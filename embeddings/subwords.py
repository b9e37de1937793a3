"""fastText's subwords: vectors of words that nobody has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LONGEST_NGRAM = 64
_LONGEST_SPELLING = 1000  # characters of a word that are looked at


class Buckets(Protocol):
    """Rows that can be asked for: an array, or a part of a store."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: list[int] | slice, /) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class Subwords:
    """fastText's vectors of character n-grams (Bojanowski et al. 2017, section 3.2).

    Attributes:
        vectors: (buckets, units).
        shortest: characters of the shortest n-grams, word borders included.
        longest: of the longest.
    """

    vectors: Buckets
    shortest: int
    longest: int

    def rows(self, word: str) -> list[int]:
        """The buckets of a word's n-grams."""
        letters = [c.encode("utf-8", "surrogatepass") for c in f"<{word[:_LONGEST_SPELLING]}>"]
        buckets = len(self.vectors)
        found = []
        for begin in range(len(letters)):
            value = _FNV_START
            for end in range(begin, min(begin + self.longest, len(letters))):
                value = _fnv(letters[end], value)
                border = end == begin and end in (0, len(letters) - 1)
                if end - begin + 1 >= self.shortest and not border:
                    found.append(value % buckets)
        return found

    def vector(self, word: str) -> NDArray[np.float32] | None:
        """The mean of a word's n-grams; None where it has none."""
        rows = self.rows(word)
        if not rows:
            return None
        return np.asarray(self.vectors[rows].mean(axis=0, dtype=np.float64), np.float32)


_FNV_START = 2166136261


def _fnv(content: bytes, value: int) -> int:
    """FNV-1a as fastText has it, whose bytes are signed, from what came before on."""
    for byte in content:
        value = ((value ^ (byte if byte < 128 else byte | 0xFFFFFF00)) * 16777619) & 0xFFFFFFFF
    return value


def usable_ngrams(shortest: int, longest: int) -> bool:
    """Whether n-grams of these lengths can be meant; two zeros mean that there are none."""
    return 0 <= shortest <= longest <= LONGEST_NGRAM

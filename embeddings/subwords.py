"""fastText's subwords: vectors of words that nobody has seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Subwords:
    """fastText's vectors of character n-grams (Bojanowski et al. 2017, section 3.2).

    Attributes:
        vectors: (buckets, units).
        shortest: characters of the shortest n-grams, word borders included.
        longest: of the longest.
    """

    vectors: NDArray[np.float32]
    shortest: int
    longest: int

    def rows(self, word: str) -> list[int]:
        """The buckets of a word's n-grams."""
        bordered = f"<{word}>"
        found = []
        for begin in range(len(bordered)):
            for size in range(self.shortest, self.longest + 1):
                gram = bordered[begin : begin + size]
                if len(gram) < size or gram in ("<", ">"):
                    continue
                found.append(_fnv(gram.encode("utf-8", "surrogatepass")) % len(self.vectors))
        return found


def _fnv(content: bytes) -> int:
    """FNV-1a as fastText has it, whose bytes are signed."""
    value = 2166136261
    for byte in content:
        value = ((value ^ (byte if byte < 128 else byte | 0xFFFFFF00)) * 16777619) & 0xFFFFFFFF
    return value

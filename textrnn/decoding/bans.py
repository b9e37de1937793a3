"""Strings that must not be written, told in tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray


class Bans:
    """Finds the tokens that would complete one of some strings.

    Args:
        strings: what must not be written, none of them empty.
        pieces: what each token adds, in UTF-8.
    """

    def __init__(self, strings: Sequence[str], pieces: Sequence[bytes]) -> None:
        self._strings = [string.encode("utf-8") for string in strings]
        self._pieces = pieces
        self._completing: dict[bytes, NDArray[np.int64]] = {}
        self.longest: int = max((len(string) for string in self._strings), default=0)
        self._always = self._tokens(lambda piece: any(s in piece for s in self._strings))

    def tokens(self, tail: bytes, given: int = 0) -> NDArray[np.int64]:
        """The tokens that complete a banned string after a text that ends with ``tail``.

        Args:
            tail: the end of the text.
            given: so many of a token's first bytes are there already and are not written.
        """
        if given:
            return self._tokens(lambda piece: self.completes(tail, piece[given:]))
        found = [self._always]
        for string in self._strings:
            for split in range(1, min(len(string), len(tail) + 1)):
                if tail.endswith(string[:split]):
                    found.append(self._beginning_with(string[split:]))
        return np.concatenate(found)

    def completes(self, tail: bytes, piece: bytes) -> bool:
        """Whether ``piece`` completes a banned string after ``tail``."""
        text, least = tail + piece, len(tail) + 1
        return any(text.find(s, max(0, least - len(s))) >= 0 for s in self._strings)

    def _beginning_with(self, rest: bytes) -> NDArray[np.int64]:
        if rest not in self._completing:
            self._completing[rest] = self._tokens(lambda piece: piece.startswith(rest))
        return self._completing[rest]

    def _tokens(self, chosen: Callable[[bytes], bool]) -> NDArray[np.int64]:
        return np.array([i for i, piece in enumerate(self._pieces) if chosen(piece)], np.int64)

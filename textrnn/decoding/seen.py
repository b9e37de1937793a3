"""The tokens that a text has so far, kept so that a step costs the same however long it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_FIRST_CAPACITY = 64


class Seen:
    """Which tokens a text has, and which came after its last ones before.

    Args:
        ids: the tokens so far.
        ngram: the size of the n-grams that must not come twice; 0: any may.
    """

    def __init__(self, ids: Iterable[int] = (), *, ngram: int = 0) -> None:
        self._ngram = ngram
        self._known: set[int] = set()
        self._distinct = np.zeros(_FIRST_CAPACITY, np.int64)  # filled up to len(_known)
        self._followers: dict[tuple[int, ...], list[int]] = {}
        self._last: deque[int] = deque(maxlen=max(ngram - 1, 0))
        for token in ids:
            self.add(token)

    def copy(self) -> Seen:
        """The same, that goes its own way from here."""
        other = Seen(ngram=self._ngram)
        other._known = set(self._known)
        other._distinct = self._distinct.copy()
        other._followers = {begin: list(tokens) for begin, tokens in self._followers.items()}
        other._last = self._last.copy()
        return other

    def add(self, token: int) -> None:
        """Note the next token."""
        if token not in self._known:
            if len(self._known) == len(self._distinct):
                self._distinct = np.resize(self._distinct, 2 * len(self._distinct))
            self._distinct[len(self._known)] = token
            self._known.add(token)
        if self._ngram:
            if len(self._last) == self._ngram - 1:
                self._followers.setdefault(tuple(self._last), []).append(token)
            self._last.append(token)

    @property
    def tokens(self) -> NDArray[np.int64]:
        """The tokens, each once."""
        return self._distinct[: len(self._known)]

    def repeating(self) -> NDArray[np.int64]:
        """The tokens that would make the text's last n-gram one that it had before."""
        found = self._followers.get(tuple(self._last), ())
        return np.array(found, np.int64)

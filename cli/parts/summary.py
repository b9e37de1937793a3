"""What the answers of a command come to."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from textrnn.corpora import Line

L = TypeVar("L", bound=Line)
R = TypeVar("R")


class Summary(Generic[R]):
    """Counts texts and labels while rows pass by, and the time that they take.

    Args:
        labels: those of a result.
        number: a number of a result, of which the sum is taken.

    Attributes:
        texts: how many there were, but for records without one.
        labels: how often each label was given.
        total: of the numbers.
        elapsed_s: from the first row's wait to the last row.
    """

    def __init__(self, labels: Callable[[R], Iterable[str]], number: Callable[[R], int]) -> None:
        self._labels_of, self._number_of = labels, number
        self.texts = self.total = 0
        self.labels: Counter[str] = Counter()
        self.elapsed_s = 0.0

    def watch(self, rows: Iterable[tuple[L, R]]) -> Iterator[tuple[L, R]]:
        """The same rows, counted."""
        started = time.monotonic()
        for line, result in rows:
            if not getattr(line, "error", ""):
                self.texts += 1
                self.labels.update(self._labels_of(result))
            self.total += self._number_of(result)
            self.elapsed_s = time.monotonic() - started
            yield line, result

    @property
    def rate(self) -> float:
        """Of the numbers, a second."""
        return self.total / max(self.elapsed_s, 1e-9)

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {label}" for label, count in self.labels.most_common())

"""What comes from a pipe as it comes, so that a program that waits for an answer gets it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST_WAITING = 4096  # items read and not asked for yet
_PAUSE_S = 0.002  # between looks at whether they were


class Arriving(Generic[T]):
    """Items that a thread of its own reads, which may have to wait for each.

    Where none has arrived, what was written so far is sent off before the wait for the next, since
    whoever fills the pipe may wait for it.

    Args:
        items: read in the thread; an error of theirs is raised in its place.
    """

    def __init__(self, items: Iterator[T]) -> None:
        self._queue: SimpleQueue[tuple[bool, T | BaseException | None]] = SimpleQueue()
        self._ended = False
        # A daemon: where the program ends early, nobody waits for the pipe.
        Thread(target=self._fill, args=(items,), name="textrnn-input", daemon=True).start()

    def _fill(self, items: Iterator[T]) -> None:
        error: BaseException | None = None
        try:
            for item in items:
                while self._queue.qsize() >= _MOST_WAITING:
                    time.sleep(_PAUSE_S)
                self._queue.put((True, item))
        except BaseException as raised:  # the thread that asks for the items raises it
            error = raised
        self._queue.put((False, error))

    def is_ready(self) -> bool:
        """Whether the next item, or the end, is there."""
        return self._ended or not self._queue.empty()

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self._ended:
            raise StopIteration
        if self._queue.empty() and sys.stdout is not None:
            sys.stdout.flush()
        is_item, value = self._queue.get()
        if is_item:
            return value  # type: ignore[return-value]
        self._ended = True
        if isinstance(value, BaseException):
            raise value
        raise StopIteration

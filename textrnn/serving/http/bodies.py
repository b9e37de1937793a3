"""The bodies of requests in memory: of all clients together, no more than there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from textrnn.serving.http.problems import busy


class Bodies:
    """The bodies that are held, of requests that arrive, wait or are answered.

    Args:
        most: bytes of all of them.
    """

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0

    @contextmanager
    def room(self) -> Iterator[Callable[[int], None]]:
        """Room for a body until it is left: to be called with the bytes that arrive.

        Raises:
            Problem: by the call, where they do not fit beside what the other clients have sent.
        """
        taken = 0

        def take(size: int) -> None:
            nonlocal taken
            if self._held + size > self._most:
                raise busy("the requests of all clients together are too large now")
            self._held += size
            taken += size

        try:
            yield take
        finally:
            self._held -= taken

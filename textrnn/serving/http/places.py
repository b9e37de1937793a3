"""Places for requests: who finds none waits in line, and is refused if that takes long."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textrnn.serving.http.problems import busy


class Places:
    """Places for the requests to a task.

    Clients that ask again as soon as they are refused would keep the service busy with refusing
    them: so nobody is refused at once, and what waits in line costs next to nothing.

    Args:
        most: how many there are.
        wait_s: the most seconds in line.
    """

    def __init__(self, most: int, *, wait_s: float) -> None:
        self._most, self._wait_s = most, wait_s
        self._taken = 0
        self._line: deque[Future[None]] = deque()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """A place, until it is left.

        Raises:
            Problem: none became free in time.
        """
        if self._taken >= self._most:
            await self._in_line()
        else:
            self._taken += 1
        try:
            yield
        finally:
            self._leave()

    async def _in_line(self) -> None:
        """Wait until :meth:`_leave` gives a place."""
        turn: Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await asyncio.wait({turn}, timeout=self._wait_s)
        except asyncio.CancelledError:
            if turn.done():
                self._leave()
            raise
        finally:
            if not turn.done():
                self._line.remove(turn)
        if not turn.done():
            raise busy(f"no place became free within {self._wait_s:g} s")

    def _leave(self) -> None:
        """Give up a place, to the first in line."""
        if self._line:
            self._line.popleft().set_result(None)
        else:
            self._taken -= 1

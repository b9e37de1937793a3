"""Answers as they are written, each in a thread of its own, some at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from textrnn.counted import counted
from textrnn.heads.head import Head
from textrnn.heads.written import Written
from textrnn.runtime.session import while_wanted
from textrnn.serving.http.metrics import Metrics
from textrnn.serving.http.problems import busy
from textrnn.serving.http.requests import too_long

_News = Written[Any] | Exception | None  # an error or None come last


class Streams:
    """The answers that are being written.

    Args:
        most: how many at a time; who asks for one more is told to come again.
        limit_s: seconds that each may take.
        metrics: where it is counted how many there are.
    """

    def __init__(self, most: int, limit_s: float, metrics: Metrics) -> None:
        self._most, self._limit_s, self._metrics = most, limit_s, metrics
        self._active = 0
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="stream")

    async def news(
        self, head: Head, given: Any, options: Mapping[str, Any]
    ) -> AsyncGenerator[Written[Any], None]:
        """News of an answer as it is written; closed before its end, it is written no further.

        Raises:
            TextRNNError: what is asked is wrong.
            Problem: too many are being written, or this one takes too long.
        """
        if self._active >= self._most:
            are = counted(self._active, "answer is", "answers are")
            raise busy(f"{are} being streamed already")
        loop, queue, stopped = asyncio.get_running_loop(), asyncio.Queue[_News](), Event()

        def write() -> None:
            last: Exception | None = None
            try:
                with while_wanted(lambda: not stopped.is_set()):
                    for one in head.written(given, **options):
                        loop.call_soon_threadsafe(queue.put_nowait, one)
            except Exception as error:  # told to whoever asked
                last = error
            loop.call_soon_threadsafe(self._count, -1)
            loop.call_soon_threadsafe(queue.put_nowait, last)

        def end() -> None:
            stopped.set()
            queue.put_nowait(too_long(self._limit_s))

        self._count(1)
        self._threads.submit(write)
        ending = loop.call_later(self._limit_s, end)
        try:
            while (one := await queue.get()) is not None:
                if isinstance(one, Exception):
                    raise one
                yield one
        finally:
            ending.cancel()
            stopped.set()

    def close(self) -> None:
        """Wait for those that are being written."""
        self._threads.shutdown()

    def _count(self, more: int) -> None:
        self._active += more
        self._metrics.streams.set(self._active)

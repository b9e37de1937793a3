"""The engine under every head: a stream of items in, batches of like length through a network.

A thread of its own runs the network on one batch while the caller's makes the next one ready and
decodes the one before. Nothing but one pool of items and two batches is held at a time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

_POOL_BATCHES = 16  # items are sorted by length within pools of this many batches
_SLOW_S = (
    0.3  # a source that keeps a pool waiting so long gets its answers before it is asked again
)

Inputs = Mapping[str, NDArray[np.generic]]
Outputs = Mapping[str, NDArray[np.float32]]


class Pool(Protocol):
    """Some items, cut into windows that a network reads."""

    @property
    def windows(self) -> Sequence[Sized]:
        """What the network reads; each item has one or more."""

    def inputs(self, members: Sequence[int]) -> Inputs:
        """What the network is fed for the windows of these numbers."""

    def take(self, members: Sequence[int], outputs: Outputs) -> None:
        """Keep what the network says of these windows."""


T = TypeVar("T")
P = TypeVar("P", bound=Pool)


def run_pools(
    items: Iterable[T],
    make_pool: Callable[[list[T]], P],
    run: Callable[[Inputs], Outputs],
    *,
    batch_size: int,
) -> Iterator[P]:
    """Run a network on a stream, in pools.

    Args:
        items: any number of items; they are read in the caller's thread, a pool ahead at most.
        make_pool: makes some of them ready.
        run: the network, which is called in a thread of its own.
        batch_size: windows that are run at once.

    Yields:
        The pools, in order, when all their windows have been run.
    """
    source = iter(items)
    waiting: deque[tuple[P, list[int], Future[Outputs], bool]] = deque()

    def finished(*, keep: int) -> Iterator[P]:
        while len(waiting) > keep:
            pool, members, running, is_last = waiting.popleft()
            pool.take(members, running.result())
            if is_last:
                yield pool

    size = (
        batch_size  # the first pool is small, so that a slow source shows its first results early
    )
    with ThreadPoolExecutor(1, thread_name_prefix="textrnn") as thread:
        while True:
            asked = time.monotonic()
            taken = list(islice(source, size))
            reads_ahead = size > batch_size and time.monotonic() - asked < _SLOW_S
            if not taken:
                break
            pool = make_pool(taken)
            batches = batches_by_length(pool.windows, batch_size)
            for number, members in enumerate(batches, start=1):
                running = thread.submit(run, pool.inputs(members))
                waiting.append((pool, members, running, number == len(batches)))
                yield from finished(keep=1)
            if not reads_ahead:
                yield from finished(keep=0)
            size = batch_size * _POOL_BATCHES
        yield from finished(keep=0)


def batches_by_length(windows: Sequence[Sized], batch_size: int) -> list[list[int]]:
    """The numbers of windows in batches of like length, short ones first."""
    order = sorted(range(len(windows)), key=lambda i: len(windows[i]))
    return [order[begin : begin + batch_size] for begin in range(0, len(order), batch_size)]

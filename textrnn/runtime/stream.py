"""Any number of items through a network, in batches of like length, answered in their order.

Threads of their own run the network, each on a batch, while the caller's makes the next ones ready
and decodes those before. Batches in parallel are faster than threads that share a batch, which wait
for each other at every token; and the answers are the same for any number of threads. In memory are
the pool that the caller uses, those of the batches that are being run, one for each thread, and of
one that waits, and the one that is being read; each ends once it has so many items or characters.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain, tee
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from textrnn.runtime.session import Inputs, Outputs

_POOL_BATCHES = 16  # items are sorted by length within pools of this many batches
_POOL_CHARACTERS = 1 << 20  # a pool ends at this many, so that long texts do not fill the memory


class Pool(Protocol):
    """Some items, cut into windows that a network reads."""

    @property
    def windows(self) -> Sequence[Sized]:
        """What the network reads; of an item none, one or more."""

    def inputs(self, members: Sequence[int]) -> Inputs:
        """What the network is fed for the windows of these numbers; called in the caller's thread,
        as :meth:`take` is.
        """

    def take(self, members: Sequence[int], outputs: Outputs) -> None:
        """Keep what the network says of these windows."""


# Whether items may be asked for while answers to earlier ones are due. A function is asked before
# each item, and says whether that one can be had without waiting: where it cannot, all items before
# it are answered first.
ReadAhead = bool | Callable[[], bool]

T = TypeVar("T")
R = TypeVar("R")
P = TypeVar("P", bound=Pool)


def run_pools(
    items: Iterable[T],
    make_pool: Callable[[list[T]], P],
    run: Callable[[Inputs], Outputs],
    *,
    characters: Callable[[T], int],
    batch_size: int,
    batch_tokens: int | None = None,
    threads: int,
    read_ahead: ReadAhead,
) -> Iterator[P]:
    """Run a network on a stream, in pools. The first is one batch of items: its answers come early.

    Args:
        items: any number of items; they are read in the caller's thread.
        make_pool: makes some of them ready.
        run: the network, which is called in threads of its own but for the first batches.
        characters: how long an item is.
        batch_size: windows that are run together.
        batch_tokens: the most tokens, padding counted, of several windows that are run together.
        threads: batches that are run at the same time.
        read_ahead: whether a pool is read while the last batches of the one before are run; not
            for a source that waits for its answers. As a function it also ends a pool.

    Yields:
        The pools, in order, when all their windows have been run.
    """
    source = _Source(items, characters, read_ahead)
    first = source.take(batch_size)
    if not first:
        return
    pool = make_pool(first)
    is_due = source.ended or not source.may_be_read()
    if is_due:
        run_windows(pool, run, batch_size=batch_size, batch_tokens=batch_tokens, threads=threads)
        yield pool
    if source.ended:
        return
    pools = map(make_pool, iter(lambda: source.take(batch_size * _POOL_BATCHES), []))
    batches = partial(batches_by_length, batch_size=batch_size, batch_tokens=batch_tokens)
    yield from _run_beside(
        pools if is_due else chain([pool], pools), run, batches, threads, source.may_be_read
    )


class _Source(Generic[T]):
    """Items that are taken some at a time."""

    def __init__(
        self, items: Iterable[T], characters: Callable[[T], int], read_ahead: ReadAhead
    ) -> None:
        self._items, self._characters = iter(items), characters
        self._is_ready = read_ahead if callable(read_ahead) else lambda: True
        self.may_be_read = read_ahead if callable(read_ahead) else lambda: bool(read_ahead)
        self.ended = False

    def take(self, count: int) -> list[T]:
        """The next items: one, and more of them as long as they can be had without waiting."""
        taken: list[T] = []
        size = 0
        while len(taken) < count and size < _POOL_CHARACTERS and (not taken or self._is_ready()):
            try:
                item = next(self._items)
            except StopIteration:
                self.ended = True
                break
            taken.append(item)
            size += self._characters(item)
        return taken


def run_windows(
    pool: Pool,
    run: Callable[[Inputs], Outputs],
    *,
    batch_size: int,
    batch_tokens: int | None = None,
    threads: int,
) -> None:
    """Run a network on the windows of one pool.

    Args:
        pool: takes the answers.
        run: the network, which is called in threads of its own where there are several and more
            than one batch.
        batch_size: windows that are run together.
        batch_tokens: the most tokens, padding counted, of several windows that are run together.
        threads: batches that are run at the same time.
    """
    batches = batches_by_length(pool.windows, batch_size, batch_tokens)
    if threads > 1 and len(batches) > 1:
        for _ in _run_beside(iter([pool]), run, lambda _: batches, threads, lambda: True):
            pass
        return
    for members in batches:
        pool.take(members, run(pool.inputs(members)))


def _run_beside(
    pools: Iterator[P],
    run: Callable[[Inputs], Outputs],
    batches_of: Callable[[Sequence[Sized]], list[list[int]]],
    threads: int,
    may_be_read: Callable[[], bool],
) -> Iterator[P]:
    """Run a network on pools, in threads; each pool is yielded when all its windows were run."""
    waiting: deque[tuple[P, list[int], Future[Outputs] | None, bool]] = deque()

    def finished(*, keep: int) -> Iterator[P]:
        while len(waiting) > keep:
            pool, members, running, is_last = waiting.popleft()
            if running is not None:
                pool.take(members, running.result())
            if is_last:
                yield pool

    workers = ThreadPoolExecutor(threads, thread_name_prefix="textrnn")
    try:
        while True:
            if not may_be_read():
                yield from finished(keep=0)
            try:
                pool = next(pools, None)
            except Exception:
                yield from finished(keep=0)
                raise
            if pool is None:
                break
            batches = batches_of(pool.windows)
            if not batches:  # its items need no network
                waiting.append((pool, [], None, True))
                yield from finished(keep=threads)
            # Long ones first: what is waited for at the end is short.
            for number, members in enumerate(reversed(batches), start=1):
                running = workers.submit(run, pool.inputs(members))
                waiting.append((pool, members, running, number == len(batches)))
                # A batch waits for a thread, so that no thread waits for a batch.
                yield from finished(keep=threads)
        yield from finished(keep=0)
    finally:
        # The garbage collector closes a stream that nobody reads to its end, in whatever thread it
        # runs and in the midst of starting others: to wait for a thread then may be for ever.
        workers.shutdown(wait=False, cancel_futures=True)


def batches(items: Iterable[T], size: int, read_ahead: ReadAhead) -> Iterator[list[T]]:
    """Items some at a time: so many, or fewer where more cannot be had without waiting."""
    source = _Source(items, lambda item: 0, read_ahead)
    return iter(lambda: source.take(size), [])


def with_answers(
    items: Iterable[T], answer: Callable[[Iterator[T]], Iterable[R]]
) -> Iterator[tuple[T, R]]:
    """Each item with the answer to it; only the items that wait for theirs are held."""
    kept, sent = tee(items)
    # The answers are asked first, since an error of the items comes up among them.
    return ((item, given) for given, item in zip(answer(sent), kept, strict=False))


def with_progress(items: Iterable[T], on_progress: Callable[[int], None]) -> Iterator[T]:
    """The same items; ``on_progress`` is called with 1 after each."""
    for item in items:
        yield item
        on_progress(1)


def batches_by_length(
    windows: Sequence[Sized], batch_size: int, batch_tokens: int | None = None
) -> list[list[int]]:
    """The numbers of windows in batches of like length, short ones first.

    Args:
        windows: any number.
        batch_size: the most windows a batch.
        batch_tokens: the most tokens of a batch of several windows, each counted as its longest.
    """
    batches: list[list[int]] = []
    for number in sorted(range(len(windows)), key=lambda i: len(windows[i])):
        most = batch_size
        if batch_tokens is not None:
            most = min(most, batch_tokens // max(len(windows[number]), 1))
        if not batches or len(batches[-1]) >= most:
            batches.append([])
        batches[-1].append(number)
    return batches

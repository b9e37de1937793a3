"""The engine: order, bounds, and that the network works while the caller does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.runtime.session import Inputs, Outputs
from textrnn.runtime.stream import ReadAhead, batches_by_length, run_pools, with_answers
from waiting import LONGEST_S


class Words:
    """A pool of words; what comes of a window is its length."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.windows = [word[i : i + 3] for word in words for i in range(0, len(word), 3)]
        self.lengths = np.full(len(self.windows), -1.0)

    def inputs(self, members: Sequence[int]) -> Inputs:
        assert threading.current_thread() is threading.main_thread()
        return {"lengths": np.array([len(self.windows[i]) for i in members], np.int32)}

    def take(self, members: Sequence[int], outputs: Outputs) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.lengths[members] = outputs["lengths"]


def measure(inputs: Inputs) -> Outputs:
    return {"lengths": inputs["lengths"].astype(np.float32)}


def run_words(
    words: Iterable[str],
    run: Callable[[Inputs], Outputs] = measure,
    *,
    make_pool: Callable[[list[str]], Words] = Words,
    batch_size: int = 2,
    threads: int = 1,
    read_ahead: ReadAhead = True,
) -> Iterator[Words]:
    """:func:`run_pools` over words."""
    return run_pools(
        words,
        make_pool,
        run,
        characters=len,
        batch_size=batch_size,
        threads=threads,
        read_ahead=read_ahead,
    )


def workers() -> set[threading.Thread]:
    """The threads of all streams; of those of tests before, some may be about to end."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("textrnn")}


@given(
    st.lists(st.text("ab", min_size=1, max_size=8), max_size=70),
    st.integers(1, 4),
    st.integers(1, 3),
    st.booleans(),
)
def test_everything_comes_out_once_and_in_order(
    words: list[str], batch_size: int, threads: int, read_ahead: bool
) -> None:
    pools = list(run_words(words, batch_size=batch_size, threads=threads, read_ahead=read_ahead))
    assert [word for pool in pools for word in pool.words] == words
    for pool in pools:
        assert pool.lengths.tolist() == [len(window) for window in pool.windows]


def test_batches_are_of_like_length() -> None:
    assert batches_by_length(["abc", "a", "", "ab", "abcd"], 2) == [[2, 1], [3, 0], [4]]
    assert batches_by_length([], 2) == []
    words = ["a" * size for size in (9, 1, 2, 3, 30, 2, 4)]
    assert batches_by_length(words, 3, 8) == [[1, 2, 5], [3, 6], [0], [4]]
    assert batches_by_length(words, 3, 7) == [[1, 2, 5], [3], [6], [0], [4]]


def test_the_next_pool_is_read_while_the_network_runs() -> None:
    """The network waits, in its thread, for the source to be asked for more than it was given."""
    asked = threading.Event()

    def source() -> Iterator[str]:
        yield from ["ab"] * (2 + 32)
        asked.set()
        yield from ["ab"] * 5

    ran = []

    def run(inputs: Inputs) -> Outputs:
        ran.append(len(inputs["lengths"]))
        if len(ran) == 1 + 16:  # the last batch of the second pool
            assert asked.wait(LONGEST_S)
        return measure(inputs)

    pools = list(run_words(source(), run))
    assert [len(pool.words) for pool in pools] == [2, 32, 5]
    assert sum(ran) == 39


@pytest.mark.parametrize("words", [["abcabc"] * 2, ["ab"] * (2 + 32 + 2)])
def test_batches_run_at_the_same_time(words: list[str]) -> None:
    """Where the first pool has several windows of each word, and in the pools after it."""
    meeting = threading.Barrier(2, timeout=LONGEST_S)

    def run(inputs: Inputs) -> Outputs:
        if threading.current_thread() is not threading.main_thread():
            meeting.wait()  # no batch is done before another has begun
        return measure(inputs)

    pools = run_words(words, run, threads=2)
    assert sum(len(pool.words) for pool in pools) == len(words)
    assert not meeting.broken


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("read_ahead", [False, True])
def test_no_more_is_read_than_was_allowed(read_ahead: bool, threads: int) -> None:
    taken = 0

    def source() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "ab"

    pools = run_words(source(), threads=threads, read_ahead=read_ahead)
    shown = 0
    for pool, _ in zip(pools, range(20), strict=False):
        shown += len(pool.words)
        assert taken <= shown + (32 if read_ahead else 0)


@pytest.mark.parametrize("threads", [1, 3])
def test_what_has_come_is_answered_before_more_is_waited_for(threads: int) -> None:
    """Items come one, then five, then forty at a time; before each of these nothing is due."""
    given = answered = waiting = 0

    def source() -> Iterator[str]:
        nonlocal given, waiting
        for count in (1, 5, 40, 1):
            assert answered == given
            waiting = count
            while waiting:
                waiting, given = waiting - 1, given + 1
                yield "ab"

    for pool in run_words(source(), threads=threads, read_ahead=lambda: waiting > 0):
        answered += len(pool.words)
        assert pool.lengths.tolist() == [2.0] * len(pool.words)
    assert answered == 47


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("read_ahead", [False, True])
def test_answers_that_are_there_come_before_an_error_of_the_source(
    read_ahead: bool, threads: int
) -> None:
    def source() -> Iterator[str]:
        yield from ["ab"] * (2 + 32)
        raise OSError("cut off")

    shown: list[str] = []
    pools = run_words(source(), threads=threads, read_ahead=read_ahead)
    with pytest.raises(OSError, match="cut off"):
        shown.extend(word for pool in pools for word in pool.words)
    assert len(shown) == 34


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("items", [["a"], ["a"] * 100, ["abc" * 50]])
def test_an_error_of_the_network_arrives(items: list[str], threads: int) -> None:
    ran = 0

    def broken(inputs: Inputs) -> Outputs:
        nonlocal ran
        ran += 1
        if ran == min(len(items), 20):
            raise MemoryError("no room")
        return measure(inputs)

    with pytest.raises(MemoryError, match="no room"):
        list(run_words(items, broken, threads=threads))


@pytest.mark.parametrize("threads", [1, 3])
def test_the_threads_end_when_the_reader_goes_away(threads: int) -> None:
    before = workers()
    pools = run_words(iter(["ab"] * 100), threads=threads)
    next(pools)
    next(pools)
    begun = workers() - before
    assert 0 < len(begun) <= threads
    pools.close()  # type: ignore[attr-defined]
    for thread in begun:
        thread.join(LONGEST_S)
    assert not workers() & begun


@pytest.mark.parametrize("threads", [1, 3])
def test_a_stream_that_is_closed_waits_for_no_thread(threads: int) -> None:
    """As the garbage collector closes it, maybe while Python starts a thread and holds its lock."""
    go_on = threading.Event()

    def run(inputs: Inputs) -> Outputs:
        if max(inputs["lengths"]) == 3:
            go_on.wait(timeout=LONGEST_S)
        return measure(inputs)

    pools = run_words(iter([*["ab"] * (2 + 32), *["abc"] * 1000]), run, threads=threads)
    assert [len(next(pools).words) for _ in range(2)] == [2, 32]
    closing = threading.Thread(target=pools.close)  # type: ignore[attr-defined]
    closing.start()
    closing.join(timeout=LONGEST_S / 4)
    was_waiting = closing.is_alive()
    go_on.set()
    closing.join()
    assert not was_waiting


@pytest.mark.parametrize("threads", [1, 3])
def test_no_more_batches_are_under_way_than_threads_and_one(threads: int) -> None:
    given = taken = most = 0

    class Counted(Words):
        def inputs(self, members: Sequence[int]) -> Inputs:
            nonlocal given, most
            given += 1
            most = max(most, given - taken)
            return super().inputs(members)

        def take(self, members: Sequence[int], outputs: Outputs) -> None:
            nonlocal taken
            taken += 1
            super().take(members, outputs)

    words = ["abc" * 20, *["ab"] * 100]  # the first pool has several batches, too
    pools = run_words(words, make_pool=Counted, threads=threads)
    assert sum(len(pool.words) for pool in pools) == len(words)
    assert most == threads + 1


def test_items_meet_their_answers() -> None:
    """An error of the items is not lost when they end where a pool would have begun."""

    def source() -> Iterator[int]:
        yield from range(4)
        raise OSError("cut off")

    def answer(items: Iterator[int]) -> Iterator[str]:
        first = [next(items) for _ in range(4)]
        try:
            next(items)
        except OSError:
            yield from map(str, first)
            raise

    shown: list[tuple[int, str]] = []
    with pytest.raises(OSError, match="cut off"):
        shown.extend(with_answers(source(), answer))
    assert shown == [(0, "0"), (1, "1"), (2, "2"), (3, "3")]
    assert list(with_answers("ab", lambda sent: map(str.upper, sent))) == [("a", "A"), ("b", "B")]


def test_long_items_make_small_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool ends where it has enough characters, whatever number of items may be in it."""
    monkeypatch.setattr("textrnn.runtime.stream._POOL_CHARACTERS", 10)
    words = ["abcd", "abcd", "abcd", "a" * 30, "b"]
    pools = run_words(words, batch_size=4)
    assert [pool.words for pool in pools] == [words[:3], words[3:4], words[4:]]

"""The engine: order, bounds, and that the network works while the caller does."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.runtime import stream
from textrnn.runtime.stream import Inputs, Outputs, batches_by_length, run_pools


class Words:
    """A pool of words; what comes of a window is its length."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.windows = [word[i : i + 3] for word in words for i in range(0, len(word), 3)]
        self.lengths = np.full(len(self.windows), -1.0)

    def inputs(self, members: Sequence[int]) -> Inputs:
        return {"lengths": np.array([len(self.windows[i]) for i in members], np.int32)}

    def take(self, members: Sequence[int], outputs: Outputs) -> None:
        self.lengths[members] = outputs["lengths"]


def measure(inputs: Inputs) -> Outputs:
    return {"lengths": inputs["lengths"].astype(np.float32)}


@given(st.lists(st.text("ab", min_size=1, max_size=8), max_size=70), st.integers(1, 4))
def test_everything_comes_out_once_and_in_order(words: list[str], batch_size: int) -> None:
    pools = list(run_pools(words, Words, measure, batch_size=batch_size))
    assert [word for pool in pools for word in pool.words] == words
    for pool in pools:
        assert pool.lengths.tolist() == [len(window) for window in pool.windows]


def test_batches_are_of_like_length() -> None:
    assert batches_by_length(["abc", "a", "", "ab", "abcd"], 2) == [[2, 1], [3, 0], [4]]
    assert batches_by_length([], 2) == []


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
            assert asked.wait(20)
        return measure(inputs)

    pools = list(run_pools(source(), Words, run, batch_size=2))
    assert [len(pool.words) for pool in pools] == [2, 32, 5]
    assert sum(ran) == 39


def test_no_more_than_a_pool_is_read_ahead() -> None:
    taken = 0

    def source() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "ab"

    pools = run_pools(source(), Words, measure, batch_size=2)
    held = []
    for pool, _ in zip(pools, range(20), strict=False):
        held.append(len(pool.words))
        assert taken <= sum(held) + 32


def test_nothing_is_read_ahead_of_a_slow_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_SLOW_S", 0.0)
    taken = 0

    def source() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "ab"

    shown = 0
    for pool, _ in zip(run_pools(source(), Words, measure, batch_size=2), range(5), strict=False):
        shown += len(pool.words)
        assert taken == shown


def test_errors_of_the_network_and_of_the_source_arrive() -> None:
    def broken(inputs: Inputs) -> Outputs:
        raise MemoryError("no room")

    with pytest.raises(MemoryError, match="no room"):
        list(run_pools(["a"], Words, broken, batch_size=2))

    def source() -> Iterator[str]:
        yield from ["a", "b", "c"]
        raise OSError("cut off")

    shown: list[str] = []
    pools = run_pools(source(), Words, measure, batch_size=2)
    with pytest.raises(OSError, match="cut off"):
        shown.extend(word for pool in pools for word in pool.words)
    assert shown == ["a", "b"]


def test_the_thread_ends_when_the_reader_goes_away() -> None:
    before = threading.active_count()
    pools = run_pools(iter(["ab"] * 100), Words, measure, batch_size=2)
    next(pools)
    pools.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before

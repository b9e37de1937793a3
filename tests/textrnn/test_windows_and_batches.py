"""Windows cover every token; batches hold every text once, alike by length."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.errors import ConfigurationError, TrainingError
from textrnn.runtime.quantize import quantize
from textrnn.runtime.session import pad
from textrnn.text.windows import merge_attention, merge_logits, plan_windows
from textrnn.training.classifier.batches import EncodedTexts, training_batches
from textrnn.training.loop.batches import plan_batches, steps_per_epoch
from textrnn.training.loop.schedules import Plateau, rate_factor


@given(tokens=st.integers(0, 5000), size=st.integers(1, 300), overlap=st.integers(0, 299))
def test_windows_cover_every_token(tokens: int, size: int, overlap: int) -> None:
    overlap = min(overlap, size - 1)
    windows = plan_windows(tokens, size=size, overlap=overlap)
    assert windows[0][0] == 0
    assert windows[-1][1] == tokens
    for (_, end), (start, next_end) in pairwise(windows):
        assert start <= end - overlap
        assert next_end > end
    if tokens > size:
        assert {end - start for start, end in windows} == {size}


def test_an_overlap_as_long_as_the_window_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="overlap must be below size; received 4 and 4"):
        plan_windows(9, size=4, overlap=4)


def test_merging_counts_each_window_by_its_new_tokens() -> None:
    windows = plan_windows(5, size=4, overlap=1)
    assert windows == [(0, 4), (1, 5)]
    logits = np.array([[1.0, 0.0], [0.0, 10.0]], np.float32)
    np.testing.assert_allclose(merge_logits(logits, windows), [0.8, 2.0])
    merged = merge_attention([np.full(4, 0.25), np.array([0, 0, 0, 1.0])], windows)
    np.testing.assert_allclose(merged, [0.2, 0.2, 0.2, 0.2, 0.2])


def test_one_window_stays_as_it_is() -> None:
    weights = np.array([0.3, 0.7], np.float32)
    np.testing.assert_allclose(merge_attention([weights], [(0, 2)]), weights)
    np.testing.assert_allclose(merge_logits(np.ones((1, 2), np.float32), [(0, 0)]), [1, 1])


@given(lengths=st.lists(st.integers(0, 60), max_size=200), batch=st.integers(1, 9))
def test_every_text_is_in_one_batch(lengths: list[int], batch: int) -> None:
    plan = plan_batches(np.array(lengths, int), batch_size=batch, rng=np.random.default_rng(0))
    numbers = [int(i) for members in plan for i in members]
    assert sorted(numbers) == list(range(len(lengths)))
    assert len(plan) == steps_per_epoch(len(lengths), batch)
    assert max(map(len, plan), default=0) <= batch


TEXTS = EncodedTexts(
    [np.arange(1, n + 1, dtype=np.int32) for n in (5, 30, 2, 9, 30)], np.arange(5, dtype=np.int64)
)


def test_like_lengths_share_a_batch() -> None:
    lengths = np.array([1, 50] * 32)
    for members in plan_batches(lengths, batch_size=8, rng=np.random.default_rng(3)):
        assert len(set(lengths[members])) == 1


def test_long_texts_give_a_window_that_moves() -> None:
    starts = set()
    for epoch in range(20):
        for batch in training_batches(TEXTS, batch_size=2, max_tokens=10, seed=(0, epoch)):
            assert batch.tokens.shape[1] <= 10
            for row, label in zip(batch.tokens, batch.labels, strict=True):
                if label in (1, 4):
                    starts.add(int(row[0]))
                    assert (np.diff(row) == 1).all()
    assert len(starts) > 8
    assert max(starts) <= 21


def test_batches_can_be_skipped() -> None:
    options = {"batch_size": 2, "max_tokens": 10, "seed": (4, 1)}
    full = [b.tokens.tolist() for b in training_batches(TEXTS, **options)]  # type: ignore[arg-type]
    rest = [b.tokens.tolist() for b in training_batches(TEXTS, skip=1, **options)]  # type: ignore[arg-type]
    assert rest == full[1:]


def test_padding() -> None:
    tokens, lengths = pad([np.array([7, 8], np.int32), np.array([], np.int32)])
    assert tokens.tolist() == [[7, 8], [0, 0]]
    assert lengths.tolist() == [2, 0]
    assert pad([np.array([], np.int32)])[0].shape == (1, 1)


def test_weights_too_small_to_divide_by_become_zero() -> None:
    whole, scale = quantize(np.array([[0.0, 1e-45], [0.0, 0.0]], np.float32), axis=1)
    assert not whole.any()
    assert scale.ravel().tolist() == [1.0, 1.0]


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_weights_that_are_no_numbers_are_named(value: float) -> None:
    with pytest.raises(TrainingError, match="'output/kernel' hold numbers that are not"):
        quantize(np.array([[1.0, value]], np.float32), axis=1, name="output/kernel")


@given(st.lists(st.floats(-50, 50, width=32), min_size=2, max_size=20), st.sampled_from([7, 8]))
def test_quantised_weights_are_within_half_a_step(values: list[float], bits: int) -> None:
    weights = np.array([values, [2 * v for v in values]], np.float32)
    whole, scale = quantize(weights, axis=1, bits=bits)
    assert whole.dtype == np.int8
    assert np.abs(whole).max() <= 2 ** (bits - 1) - 1
    assert (np.abs(whole * scale - weights) <= scale * 0.5001).all()


def test_one_cycle_goes_up_then_down() -> None:
    factors = [rate_factor("one-cycle", step, 100) for step in range(101)]
    assert factors.index(max(factors)) == 30
    assert max(factors) == pytest.approx(1.0)
    assert factors[0] == pytest.approx(0.04)
    assert factors[-1] == pytest.approx(0.0)


def test_constant_stays() -> None:
    assert {rate_factor("constant", step, 10) for step in range(11)} == {1.0}


def test_plateau_halves_after_its_patience() -> None:
    plateau = Plateau(patience=2)
    assert [plateau.update(loss) for loss in (3, 2, 2, 2, 1, 4, 4, 4, 4)] == [
        1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125,
    ]  # fmt: skip

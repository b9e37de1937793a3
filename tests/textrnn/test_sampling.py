"""Sampling: every filter on distributions worked out by hand."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.decoding.filters import keep_min_p, keep_top_k, keep_top_p, penalize
from textrnn.decoding.sampling import Dice, Sampling, draw, log_probabilities, softmax
from textrnn.decoding.seen import Seen
from textrnn.errors import ConfigurationError

# Probabilities 0.4, 0.3, 0.2, 0.1, in another order.
SHARES = np.array([0.2, 0.4, 0.1, 0.3], np.float32)
LOGITS = np.log(SHARES)


def distribution(sampling: Sampling, logits: np.ndarray, step: int = 0) -> np.ndarray:
    """That of one text."""
    return sampling.distributions(logits[None], step=step)[0]


def test_softmax_at_temperatures() -> None:
    assert softmax(LOGITS[None])[0] == pytest.approx(SHARES, abs=1e-7)
    # At temperature 1/2 probabilities are squared: 4, 16, 1, 9 of 30.
    squared = softmax(LOGITS[None], temperature=0.5)[0]
    assert squared == pytest.approx(np.array([4, 16, 1, 9]) / 30, abs=1e-6)
    # At 2 their square roots count.
    roots = np.sqrt(SHARES)
    assert softmax(LOGITS[None], temperature=2.0)[0] == pytest.approx(roots / roots.sum(), abs=1e-6)
    # So near to 0 that it is none in 32 bits, the best is all that is left.
    assert softmax(LOGITS[None], temperature=1e-300)[0].tolist() == [0, 1, 0, 0]
    banned = np.array([[0.0, 5.0, -np.inf]], np.float32)
    assert softmax(banned, temperature=1e300)[0].tolist() == [0.5, 0.5, 0]
    assert not softmax(np.full((1, 3), -np.inf, np.float32)).any()


def test_a_row_is_worked_on_by_itself() -> None:
    """Bit for bit: what a text becomes must not depend on those that are written beside it."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 4, (37, 1000)).astype(np.float32)
    logits[3] = -np.inf
    logits[5, 10:] = -np.inf
    points = rng.random(37)
    sampling = Sampling(temperature=(0.7,))
    shares = sampling.distributions(logits)
    assert shares.sum(axis=1) == pytest.approx([0.0 if i == 3 else 1.0 for i in range(37)])
    drawn = draw(shares[4:], points[4:])
    logs = log_probabilities(logits[4:], drawn)
    for row in range(4, 37):
        alone = sampling.distributions(logits[row : row + 1])
        assert alone[0].tolist() == shares[row].tolist()
        token = draw(alone, points[row : row + 1])
        assert token[0] == drawn[row - 4]
        assert log_probabilities(logits[row : row + 1], token)[0] == logs[row - 4]


def test_log_probabilities_are_those_of_all_logits() -> None:
    found = log_probabilities(np.stack([LOGITS + 5, LOGITS * 2]), np.array([0, 3]))
    assert found == pytest.approx(np.log([0.2, 9 / 30]), abs=1e-6)


def test_top_k() -> None:
    assert keep_top_k(SHARES, 2) == pytest.approx([0, 4 / 7, 0, 3 / 7])
    assert keep_top_k(SHARES, 9) == pytest.approx(SHARES)
    # Of equals the lower ids stay, and never more than asked for.
    assert keep_top_k(np.full(4, 0.25), 3) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])


@pytest.mark.parametrize(
    ("mass", "expected"),
    [
        (0.1, [0, 1, 0, 0]),
        (0.4, [0, 1, 0, 0]),
        (0.41, [0, 4 / 7, 0, 3 / 7]),
        (0.7, [0, 4 / 7, 0, 3 / 7]),
        (0.9, [2 / 9, 4 / 9, 0, 3 / 9]),
        (0.95, [0.2, 0.4, 0.1, 0.3]),
        (1.0, [0.2, 0.4, 0.1, 0.3]),
    ],
)
def test_top_p_keeps_the_fewest_that_reach_the_mass(mass: float, expected: list[float]) -> None:
    assert keep_top_p(SHARES, mass) == pytest.approx(expected)


def test_top_p_over_more_tokens_than_are_sorted_at_first() -> None:
    even = np.full(2000, 1 / 2000, np.float32)
    assert np.count_nonzero(keep_top_p(even, 0.5)) == 1000
    assert np.count_nonzero(keep_top_p(even, 0.9)) == 1800


def test_top_p_of_equal_shares() -> None:
    """k of n equal shares reach k / n, whatever rounding does to their sum."""
    for count in range(1, 60):
        shares = softmax(np.zeros((1, count), np.float32))[0]
        for kept in range(1, count + 1):
            assert np.count_nonzero(keep_top_p(shares, kept / count)) == kept


def test_min_p() -> None:
    assert keep_min_p(SHARES, 0.5) == pytest.approx([2 / 9, 4 / 9, 0, 3 / 9])
    assert keep_min_p(SHARES, 1.0) == pytest.approx([0, 1, 0, 0])


def test_filters_come_one_after_another() -> None:
    # top-k 3 leaves 2/9, 4/9, 3/9; top-p 0.7 then needs 4/9 + 3/9 = 0.78 and drops 2/9.
    found = distribution(Sampling(top_k=3, top_p=0.7), LOGITS)
    assert found == pytest.approx([0, 4 / 7, 0, 3 / 7])
    # Before top-k, top-p 0.75 would have kept three.
    assert np.count_nonzero(distribution(Sampling(top_p=0.75), LOGITS)) == 3


def test_temperatures_take_turns_and_zero_is_greedy() -> None:
    sampling = Sampling(temperature=(0.0, 1.0))
    assert distribution(sampling, LOGITS, 0).tolist() == [0, 1, 0, 0]
    assert distribution(sampling, LOGITS, 1) == pytest.approx(SHARES, abs=1e-7)
    assert distribution(sampling, LOGITS, 2).tolist() == [0, 1, 0, 0]


def test_repetition_penalty_divides_positive_logits_and_multiplies_negative_ones() -> None:
    logits = np.array([2.0, -1.0, 4.0, 0.0], np.float32)
    assert penalize(logits, Seen([0, 1, 0]).tokens, 2.0).tolist() == [1.0, -2.0, 4.0, 0.0]
    assert logits.tolist() == [2.0, -1.0, 4.0, 0.0]
    assert penalize(logits, Seen().tokens, 2.0).tolist() == logits.tolist()


def repeating_tokens(seen: Sequence[int], size: int) -> set[int]:
    """The definition: what would make the last n-gram one that stands in the text already."""
    grams = {tuple(seen[i : i + size]) for i in range(len(seen) - size + 1)}
    begin = tuple(seen[len(seen) - size + 1 :]) if size > 1 else ()
    return {gram[-1] for gram in grams if gram[:-1] == begin}


def test_no_ngram_comes_twice() -> None:
    seen = [1, 2, 3, 1, 2, 4, 1, 2]
    assert Seen(seen, ngram=3).repeating().tolist() == [3, 4]
    assert set(Seen(seen, ngram=1).repeating().tolist()) == {1, 2, 3, 4}
    assert Seen([1, 2], ngram=3).repeating().tolist() == []
    shares = Sampling(no_repeat_ngram=2).distributions(
        np.zeros((2, 6), np.float32), seen=[Seen([1, 2, 1], ngram=2), Seen([5, 5], ngram=2)]
    )
    assert shares[0] == pytest.approx([0.2, 0.2, 0, 0.2, 0.2, 0.2])
    assert shares[1] == pytest.approx([0.2, 0.2, 0.2, 0.2, 0.2, 0])


@given(st.lists(st.integers(0, 5), max_size=80), st.integers(1, 4), st.integers(0, 80))
def test_what_was_seen_is_kept_as_it_is_defined(seen: list[int], size: int, cut: int) -> None:
    begun = Seen(seen[:cut], ngram=size)
    kept = begun.copy()
    for token in seen[cut:]:
        kept.add(token)
    assert set(kept.repeating().tolist()) == repeating_tokens(seen, size)
    assert sorted(kept.tokens.tolist()) == sorted(set(seen))
    assert set(begun.repeating().tolist()) == repeating_tokens(seen[:cut], size)


def test_a_step_costs_the_same_however_long_the_text_is() -> None:
    logits = np.zeros(100, np.float32)
    sampling = Sampling(repetition_penalty=1.2, no_repeat_ngram=3)
    seen = Seen(((i * i * 7919) % 97 for i in range(200_000)), ngram=3)
    started = time.process_time()
    for token in range(200):
        seen.add(token % 100)
        sampling.penalized(logits, seen)
    assert time.process_time() - started < 0.5


def test_nothing_left_is_told() -> None:
    logits = np.zeros((1, 2), np.float32)
    for temperature in (0.0, 1.0):
        sampling = Sampling(temperature=(temperature,), no_repeat_ngram=1)
        assert not sampling.distributions(logits, seen=[Seen([0, 1], ngram=1)]).any()


def test_draw_goes_by_the_running_sum() -> None:
    shares = np.tile(np.array([0.0, 0.25, 0.0, 0.75, 0.0], np.float32), (4, 1))
    assert draw(shares, [0.0, 0.2499, 0.25, 0.9999999]).tolist() == [1, 1, 3, 3]


@pytest.mark.parametrize("width", [1, 127, 128, 129, 1000])
def test_draw_over_any_number_of_tokens(width: int) -> None:
    """Against the plain running sum, and each token's share of evenly spread points is its own."""
    shares = np.random.default_rng(width).random(width).astype(np.float32)
    shares[1::3] = 0.0
    points = (np.arange(5000) + 0.5) / 5000
    found = draw(np.tile(shares, (5000, 1)), points)
    sums = np.cumsum(shares, dtype=np.float64)
    expected = np.searchsorted(sums, points * sums[-1], side="right")
    assert (found != expected).sum() <= 2  # a point on an edge may fall to either side
    assert not (shares[found] == 0).any()


def test_draw_takes_no_token_of_a_block_that_rounding_brought_to_its_start() -> None:
    shares = np.zeros((1, 256), np.float32)
    shares[0, 5], shares[0, 140] = 3e-11, 1.0
    assert draw(shares, [3.2014328687020963e-11])[0] in (5, 140)


@given(
    st.lists(st.floats(0, 1, width=32), min_size=2, max_size=300),
    st.floats(0, 1, exclude_max=True),
)
def test_draw_never_takes_what_has_no_share(weights: list[float], point: float) -> None:
    shares = np.array([weights], np.float32)
    if shares.sum() > 0:
        assert shares[0, draw(shares, [point])[0]] > 0


def test_dice_are_the_same_everywhere() -> None:
    dice = Dice(7)
    first = [dice.roll() for _ in range(3)]
    assert first == [0.625095466604667, 0.8972138009695755, 0.7756856902451935]
    assert all(0 <= Dice(seed).roll() < 1 for seed in range(100))


def test_draws_follow_the_distribution() -> None:
    dice = Dice(0)
    points = [dice.roll() for _ in range(20_000)]
    drawn = np.bincount(draw(np.tile(SHARES, (20_000, 1)), points), minlength=4) / 20_000
    assert drawn == pytest.approx(SHARES, abs=0.015)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"temperature": (-0.1,)}, "temperature must be 0 or more"),
        ({"temperature": (float("nan"),)}, "temperature"),
        ({"temperature": ()}, "at least one"),
        ({"top_k": -1}, "top-k"),
        ({"top_p": 0.0}, "top-p must be above 0 and at most 1"),
        ({"top_p": 1.1}, "top-p"),
        ({"min_p": 2.0}, "min-p"),
        ({"repetition_penalty": 0.0}, "repetition penalty"),
        ({"no_repeat_ngram": -1}, "no-repeat-ngram"),
        ({"no_repeat_ngram": 10**9}, "no-repeat-ngram must be at most 1,000"),
        ({"temperature": (float("inf"),)}, "temperature must be 0 or more, and finite"),
        ({"temperature": ("hot",)}, "temperature must be a number"),
        ({"temperature": (10**400,)}, "temperature must be 0 or more, and finite"),
        ({"top_k": 2.5}, "top-k must be a whole number"),
        ({"top_k": float("nan")}, "top-k must be a whole number"),
        ({"top_p": float("nan")}, "top-p must be above 0"),
        ({"min_p": float("nan")}, "min-p must be from 0 to 1; received nan"),
        ({"repetition_penalty": float("inf")}, "repetition penalty must be from 0.01 to 100"),
        ({"repetition_penalty": None}, "repetition penalty must be a number"),
    ],
)
def test_wrong_settings(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        Sampling(**options)  # type: ignore[arg-type]

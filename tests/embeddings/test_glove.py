"""GloVe: counts by hand, its loss, and vectors of words that keep the same company."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.embeddings import count_cooccurrences, train_glove
from textrnn.errors import ConfigurationError


def as_dict(sentences: list[list[int]], window: int) -> dict[tuple[int, int], float]:
    found = count_cooccurrences(sentences, vocabulary_size=10, window=window)
    keys = zip(found.words.tolist(), found.contexts.tolist(), strict=True)
    counts: Counter[tuple[int, int]] = Counter()
    for key, count in zip(keys, found.counts.tolist(), strict=True):
        counts[key] += count
    return dict(counts)


def test_counts_by_hand() -> None:
    assert as_dict([[1, 2, 3], [1, 2]], 2) == {
        (1, 2): 2.0, (2, 1): 2.0, (2, 3): 1.0, (3, 2): 1.0, (1, 3): 0.5, (3, 1): 0.5,
    }  # fmt: skip
    assert as_dict([], 2) == {}
    itself = count_cooccurrences([[0, 0]], vocabulary_size=1, window=2)
    assert (itself.words.tolist(), itself.counts.tolist()) == ([0], [2.0])


@given(st.lists(st.lists(st.integers(0, 9), max_size=12), max_size=8), st.integers(1, 4))
def test_counts_are_those_of_counting(sentences: list[list[int]], window: int) -> None:
    expected: Counter[tuple[int, int]] = Counter()
    for sentence in sentences:
        for i, word in enumerate(sentence):
            for j in range(i + 1, min(len(sentence), i + window + 1)):
                expected[word, sentence[j]] += 1 / (j - i)  # type: ignore[assignment]
                expected[sentence[j], word] += 1 / (j - i)  # type: ignore[assignment]
    found = as_dict(sentences, window)
    assert found.keys() == expected.keys()
    for key, count in expected.items():
        assert found[key] == pytest.approx(count, rel=1e-5)


def corpus() -> list[list[int]]:
    """Words 0 to 4 and 5 to 9 keep to themselves; word 10 never comes."""
    rng = np.random.default_rng(0)
    return [(rng.integers(0, 5, 8) + 5 * (i % 2)).tolist() for i in range(300)]


def test_words_of_the_same_company_are_alike_and_the_loss_falls() -> None:
    pairs = count_cooccurrences(corpus(), vocabulary_size=11, window=3)
    losses: list[float] = []
    words, contexts = train_glove(
        pairs,
        vocabulary_size=11,
        units=4,
        epochs=8,
        on_epoch=lambda epoch, loss: losses.append(loss),
    )
    vectors = words + contexts
    assert vectors.shape == (11, 4)
    assert not vectors[10].any()
    assert all(later <= earlier * (1 + 1e-5) for earlier, later in pairwise(losses))
    assert losses[-1] < losses[0]
    again = train_glove(pairs, vocabulary_size=11, units=4, epochs=8)
    assert np.array_equal(vectors, again[0] + again[1])
    lengths = np.linalg.norm(vectors[:10], axis=1)
    cosines = vectors[:10] @ vectors[:10].T / np.outer(lengths, lengths)
    assert cosines[:5, :5].min() > 0.9
    assert cosines[:5, 5:].max() < 0.1


def weighted_squares(words: np.ndarray, contexts: np.ndarray) -> float:
    """The loss written out over all pairs of words, from counts made into a dense table."""
    pairs = count_cooccurrences(corpus(), vocabulary_size=10, window=3)
    counts = np.zeros((10, 10))
    counts[pairs.words, pairs.contexts] = pairs.counts
    totals = counts.sum(axis=1)
    contexts_share = totals**0.75 / np.sum(totals**0.75)
    with np.errstate(divide="ignore"):
        targets = np.maximum(np.log(counts / (totals[:, None] * contexts_share)), 0.0)
    weights = np.where(counts > 0, np.clip((counts / 1e4) ** 0.75, 0.02, 1.0), 0.02)
    squares = weights * (words @ contexts.T - targets) ** 2
    return float(squares.sum() + np.sum(words**2) + np.sum(contexts**2))


def test_no_small_change_of_the_vectors_lowers_the_loss() -> None:
    """At the end each vector is where the loss as it is written in the text is least."""
    pairs = count_cooccurrences(corpus(), vocabulary_size=10, window=3)
    settings = {"most_count": 1e4, "unseen_weight": 0.02, "epochs": 300}
    found: list[float] = []
    with_both = train_glove(
        pairs, vocabulary_size=10, units=3, on_epoch=lambda _, x: found.append(x), **settings
    )
    least = weighted_squares(*with_both)
    assert found[-1] * len(pairs.counts) == pytest.approx(least, rel=1e-4)
    rng = np.random.default_rng(0)
    for _ in range(50):
        moved = [side + 0.05 * rng.standard_normal(side.shape) for side in with_both]
        assert weighted_squares(*moved) > least


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"unseen_weight": 0.0}, "unseen_weight must be above 0"),
        ({"unseen_weight": 1.5}, "unseen_weight must be above 0"),
        ({"most_count": 0.0}, "most_count above 0"),
        ({"epochs": -1}, "epochs must be 0 or more"),
    ],
)
def test_settings_out_of_range_are_refused(setting: dict[str, float], message: str) -> None:
    pairs = count_cooccurrences(corpus(), vocabulary_size=10, window=3)
    with pytest.raises(ConfigurationError, match=message):
        train_glove(pairs, vocabulary_size=10, units=2, **setting)  # type: ignore[arg-type]


def test_without_an_epoch_it_is_the_decomposition() -> None:
    """With as many units as words the product is the information itself."""
    pairs = count_cooccurrences(corpus(), vocabulary_size=10, window=3)
    words, contexts = train_glove(pairs, vocabulary_size=10, units=12, epochs=0)
    counts = np.zeros((10, 10))
    counts[pairs.words, pairs.contexts] = pairs.counts
    totals = counts.sum(axis=1)
    expected = totals[:, None] * (totals**0.75 / np.sum(totals**0.75))
    with np.errstate(divide="ignore"):
        information = np.maximum(np.log(counts / expected), 0.0)
    assert words @ contexts.T == pytest.approx(information, abs=1e-4)
    assert not words[:, 10:].any()


def test_nothing_counted_gives_zeros() -> None:
    pairs = count_cooccurrences([], vocabulary_size=3, window=2)
    assert not any(side.any() for side in train_glove(pairs, vocabulary_size=3, units=2))

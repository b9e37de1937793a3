"""GloVe: counts by hand, its loss, and vectors of words that keep the same company."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.embeddings import count_cooccurrences, train_glove


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
    vectors = train_glove(
        pairs,
        vocabulary_size=11,
        units=4,
        epochs=40,
        on_epoch=lambda epoch, loss: losses.append(loss),
    )
    assert vectors.shape == (11, 4)
    assert not vectors[10].any()
    assert losses[-1] < 0.2 * losses[0]
    again = train_glove(pairs, vocabulary_size=11, units=4, epochs=40)
    assert np.array_equal(vectors, again)


def test_what_is_learned_is_the_logarithm_of_the_counts() -> None:
    """With as many units as words the least squares can be met."""
    pairs = count_cooccurrences(corpus(), vocabulary_size=10, window=3)
    losses: list[float] = []
    train_glove(
        pairs,
        vocabulary_size=10,
        units=12,
        epochs=400,
        learning_rate=0.2,
        on_epoch=lambda epoch, loss: losses.append(loss),
    )
    assert losses[-1] < 1e-3

"""Word vectors trained on plain text."""

from __future__ import annotations

import random

import numpy as np
import pytest

from textrnn.embeddings import train_vectors
from textrnn.errors import ConfigurationError

# Ids 1 to 3 only ever meet one another, and so do 4 to 6; 7 never occurs.
RNG = random.Random(0)
SENTENCES = [RNG.choices(group, k=8) for _ in range(400) for group in ([1, 2, 3], [4, 5, 6])]


def train(**options: object) -> np.ndarray:
    return train_vectors(lambda: SENTENCES, vocabulary_size=8, units=10, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_words_in_company_lie_together(method: str) -> None:
    matrix = train(method=method, epochs=20)
    assert matrix.shape == (8, 10)
    assert matrix.dtype == np.float32
    unit = matrix[1:7] / np.linalg.norm(matrix[1:7], axis=1, keepdims=True)
    cosine = unit @ unit.T
    assert cosine[:3, :3].min() > cosine[:3, 3:].max()
    assert not matrix[[0, 7]].any()


def test_the_random_state_decides() -> None:
    np.testing.assert_array_equal(train(random_state=3), train(random_state=3))
    assert not np.array_equal(train(random_state=3), train(random_state=4))


def test_an_unknown_method() -> None:
    with pytest.raises(ConfigurationError, match="method must be one of cbow, skipgram"):
        train(method="elmo")

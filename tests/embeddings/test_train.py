"""Word vectors from text by every method."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from textrnn.embeddings import Vectors, split_words, train_word_vectors
from textrnn.errors import ConfigurationError, InputError


def texts() -> list[str]:
    """Two sets of words that keep to themselves, and a rare one."""
    rng = np.random.default_rng(0)
    sets = (["Cat", "dog", "cow", "pig", "hen"], ["red", "green", "blue", "black", "white"])
    return [" ".join(rng.choice(sets[i % 2], 9)) + "." for i in range(600)] + ["rare"]


def test_words() -> None:
    assert split_words("It's 3 o'clock_now, 北京 NAÏVE!") == [
        "it's", "3", "o'clock", "now", "北", "京", "naïve",
    ]  # fmt: skip
    assert split_words("A b", lowercase=False) == ["A", "b"]


@pytest.mark.train
@pytest.mark.parametrize("method", ["skipgram", "cbow", "fasttext", "glove"])
def test_words_of_the_same_company_are_near(method: str) -> None:
    epochs = 150 if method == "fasttext" else 25
    settings = {"units": 8, "epochs": epochs, "min_frequency": 3, "window": 4}
    vectors = train_word_vectors(texts, method=method, random_state=1, **settings)
    assert len(vectors) == 10
    assert "rare" not in vectors
    # The mean over all colours or animals counts: single pairs can be off with so little text.
    animals, colours = ["cat", "dog", "cow", "pig", "hen"], ["red", "green", "blue", "black"]
    within = np.mean([vectors.similarity(a, b) for a in animals for b in animals if a != b])
    across = np.mean([vectors.similarity(a, b) for a in animals for b in colours])
    assert within > across + 0.1
    again = train_word_vectors(texts, method=method, random_state=1, **settings)
    assert np.array_equal(vectors.rows(slice(None)), again.rows(slice(None)))


@pytest.mark.train
def test_fasttext_knows_new_words(tmp_path: Path) -> None:
    vectors = train_word_vectors(texts, method="fasttext", units=4, epochs=1, min_frequency=3)
    match = vectors.find("greenish")
    assert match is not None
    assert match.rule == "subwords"
    vectors.save(tmp_path / "store")
    again = Vectors.open(tmp_path / "store").find("greenish")
    assert again is not None
    assert again.vector == pytest.approx(match.vector)


def test_wrong_settings() -> None:
    with pytest.raises(ConfigurationError, match="method must be one of"):
        train_word_vectors(texts, method="bert")
    with pytest.raises(ConfigurationError, match="units must be at least 1"):
        train_word_vectors(texts, units=0)
    with pytest.raises(InputError, match="no word occurs 5000 times"):
        train_word_vectors(texts, min_frequency=5000)

"""Word vectors looked up and compared: by hand, and against the whole product."""

from __future__ import annotations

import numpy as np
import pytest

from textrnn.embeddings import Vectors
from textrnn.errors import InputError

WORDS = ["the", ". . .", "café", "Ａ１", "paris"]
MATRIX = np.array([[0.5, -1, 2], [1, 1, 1], [1e-3, 0, 3], [1, 2, 3], [1, 0, 0.5]], np.float32)


def test_the_rules_of_lookup() -> None:
    vectors = Vectors(WORDS, MATRIX)
    for word, rule, found in (
        ("paris", "exact", "paris"),
        ("Paris", "lower case", "paris"),
        ("ＰＡＲＩＳ", "width", "paris"),
        ("A1", None, None),
        ("Ａ１", "exact", "Ａ１"),
        ("nowhere", None, None),
    ):
        match = vectors.find(word)
        assert (match.rule if match else None) == rule
        assert (match.words[0] if match else None) == found
    assert vectors.find("pariss") is None
    match = vectors.find("pariss", similar_spelling=True)
    assert match is not None
    assert (match.rule, match.words) == ("similar spelling", ("paris",))
    assert vectors.find("qqqqq", similar_spelling=True) is None


PLANE = Vectors(
    ["king", "man", "woman", "queen", "apple", "zero"],
    np.array([[1, 1, 0], [1, 0, 0], [1, 0, 1], [1, 1, 1], [-1, 0.1, -1], [0, 0, 0]], np.float32),
)


def test_comparisons_by_hand() -> None:
    assert PLANE.similarity("king", "man") == pytest.approx(1 / np.sqrt(2))
    assert PLANE.similarity("king", "zero") == 0.0
    near = PLANE.neighbors("king", 2)
    assert [n.word for n in near] == ["queen", "man"]
    assert near[0].similarity == pytest.approx(2 / np.sqrt(6))
    assert PLANE.analogy("man", "woman", "king", 1)[0].word == "queen"
    assert PLANE.odd_one_out(["king", "apple", "queen", "woman"]) == "apple"
    for wrong in (lambda: PLANE.neighbors("no"), lambda: PLANE.odd_one_out(["king", "man"])):
        with pytest.raises(InputError):
            wrong()


def test_neighbors_block_by_block_are_those_of_the_whole() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(40_000, 8)).astype(np.float32)
    vectors = Vectors([f"w{i}" for i in range(len(matrix))], matrix)
    units = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    for found, row in zip(vectors.neighbors_of(["w5", "w39999"], 7), (5, 39_999), strict=True):
        cosines = units @ units[row]
        cosines[row] = -2
        expected = np.argsort(-cosines)[:7]
        assert [n.word for n in found] == [f"w{i}" for i in expected]
        assert [n.similarity for n in found] == pytest.approx(cosines[expected].tolist(), abs=1e-5)


def test_a_vocabulary_s_matrix() -> None:
    vectors = Vectors(WORDS, MATRIX)
    aligned = vectors.matrix_for(["Paris", "", "nowhere", "the"], counts=[6, 0, 1, 3])
    assert aligned.found.tolist() == [True, False, False, True]
    assert (aligned.types, aligned.tokens) == (0.5, pytest.approx(0.9))
    assert aligned.matrix[0] == pytest.approx(MATRIX[4])
    assert np.isfinite(aligned.matrix).all()
    assert aligned.matrix[2].any()
    again = vectors.matrix_for(["Paris", "", "nowhere", "the"])
    assert np.array_equal(aligned.matrix, again.matrix)

"""What callers get wrong, and numbers of any size: an error that names the place, or the answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textrnn.embeddings import Vectors, convert, evaluate, plot_words, train_word_vectors
from textrnn.errors import ConfigurationError, InputError

WORDS = ["king", "man", "woman", "queen"]
MATRIX = np.array([[1, 1, 0], [1, 0, 0], [1, 0, 1], [1, 1, 1]], np.float32)
VECTORS = Vectors(WORDS, MATRIX)
NO_WORDS: list[Any] = [None, b"king", float("nan"), 3, ["king"], ("king",), np.float32(1), object()]

Call = Callable[[Any], object]


@pytest.mark.parametrize("word", NO_WORDS, ids=lambda word: repr(word).partition(" at 0x")[0])
@pytest.mark.parametrize(
    "call",
    [
        VECTORS.find,
        VECTORS.row,
        VECTORS.neighbors,
        VECTORS.__getitem__,
        lambda word: VECTORS.similarity("king", word),
        lambda word: VECTORS.analogy("king", "man", word),
        lambda word: VECTORS.neighbors_of(["king", word]),
        lambda word: VECTORS.odd_one_out(["king", "man", word]),
        lambda word: VECTORS.matrix_for(["king", word]),
        lambda word: Vectors(["king", word], MATRIX[:2]),
        lambda word: Vectors.load("nothing", vocabulary=["king", word]),
        lambda word: plot_words(VECTORS, ["king", "man", word], Path("a.png")),
    ],
)
def test_what_is_no_word(call: Call, word: object) -> None:
    with pytest.raises(ConfigurationError, match=r"(a word|\w+\[[12]\]) must be text; received"):
        call(word)


@pytest.mark.parametrize("words", [None, "king", b"king", 3, float("nan")], ids=repr)
@pytest.mark.parametrize(
    "call",
    [
        VECTORS.neighbors_of,
        VECTORS.odd_one_out,
        VECTORS.matrix_for,
        lambda words: Vectors(words, MATRIX),
        lambda words: plot_words(VECTORS, words, Path("a.png")),
    ],
)
def test_what_is_no_list_of_words(call: Call, words: object) -> None:
    with pytest.raises(ConfigurationError, match="must be a list of words; received"):
        call(words)
    if words is not None:
        with pytest.raises(ConfigurationError, match="vocabulary must be a list of words"):
            Vectors.load("nothing", vocabulary=words)  # type: ignore[arg-type]


@pytest.mark.parametrize("num", [None, 0, -1, 1.5, "3", True, float("nan"), [1]], ids=repr)
def test_what_is_no_number(num: Any) -> None:
    for call in (
        lambda: VECTORS.neighbors("king", num),
        lambda: VECTORS.nearest(MATRIX, num),
        lambda: VECTORS.analogy("king", "man", "queen", num),
    ):
        with pytest.raises(ConfigurationError, match="num must be"):
            call()
    if num is not None:
        with pytest.raises(ConfigurationError, match="limit must be"):
            Vectors.load("nothing", limit=num)


@pytest.mark.parametrize("path", [None, b"a.txt", "", 3, "a\0b", ["a"], float("nan")], ids=repr)
def test_what_is_no_path(path: Any) -> None:
    for call in (
        lambda: Vectors.load(path),
        lambda: Vectors.open(path),
        lambda: VECTORS.save(path),
        lambda: convert(path, "a"),
        lambda: convert("a", path),
        lambda: evaluate(VECTORS, path),
        lambda: plot_words(VECTORS, WORDS, path),
    ):
        with pytest.raises(ConfigurationError, match="must name a file; received"):
            call()


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (None, "must be a matrix of numbers"),
        ([1, 2, 3, 4], r"received int64 of shape \(4,\)"),
        ([["a"]] * 4, "must be a matrix of numbers"),
        ([[1], [2, 3], [4], [5]], "must be a matrix of numbers"),
        (MATRIX.astype(object), "received object of shape"),
        (MATRIX[:3], "4 words and 3 vectors"),
        (np.where(np.eye(4, 3) == 1, np.nan, MATRIX), r"matrix\[0\]: a number is not finite"),
        (MATRIX.astype(np.float64) * 1e300, r"\[0\]: a number is not finite"),
    ],
)
def test_what_is_no_matrix(matrix: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Vectors(WORDS, matrix)


def test_queries_and_counts_that_do_not_fit() -> None:
    for queries in (None, MATRIX[0], MATRIX[:, :2], MATRIX * np.nan, [["a"] * 3]):
        with pytest.raises(ConfigurationError, match="queries"):
            VECTORS.nearest(queries, 1)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="rows to leave out of 1"):
        VECTORS.nearest(MATRIX, 1, without=[[0]])
    for counts in ([1], [1, 2, None], [1, 2, -3], [1, 2, np.nan], "abc"):
        with pytest.raises(ConfigurationError, match="counts must be"):
            VECTORS.matrix_for(["a", "b", "c"], counts=counts)  # type: ignore[arg-type]


def test_a_word_that_comes_twice() -> None:
    with pytest.raises(ConfigurationError, match="the word 'man' comes twice"):
        Vectors(["king", "man", "man", "queen"], MATRIX)


def test_what_is_empty() -> None:
    assert VECTORS.neighbors_of([]) == []
    assert VECTORS.find("") is None
    assert "" not in VECTORS
    assert None not in VECTORS
    assert VECTORS.matrix_for([]).matrix.shape == (0, 3)
    with pytest.raises(InputError, match="no vector for ''"):
        VECTORS.neighbors("")
    nothing = Vectors([], np.zeros((0, 3), np.float32))
    assert nothing.nearest(MATRIX, 5) == [[]] * 4
    with pytest.raises(KeyError):
        VECTORS["no"]


def test_lists_of_other_kinds() -> None:
    words = np.array(WORDS)
    assert VECTORS.odd_one_out(words) == VECTORS.odd_one_out(WORDS)  # type: ignore[arg-type]
    assert VECTORS.neighbors(words[0], np.int64(1))[0].word == "queen"
    made = Vectors((word for word in WORDS), MATRIX.astype(np.int16).tolist())  # type: ignore[arg-type]
    assert made["queen"].tolist() == [1, 1, 1]
    assert [len(near) for near in VECTORS.neighbors_of(WORDS, 10**12)] == [3] * 4


@pytest.mark.parametrize("size", [1e-45, 1e-38, 1e-30, 1e-20, 1.0, 1e20, 1e38])
def test_cosines_do_not_depend_on_sizes(tmp_path: Path, size: float) -> None:
    """Squares of numbers beyond 1e19 or under 1e-23 do not fit 32 bits."""
    scaled = Vectors(WORDS, (MATRIX * size).astype(np.float32))
    scaled.save(tmp_path / "store")
    scaled.save(tmp_path / "int8", dtype="int8")
    for vectors in (scaled, Vectors.open(tmp_path / "store"), Vectors.open(tmp_path / "int8")):
        assert vectors.similarity("king", "man") == pytest.approx(1 / np.sqrt(2), rel=1e-4)
        near = vectors.neighbors("king", 2)
        assert [n.word for n in near] == ["queen", "man"]
        assert near[0].similarity == pytest.approx(2 / np.sqrt(6), rel=1e-4)
        assert vectors.analogy("man", "woman", "king", 1)[0].word == "queen"
        assert np.isfinite(vectors.matrix_for([*WORDS, "other", ""]).matrix).all()


def test_rows_of_all_sizes_side_by_side() -> None:
    sizes = np.array([1e30, 1e-30, 1.0, 1e-42])[:, None]
    vectors = Vectors(WORDS, (MATRIX.astype(np.float64) * sizes).astype(np.float32))
    assert [n.word for n in vectors.neighbors("king", 3)] == ["queen", "man", "woman"]
    assert vectors.similarity("king", "woman") == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"units": 0}, "units must be at least 1"),
        ({"units": 10**9}, "units must be at most 65,536"),
        ({"units": 1.5}, "units must be a whole number"),
        ({"window": None}, "window must be a whole number"),
        ({"min_frequency": "5"}, "min_frequency must be a whole number"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"random_state": -1}, "random_state must be"),
        ({"random_state": "x"}, "random_state must be a whole number"),
        ({"method": None}, "method must be one of"),
        ({"texts": ["a text"]}, "texts must be a function"),
        ({"texts": lambda: ["good", None]}, r"texts\[1\] must be text; received None"),
        ({"texts": lambda: "one text"}, "texts must be a list of words"),
    ],
)
def test_settings_of_a_training(settings: dict[str, Any], message: str) -> None:
    given = {"texts": lambda: ["a text"], **settings}
    with pytest.raises(ConfigurationError, match=message):
        train_word_vectors(**given)

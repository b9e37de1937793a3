"""Word vectors from text files."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from textrnn.embeddings import read_vectors
from textrnn.errors import InputError

GLOVE = "the 0.5 -1 2\n. . . 1 1 1\nthe 9 9 9\ncafé 1e-3 0 3\n"


def write(folder: Path, content: str) -> Path:
    path = folder / "vectors.txt"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize("header", ["", "4 3\n"])
def test_both_formats(tmp_path: Path, header: str) -> None:
    found = read_vectors(write(tmp_path, header + GLOVE))
    assert list(found) == ["the", ". . .", "café"]  # the first of two is kept
    np.testing.assert_allclose(found["the"], [0.5, -1, 2])
    np.testing.assert_allclose(found[". . ."], [1, 1, 1])


def test_only_some_words_from_a_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "vectors.gz"
    path.write_bytes(gzip.compress(GLOVE.encode()))
    assert list(read_vectors(path, keep={"café", "cat"})) == ["café"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("the 1 2\nfew 1\n", "line 2: 1 numbers; expected a word and 2 numbers"),
        ("alone\n", "line 1: 0 numbers; expected a word and several numbers"),
        ("the 1 2\nbad x 2\n", "line 2: could not convert string to float"),
        ("", "holds no vector"),
    ],
)
def test_malformed_files_are_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_vectors(write(tmp_path, content))

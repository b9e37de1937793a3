"""Damaged files of vectors: the fuzzing of tests/fuzz/damaged_vectors.py, some times a format."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import pytest
from vector_files import FORMATS, WORDS, damage, everything

from textrnn.embeddings import convert
from textrnn.errors import BundleError, TextRNNError

TIMES = 60


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    path, whole = tmp_path / "a.vec", FORMATS[name]()
    path.write_bytes(whole)
    right = everything(path, cache=False)
    assert right[0] == WORDS
    rng = random.Random(zlib.crc32(name.encode()))
    for _ in range(TIMES):
        path.write_bytes(damage(whole, rng))
        try:
            found = everything(path, cache=False)
        except TextRNNError as error:
            shown = str(error)
            kind = type(error)
        else:
            shown, kind = "a.vec", TextRNNError
            assert not name.startswith("store") or found == right
        assert "a.vec" in shown
        assert len(shown) < 1000
        assert kind is not BundleError or name.startswith("store")


def test_a_damaged_store_never_changes_what_its_text_says(tmp_path: Path) -> None:
    path = tmp_path / "a.vec"
    path.write_bytes(FORMATS["text"]())
    right = everything(path, cache=True)
    (store,) = tmp_path.glob("*.textrnn-vectors")
    rng = random.Random(3)
    for _ in range(TIMES):
        convert(path, store)
        store.write_bytes(damage(store.read_bytes(), rng))
        assert everything(path, cache=True) == right

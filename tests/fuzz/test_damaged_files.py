"""Whatever is in a file, reading it ends, with its content or with an error that is ours."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from damage import accidents, damage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textrnn import corpora
from textrnn.bundle import Bundle
from textrnn.embeddings import Vectors
from textrnn.errors import BundleError, ModelNotFoundError, TextRNNError
from textrnn.training.recipe import read_recipe

pytestmark = pytest.mark.train

# The folder of one test is written over and over.
fuzzed = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

CSV = b'text,label\n"a dull, awful film",negative\nwhat a day,positive\n'
JSON_LINES = b'{"text": "a dull film", "label": "bad"}\n{"text": "\\u5e8a", "label": 1}\n'
LABEL_FIRST = b"0 a dull film\n1 what a day\n"
CONLL = b"-DOCSTART- O\n\nAnna B-PER\nmet O\nOtto B-PER\nin O\nOslo B-LOC\n\nShe O\nleft O\n"
SPANS = b'{"text": "Anna left.", "spans": [{"start": 0, "end": 4, "label": "PER"}]}\n'
POEMS = json.dumps([{"title": "a", "paragraphs": ["床前明月光，", "疑是地上霜。"]}]).encode()
GLOVE = b"the 0.1 0.2 -0.3\nof 1e-3 2 3\n\xe5\xba\x8a 4 5 6\n"
WORD2VEC = b"2 3\nthe " + np.arange(3, dtype="<f4").tobytes() + b"\nof " + bytes(12) + b"\n"
RECIPE = b"""name = "mine"
task = "classifier"
[[data.train]]
file = "a.csv"
labels = { 1 = "good", 0 = "bad" }
[[encoders]]
cell = "lstm"
units = 8
[training]
epochs = 2
learning_rate = 1e-3
"""

Accidents = list[tuple[str, int, int, bytes]]
Reader = Callable[[Path], object]


def error_of(read: Callable[[], object]) -> TextRNNError | None:
    """The error of ours that something ends with, if any."""
    try:
        read()
    except TextRNNError as error:
        return error
    return None


def all_of(read: Callable[[Any], Iterable[object]]) -> Reader:
    return lambda path: list(read(path))


READERS: dict[str, tuple[str, bytes, Reader]] = {
    "lines": ("a.txt", b"one\r\ntwo\n\nthree", all_of(corpora.read_lines)),
    "whole": ("a.txt", b"one\r\ntwo\n", corpora.read_whole),
    "csv": ("a.csv", CSV, all_of(corpora.read_labelled)),
    "tsv": ("a.tsv", CSV.replace(b",", b"\t"), all_of(corpora.read_labelled)),
    "json lines": ("a.jsonl", JSON_LINES, all_of(corpora.read_labelled)),
    "label first": (
        "a",
        LABEL_FIRST,
        lambda path: list(corpora.read_labelled(corpora.Source(str(path), "label-first"))),
    ),
    "texts": ("a.jsonl", JSON_LINES, all_of(corpora.read_texts)),
    "conll": ("a.conll", CONLL, all_of(corpora.read_tagged)),
    "words": ("a.conll", CONLL, all_of(corpora.read_words)),
    "spans": ("a.jsonl", SPANS, all_of(corpora.read_tagged)),
    "poems": ("a.json", POEMS, all_of(corpora.read_documents)),
    "glove": ("a.txt", GLOVE, lambda path: Vectors.load(path, cache=False)),
    "word2vec": ("a.bin", WORD2VEC, lambda path: Vectors.load(path, cache=False)),
    "recipe": ("a.toml", RECIPE, read_recipe),
}


@pytest.mark.parametrize("name", READERS)
@fuzzed
@given(happened=accidents)
def test_a_damaged_file_is_read_or_refused(name: str, happened: Accidents, tmp_path: Path) -> None:
    file, valid, read = READERS[name]
    path = tmp_path / file
    path.write_bytes(damage(valid, happened))
    error = error_of(lambda: read(path))
    assert error is None or file in str(error)


@pytest.mark.parametrize(("suffix", "pack"), [
    (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)
])  # fmt: skip
@fuzzed
@given(happened=accidents)
def test_a_damaged_packed_file_is_read_or_refused(
    suffix: str, pack: Callable[[bytes], bytes], happened: Accidents, tmp_path: Path
) -> None:
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(damage(pack(CSV), happened))
    error = error_of(lambda: list(corpora.read_labelled(path)))
    assert error is None or path.name in str(error)


def zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return content.getvalue()


@fuzzed
@given(happened=accidents)
def test_a_damaged_zipped_bundle_is_whole_or_refused(
    happened: Accidents, tiny_bundle: Path, tmp_path: Path
) -> None:
    """Either every file is as it was written, or the bundle is refused."""
    path = tmp_path / "tiny.zip"
    path.write_bytes(damage(zipped(tiny_bundle), happened))
    try:
        bundle = Bundle.open(path)
        found = {name: bundle.read(name) for name in bundle.manifest.files}
    except (BundleError, ModelNotFoundError):  # the latter where it is no zip any more
        return
    assert found == {name: (tiny_bundle / name).read_bytes() for name in found}


@fuzzed
@given(data=st.data(), happened=accidents)
def test_a_damaged_file_of_a_bundle_is_refused(
    data: st.DataObject, happened: Accidents, tiny_bundle: Path, tmp_path: Path
) -> None:
    whole = Bundle.open(tiny_bundle).manifest
    name = data.draw(st.sampled_from(["bundle.json", *whole.files]))
    for file in tiny_bundle.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / name).write_bytes(damage((tiny_bundle / name).read_bytes(), happened))
    try:
        bundle = Bundle.open(tmp_path)
        found = {name: bundle.read(name) for name in bundle.manifest.files}
    except BundleError:
        return
    assert found == {name: (tiny_bundle / name).read_bytes() for name in found}
    assert bundle.manifest == whole

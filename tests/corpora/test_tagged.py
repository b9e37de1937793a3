"""Readers of tagged text: columns in all their kinds, JSON lines, and what is wrong with them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from textrnn.corpora import (
    Span,
    TaggedSentence,
    TaggedSource,
    check_tagged,
    is_tagged,
    read_tagged,
    read_words,
)
from textrnn.errors import ConfigurationError, InputError

ADA = TaggedSentence(("Ada", "saw", "New", "York"), (Span(0, 1, "PER"), Span(2, 4, "LOC")))


def write(folder: Path, content: str, name: str = "tagged.conll") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "content",
    [
        "Ada B-PER\nsaw O\nNew B-LOC\nYork I-LOC\n",
        "Ada\tI-PER\nsaw\tO\nNew\tI-LOC\nYork\tI-LOC",
        "Ada NNP B-NP S-PER\nsaw VBD B-VP O\nNew NNP B-NP B-LOC\nYork NNP I-NP E-LOC\n\n\n",
        "\n\nAda\tx\tS-PER\r\nsaw\tx\tO\r\nNew\tx\tB-LOC\r\nYork\tx\tE-LOC\r\n",
    ],
)
def test_columns_of_every_kind(tmp_path: Path, content: str) -> None:
    assert list(read_tagged(write(tmp_path, content))) == [ADA]


def test_compressed_columns(tmp_path: Path) -> None:
    path = tmp_path / "tagged.gz"
    path.write_bytes(gzip.compress(b"Ada B-PER\nsaw O\nNew B-LOC\nYork I-LOC\n"))
    assert list(read_tagged(path)) == [ADA]


def test_documents(tmp_path: Path) -> None:
    text = "-DOCSTART- -X- O\n\na x O\n\nb x O\n\n-DOCSTART- -X- O\nc x O\n"
    found = list(read_tagged(write(tmp_path, text)))
    assert [(s.words, s.document) for s in found] == [(("a",), 1), (("b",), 1), (("c",), 2)]  # type: ignore[union-attr]
    without = list(read_tagged(write(tmp_path, "a O\n\nb O\n")))
    assert [s.document for s in without] == [0, 1]


def test_labels_are_renamed_and_dropped(tmp_path: Path) -> None:
    path = write(tmp_path, "Ada B-per\nsaw O\nNew B-geo\nYork I-geo\nMonday B-tim\n")
    source = TaggedSource(str(path), labels={"per": "PER", "tim": ""})
    (found,) = read_tagged(source)
    assert found.spans == (Span(0, 1, "PER"), Span(2, 4, "geo"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Ada B-PER\nsaw\n", r"line 2: 1 column; expected 2, as before"),
        ("Ada\n", r"line 1: 1 column; expected 2 or more \(a word, …, its tag\): 'Ada'"),
        ("Ada x O\n\nsaw O\n", r"line 3: 2 columns; expected 3, as before"),
        ("Ada PER\n", r"line 1: 'PER' is no tag: expected O, or a letter of BIESMLU"),
        ("\tO\n", r"line 1: the first column, the word, is empty"),
    ],
)
def test_malformed_lines_are_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=r"tagged\.conll: " + message):
        list(read_tagged(write(tmp_path, content)))


def test_words_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "-DOCSTART- O\n\nAda NNP\nruns VB\n\nfast RB\n")
    found = [(line.words, line.number) for line in read_words(path)]
    assert found == [(("Ada", "runs"), 3), (("fast",), 6)]


def test_formats_are_checked() -> None:
    with pytest.raises(
        ConfigurationError,
        match="format must be one of conll, jsonl, json, csv, tsv, parquet, brat",
    ):
        TaggedSource("x", format="xml")


@pytest.mark.parametrize(
    "record",
    [
        {"tokens": ["Ada", "saw", "Lima"], "ner_tags": ["B-PER", "O", "B-LOC"]},
        {
            "text": "Ada saw Lima",
            "label": None,
            "entities": [
                {"start": 0, "end": 3, "text": "Ada", "label": "PER", "probability": 0.9},
                {"start": 8, "end": 12, "text": "Lima", "label": "LOC", "probability": 0.8},
            ],
        },
    ],
)
def test_parquet_holds_what_json_does(tmp_path: Path, record: dict[str, object]) -> None:
    file = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([record, record]), file)
    read = list(read_tagged(file))
    shown = [
        [(" ".join(e.words[s.start : s.end]) if isinstance(e, TaggedSentence)
          else e.text[s.start : s.end], s.label) for s in e.spans]
        for e in read
    ]  # fmt: skip
    assert shown == [[("Ada", "PER"), ("Lima", "LOC")]] * 2
    assert read[1].place == f"{file}: record 2"
    assert is_tagged(file)
    report = check_tagged(str(file))
    assert (report.texts, report.labels) == (2, {"PER": 2, "LOC": 2})
    assert [finding.kind for finding in report.findings] == ["duplicates"]


def test_parquet_of_labelled_texts_is_not_tagged(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"text": ["good"], "label": ["pos"]}), file)
    assert not is_tagged(file)
    with pytest.raises(InputError, match=r"a\.parquet: record 1: no spans under entities"):
        list(read_tagged(file))

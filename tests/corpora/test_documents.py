"""Running text from files and folders, in pieces."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.corpora import DocumentSource, Passage, read_documents
from textrnn.corpora.documents import cut_passages
from textrnn.errors import ConfigurationError, InputError


def whole(source: DocumentSource | Path) -> list[str]:
    """The documents, put together again."""
    documents, pieces = [], []
    for passage in read_documents(source):
        pieces.append(passage.text)
        if passage.ends:
            documents.append("".join(pieces))
            pieces = []
    assert not pieces
    return documents


def test_a_file_is_one_text_or_a_document_a_line(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("one\n\ntwo\r\nthree\n", "utf-8")
    assert whole(file) == ["one\n\ntwo\nthree"]
    assert whole(DocumentSource(str(file), unit="line")) == ["one", "two", "three"]


def test_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl.gz"
    records = [{"title": t, "text": f"{t}\n{t}", "poem": "p"} for t in "abc"]
    lines = "\n".join(json.dumps(record) for record in records)
    file.write_bytes(gzip.compress(lines.encode()))
    name = str(file)
    assert whole(file) == ["a\na", "b\nb", "c\nc"]
    assert whole(DocumentSource(name, text="poem")) == ["p"] * 3
    assert whole(DocumentSource(name, only=("b",))) == ["b\nb"]
    assert whole(DocumentSource(name, without=("b",))) == ["a\na", "c\nc"]
    with pytest.raises(InputError, match="no record whose 'title' is 'z'"):
        whole(DocumentSource(name, only=("a", "z")))
    with pytest.raises(InputError, match="line 1: no text under verse"):
        whole(DocumentSource(name, text="verse"))


@pytest.mark.parametrize("line", ["[1]", "{", '{"text": 3}'])
def test_malformed_json_names_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(f'{{"text": "good"}}\n{line}\n', "utf-8")
    with pytest.raises(InputError, match=r"a\.jsonl: line 2: "):
        whole(file)


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.txt").write_text("2", "utf-8")
    (tmp_path / "a.jsonl").write_text('{"text": "1"}\n', "utf-8")
    (tmp_path / "c.csv").write_text("no", "utf-8")
    assert whole(tmp_path) == ["1", "2"]
    (tmp_path / "z.jsonl").write_text('{"text": "3", "title": "c"}\n', "utf-8")
    assert whole(DocumentSource(str(tmp_path), only=("c",))) == ["2", "3"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no \.txt or \.jsonl file"):
        whole(tmp_path / "empty")


def test_paragraphs_are_joined_and_strings_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("\n\n  It was\nlate, _very_ late.\n\n\nNo “one”\ncame.\n", "utf-8")
    source = DocumentSource(str(file), reflow=True, replace={"_": "", "“": '"', "”": '"'})
    assert whole(source) == ['It was late, very late.\n\nNo "one" came.']


@given(st.lists(st.text("ab \n", max_size=70_000), max_size=4))
def test_pieces_make_the_document(parts: list[str]) -> None:
    lines = "".join(parts).split("\n")
    found = list(cut_passages(lines))
    text = "\n".join(lines)
    if not text.strip() and len(text) < 65_536:
        assert found == []
        return
    assert "".join(passage.text for passage in found).rstrip("\n") == text.rstrip("\n")
    assert [passage.ends for passage in found] == [False] * (len(found) - 1) + [True]


def test_long_documents_come_in_pieces() -> None:
    found = list(cut_passages(["x" * 999] * 200))
    assert len(found) == 4
    assert found[0] == Passage(("x" * 999 + "\n") * 66, ends=False)


def test_wrong_settings() -> None:
    with pytest.raises(ConfigurationError, match="unit must be one of"):
        DocumentSource("a", unit="page")
    with pytest.raises(ConfigurationError, match="format must be one of"):
        DocumentSource("a", format="pdf")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'Title,Text\nx,"two\nlines"\ny,one\n'),
        ("a.tsv", "title\ttext\nx\ttwo\\n\ny\tone\n"),
        ("a.json", '[{"title": "x", "text": "two\\nlines"}, {"title": "y", "text": "one"}]'),
    ],
)
def test_records_are_documents(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    first, second = read_documents(tmp_path / name)
    assert first.text == ("two\\n" if name == "a.tsv" else "two\nlines")
    assert second.text == "one"

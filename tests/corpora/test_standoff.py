"""brat's standoff files: line by line, whatever ends these; what no tagger can find is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from textrnn.corpora import Span, SpannedText, is_tagged, read_tagged
from textrnn.errors import InputError

TEXT = "Ada Lund\nsaw Oslo.\n\nOslo saw Ada\nLund go.\n"


def write(folder: Path, text: str, spans: list[str], name: str = "a") -> Path:
    (folder / f"{name}.txt").write_bytes(text.encode())
    path = folder / f"{name}.ann"
    path.write_bytes("".join(f"{line}\n" for line in spans).encode())
    return path


def spans_for(text: str) -> list[str]:
    """Two spans in a line, and one that goes on in the next."""
    oslo, ada = text.index("Oslo"), text.rindex("Ada")
    end = text.rindex("Lund") + 4
    cut = text.index("Lund", ada)
    return [
        "T1\tPER 0 8\tAda Lund",
        f"T2\tLOC {oslo} {oslo + 4}\tOslo",
        "R1\tLives_in Arg1:T1 Arg2:T2",
        "#1\tAnnotatorNotes T1\tsure",
        "E1\tMove:T2 Who:T1",
        "",
        f"T3\tPER {ada} {ada + 3};{cut} {end}\tAda Lund",
    ]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_lines_of_texts(tmp_path: Path, ends: str) -> None:
    text = TEXT.replace("\n", ends)
    path = write(tmp_path, text, spans_for(text))
    expected = [
        SpannedText("Ada Lund", (Span(0, 8, "PER"),)),
        SpannedText("saw Oslo.", (Span(4, 8, "LOC"),)),
        SpannedText(f"Oslo saw Ada{ends}Lund go.", (Span(9, 17 + len(ends) - 1, "PER"),)),
    ]
    for name in (path, path.with_suffix(".txt"), tmp_path):
        found = list(read_tagged(name))
        assert found == expected
        assert is_tagged(name)
    assert [example.place for example in found] == [
        f"{path.with_suffix('.txt')}: line {number}" for number in (1, 2, 4)
    ]


def test_line_ends_that_are_counted_as_one(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeff" + TEXT.replace("\n", "\r\n"), spans_for(TEXT))
    assert [example.spans for example in read_tagged(path)] == [
        (Span(0, 8, "PER"),),
        (Span(4, 8, "LOC"),),
        (Span(9, 17, "PER"),),
    ]


def test_spans_in_pieces_and_bare_texts_are_told(tmp_path: Path) -> None:
    path = write(
        tmp_path, "Ada and Bo Lund", ["T1\tPER 0 3;11 15\tAda Lund", "T2\tPER 8 15\tBo Lund"]
    )
    (tmp_path / "bare.txt").write_text("nobody read this", "utf-8")
    notes: list[str] = []
    (found,) = read_tagged(tmp_path, on_note=notes.append)
    assert found.spans == (Span(8, 15, "PER"),)
    assert notes == [
        f"{tmp_path}: 1 .txt have no .ann and are left out; first bare.txt",
        "1 span in several pieces: left out, since no tagger finds such; first 'Ada Lund', "
        f"{path}: line 1",
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["T1\tPER 0\tAda"], "line 1: expected T1, a tab, a label and two numbers, a tab and"),
        (["T1 PER 0 3 Ada"], "line 1: expected T1, a tab"),
        (["", "T1\tPER 0 99\tAda"], "line 2: the span 0 to 99 is 'Ada Lund"),
        (["T1\tPER 0 8\tAda Lund", "T2\tPER 4 8\tLund"],
         r"line 2: the spans 'Ada Lund' \(PER, 0 to 8\) and 'Lund' \(PER, 4 to 8\) overlap"),
    ],
)  # fmt: skip
def test_malformed_lines_are_named(tmp_path: Path, lines: list[str], message: str) -> None:
    path = write(tmp_path, TEXT, lines)
    with pytest.raises(InputError, match=rf"a\.ann: {message}"):
        list(read_tagged(path))


def test_a_text_that_is_missing(tmp_path: Path) -> None:
    path = write(tmp_path, "", [])
    path.with_suffix(".txt").unlink()
    with pytest.raises(InputError, match=r"a\.txt: No such file"):
        list(read_tagged(path))

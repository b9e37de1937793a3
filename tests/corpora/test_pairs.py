"""Pairs of sentences: tables, records, two files side by side, and what Python holds."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from textrnn.corpora.pairs import Pair, PairSource, given_pairs, read_pairs
from textrnn.errors import InputError

HI, CAT = Pair("Hi.", "Hallo."), Pair("A cat, then.", "Eine Katze.")


def read(path: Path, content: str, **options: str | int) -> list[Pair]:
    path.write_text(content, "utf-8")
    return list(read_pairs(PairSource(str(path), **options)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("a.tsv", "Hi.\tHallo.\nA cat, then.\tEine Katze.\n", {}),
        ("a.txt", "Hi.\tHallo.\tCC-BY\nA cat, then.\tEine Katze.\tCC-BY\n", {}),
        ("a.tsv", "x\tHallo.\tHi.\ny\tEine Katze.\tA cat, then.\n", {"source": 2, "target": 1}),
        ("a.tsv", "source\ttarget\nHi.\tHallo.\nA cat, then.\tEine Katze.\n", {}),
        ("a.csv", 'id,de,en\n1,Hallo.,Hi.\n2,Eine Katze.,"A cat, then."\n',
         {"source": "en", "target": "de"}),
        ("a.csv", 'en,de\nHi.,Hallo.\n"A cat, then.",Eine Katze.\n', {}),
        ("a.csv", 'de,en\nHallo.,Hi.\nEine Katze.,"A cat, then."\n', {"source": "en"}),
        ("a.csv", 'de,en\nHallo.,Hi.\nEine Katze.,"A cat, then."\n', {"target": "de"}),
        ("a.jsonl", '{"src": "Hi.", "tgt": "Hallo."}\n{"src": "A cat, then.", "tgt": '
         '"Eine Katze."}\n', {}),
        ("a.jsonl", '{"translation": {"en": "Hi.", "de": "Hallo."}}\n{"translation": {"en": '
         '"A cat, then.", "de": "Eine Katze."}}\n', {}),
    ],
)  # fmt: skip
def test_pairs_are_read(
    name: str, content: str, options: dict[str, str | int], tmp_path: Path
) -> None:
    assert read(tmp_path / name, content, **options) == [HI, CAT]


def test_the_lines_of_two_files_belong_together(tmp_path: Path) -> None:
    one, other = tmp_path / "a.en", tmp_path / "a.de.gz"
    one.write_text("Hi.\n\nA cat, then.\n", "utf-8")
    other.write_bytes(gzip.compress(b"Hallo.\nniemand\nEine Katze.\n"))
    said: list[str] = []
    source = PairSource(str(one), str(other))
    assert list(read_pairs(source, on_note=said.append)) == [HI, CAT]
    assert said == [f"left out: 1 pair with an empty side (the first: {one}: line 2)"]
    one.write_text("Hi.\nA cat, then.\n", "utf-8")
    with pytest.raises(InputError, match=re.escape(f"{other}: line 3: there is no such line in")):
        list(read_pairs(source))
    one.write_text("Hi.\n" * 5, "utf-8")
    with pytest.raises(InputError, match=re.escape(f"{one}: line 4: there is no such line in")):
        list(read_pairs(source))


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("label,text\na,b\n", {}, "line 1: no source; there are: label, text"),
        ("source,text\na,b\n", {}, "line 1: no target; there are: source, text"),
        (
            "text\na\n",
            {},
            "line 1: there is one column alone, text: the translations, target, stand",
        ),
        (
            "a cat\n",
            {"source": 0},
            "line 1: there is one column alone, 0: the translations, target",
        ),
        ("en,de\na,b\n", {"target": "fr"}, "line 1: no field 'fr'; there are: en, de"),
        ("en,de\na,b\n", {"source": "de", "target": "de"}, "source and target are both de"),
        ("source,target\na,b,c\n", {}, "line 2: 3 columns; the header has 2"),
    ],
)
def test_what_is_no_table_of_pairs_is_told(
    content: str, options: dict[str, str | int], said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        read(tmp_path / "a.csv", content, **options)


def test_pairs_that_python_holds() -> None:
    both = [HI, CAT]
    assert list(given_pairs(both)) == both
    assert list(given_pairs([(pair.source, pair.target) for pair in both])) == both
    assert list(given_pairs([{"de": p.target, "en": p.source} for p in both], source="en",
                            target="de")) == both  # fmt: skip
    assert list(given_pairs({"source": ["Hi."], "target": ["Hallo."]})) == [HI]
    with pytest.raises(InputError, match="expected \\(source, target\\), a dictionary or a Pair"):
        list(given_pairs(["Hi."]))


@pytest.mark.parametrize(
    "header",
    [
        "English\tGerman",
        "原文\t译文",
        "中文\t英文",
        "zh-CN\ten-US",
        "classical_chinese\tmodern_chinese",
    ],
)
def test_a_row_of_names_alone_is_a_header(header: str, tmp_path: Path) -> None:
    path, told = tmp_path / "pairs.tsv", list[str]()
    path.write_text(f"{header}\na joy\teine Freude\n", encoding="utf-8")
    assert list(read_pairs(PairSource(str(path)), on_note=told.append)) == [
        Pair("a joy", "eine Freude")
    ]
    numbered = PairSource(str(path), source="0", target="1")
    assert len(list(read_pairs(numbered))) == 2


@pytest.mark.parametrize("first", ["English\tdas Englische", "no no\tnein nein"])
def test_a_row_that_may_be_a_pair_is_none(first: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(f"x y\tz\n{first}\n", encoding="utf-8")
    assert len(list(read_pairs(PairSource(str(path))))) == 2
    path.write_text(f"{first}\nx y\tz\n", encoding="utf-8")
    assert len(list(read_pairs(PairSource(str(path))))) == 2

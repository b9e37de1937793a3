"""What ruins a translator's training is found with its line, in two files as in a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from calling import textrnn_in

ROWS = [[f"The weather of day {n} is fine.", f"Am Tag {n} ist es gut."] for n in range(9)]
WRONG = [
    ["A day without a translation.", " "],
    ["Nobody has translated this.", "Nobody has translated this."],
    ["Anna Smith", "Anna Smith"],
    ROWS[2],
    ["Slipped by a line, it seems.", "Hm. " * 60],
    ["This was cafÃ© once.", "Das war einmal Café."],
]
FOUND = {
    "empty texts": "10: A day without a translation. = (nothing)",
    "lengths": "14: 28 characters, 240 in the translation",
    "same on both sides": "11: Nobody has translated this.",
    "duplicates": "13: The weather of day 2 is fine. = Am Tag 2 ist es gut.",
    "garbled text": "15: This was cafÃ© once. = Das war einmal Café.",
}


def write(folder: Path, rows: list[list[str]]) -> None:
    for name, number in (("a.en", 0), ("a.de", 1)):
        (folder / name).write_text("".join(f"{row[number]}\n" for row in rows), "utf-8")
    lines = ["\t".join(row) for row in (["english", "german"], *rows)]
    (folder / "a.tsv").write_text("\n".join(lines) + "\n", "utf-8")


def found(folder: Path, *call: str) -> dict[str, list[str]]:
    done = textrnn_in(folder, "corpora", "check", *call, "--format", "json")
    facts = json.loads(done.stdout)
    assert (done.returncode, facts["labels"]) == (1 if facts["findings"] else 0, {})
    assert list(facts) == ["file", "pairs", "labels", "findings"]
    return {one["kind"]: one["examples"] for one in facts["findings"]}


def test_two_files_are_read_line_by_line(tmp_path: Path) -> None:
    write(tmp_path, ROWS + WRONG)
    call = ("a.en", "--target", "a.de")
    assert {kind: [text] for kind, text in FOUND.items()} == found(tmp_path, *call)
    assert textrnn_in(tmp_path, "corpora", "check", *call).stdout.startswith("a.en: 15 pairs\n")
    write(tmp_path, ROWS)
    assert found(tmp_path, *call) == {}


def test_a_table_tells_the_lines_that_it_has(tmp_path: Path) -> None:
    write(tmp_path, ROWS + WRONG)
    sides = ("--source-field", "english", "--target-field", "german")
    places = [examples[0].split(":")[0] for examples in found(tmp_path, "a.tsv", *sides).values()]
    assert places == [str(int(text.split(":")[0]) + 1) for text in FOUND.values()]


def test_what_another_split_has_is_found(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    (tmp_path / "b.en").write_text("Of no day.\nThe weather of day 4 is FINE\n", "utf-8")
    call = ("a.en", "--target", "a.de", "--against", "b.en")
    assert found(tmp_path, *call) == {"overlap": ["5: The weather of day 4 is fine."]}


def test_lines_that_are_not_utf8_are_told_with_their_file(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    (tmp_path / "a.de").write_bytes(b"caf\xe9\n" * len(ROWS))
    done = textrnn_in(tmp_path, "corpora", "check", "a.en", "--target", "a.de")
    assert done.returncode == 1
    assert "\n  a.de: no UTF-8: give the file's encoding" in done.stdout


def test_a_format_that_has_no_pairs_is_refused(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    call = ("a.tsv", "--source-field", "english", "--target-field", "german")
    done = textrnn_in(tmp_path, "corpora", "check", *call, "--input-format", "conll")
    told = "pairs are csv, tsv, jsonl, json or parquet; received --input-format conll"
    assert (done.returncode, told in done.stderr) == (2, True)


def test_columns_of_two_files_are_refused(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    call = ("a.en", "--target", "a.de", "--source-field", "english")
    done = textrnn_in(tmp_path, "corpora", "check", *call)
    assert (done.returncode, "which two files (--target) have not" in done.stderr) == (2, True)


def test_a_table_of_pairs_that_is_read_as_texts_is_told_both_ways_out(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    told = textrnn_in(tmp_path, "corpora", "check", "a.tsv").stderr
    assert told == (
        "textrnn: error: a.tsv: line 1: no field text/sentence/review/content; there are: english, "
        "german; name the text's with --text-field …, or its number from 0 where there is no "
        "header; or both sides of a translator's pairs with --source-field … and --target-field …; "
        "or add --series where it holds a forecaster's numbers\n"
    )


def test_two_files_without_a_pair_are_told_so(tmp_path: Path) -> None:
    write(tmp_path, [])
    assert found(tmp_path, "a.en", "--target", "a.de") == {"no pairs": []}


@pytest.mark.parametrize("other", ["--scheme=bio", "--near-copies=0.5", "--text-field=x"])
def test_options_of_other_examples_are_refused(tmp_path: Path, other: str) -> None:
    write(tmp_path, ROWS)
    done = textrnn_in(tmp_path, "corpora", "check", "a.en", "--target", "a.de", other)
    assert (done.returncode, "are not for pairs" in done.stderr) == (2, True)
    (tmp_path / "a.de").write_text("one line\n", "utf-8")
    done = textrnn_in(tmp_path, "corpora", "check", "a.en", "--target", "a.de")
    assert (done.returncode, "a.en: line 2: there is no such line in a.de" in done.stderr) == (
        2,
        True,
    )

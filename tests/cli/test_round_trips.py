"""What was answered into a file is read again as it was: no text changes, however often."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas
import pytest
from small_bundles import small_classifier, small_translator

from calling import textrnn_in
from textrnn.corpora import read_text_lines

TEXTS = [
    "a fine\nfilm",
    "a\tdull\tsong",
    r"C:\new\table",
    "\\\\ and \\n",
    '"So," she said, "a film"',
    '"',
    " 'quoted', \"twice\" ",
    '"a"\t"b"\n"c"',
    "a\tb\tc\td\te\nf",
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("small")
    made = {"classify": small_classifier, "translate": small_translator}
    return {name: str(make(folder / name)) for name, make in made.items()}


def run(folder: Path, *call: str) -> str:
    done = textrnn_in(folder, "-q", *call)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("command", ["classify", "translate"])
@pytest.mark.parametrize("form", ["tsv", "csv", "jsonl", "json", "parquet"])
def test_records(models: dict[str, str], tmp_path: Path, command: str, form: str) -> None:
    given: list[dict[str, Any]] = [
        {"id": str(number), "text": text, "note": text} for number, text in enumerate(TEXTS)
    ]
    (tmp_path / "0.jsonl").write_text("\n".join(map(json.dumps, given)), "utf-8")
    names = ["0.jsonl", f"1.{form}", f"2.{form}", f"3.{form}"]
    for before, after in pairwise(names):
        run(tmp_path, command, "--model", models[command], before, "--output", after)
        found = [line.record for line in read_text_lines(tmp_path / after)]
        assert [(row["id"], row["text"], row["note"]) for row in found] == [
            (row["id"], row["text"], row["note"]) for row in given
        ]


def test_others_read_the_table(models: dict[str, str], tmp_path: Path) -> None:
    rows = [json.dumps({"text": text, "é": text}) for text in TEXTS]
    (tmp_path / "a.jsonl").write_text("\n".join(rows), "utf-8")
    run(tmp_path, "classify", "--model", models["classify"], "a.jsonl", "--output", "a.tsv")
    found = pandas.read_csv(tmp_path / "a.tsv", sep="\t", keep_default_na=False)
    assert (list(found["text"]), list(found["é"])) == (TEXTS, TEXTS)
    with (tmp_path / "a.tsv").open(encoding="utf-8", newline="") as file:
        header, *cells = csv.reader(file, delimiter="\t")
    assert header == ["label", "probability", "text", "é", "language", "error"]
    assert [row[2] for row in cells] == TEXTS


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_return_within_a_cell_ends_no_row(
    models: dict[str, str], tmp_path: Path, form: str
) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "a fine\\rfilm"}\n', "utf-8")
    name = f"a.{form}"
    run(tmp_path, "classify", "--model", models["classify"], "a.jsonl", "--output", name)
    (line,) = read_text_lines(tmp_path / name)
    assert (line.text, line.record["id"]) == ("a fine\nfilm", "1")


def test_standard_output_has_a_line_for_each_text(models: dict[str, str], tmp_path: Path) -> None:
    rows = [json.dumps({"id": number, "text": text}) for number, text in enumerate(TEXTS)]
    (tmp_path / "a.jsonl").write_text("\n".join(rows), "utf-8")
    out = run(tmp_path, "classify", "--model", models["classify"], "a.jsonl", "--format", "tsv")
    assert textrnn_in(tmp_path, "classify", "--model", models["classify"], "a.jsonl").stdout == out
    header, *lines = out.splitlines()
    assert header.split("\t") == ["label", "probability", "text", "id", "language", "error"]
    assert [line.split("\t")[3] for line in lines] == [str(n) for n in range(len(TEXTS))]
    assert [line.split("\t")[2] for line in lines[:3]] == [
        r"a fine\nfilm", r"a\tdull\tsong", r"C:\\new\\table"
    ]  # fmt: skip
    (tmp_path / "a.txt").write_text(TEXTS[2] + "\n", "utf-8")  # nor have lines a header in a file
    run(tmp_path, "classify", "--model", models["classify"], "a.txt", "--output", "out.tsv")
    assert (tmp_path / "out.tsv").read_text("utf-8").endswith("\tC:\\\\new\\\\table\n")

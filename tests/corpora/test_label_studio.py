"""What Label Studio exports: labels of texts and spans, as JSON and as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from textrnn.corpora import LabelledText, is_tagged, read_labelled, read_tagged, read_texts
from textrnn.corpora.formats.tagged.schemes import Span
from textrnn.errors import InputError

ADA, FILM = "Ada Lovelace lived in London", "A fine film"
SPANS = [
    {"start": 0, "end": 12, "text": "Ada Lovelace", "labels": ["PER"]},
    {"start": 22, "end": 28, "text": "London", "labels": ["LOC"]},
]
RIGHT = (Span(0, 12, "PER"), Span(22, 28, "LOC"))


def task(text: str, *values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A task with an annotation."""
    result = [{"from_name": "x", "to_name": "text", "value": value} for value in values]
    return {"id": 7, "data": {"text": text}, "annotations": [{"result": result, **more}]}


def json_file(folder: Path, *tasks: object) -> Path:
    path = folder / "a.json"
    path.write_text(json.dumps(tasks), "utf-8")
    return path


def table(folder: Path, column: str, rows: Sequence[tuple[str, str]]) -> Path:
    """A table as it is exported, with the annotator's columns."""
    path = folder / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["annotation_id", "annotator", "id", column, "lead_time", "text"])
        writer.writerows([1, 2, 3, cell, 4.5, text] for text, cell in rows)
    return path


def test_choices_are_labels(tmp_path: Path) -> None:
    cancelled = task("", {"choices": ["bad"]}, was_cancelled=True)["annotations"]
    second = task("So dull", {"choices": ["bad"]})
    second["annotations"] = [*cancelled, *second["annotations"]]
    path = json_file(tmp_path, task(FILM, {"choices": ["good"]}), second)
    assert list(read_labelled(path)) == [LabelledText(FILM, "good"), LabelledText("So dull", "bad")]
    assert not is_tagged(path)
    assert list(read_texts(path)) == [FILM, "So dull"]
    path = table(tmp_path, "sentiment", [(FILM, "good"), ("So dull", "bad")])
    assert [one.label for one in read_labelled(path)] == ["good", "bad"]


def test_a_label_that_was_there_before_stays(tmp_path: Path) -> None:
    before = task(FILM)
    before["data"]["sentiment"] = "good"
    assert [one.label for one in read_labelled(json_file(tmp_path, before))] == ["good"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([{"choices": ["good", "long"]}], r"record 1: several labels \(good, long\)"),
        ([], "record 1: a text without a label"),
        (SPANS, "record 1: .* received spans, .*: a tagger learns from such texts"),
    ],
)
def test_what_is_no_label_is_told(tmp_path: Path, values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(read_labelled(json_file(tmp_path, task(FILM, *values))))


def test_cells_that_hold_no_label_are_told(tmp_path: Path) -> None:
    several = json.dumps({"choices": ["good", "long"]})
    for cell, message in [
        (several, r"line 2: several labels \(good, long\)"),
        (json.dumps(SPANS), "line 2: .* received spans, .*: a tagger learns from such texts"),
    ]:
        with pytest.raises(InputError, match=message):
            list(read_labelled(table(tmp_path, "label", [(ADA, cell)])))


def test_spans_are_read_from_json_and_from_cells(tmp_path: Path) -> None:
    path = json_file(tmp_path, task(ADA, *SPANS), task(FILM))
    assert is_tagged(path)
    assert [one.spans for one in read_tagged(path)] == [RIGHT, ()]
    path = table(tmp_path, "label", [(FILM, ""), (ADA, json.dumps(SPANS)), (FILM, "[]")])
    assert is_tagged(path)
    found = list(read_tagged(path))
    assert [one.spans for one in found] == [(), RIGHT, ()]
    assert [one.place for one in found] == [f"{path}: line {number}" for number in (2, 3, 4)]
    path = table(tmp_path, "label", [(FILM, " "), (ADA, f" {json.dumps(SPANS)}")])
    assert [one.spans for one in read_tagged(path)] == [(), RIGHT]
    assert not is_tagged(table(tmp_path, "label", [(FILM, "good"), (FILM, "[1] or so")]))


def test_spans_are_read_from_cells_between_tabs(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    for mark in ("", "\ufeff"):
        quoted = json.dumps(SPANS).replace('"', '""')
        rows = (("text", "label"), (FILM, ""), (ADA, f'"{quoted}"'))
        path.write_text(mark + "".join("\t".join(row) + "\r\n" for row in rows), "utf-8")
        assert is_tagged(path)
        assert [one.spans for one in read_tagged(path)] == [(), RIGHT]
    for conll in ('text\tO\nlabel\tO\n"\tO\n', "", "text\n"):
        path.write_text(conll, "utf-8")
        assert not is_tagged(path)


def test_a_wrong_span_of_a_cell_is_told_with_its_line(tmp_path: Path) -> None:
    for cell, message in [
        ('[{"start": 0,', "a.csv: line 3: .*"),
        (json.dumps([{**SPANS[0], "end": 99}]), "a.csv: line 3: .*99"),
    ]:
        path = table(tmp_path, "label", [(ADA, json.dumps(SPANS)), (ADA, cell)])
        with pytest.raises(InputError, match=message):
            list(read_tagged(path))

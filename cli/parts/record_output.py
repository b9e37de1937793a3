"""Answers as records: JSON lines, a JSON array, Parquet; each with the record that it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from textrnn.cli.parts.columns import Columns, cell
from textrnn.corpora import Line, TextLine, given_names, json_line
from textrnn.corpora.texts import TAKEN, emptied
from textrnn.heads.result import INTEGER, TEXT

ANSWER = dict[str, Any]
PLACE = ("file", "line", "text", *TAKEN)


def answer_of(line: Line, found: Mapping[str, Any]) -> ANSWER:
    """An answer with the place of its text and the text; where that is none, emptied, with why."""
    place = {"file": line.source, "line": line.number, "text": line.text}
    if not isinstance(line, TextLine) or not line.error:
        return {**place, **{name: value for name, value in found.items() if name != "text"}}
    return {**place, **emptied(found, line.error), "text": line.text}


def record_of(line: Line, found: Mapping[str, Any]) -> ANSWER:
    """An answer with its place, and the fields of its record but for the text.

    Those that are called as something of the answer are called ``given_…``.
    """
    answer = answer_of(line, found)
    if not isinstance(line, TextLine) or not line.record:
        return answer
    others = line.others
    names = given_names(others, {*PLACE, *answer})
    return answer | {names[name]: value for name, value in others.items()}


def write_json_lines(records: Iterable[Mapping[str, Any]], file: TextIO) -> None:
    """A record a line."""
    for record in records:
        file.write(json_line(record) + "\n")


def write_json_array(records: Iterable[Mapping[str, Any]], file: TextIO) -> None:
    """All records in one array, each on a line of its own, as they come."""
    mark = "["
    for record in records:
        file.write(f"{mark}\n{json_line(record)}")
        mark = ","
    file.write("[]\n" if mark == "[" else "\n]\n")


def write_answers_as_parquet(
    rows: Iterator[tuple[Line, Mapping[str, Any]]],
    path: Path,
    columns: Columns,
    kinds: Mapping[str, Any],
) -> None:
    """Write a Parquet file, a row a text.

    Args:
        rows: each text with its answer.
        path: the file.
        columns: of the records' own fields.
        kinds: of an answer's columns, by name; see :mod:`textrnn.heads.result`.
    """
    from textrnn.corpora.files.writing import open_binary_output
    from textrnn.corpora.formats.parquet import ParquetColumns, arrow_schema, write_parquet

    place = {"file": TEXT, "line": INTEGER, "text": TEXT}
    answers = arrow_schema({**place, **kinds, "error": TEXT})
    own = arrow_schema({name: kind or TEXT for name, kind in columns.kinds.items()})
    types = {field.name: field.type for field in own}
    given = ParquetColumns(columns.names, types, answers, cell)
    with open_binary_output(path) as file:
        write_parquet(
            file, ((_record(line, columns), answer_of(line, found)) for line, found in rows), given
        )


def _record(line: Line, columns: Columns) -> Mapping[str, Any]:
    """What a record has beside the text, of Parquet as PyArrow holds it."""
    if isinstance(line, TextLine) and hasattr(line.record, "batch"):
        return line.record
    return dict(zip(columns.names, columns.values(line), strict=True))

"""Answers as CSV and TSV: a row a text, with the fields of its record."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, TextIO, TypeVar

from textrnn.cli.parts.columns import Columns, cell
from textrnn.corpora.texts import TAKEN

if TYPE_CHECKING:
    from textrnn.corpora import Line
    from textrnn.heads.result import Result

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # begin what spreadsheets run

R_contra = TypeVar("R_contra", bound="Result", contravariant=True)
R = TypeVar("R", bound="Result")


class CellLayout(Protocol[R_contra]):
    """How answers become cells."""

    @property
    def columns(self) -> Columns:
        """The records' own fields."""

    @property
    def is_safe(self) -> bool:
        """Whether cells that spreadsheets would run get a ' before them."""

    def names(self) -> list[str]:
        """Of the columns of an answer."""

    def answer(self, line: Line, result: R_contra) -> list[str]:
        """The cells of an answer; empty ones where there was no text."""


def write_csv(rows: Iterable[tuple[Line, R]], file: TextIO, layout: CellLayout[R]) -> None:
    """File, line, answer, text and the record's own fields, below their names."""
    writer = csv.writer(file, lineterminator="\n")
    heading = ["file", "line", *layout.names(), *_heading(layout.columns)]
    writer.writerow(_cell(layout, value) for value in heading)
    for line, result in rows:
        values = [line.source, line.number, *layout.answer(line, result)]
        values += _record(layout.columns, line, result)
        writer.writerow(_cell(layout, value) for value in values)


def write_tsv(rows: Iterable[tuple[Line, R]], file: TextIO, layout: CellLayout[R]) -> None:
    """The answer and the text; a header where there are more columns than these."""

    def write(values: Iterable[object]) -> None:
        cells = (_cell(layout, value).translate(_ESCAPES) for value in values)
        file.write("\t".join(cells) + "\n")

    columns = layout.columns
    if columns.names or columns.of_records:
        write([*layout.names(), *_heading(columns)])
    for line, result in rows:
        write([*layout.answer(line, result), *_record(columns, line, result)])


def _cell(layout: CellLayout[Any], value: object) -> str:
    text = cell(value)
    return f"'{text}" if layout.is_safe and text.startswith(_FORMULAS) else text


def _heading(columns: Columns) -> list[str]:
    """The names of the columns from the text on."""
    told = TAKEN if columns.of_records else ()
    return [columns.text, *columns.names.values(), *told]


def _record(columns: Columns, line: Line, result: Result) -> list[Any]:
    """The text and its record's own fields; of records the language and the error, too."""
    error = getattr(line, "error", "")
    told = ["" if error else result.language, error] if columns.of_records else []
    return [line.text, *columns.values(line), *told]

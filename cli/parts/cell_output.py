"""Answers as CSV and TSV: a row a text, with the fields of its record."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
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
    heading = ["file", "line", *layout.names(), *_heading(layout.columns)]
    file.write(",".join(_quoted(_cell(layout, value), ",") for value in heading) + "\n")
    for line, result in rows:
        values = [line.source, line.number, *layout.answer(line, result)]
        values += _record(layout.columns, line, result)
        file.write(",".join(_quoted(_cell(layout, value), ",") for value in values) + "\n")


def write_tsv(
    rows: Iterable[tuple[Line, R]], file: TextIO, layout: CellLayout[R], *, is_table: bool
) -> None:
    """The answer and the text; a header where there are more columns than these.

    Args:
        rows: texts and their answers.
        file: is written to.
        layout: how.
        is_table: whether what has a header is for whoever reads tables: its cells are quoted as in
            CSV, and so are all names, by which readers of ours know that quotes are no letters.
            Otherwise, and without a header, each row is a line, tabs and line ends spelled out.
    """
    columns = layout.columns
    has_header = bool(columns.names) or columns.of_records
    is_quoted = is_table and has_header
    spelled = partial(_quoted, divider="\t") if is_quoted else _spelled_out
    if has_header:
        heading = (_cell(layout, name) for name in (*layout.names(), *_heading(columns)))
        file.write("\t".join(map(_in_quotes if is_quoted else spelled, heading)) + "\n")
    for line, result in rows:
        values = [*layout.answer(line, result), *_record(columns, line, result)]
        file.write("\t".join(spelled(_cell(layout, value)) for value in values) + "\n")


def _spelled_out(cell: str) -> str:
    return cell.translate(_ESCAPES)


def _in_quotes(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def _quoted(cell: str, divider: str) -> str:
    """A cell in quotes where it needs them."""
    return _in_quotes(cell) if any(mark in cell for mark in ('"', "\r", "\n", divider)) else cell


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

"""Tables as spreadsheets and programs write them: CSV and TSV in their dialects, row by row.

The divider is found in the header: a comma, a semicolon, a tab or a bar, or what a line ``sep=;``
before it says. A cell may be quoted, with blanks around its quotes, and then hold dividers, line
ends and doubled quotes; so may a name. In TSV quotes are letters, unless the header has them around
every name, or a row has its right number of cells only with them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from textrnn.corpora.files.opening import source_name
from textrnn.corpora.files.reading import Line, read_lines
from textrnn.corpora.formats.quoting import is_open, quoted_cells, unquoted
from textrnn.corpora.formats.record import (
    LABEL_NAMES,
    TEXT_NAMES,
    Record,
    RecordOptions,
    folded_name,
)
from textrnn.errors import InputError

_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DIVIDERS = tuple(_NAMES)
OTHER_NAMES = ("id", "title", "date", "name")  # by which a header without a text is known, too
_LONG_NAME = 40  # what is longer is no name of a column
_MOST_LINES = 10  # of a header
_DIVIDER_LINE = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """The cells of a row.

    Attributes:
        cells: what they say, without quotes.
        number: the line on which the row begins, from 1.
    """

    cells: list[str]
    number: int


@dataclass(frozen=True)
class Table:
    """A table, whose rows come as they are read.

    Attributes:
        names: of the columns, trimmed; a column without a name is called by its number, as
            ``column_1``. Where there is no header, their numbers from 0.
        number: the line of the header.
        rows: those below the header, each with as many cells.
    """

    names: tuple[str, ...]
    number: int
    rows: Iterator[Row]


def read_table(
    lines: Iterator[Line], *, source: str, is_tsv: bool, known: Sequence[str], header: bool | None
) -> Table | None:
    """Read a table.

    Args:
        lines: of the file.
        source: what it is called in messages.
        is_tsv: whether tabs divide the cells.
        known: names that a header may have, folded, by which it and the divider are recognised.
        header: whether there is one; None: there is, if it has a name that is known.

    Returns:
        The table; None where the file has no line that is not blank.

    Raises:
        InputError: two columns have one name; and as the rows are read, a quote is not closed, or a
            row has more or fewer cells than the header.
    """
    lines = map(_without_zero, lines)
    first = next(lines, None)
    while first is not None and not first.text.strip():
        first = next(lines, None)
    if first is None:
        return None
    divider = ""
    if told := _DIVIDER_LINE.fullmatch(first.text):
        divider = told.group(1)
        first = next(lines, None)
        if first is None:
            return None
    begun = _whole_row(first, lines)
    header_text = "\n".join(line.text for line in begun)
    divider = divider or _divider(header_text, known, is_tsv)
    is_tsv = is_tsv and divider == "\t" and not _all_quoted(header_text)
    rows = (_tab_rows if is_tsv else _quoted_rows)(chain(begun, lines), divider)
    top = next(rows, None)
    if top is None:
        return None
    if _is_header(top.cells, known) if header is None else header:
        names = _names(top, source)
        named = max(i for i, cell in enumerate(top.cells, start=1) if cell.strip())
        return Table(names, top.number, _checked(rows, len(names), named, divider, source))
    width = len(top.cells)
    rows = _checked(chain([top], rows), width, width, divider, source, what="first row")
    return Table(tuple(map(str, range(width))), top.number, rows)


def table_records(path: str | Path, options: RecordOptions, *, is_tsv: bool) -> Iterator[Record]:
    """The rows of a file as records, their cells by the names of the columns.

    Raises:
        InputError: the file cannot be read, or as :func:`read_table`.
    """
    lines, name = read_lines(path, encoding=options.encoding), source_name(path)
    known = [folded_name(n) for n in (*TEXT_NAMES, *LABEL_NAMES, *OTHER_NAMES, *options.names)]
    table = read_table(lines, source=name, is_tsv=is_tsv, known=known, header=options.header)
    if table is not None:
        options.on_header(table.names, f"{name}: line {table.number}")
        for row in table.rows:
            yield Record(dict(zip(table.names, row.cells, strict=True)), row.number, name)


def begins_table(first: str, second: str, known: Sequence[str]) -> str:
    """``csv`` or ``tsv`` where a line is a header that has one of the names that are known beside
    others, and the line below it has as many cells; empty where they are no such lines.

    Example:
        >>> begins_table("id;text", "1;fine", ["text"]), begins_table("text", "fine", ["text"])
        ('csv', '')
    """
    known = [folded_name(name) for name in known]
    divider = _divider(first, known, is_tsv=False)
    cells = [cell.strip().strip('"') for cell in _outside_quotes(first, divider)]
    if not 1 < len(cells) == len(_outside_quotes(second, divider)) or not _is_header(cells, known):
        return ""
    return "tsv" if divider == "\t" else "csv"


def _without_zero(line: Line) -> Line:
    if "\0" in line.text:
        raise InputError(f"{line.place}: a zero byte: damaged, or no text")
    return line


def _whole_row(first: Line, lines: Iterator[Line]) -> list[Line]:
    """The lines of a row that may have line ends within quotes."""
    found, quotes = [first], first.text.count('"')
    while quotes % 2 and len(found) < _MOST_LINES and (line := next(lines, None)) is not None:
        found.append(line)
        quotes += line.text.count('"')
    return found


def _is_header(cells: Sequence[str], known: Sequence[str]) -> bool:
    return any(folded_name(cell) in known for cell in cells) and all(
        len(cell) <= _LONG_NAME and not cell.strip().isdecimal() for cell in cells
    )


def _divider(line: str, known: Sequence[str], is_tsv: bool) -> str:
    """What divides the header's cells: what gives the most names that are known, then the most
    cells, then the comma; in TSV the tab, unless only something else gives names.
    """
    if is_tsv and ("\t" in line or folded_name(line) in known):
        return "\t"
    best, most = "\t" if is_tsv else ",", (0, 0)
    for divider in DIVIDERS:
        cells = _outside_quotes(line, divider)
        names = sum(folded_name(cell.strip().strip('"')) in known for cell in cells)
        if (names, len(cells)) > most and (names or not is_tsv):
            best, most = divider, (names, len(cells))
    return best


def _outside_quotes(line: str, divider: str) -> list[str]:
    parts = line.split('"')
    parts[::2] = [part.replace(divider, "\0") for part in parts[::2]]
    return '"'.join(parts).split("\0")


def _all_quoted(line: str) -> bool:
    cells = [cell.strip() for cell in line.split("\t")]
    return all(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in cells)


def _names(top: Row, source: str) -> tuple[str, ...]:
    names = [cell.strip() or f"column_{i}" for i, cell in enumerate(top.cells, start=1)]
    place = f"{source}: line {top.number}"
    if not any(cell.strip() for cell in top.cells):
        raise InputError(f"{place}: the header is empty")
    counts = Counter(names)
    if twice := next((name for name in names if counts[name] > 1), None):
        raise InputError(f"{place}: two columns are called {twice!r}; give each a name of its own")
    return tuple(names)


def _checked(
    rows: Iterable[Row], width: int, named: int, divider: str, source: str, what: str = "header"
) -> Iterator[Row]:
    """The rows that are not blank, their cells counted.

    Some programs end a row with dividers that the header has not, or the header alone: empty cells
    behind the last column, and columns behind the last that has a name, may be there or not.
    """
    for row in rows:
        found = len(row.cells)
        if found != width:
            if found == 1 and not row.cells[0].strip():
                continue
            if named <= found < width or (found > width > 1 and not any(row.cells[width:])):
                cells = [*row.cells, *[""] * width][:width]
                yield Row(cells, row.number)
                continue
            dividers = _NAMES.get(divider, repr(divider))
            raise InputError(
                f"{source}: line {row.number}: {found} column{'' if found == 1 else 's'}; the "
                f"{what} has {width}"
                + (f": quote texts that hold {dividers}" if found > width else "")
            )
        yield row


def _quoted_rows(lines: Iterator[Line], divider: str) -> Iterator[Row]:
    for line in lines:
        if '"' in line.text:
            yield Row(quoted_cells(line, lines, divider), line.number)
        elif line.text.strip() or divider in line.text:
            yield Row(line.text.split(divider), line.number)


def _tab_rows(lines: Iterator[Line], divider: str) -> Iterator[Row]:
    """Rows whose quotes are letters, unless only with them they are as wide as the first."""
    width, again = 0, _Again(lines)
    for line in again:
        if not line.text:
            continue
        cells = line.text.split(divider)
        expected = width or len(cells)
        if '"' in line.text:
            strange = len(cells) != expected and any(cell.startswith('"') for cell in cells)
            if strange or (is_open(cells[-1]) and again.peek_width(divider) not in (0, expected)):
                cells = quoted_cells(line, again, divider)
            else:
                cells = [unquoted(cell) for cell in cells]
        width = width or len(cells)
        yield Row(cells, line.number)


class _Again(Iterator[Line]):
    """Lines, of which the next can be looked at."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._next: Line | None = None

    def __next__(self) -> Line:
        line, self._next = self._next, None
        return next(self._lines) if line is None else line

    def peek_width(self, divider: str) -> int:
        """How many cells the next line has; 0 at the end."""
        self._next = self._next or next(self._lines, None)
        return 0 if self._next is None else self._next.text.count(divider) + 1

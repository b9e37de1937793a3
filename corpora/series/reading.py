"""Series from files and from what Python holds: arrays, lists, frames of pandas and Polars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from textrnn.corpora.files.opening import source_name
from textrnn.corpora.formats.record import Record
from textrnn.corpora.formats.records import read_records, record_format
from textrnn.corpora.in_memory import given_records
from textrnn.corpora.series.columns import FoundColumns, find_columns
from textrnn.corpora.series.gaps import filled, in_order, on_steps
from textrnn.corpora.series.numbers import is_number, read_numbers
from textrnn.corpora.series.options import SeriesOptions
from textrnn.corpora.series.rows import Rows
from textrnn.corpora.series.series import Series
from textrnn.corpora.series.times import is_time, read_times
from textrnn.errors import InputError

OnNote = Callable[[str], None]
VALUE = "value"  # the column of numbers that have no name


def _unheard(line: str) -> None:
    """For whoever does not ask for notes."""


def read_series(
    file: str | Path,
    options: SeriesOptions | None = None,
    *,
    form: str | None = None,
    encoding: str = "utf-8",
    on_note: OnNote = _unheard,
) -> list[Series]:
    """The series of a file: CSV, TSV, JSON lines, JSON or Parquet, packed or not, a step a row.

    Args:
        file: its path, or ``-``.
        options: which columns are read, and how.
        form: one of RECORD_FORMATS; by default what the ending tells, or else CSV. A table's first
            row is its header, unless it holds numbers and times alone.
        encoding: of the file.
        on_note: told in a line which columns were found that no option names.

    Returns:
        A series, or of each group one, in the order in which they come up.

    Raises:
        InputError: the file cannot be read; a column is missing; a cell is no number or no time;
            times are doubled, not in order or out of step; there are gaps, and the options do not
            say how to fill them. The message names row and column.
        ConfigurationError: there is no such way to fill gaps.
    """
    options = options or SeriesOptions()
    return _series(read_rows(file, options, form=form, encoding=encoding), options, on_note)


def read_rows(
    file: str | Path, options: SeriesOptions, *, form: str | None = None, encoding: str = "utf-8"
) -> Rows:
    """The rows of a file of series, whatever their cells hold; see :func:`read_series`.

    Raises:
        InputError: the file cannot be read, or has no rows.
    """
    header: list[str] = []
    records = read_records(
        file,
        form=form or record_format(file) or "csv",
        encoding=encoding,
        names=[name for name in (options.time, options.group, *options.targets) if name],
        on_header=lambda names, place: header.extend(names),
    )
    rows = _rows(records, source_name(file))
    if header and form != "parquet" and all(is_number(name) or is_time(name) for name in header):
        rows = _with_header(rows, header)
    return rows


def given_series(
    data: Any,
    options: SeriesOptions | None = None,
    *,
    name: str = "series",
    on_note: OnNote = _unheard,
) -> list[Series]:
    """The series of what Python holds.

    Args:
        data: a series or several; numbers in a list or an array, (T,) or (T, C); or a table
            with a step a row: a frame of pandas or Polars, whose index may be the time, an Arrow
            table, a dictionary of columns, a list of dictionaries.
        options: which columns are read, and how.
        name: what messages call the data.
        on_note: as for files.

    Raises:
        InputError: it is nothing of these; otherwise as :func:`read_series`.

    Example:
        >>> given_series([1, 2.5, 4])[0].values.tolist()
        [[1.0], [2.5], [4.0]]
    """
    refuse_path(data, name)
    if isinstance(data, Series):
        return [data]
    if isinstance(data, Iterator):
        data = list(data)
    if isinstance(data, list | tuple) and data and all(isinstance(one, Series) for one in data):
        return list(data)
    options = options or SeriesOptions()
    if _is_array(data):
        data = _columns_of(data, name)
    elif hasattr(data, "reset_index"):  # pandas
        if getattr(data.index.dtype, "kind", "") == "M":
            data = data.reset_index()
            options = replace(options, time=str(data.columns[0]))
        elif data.ndim == 1:
            data = data.to_frame()
    elif hasattr(data, "to_frame"):  # a series of Polars
        data = data.to_frame()
    records = (record for record, _ in given_records(data, name))
    return _series(_rows(records, name), options, on_note)


def refuse_path(data: Any, name: str = "series") -> None:
    """See that data is no path, which :func:`read_series` reads.

    Raises:
        InputError: it is one.
    """
    if isinstance(data, str | Path):
        raise InputError(
            f"{name}: received the path {str(data)!r}; textrnn.corpora.read_series reads it"
        )


def is_nameless(data: Any) -> bool:
    """Whether data is numbers in columns without names: an array, a list, a column of a frame."""
    is_column = hasattr(data, "to_frame") and getattr(data, "ndim", 1) == 1
    return is_column or _is_array(data)


def _is_array(data: Any) -> bool:
    """Whether data is numbers without names: an array, or a list of numbers or of lists."""
    if isinstance(data, list | tuple):
        return bool(data) and not isinstance(data[0], Mapping | Series)
    return isinstance(data, np.ndarray)


def _columns_of(data: Any, name: str) -> dict[str, list[Any]]:
    """Numbers by column: one is called ``value``, of several each by its number."""
    try:
        values = np.asarray(data, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name}: expected numbers; {error}") from error
    if values.ndim == 1:
        return {VALUE: values.tolist()}
    if values.ndim != 2:
        raise InputError(
            f"{name}: expected numbers (steps,) or (steps, columns), received {values.ndim} axes"
        )
    return {str(number): column.tolist() for number, column in enumerate(values.T)}


def _rows(records: Iterable[Record], source: str) -> Rows:
    """The rows of records, by the columns that the first of them has; empty ones at the end, as
    spreadsheets write them, are none.
    """
    cells: dict[str, list[Any]] = {}
    numbers, unit, filled = list[int](), "line", 0
    for record in records:
        if not cells:
            unit, cells = record.unit, {str(name): [] for name in record.fields}
        found = [record.fields.get(name) for name in cells]
        numbers.append(record.number)
        for column, cell in zip(cells.values(), found, strict=True):
            column.append(cell)
        if any(cell != "" for cell in found):
            filled = len(numbers)
    if not filled:
        raise InputError(f"{source}: there are no rows")
    return Rows(source, unit, numbers[:filled], {n: column[:filled] for n, column in cells.items()})


def _with_header(rows: Rows, header: Sequence[str]) -> Rows:
    """The rows of a table without a header, of which the first was taken for it: columns are called
    by their number from 0, and a single one ``value``.
    """
    names = [VALUE] if len(header) == 1 else [str(number) for number in range(len(header))]
    columns = zip(header, rows.cells.values(), strict=True)
    cells = {name: [top, *column] for name, (top, column) in zip(names, columns, strict=True)}
    return Rows(rows.source, rows.unit, [max(1, rows.numbers[0] - 1), *rows.numbers], cells)


def _series(rows: Rows, options: SeriesOptions, on_note: OnNote) -> list[Series]:
    columns = find_columns(rows, options, on_note)
    if columns.group is None:
        return [_one_series(rows, columns, options, "")]
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(rows.cells[columns.group]):
        places.setdefault(str(cell), []).append(place)
    return [
        _one_series(rows.taken(taken), columns, options, name) for name, taken in places.items()
    ]


def _one_series(rows: Rows, columns: FoundColumns, options: SeriesOptions, name: str) -> Series:
    names = (*columns.targets, *columns.features)
    values = read_numbers(rows, names, decimal=options.decimal)
    if columns.time is None:
        laid = in_order(rows, names, values)
    else:
        laid = on_steps(rows, names, values, read_times(rows, columns.time))
    laid = filled(laid, options.missing, name)
    return Series(
        tuple(" ".join(name.split()) for name in names),
        len(columns.targets),
        laid.values,
        laid.times,
        laid.step,
        name,
        columns.time or "",
        columns.group or "",
        rows.source,
    )

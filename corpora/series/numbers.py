"""The numbers in a table's cells, as spreadsheets of any country write them.

A file is written in one way: ``1,234.5`` or ``1.234,5``. Which one it is shows in those cells that
can be read in one way alone; where there is none, the user is asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.series.options import DECIMALS
from textrnn.corpora.series.rows import Rows
from textrnn.errors import InputError

GAPS = ("", "na", "n/a", "#n/a", "nan", "null", "none", "nat", "-", "?")  # in whatever letters
_MOST = 1e30  # beyond, squares overflow
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_BLANKS = "[ '’\u00a0\u202f]"
_WRITTEN = {
    decimal: re.compile(
        rf"[+-]?(?=\{decimal}?\d)(\d+|[1-9]\d{{0,2}}(({_BLANKS}|\{group})\d{{3}})+)?"
        rf"(\{decimal}\d*)?([eE][+-]?\d+)?"
    )
    for decimal, group in ((".", ","), (",", "."))
}
_GROUPING = {
    decimal: re.compile(f"{_BLANKS}|\\{group}") for decimal, group in ((".", ","), (",", "."))
}


def is_gap(cell: Any) -> bool:
    """Whether a cell holds no number because there is none."""
    if isinstance(cell, str):
        return cell.strip().casefold() in GAPS
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def is_number(cell: Any) -> bool:
    """Whether a cell holds a number in some way of writing, or nothing."""
    if is_gap(cell):
        return True
    if isinstance(cell, str):
        return any(_is_written(cell, decimal) for decimal in DECIMALS)
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def read_numbers(
    rows: Rows, names: Sequence[str], *, decimal: str | None = None
) -> NDArray[np.float64]:
    """The numbers of some columns.

    Args:
        rows: of the table.
        names: of the columns.
        decimal: what divides wholes from parts, ``.`` or ``,``; by default what the cells show.

    Returns:
        An array (rows, columns); NaN where a cell holds none.

    Raises:
        InputError: a cell holds something else, or the way of writing is unclear; the message
            names row and column.
    """
    decimal = decimal or _decimal(rows, names)
    values = np.full((len(rows), len(names)), np.nan)
    for column, name in enumerate(names):
        if decimal == "." and (plain := _plain_numbers(rows.cells[name])) is not None:
            values[:, column] = plain
            continue
        for row, cell in enumerate(rows.cells[name]):
            if not is_gap(cell):
                values[row, column] = _number(cell, decimal, rows, row, name)
    return values


def _plain_numbers(cells: Sequence[Any]) -> NDArray[np.float64] | None:
    """The numbers of a column that holds nothing else, in no time; None where it does."""
    if not {str, int, float}.issuperset(map(type, cells)) or "_" in "".join(map(str, cells)):
        return None
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))
    except (ValueError, OverflowError):
        return None
    return values if np.abs(values).max(initial=0.0) <= _MOST else None


def _number(cell: Any, decimal: str, rows: Rows, row: int, name: str) -> float:
    """The number of a cell that holds something."""
    value = math.nan
    if isinstance(cell, str):
        text = cell.strip().replace("−", "-")
        if decimal == "." and _PLAIN.fullmatch(text):
            value = float(text)
        elif _is_written(text, decimal):
            value = float(_GROUPING[decimal].sub("", text).replace(",", "."))
    elif isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        value = float(cell)
    if not abs(value) <= _MOST:
        raise InputError(
            f"{rows.place(row)}: {name}: {cell!r:.60} is no number"
            + (" that can be reckoned with" if math.isfinite(value) else "")
        )
    return value


def _is_written(text: str, decimal: str) -> bool:
    text = text.strip().replace("−", "-")
    return bool(_WRITTEN[decimal].fullmatch(text))


def _decimal(rows: Rows, names: Sequence[str]) -> str:
    """What divides wholes from parts, by the cells that can be read in one way alone.

    Raises:
        InputError: some cells can be read in two ways, and none tells which one; or they differ.
    """
    commas = [
        (cell, rows.place(row), name)
        for name in names
        for row, cell in enumerate(rows.cells[name])
        if isinstance(cell, str) and "," in cell and is_number(cell)
    ]
    if not commas:
        return "."
    shown = {decimal: found for cell, *where in (*commas, *_points(rows, names))
             if (decimal := _only_decimal(cell)) and (found := (cell, *where))}  # fmt: skip
    if len(shown) == 1:
        return next(iter(shown))
    if shown:
        (one, place, name), (other, *_) = shown[","], shown["."]
        raise InputError(
            f"{place}: {name}: {one!r:.40} has a decimal comma, {other!r:.40} a decimal point; "
            "write all numbers in one way"
        )
    cell, place, name = commas[0]
    raise InputError(
        f"{place}: {name}: {cell!r:.40} may have a decimal comma or one between thousands; say "
        "which with decimal=',' or decimal='.'"
    )


def _points(rows: Rows, names: Sequence[str]) -> Iterator[tuple[Any, str, str]]:
    """The cells that have a point."""
    for name in names:
        for row, cell in enumerate(rows.cells[name]):
            if isinstance(cell, str) and "." in cell:
                yield cell, rows.place(row), name


def _only_decimal(cell: str) -> str:
    """The decimal mark with which alone a cell is a number; empty where both will do, or none."""
    able = [decimal for decimal in DECIMALS if _is_written(cell, decimal)]
    return able[0] if len(able) == 1 else ""

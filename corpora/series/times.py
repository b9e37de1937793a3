"""The times in a table's cells: ISO 8601 and what else spreadsheets and programs write.

Days before or after months (``3/4/2020``) are told apart by the whole column; where both fit, the
user is asked to write them otherwise. Times of one offset from UTC stay as the clock there shows
them; where offsets differ, as of summer and winter, they become times in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np

from textrnn.corpora.series.rows import Rows
from textrnn.corpora.series.steps import Times
from textrnn.errors import InputError

_ISO = re.compile(r"\d{4}-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?)?")  # NumPy reads these
_CLOCK = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r" ?(?P<half>[AaPp][Mm])?)?"
    r"(?: ?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
)
_DATES = (
    r"(?P<year>\d{4})(?:(?P<mark>[-/.])(?P<month>\d{1,2})(?:(?P=mark)(?P<day>\d{1,2}))?)?",
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    r"(?P<year>\d{4})[- ]?Q(?P<quarter>[1-4])",
    r"(?P<year>\d{4})年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?)?",
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    r"(?P<day>\d{1,2})(?P<mark>[-/ ])(?P<name>[A-Za-z]{3,9})\.?,?(?P=mark)(?P<year>\d{4})",
    r"(?P<name>[A-Za-z]{3,9})\.?[- /](?:(?P<day>\d{1,2}),? )?(?P<year>\d{4})",
    r"(?P<first>\d{1,2})(?P<mark>[-/])(?P<second_number>\d{1,2})(?P=mark)(?P<year>\d{4})",
)
_PATTERNS = [re.compile(one + _CLOCK) for one in _DATES]
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH = datetime(1970, 1, 1)
_YEARS = range(1000, 3000)  # a whole number that is a year
_SECONDS, _MILLISECONDS = 10**8, 10**11  # since 1970, from 1973 on

DAY_FIRST, MONTH_FIRST = "day first", "month first"


def read_times(rows: Rows, name: str) -> Times:
    """The times of a column.

    Args:
        rows: of the table.
        name: of the column.

    Raises:
        InputError: a cell holds no time, or days and months cannot be told apart; the message names
            row and column.
    """
    cells = rows.cells[name]
    if all(isinstance(cell, str) and _ISO.fullmatch(cell) for cell in cells):
        try:
            return np.array(cells, "datetime64[us]")
        except ValueError:  # the 31st of June: found below
            pass
    order = _order(cells, rows, name)
    times = [
        _time(cell, order) or _refuse(cell, rows.place(row), name) for row, cell in enumerate(cells)
    ]
    zoned = [time.tzinfo is not None for time in times]
    if any(zoned) and not all(zoned):
        bare = zoned.index(False)
        raise InputError(
            f"{rows.place(bare)}: {name}: {cells[bare]!r:.60} has no offset from UTC, and other "
            "times have one"
        )
    if len({time.utcoffset() for time in times}) > 1:
        times = [time.astimezone(timezone.utc) for time in times]
    return np.array([time.replace(tzinfo=None) for time in times], "datetime64[us]")


def is_time(cell: Any) -> bool:
    """Whether a cell holds a time, in some way of writing."""
    return any(_time(cell, order) is not None for order in (DAY_FIRST, MONTH_FIRST))


def _refuse(cell: Any, place: str, name: str) -> datetime:
    raise InputError(f"{place}: {name}: {cell!r:.60} is no time, as 2020-01-31 or 2020-01-31 14:00")


def _order(cells: Sequence[Any], rows: Rows, name: str) -> str:
    """Which of day and month comes first in ``3/4/2020``.

    Raises:
        InputError: both could.
    """
    halves = [match for cell in cells if isinstance(cell, str)
              and (match := _PATTERNS[-1].fullmatch(cell.strip()))]  # fmt: skip
    if not halves:
        return DAY_FIRST
    firsts, seconds = ({int(half[key]) for half in halves} for key in ("first", "second_number"))
    if max(firsts) <= 12 and max(seconds) <= 12:
        cell = halves[0].string
        raise InputError(
            f"{rows.source}: {name}: {cell!r:.60} may begin with its day or its month, and no row "
            "tells which; write dates as 2020-01-31"
        )
    return DAY_FIRST if max(firsts) > 12 else MONTH_FIRST


def _time(cell: Any, order: str) -> datetime | None:
    """The time in a cell; None where it holds none."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip() if isinstance(cell, str | int) and not isinstance(cell, bool) else ""
    if text.isascii() and text.isdecimal() and len(text) != 8:
        return _counted(int(text)) if len(text) < 15 else None
    for pattern in _PATTERNS:
        if match := pattern.fullmatch(text):
            return _dated(match.groupdict(), order)
    return None


def _counted(number: int) -> datetime | None:
    """A year, or seconds or milliseconds since 1970."""
    if number in _YEARS:
        return datetime(number, 1, 1)
    if number < _SECONDS:
        return None
    seconds = number if number < _MILLISECONDS else number / 1000
    return _EPOCH + timedelta(seconds=seconds)


def _dated(found: Mapping[str, str | None], order: str) -> datetime | None:
    """The time that the parts of a text tell; None where the calendar has no such."""
    parts = {key: int(text) for key, text in found.items() if text and text.isdecimal()}
    month, day = parts.get("month", 1), parts.get("day", 1)
    if name := found.get("name"):
        month = _MONTHS.index(name[:3].lower()) + 1 if name[:3].lower() in _MONTHS else 0
    if "quarter" in parts:
        month = 3 * parts["quarter"] - 2
    if "first" in parts:
        day, month = parts["first"], parts["second_number"]
        if order == MONTH_FIRST:
            day, month = month, day
    hour = parts.get("hour", 0)
    if half := found.get("half"):
        hour = hour % 12 + (12 if half.lower() == "pm" else 0) if 1 <= hour <= 12 else 24
    microsecond = int(f"{found.get('part') or 0:0<6}"[:6])
    clock = hour, parts.get("minute", 0), parts.get("second", 0), microsecond
    try:
        return datetime(parts["year"], month, day, *clock, tzinfo=_zone(found.get("zone")))
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if not text[-1].isdecimal():
        return timezone.utc
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1))

"""The step of a series: how far its times lie apart, on the clock or in the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require, require_choice
from textrnn.counted import counted

Times = NDArray[np.datetime64]

CLOCK, BUSINESS_DAY, MONTH, MONTH_END = "microsecond", "business day", "month", "month end"
UNITS = (CLOCK, BUSINESS_DAY, MONTH, MONTH_END)
_DAY_US = 86_400_000_000
_CLOCK_UNITS = (
    ("week", 7 * _DAY_US),
    ("day", _DAY_US),
    ("hour", 3_600_000_000),
    ("minute", 60_000_000),
    ("second", 1_000_000),
    ("millisecond", 1000),
    ("microsecond", 1),
)
_SHORTEST_MONTH = 28  # days; what lies closer together is no step of months
_MOST = 0.8  # of the days that lie where a step of months has them: an odd one is named later


@dataclass(frozen=True)
class Step:
    """The distance of one time from the next.

    Attributes:
        count: how many units it is.
        unit: ``microsecond``, ``business day`` (Monday to Friday), ``month`` (the same day of
            each) or ``month end`` (the last day of each).

    Example:
        >>> str(Step(900_000_000)), str(Step(3, "month")), str(Step(1, "business day"))
        ('15 minutes', '3 months', '1 business day')
    """

    count: int = _DAY_US
    unit: str = CLOCK

    def __post_init__(self) -> None:
        require_choice("a step's unit", self.unit, UNITS)
        require(self.count > 0, f"a step's count must be above 0: {self.count}")

    def __str__(self) -> str:
        if self.unit == CLOCK:
            name, size = next(one for one in _CLOCK_UNITS if self.count % one[1] == 0)
            return counted(self.count // size, name)
        if self.unit == MONTH and self.count % 12 == 0:
            return counted(self.count // 12, "year")
        return counted(self.count, self.unit)

    def after(self, time: np.datetime64, steps: int) -> Times:
        """The times of so many steps after one: (steps,)."""
        counts = np.arange(1, steps + 1) * self.count
        day, clock = _day_and_clock(np.asarray(time, "datetime64[us]"))
        if self.unit == CLOCK:
            return _as_times(time + counts.astype("timedelta64[us]"))
        if self.unit == BUSINESS_DAY:
            return _as_times(np.busday_offset(day, counts, roll="backward") + clock)
        days = (day.astype("datetime64[M]") + counts).astype("datetime64[D]")
        last = _last_days(days)
        if self.unit == MONTH:
            last = np.minimum(last, days + (_day_of_month(day) - 1))
        return _as_times(last + clock)

    def between(self, times: Times) -> NDArray[np.int64]:
        """How many steps each time lies after the one before, (T - 1,); -1 where it lies between
        two steps.
        """
        if self.unit == CLOCK:
            distances = np.diff(times).astype(np.int64)
            is_whole = distances % self.count == 0
            return np.where(is_whole, distances // self.count, -1)
        days, clock = _day_and_clock(times)
        if self.unit == BUSINESS_DAY:
            distances = np.busday_count(days[:-1], days[1:])
            fits = np.is_busday(days)
        else:
            distances = np.diff(days.astype("datetime64[M]")).astype(np.int64)
            fits = days == (_last_days(days) if self.unit == MONTH_END else _usual_days(days))
        is_whole = (distances % self.count == 0) & fits[1:] & fits[:-1] & (clock[1:] == clock[:-1])
        return np.where(is_whole, distances // self.count, -1)

    def seasons(self) -> tuple[int, ...]:
        """How many steps the usual seasons last, a day, a week, a year, the shortest first.

        Example:
            >>> Step(3_600_000_000).seasons(), Step(1, "month").seasons()
            ((24, 168), (12,))
        """
        if self.unit == BUSINESS_DAY:
            return (5,) if self.count == 1 else ()
        if self.unit in (MONTH, MONTH_END):
            return (12 // self.count,) if 12 % self.count == 0 and self.count < 12 else ()
        found = [span // self.count for span in (_DAY_US, 7 * _DAY_US) if span % self.count == 0]
        if self.count >= _DAY_US:
            found.append(round(365.25 * _DAY_US / self.count))
        return tuple(steps for steps in found if steps > 1)


def find_step(times: Times) -> Step:
    """The step of times, each after the one before: one of the calendar where most of them fit it,
    or else the commonest distance.

    Args:
        times: at least two.

    Example:
        >>> str(find_step(np.array(["2020-01-31", "2020-02-29", "2020-03-31"], "datetime64[us]")))
        '1 month end'
    """
    days, clock = _day_and_clock(times)
    distances = np.diff(times).astype(np.int64)
    if (clock == clock[0]).all():
        if np.median(distances) >= _SHORTEST_MONTH * _DAY_US and (found := _months(days)):
            return found
        if np.is_busday(days).all() and _commonest(distances) == _DAY_US < distances.max():
            return Step(1, BUSINESS_DAY)
    return Step(_commonest(distances))


def _months(days: NDArray[Any]) -> Step | None:
    """The step in months of days of which most fit one."""
    count = _commonest(np.diff(days.astype("datetime64[M]")).astype(np.int64))
    on_day, on_last = days == _usual_days(days), days == _last_days(days)
    if count < 1 or max(on_day.mean(), on_last.mean()) < _MOST:
        return None
    is_end = on_last.mean() >= on_day.mean() and len(set(_day_of_month(days).tolist())) > 1
    return Step(count, MONTH_END if is_end else MONTH)


def _commonest(numbers: NDArray[np.int64]) -> int:
    values, counts = np.unique(numbers, return_counts=True)
    return int(values[counts.argmax()])


def _day_and_clock(times: Times) -> tuple[NDArray[Any], NDArray[Any]]:
    """Times as days, and what is left of them."""
    days = times.astype("datetime64[D]")
    return days, times - days


def _day_of_month(days: NDArray[Any]) -> NDArray[np.int64]:
    """From 1."""
    first = days.astype("datetime64[M]").astype("datetime64[D]")
    numbers: NDArray[np.int64] = (days - first).astype(np.int64) + 1
    return numbers


def _last_days(days: NDArray[Any]) -> NDArray[Any]:
    """The last day of the month of each."""
    return (days.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1


def _usual_days(days: NDArray[Any]) -> NDArray[Any]:
    """Of the month of each the day on which most lie, or the last where the month is shorter."""
    first, last = days.astype("datetime64[M]").astype("datetime64[D]"), _last_days(days)
    wanted = [np.minimum(last, first + (number - 1)) for number in np.unique(_day_of_month(days))]
    found: NDArray[Any] = max(wanted, key=lambda one: int((days == one).sum()))
    return found


def _as_times(times: NDArray[Any]) -> Times:
    return times.astype("datetime64[us]")


def shown_time(time: np.datetime64) -> str:
    """A time, as short as it can be told.

    Example:
        >>> shown_time(np.datetime64("2020-01-31T14:00", "us"))
        '2020-01-31 14:00'
    """
    return shown_times(np.array([time]))[0]


def shown_times(times: NDArray[np.datetime64]) -> list[str]:
    """Times of one column: all with the parts that one of them needs.

    Example:
        >>> shown_times(np.array(["2020-01-31T23:00", "2020-02-01T00:00"], "datetime64[us]"))
        ['2020-01-31 23:00', '2020-02-01 00:00']
    """
    units = ("D", "m", "s", "ms", "us")
    unit = next(unit for unit in units if (times == times.astype(f"datetime64[{unit}]")).all())
    return [str(time).replace("T", " ") for time in times.astype(f"datetime64[{unit}]")]

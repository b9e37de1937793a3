"""A series laid on its steps, and what is missing there: rows and numbers, named or filled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require_choice
from textrnn.corpora.series.options import ERROR, FILLINGS, INTERPOLATE, PREVIOUS
from textrnn.corpora.series.rows import Rows
from textrnn.corpora.series.steps import Step, Times, find_step, shown_time
from textrnn.counted import counted
from textrnn.errors import InputError

_MOST_STEPS = 20  # for each row: a series of more is next to nothing but gaps


@dataclass(frozen=True, eq=False)
class LaidRows:
    """The rows of a series, each on its step.

    Letters: R rows, T steps from the first row to the last, C columns.

    Attributes:
        rows: of the table.
        columns: the names of the columns.
        values: (T, C); NaN where there is no row, or no number in it.
        places: the step of each row, (R,).
        times: of the steps, (T,); None where only the order of the rows is known.
        step: the distance of one time from the next.
    """

    rows: Rows
    columns: tuple[str, ...]
    values: NDArray[np.float64]
    places: NDArray[np.int64]
    times: Times | None = None
    step: Step | None = None


def in_order(rows: Rows, columns: tuple[str, ...], values: NDArray[np.float64]) -> LaidRows:
    """Rows without times, one a step."""
    return LaidRows(rows, columns, values, np.arange(len(rows)))


def on_steps(
    rows: Rows, columns: tuple[str, ...], values: NDArray[np.float64], times: Times
) -> LaidRows:
    """Rows at times, (R,), which must lie on steps of one length.

    Raises:
        InputError: there is one row alone, a time is not after the one before, or lies between two
            steps; the message names the row.
    """
    if len(rows) < 2:
        raise InputError(f"{rows.place(0)}: a series of one row has no step; it needs two at least")
    _check_order(rows, times)
    step = find_step(times)
    distances = step.between(times)
    if (distances < 1).any():
        row = int(np.argmax(distances < 1)) + 1
        raise InputError(
            f"{rows.place(row)}: {shown_time(times[row])} comes after {shown_time(times[row - 1])} "
            f"in {rows.unit} {rows.numbers[row - 1]:,}; expected steps of {step}, as most are"
        )
    places = np.concatenate([[0], np.cumsum(distances)])
    total = int(places[-1]) + 1
    if total > _MOST_STEPS * len(rows):
        row = int(distances.argmax()) + 1
        raise InputError(
            f"{rows.place(row)}: {distances.max():,} steps of {step} after the row before: "
            "too many to fill"
        )
    laid = np.full((total, values.shape[1]), np.nan)
    laid[places] = values
    every = np.concatenate([times[:1], step.after(times[0], total - 1)])
    every[places] = times
    return LaidRows(rows, columns, laid, places, every, step)


def _check_order(rows: Rows, times: Times) -> None:
    """See that each time is later than the one before."""
    is_later = times[1:] > times[:-1]
    if is_later.all():
        return
    row = int(is_later.argmin()) + 1
    place, before = rows.place(row), f"{rows.unit} {rows.numbers[row - 1]:,}"
    if times[row] == times[row - 1]:
        raise InputError(
            f"{place}: {shown_time(times[row])} is the time of {before} too; where the file holds "
            "several series, name the column that tells them apart with group=…"
        )
    raise InputError(
        f"{place}: {shown_time(times[row])} is earlier than {shown_time(times[row - 1])} in "
        f"{before}; sort the rows by time, the oldest first, or name the column that tells several "
        "series apart with group=…"
    )


def filled(laid: LaidRows, missing: str, group: str = "") -> LaidRows:
    """The same without gaps.

    Args:
        laid: the rows.
        missing: ``error`` refuses gaps; ``interpolate`` draws a straight line between the numbers
            on both sides, and at the ends goes on with the nearest; ``previous`` repeats the last.
        group: whose rows they are, where there are several.

    Raises:
        InputError: there are gaps, and they are refused, or cannot be filled so.
    """
    require_choice("missing", missing, FILLINGS)
    if not np.isnan(laid.values).any():
        return laid
    if missing == ERROR:
        raise InputError(_first_gap(laid, group))
    fill = _interpolated if missing == INTERPOLATE else _repeated
    values = laid.values.copy()
    for number, name in enumerate(laid.columns):
        known = np.flatnonzero(~np.isnan(values[:, number]))
        if not len(known):
            raise InputError(f"{laid.rows.source}: there is no number under {name}")
        if missing == PREVIOUS and known[0]:
            raise InputError(
                f"{laid.rows.place(0)}: no number under {name}, and none before it to repeat; fill "
                "gaps with missing='interpolate'"
            )
        values[:, number] = fill(values[:, number], known)
    return replace(laid, values=values)


def _interpolated(column: NDArray[np.float64], known: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.interp(np.arange(len(column)), known, column[known])


def _repeated(column: NDArray[np.float64], known: NDArray[np.intp]) -> NDArray[np.float64]:
    last = np.searchsorted(known, np.arange(len(column)), side="right") - 1
    return column[known[last]]


def _first_gap(laid: LaidRows, group: str) -> str:
    """Where the first gap is, and how many there are."""
    gaps = np.isnan(laid.values)
    step = int(gaps.any(axis=1).argmax())
    row = int(np.searchsorted(laid.places, step))
    lost = len(laid.values) - len(laid.rows)
    if laid.times is not None and laid.places[row] > step:
        run = int(laid.places[row]) - step
        what = f"{counted(run, 'row')} missing before it, from {shown_time(laid.times[step])} on"
    else:
        what = f"no number under {laid.columns[int(gaps[step].argmax())]}"
    of_group = f" of {group}" if group else ""
    return (
        f"{laid.rows.place(row)}: {what} (missing in all{of_group}: {counted(lost, 'row')}, "
        f"{counted(int(gaps.sum()) - lost * len(laid.columns), 'other number')}); fill gaps with "
        "missing='interpolate' or missing='previous'"
    )

"""What ruins a forecaster's training: times out of step, cells without numbers, odd columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.checks.findings import EXAMPLES, CheckReport, Finding, make_report
from textrnn.corpora.series.columns import time_and_group
from textrnn.corpora.series.numbers import is_gap, is_number, read_numbers
from textrnn.corpora.series.options import SeriesOptions
from textrnn.corpora.series.reading import read_rows
from textrnn.corpora.series.rows import Rows
from textrnn.corpora.series.steps import Times, find_step, shown_time
from textrnn.corpora.series.times import is_time, read_times
from textrnn.counted import counted
from textrnn.errors import InputError

Parts = Collection[Sequence[int]]  # of a table's rows, the places of each series' own

_EXTREME = 10.0  # times as far from the median as the quarters of a column lie apart
_MOSTLY = 0.5  # of a column's cells, that make it one of numbers
_FIRST_CELLS = 10  # of a column, that may be wrong and it still be found to be the time's
_FILLED = "missing='interpolate' or missing='previous' fills them"
_MESSAGES = {  # the gravest first
    "no columns": "no column holds numbers",
    "no times": "cells of the time that hold none",
    "unclear": "cells that cannot be read as they are: their columns were not looked at further",
    "repeated times": "times that came before: where the file holds several series, name the "
    "column that tells them apart with group=…",
    "order": "times before that of the row above: sort the rows by time",
    "uneven steps": "times that do not lie on the step of the others",
    "gaps": f"rows that are missing; {_FILLED}",
    "no numbers": "cells that hold something else: mend or empty them",
    "missing numbers": f"cells without a number; {_FILLED}",
    "constant columns": "columns of one number: there is nothing to learn from them",
    "extreme numbers": f"more than {_EXTREME:g} times as far from the column's median as its "
    "quarters lie apart: see whether they were measured",
}


def check_series(
    file: str | Path,
    options: SeriesOptions | None = None,
    *,
    form: str | None = None,
    encoding: str = "utf-8",
) -> CheckReport:
    """Check a table of numbers, a step a row.

    Args:
        file: its path, or ``-``.
        options: its columns of time and group, and how numbers are written; the columns that are
            checked are its targets and features, or else those that mostly hold numbers.
        form: as :func:`textrnn.corpora.read_series` has it, like ``encoding``.

    Returns:
        A report whose labels are the columns, each with how many numbers it has.

    Raises:
        InputError: the file cannot be read, or has no rows or no such column.
    """
    options = options or SeriesOptions()
    rows = read_rows(file, options, form=form, encoding=encoding)
    time, group = time_and_group(rows, options)
    for first in range(1, min(len(rows), _FIRST_CELLS)):  # they may be what is wrong
        if time is None:
            time, _ = time_and_group(rows.taken(range(first, len(rows))), options)
    names = (*options.targets, *options.features) or tuple(
        name for name in rows.cells if name not in (time, group) and _has_numbers(rows.cells[name])
    )
    check, parts = _Check(), _parts(rows, group)
    for part in parts if time is not None else ():
        check.times(rows.taken(part), str(time))
    clean = check.cells(rows, names)
    check.numbers(clean, names, parts, options.decimal)
    labels = {name: sum(cell != "" for cell in clean.cells[name]) for name in names}
    return make_report(str(file), len(rows), labels, check.found.values(), unit="row")


def _has_numbers(cells: Sequence[Any]) -> bool:
    filled = [is_number(cell) for cell in cells if not is_gap(cell)]
    return sum(filled) > _MOSTLY * len(filled)


def _parts(rows: Rows, group: str | None) -> Parts:
    """The places of each series' rows, in the order in which they come up."""
    if group is None:
        return [range(len(rows))]
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(rows.cells[group]):
        places.setdefault(str(cell), []).append(place)
    return places.values()


class _Check:
    """The findings on the way through the series of a table."""

    def __init__(self) -> None:
        self.found = {kind: Finding(kind, message) for kind, message in _MESSAGES.items()}

    def _note(self, kind: str, places: Iterable[int], tell: Callable[[int], str]) -> None:
        """Count some places, and tell of the first ones."""
        finding = self.found[kind]
        for place in places:
            finding.count += 1
            if len(finding.examples) < EXAMPLES:
                finding.examples.append(tell(int(place)))

    def times(self, rows: Rows, name: str) -> None:
        """Check the times of a series."""
        cells = rows.cells[name]
        try:
            times = read_times(rows, name)
        except InputError:
            bad = [row for row, cell in enumerate(cells) if not is_time(cell)]
            self._note("no times", bad, lambda row: f"{rows.numbers[row]}: {cells[row]!r:.60}")
            rows = rows.taken([row for row, cell in enumerate(cells) if is_time(cell)])
            try:
                times = read_times(rows, name)
            except InputError as error:
                self._note("unclear", [0], [str(error)].__getitem__)
                return
        self._order(rows, times)

    def _order(self, rows: Rows, times: Times) -> None:
        """See that the times of rows go on in steps of one length."""
        lines = rows.numbers

        def earlier(row: int) -> str:
            return f"{lines[row]}: {shown_time(times[row])} after {shown_time(times[row - 1])}"

        self._note("order", np.flatnonzero(times[1:] < times[:-1]) + 1, earlier)
        known, first, which = np.unique(times, return_index=True, return_inverse=True)
        again = np.flatnonzero(first[which] != np.arange(len(times)))
        self._note("repeated times", again, lambda row: (
            f"{lines[row]}: {shown_time(times[row])} as in {lines[first[which[row]]]}"
        ))  # fmt: skip
        if len(known) < 2:
            return
        step = find_step(known)
        steps = step.between(known)
        self._note("uneven steps", np.flatnonzero(steps < 1) + 1, lambda at: (
            f"{lines[first[at]]}: {shown_time(known[at])} after {shown_time(known[at - 1])}, "
            f"in steps of {step}"
        ))  # fmt: skip
        self._note("gaps", np.flatnonzero(steps > 1) + 1, lambda at: (
            f"{lines[first[at]]}: {counted(int(steps[at - 1]) - 1, 'row')} missing before it, from "
            f"{shown_time(step.after(known[at - 1], 1)[0])} on"
        ))  # fmt: skip
        self.found["gaps"].count += int((steps[steps > 1] - 2).sum())

    def cells(self, rows: Rows, names: Sequence[str]) -> Rows:
        """Check the cells of some columns; the rows without those that hold no number."""
        self.found["no columns"].count += not names
        clean = dict(rows.cells)
        for name in names:
            cells = rows.cells[name]
            gaps = [row for row, cell in enumerate(cells) if is_gap(cell)]
            odd = [row for row, cell in enumerate(cells) if not is_number(cell)]
            for kind, places in (("missing numbers", gaps), ("no numbers", odd)):
                finding = self.found[kind]
                cell = f" {cells[places[0]]!r:.60}" if kind == "no numbers" and places else ""
                in_all = f" ({len(places):,} in all)" if len(places) > 1 else ""
                told = [f"{rows.numbers[row]}: {name}{cell}{in_all}" for row in places[:1]]
                finding.count += len(places)
                finding.examples = [*finding.examples, *told][:EXAMPLES]
            empty = {*gaps, *odd}
            clean[name] = ["" if row in empty else cell for row, cell in enumerate(cells)]
        return Rows(rows.source, rows.unit, rows.numbers, clean)

    def numbers(self, rows: Rows, names: Sequence[str], parts: Parts, decimal: str | None) -> None:
        """Check the numbers of some columns, in parts of the rows that are a series each."""
        try:
            values = read_numbers(rows, names, decimal=decimal)
        except InputError as error:
            self._note("unclear", [0], [str(error)].__getitem__)
            return
        for name, column in zip(names, values.T, strict=True):
            known = column[~np.isnan(column)]
            if len(known) > 1 and (known == known[0]).all():
                self.found["constant columns"].add(name, f"{known[0]:g}")
            for part in parts:
                self._far([rows.numbers[at] for at in part], name, column[np.asarray(part)])

    def _far(self, lines: Sequence[int], name: str, values: NDArray[np.float64]) -> None:
        """Find the numbers that lie far from the others of a series."""
        known = values[~np.isnan(values)]
        if not len(known):
            return
        low, middle, high = np.percentile(known, [25, 50, 75])
        if low == high:
            return
        far = np.flatnonzero(np.abs(values - middle) > _EXTREME * (high - low))
        half = f"half lie from {low:g} to {high:g}"
        self._note("extreme numbers", far, lambda i: f"{lines[i]}: {name} {values[i]:g}; {half}")

"""Which columns of a table are the time, the targets, the features and the group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textrnn.corpora.formats.record import field_name, folded_name, shown_names
from textrnn.corpora.series.numbers import is_gap, is_number
from textrnn.corpora.series.options import SeriesOptions
from textrnn.corpora.series.rows import Rows
from textrnn.corpora.series.times import is_time
from textrnn.errors import InputError

TIME_NAMES = ("time", "date", "datetime", "timestamp", "ds", "year", "quarter", "month", "week",
              "day")  # fmt: skip


@dataclass(frozen=True)
class FoundColumns:
    """The names of columns as a table has them; see :class:`SeriesOptions`."""

    time: str | None
    targets: tuple[str, ...]
    features: tuple[str, ...]
    group: str | None


def find_columns(
    rows: Rows, options: SeriesOptions, on_note: Callable[[str], None]
) -> FoundColumns:
    """The columns that the options name, or the usual ones.

    Args:
        rows: of the table.
        options: the names.
        on_note: told in a line what was found that no option names.

    Raises:
        InputError: there is no column of a name, one is named twice, or none holds numbers.
    """
    time, group = time_and_group(rows, options)
    features = tuple(_named(rows, name) for name in options.features)
    targets = tuple(_named(rows, name) for name in options.targets)
    taken = [name for name in (time, group, *features, *targets) if name is not None]
    if twice := next((name for name in taken if taken.count(name) > 1), None):
        raise InputError(f"{rows.source}: the column {twice!r} is named for two purposes")
    if not targets:
        targets = tuple(n for n in rows.cells if n not in taken and _holds_numbers(rows.cells[n]))
        if not targets:
            raise InputError(
                f"{rows.source}: no column holds numbers alone; there are: "
                f"{shown_names(rows.cells)}; name what to forecast with targets=…"
            )
        when = "rows in their order" if time is None else f"times under {time}"
        on_note(f"{rows.source}: {when}, to forecast: {shown_names(targets)}")
    return FoundColumns(time, targets, features, group)


def time_and_group(rows: Rows, options: SeriesOptions) -> tuple[str | None, str | None]:
    """The columns of the time and of the group, where there are some.

    Raises:
        InputError: there is no column of a name.
    """
    time = _found(rows, options.time, options.optional) or _time_column(rows)
    return time, _found(rows, options.group, options.optional)


def _found(rows: Rows, wanted: str | None, optional: Sequence[str]) -> str | None:
    """The column of a name; None where nothing is wanted, or what may be missing is."""
    if wanted is None or (wanted in optional and field_name(rows.cells, wanted) is None):
        return None
    return _named(rows, wanted)


def _named(rows: Rows, wanted: str) -> str:
    found = field_name(rows.cells, wanted)
    if found is None:
        raise InputError(
            f"{rows.source}: no column {wanted!r:.80}; there are: {shown_names(rows.cells)}"
        )
    alike = [name for name in rows.cells if folded_name(name) == folded_name(wanted)]
    if wanted not in alike and len(alike) > 1:
        raise InputError(
            f"{rows.source}: the column {wanted!r:.80} may be any of {shown_names(alike)}; name one"
            " of these"
        )
    return found


def _time_column(rows: Rows) -> str | None:
    """The first column that begins with a time; with a bare number only where its name is one of a
    time's.
    """
    usual = {field_name(rows.cells, name) for name in TIME_NAMES}
    for name, cells in rows.cells.items():
        if cells and is_time(cells[0]) and (name in usual or not is_number(cells[0])):
            return name
    return None


def _holds_numbers(cells: Sequence[object]) -> bool:
    return all(map(is_number, cells)) and not all(map(is_gap, cells))

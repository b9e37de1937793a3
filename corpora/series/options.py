"""What may be said of how series are read; without NumPy, since options are made of it."""

from __future__ import annotations

from dataclasses import dataclass

from textrnn.configuration import FILES, FIRST_HOUR, setting

ERROR, INTERPOLATE, PREVIOUS = "error", "interpolate", "previous"
FILLINGS = (ERROR, INTERPOLATE, PREVIOUS)  # what becomes of gaps
DECIMALS = (".", ",")  # what divides wholes from parts


@dataclass(frozen=True, kw_only=True)
class SeriesOptions:
    """How series are read from a table.

    Attributes:
        targets: the columns to forecast; by default all that hold numbers.
        features: further columns to forecast by.
        time: the column of the time; by default one that holds times, or else rows are in order.
        group: the column that tells several series apart; by default there is one series.
        missing: what becomes of gaps: ``error``, ``interpolate`` or ``previous``.
        decimal: what divides wholes from parts in numbers, ``.`` or ``,``; by default what the
            cells show.
        optional: those names of time and group that a table may lack: then it is read as if no
            option named them.
    """

    targets: tuple[str, ...] = setting(
        (), "Columns to forecast [all numbers].", option="--target", group=FIRST_HOUR
    )
    features: tuple[str, ...] = setting(
        (), "Columns to read beside them.", option="--feature", group=FIRST_HOUR
    )
    time: str | None = setting(None, "Column of the time [found].", group=FIRST_HOUR)
    group: str | None = setting(None, "Column that tells several series apart.", group=FIRST_HOUR)
    missing: str = setting(ERROR, "What becomes of gaps.", choices=FILLINGS, group=FIRST_HOUR)
    decimal: str | None = setting(
        None, "What divides wholes from parts [found].", choices=DECIMALS, group=FILES
    )
    optional: tuple[str, ...] = setting((), recipe_only=True)

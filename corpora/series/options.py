"""What may be said of how series are read; without NumPy, since options are made of it."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, INTERPOLATE, PREVIOUS = "error", "interpolate", "previous"
FILLINGS = (ERROR, INTERPOLATE, PREVIOUS)  # what becomes of gaps
DECIMALS = (".", ",")  # what divides wholes from parts


@dataclass(frozen=True, kw_only=True)
class SeriesOptions:
    """How series are read from a table.

    Attributes:
        time: the column of the time; by default one that holds times, or else rows are in order.
        targets: the columns to forecast; by default all that hold numbers.
        features: further columns to forecast by.
        group: the column that tells several series apart; by default there is one series.
        missing: what becomes of gaps: ``error``, ``interpolate`` or ``previous``.
        decimal: what divides wholes from parts in numbers, ``.`` or ``,``; by default what the
            cells show.
        optional: those names of time and group that a table may lack: then it is read as if no
            option named them.
    """

    time: str | None = None
    targets: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    group: str | None = None
    missing: str = ERROR
    decimal: str | None = None
    optional: tuple[str, ...] = ()

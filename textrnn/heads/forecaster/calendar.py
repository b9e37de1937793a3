"""Where in the hour, the day, the week, the month and the year a time lies, as numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.series.steps import BUSINESS_DAY, CLOCK, Step, Times
from textrnn.heads.forecaster.network import CALENDAR

_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
# Each cycle with its length in microseconds.
CYCLES = dict(zip(CALENDAR, (_HOUR, _DAY, 7 * _DAY, 30 * _DAY, 365 * _DAY), strict=True))
_FEWEST_STEPS = 4  # of a cycle that tells something


def calendar_for(step: Step, steps: int) -> tuple[str, ...]:
    """The cycles that can be learned from: those in which times of this step have several places,
    and of which the series has two at least; months tell of little.

    Args:
        step: of the series.
        steps: how many it has.

    Example:
        >>> calendar_for(Step(3_600_000_000), 2000), calendar_for(Step(1, "month"), 144)
        (('hour', 'weekday'), ('yearday',))
    """
    units = {CLOCK: 1, BUSINESS_DAY: _DAY}
    length = step.count * units.get(step.unit, 30 * _DAY)
    return tuple(
        name
        for name, cycle in CYCLES.items()
        if name != "monthday" and _FEWEST_STEPS * length <= cycle <= length * steps / 2
    )


def calendar_features(times: Times, names: Sequence[str]) -> NDArray[np.float32]:
    """Sine and cosine of the place of each time (T,) in each cycle, (T, 2 x names).

    Example:
        >>> noon = np.array(["2024-01-01T12:00"], "datetime64[us]")
        >>> calendar_features(noon, ["hour"]).round(3).tolist()
        [[0.0, -1.0]]
    """
    angles = 2 * np.pi * np.stack([_place(times, name) for name in names], axis=1)
    both = np.stack([np.sin(angles), np.cos(angles)], axis=2)
    return both.reshape(len(times), -1).astype(np.float32)


def _place(times: Times, name: str) -> NDArray[np.float64]:
    """The share of the cycle that is over, from 0 to below 1."""
    days = times.astype("datetime64[D]")
    if name == "weekday":
        place = (days.astype(np.int64) + 3) % 7 / 7  # 1970 began on a Thursday
    elif name == "monthday":
        place = (days - days.astype("datetime64[M]")).astype(np.int64) / 31
    elif name == "yearday":
        place = (days - days.astype("datetime64[Y]")).astype(np.int64) / 366
    else:
        place = times.astype(np.int64) % CYCLES[name] / CYCLES[name]
    return np.asarray(place, np.float64)

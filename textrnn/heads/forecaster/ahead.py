"""The steps that follow series, beside what simple methods say of them.

Shapes: N series, W steps of a window, H steps of the horizon, K targets, F numbers of the calendar.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require, require_whole
from textrnn.corpora.series.series import Series
from textrnn.errors import InputError
from textrnn.heads.forecaster.baselines import NAMES
from textrnn.heads.forecaster.calendar import calendar_features
from textrnn.heads.forecaster.result import Forecast
from textrnn.heads.forecaster.rolling import forecast_windows

if TYPE_CHECKING:
    from textrnn.heads.forecaster.forecaster import Forecaster

_MOST_HORIZONS = 100  # of the model's own, that a forecast may go on
_SHOWN_HORIZONS = 3  # of what a forecast follows, that a picture of it shows


def steps_ahead(horizon: int | None, own: int) -> int:
    """How many steps are forecast.

    Args:
        horizon: as many as were asked for.
        own: as many as the model learned.

    Raises:
        ConfigurationError: it is no number of steps, or too many.
    """
    if horizon is None:
        return own
    require_whole("horizon", horizon, least=1)
    most = _MOST_HORIZONS * own
    require(
        horizon <= most,
        f"horizon: {horizon:,} steps; a model that learned to forecast {own} goes on to {most:,} "
        "at most",
    )
    return horizon


def forecasts_of(
    model: Forecaster, given: Iterable[Series], steps: int, interval: float | None
) -> Iterator[Forecast]:
    """The forecasts that follow some series, which are run together.

    Args:
        model: the model.
        given: the series, with its columns.
        steps: H.
        interval: the level of the bounds; None for none.

    Raises:
        InputError: one is shorter than the window.
    """
    series = list(given)
    window, targets = model.network.window, len(model.network.targets)
    for one in series:
        if len(one) < window:
            raise InputError(
                f"{one.shown_name}: {len(one):,} steps; the model reads the last {window:,}"
            )
    ends = [one.cut(len(one) - window) for one in series]
    windows = model.scaling.apply(np.stack([one.values for one in ends]))
    calendar = _calendar(model, ends, steps)
    found = forecast_windows(model.network, model.run, windows, calendar, horizon=steps)
    values = model.scaling.undo(found[..., model.network.point])
    simple = {
        name: model.scaling.undo(one)
        for name, one in model.baselines.forecasts(windows[..., :targets], steps).items()
    }
    bounds: tuple[Any, Any] = ([None] * len(ends),) * 2
    if interval is not None:
        lower, upper = model.intervals.bounds(windows, found, interval)
        bounds = model.scaling.undo(lower), model.scaling.undo(upper)
    better = no_worse(model.bundle.manifest.scores)
    for number, one in enumerate(series):
        yield Forecast(
            model.network.targets,
            values[number],
            shown_end(one, window, steps),
            bounds[0][number],
            bounds[1][number],
            interval,
            model.intervals.method if interval is not None else "",
            one.future(steps),
            {name: values[number] for name, values in simple.items()},
            tuple(name for name in better if name in simple),
        )


def _calendar(model: Forecaster, ends: Sequence[Series], steps: int) -> NDArray[np.float32] | None:
    """The numbers of the times of windows and horizon, (N, W + H, F)."""
    if not model.network.calendar:
        return None
    found = []
    for one in ends:
        times, future = one.times, one.future(steps)
        assert times is not None
        assert future is not None
        every = np.concatenate([times, future])
        found.append(calendar_features(every, model.network.calendar))
    return np.stack(found)


def shown_end(series: Series, window: int, steps: int) -> Series:
    """What of a series a forecast shows: what the model read, or more."""
    return series.cut(max(0, len(series) - max(window, _SHOWN_HORIZONS * steps)))


def no_worse(scores: Mapping[str, float]) -> list[str]:
    """The simple methods that were no worse than the network where the model was validated."""
    name = "validation_mse"
    of_methods = {key.removeprefix(f"{name} of "): value for key, value in scores.items()}
    return [key for key in NAMES if of_methods.get(key, math.inf) <= scores.get(name, 0.0)]

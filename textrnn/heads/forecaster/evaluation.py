"""Forecasts from every point of series (a rolling origin), scored as they come.

Shapes: N windows, W steps of a window, H steps of the horizon, C columns, K targets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from textrnn.corpora.series.series import Series
from textrnn.corpora.series.steps import shown_time
from textrnn.errors import InputError
from textrnn.heads.forecaster.calendar import calendar_features
from textrnn.heads.forecaster.report import ForecastReport
from textrnn.heads.forecaster.rolling import forecast_windows
from textrnn.heads.forecaster.scores import CoverageSums, ErrorSums, Example, naive_errors

if TYPE_CHECKING:
    from textrnn.heads.forecaster.forecaster import Forecaster

_EXAMPLES = 3  # forecasts that a report shows
_MOST_RESIDUALS = 20_000

Values = NDArray[np.float64]


class Evaluation:
    """The scores of a model on series, which are added one after the other.

    Args:
        model: the model.
        steps: H.
        level: of the intervals.
        stride: steps from one window to the next.
    """

    def __init__(self, model: Forecaster, steps: int, level: float, stride: int) -> None:
        self._model, self._steps, self._stride = model, steps, stride
        self._errors = {"": ErrorSums(model.bundle.name)}
        self._coverage = CoverageSums(level)
        self._series: list[Values] = []
        self._examples: list[Example] = []
        self._residuals: list[Values] = []
        self._shorter = 0

    def add(self, series: Series, batch_size: int, on_progress: Callable[[int], None]) -> None:
        """Take a series; one that is shorter than window and horizon is counted alone."""
        length = self._model.network.window + self._steps
        starts = np.arange(0, len(series) - length + 1, self._stride)
        if not len(starts):
            self._shorter += 1
            return
        targets = series.targets
        self._series.append(series.values[:, :targets])
        scaled = self._model.scaling.apply(series.values)
        windows = sliding_window_view(scaled, length, axis=0).transpose(0, 2, 1)
        shown = set(np.linspace(0, len(starts) - 1, _EXAMPLES).astype(int).tolist())
        for at in range(0, len(starts), batch_size):
            batch = starts[at : at + batch_size]
            self._take(series, windows[batch], batch, [n - at for n in shown])
            on_progress(len(batch))

    def _take(
        self, series: Series, values: Values, starts: NDArray[np.intp], shown: list[int]
    ) -> None:
        """Score the forecasts from the windows that begin at some steps.

        Args:
            series: which they are cut from.
            values: scaled windows with what follows them, (N, W + H, C).
            starts: where each begins.
            shown: the numbers of windows that are examples, as far as they are among these.
        """
        model, network, targets = self._model, self._model.network, series.targets
        read, undo = values[:, : network.window], model.scaling.undo
        calendar = self._calendar(series, starts)
        found = forecast_windows(network, model.run, read, calendar, horizon=self._steps)
        truth = undo(values[:, network.window :, :targets])
        forecast = undo(found[..., network.point])
        lower, upper = map(undo, model.intervals.bounds(read, found, self._coverage.level))
        self._errors[""].add(truth, forecast)
        self._coverage.add(truth, lower, upper)
        for name, simple in model.baselines.forecasts(read[..., :targets], self._steps).items():
            self._errors.setdefault(name, ErrorSums(name)).add(truth, undo(simple))
        self._residuals.append((truth - forecast)[:, 0, 0])
        for number in sorted(shown):
            if 0 <= number < len(starts) and len(self._examples) < _EXAMPLES:
                first = int(starts[number]) + network.window
                known = undo(read[number, :, :targets])[-3 * self._steps :, 0]
                ours = (one[number, :, 0] for one in (truth, forecast, lower, upper))
                self._examples.append(Example(_origin(series, first), known, *ours))

    def _calendar(self, series: Series, starts: NDArray[np.intp]) -> NDArray[np.float32] | None:
        """(N, W + H, F)."""
        if not self._model.network.calendar or series.times is None:
            return None
        numbers = calendar_features(series.times, self._model.network.calendar)
        places = starts[:, None] + np.arange(self._model.network.window + self._steps)
        found: NDArray[np.float32] = numbers[places]
        return found

    def report(self) -> ForecastReport:
        """The scores of all that was added.

        Raises:
            InputError: there is no forecast to score.
        """
        model, network = self._model, self._model.network
        if not self._series:
            raise InputError(
                f"no series to score: {self._shorter:,} shorter than the window of "
                f"{network.window:,} steps and the {self._steps:,} that are forecast"
            )
        residuals = np.concatenate(self._residuals)
        network_errors, *simple = (sums.errors() for sums in self._errors.values())
        return ForecastReport(
            network_errors,
            tuple(simple),
            self._coverage.coverage(),
            targets=network.targets,
            scale=np.array(model.scaling.scale[: len(network.targets)]),
            naive=naive_errors(self._series, model.baselines.season),
            windows=self._coverage.windows,
            series=len(self._series),
            shorter=self._shorter,
            stride=self._stride,
            window=network.window,
            season=model.baselines.season,
            method=model.intervals.method,
            examples=tuple(self._examples),
            residuals=residuals[:: -(-len(residuals) // _MOST_RESIDUALS)],
        )


def _origin(series: Series, first: int) -> str:
    """Where a forecast begins."""
    when = f"step {first:,}" if series.times is None else shown_time(series.times[first])
    return f"{series.name}, {when}" if series.name else f"from {when}"

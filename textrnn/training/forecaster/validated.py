"""What the network and simple methods forecast of the validation windows, and how well.

Shapes: N windows, W steps of a window, H of the horizon, K targets, Q levels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from textrnn.heads.forecaster.baselines import LAST, Baselines
from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.forecaster.rolling import Floats, Run, forecast_windows
from textrnn.reports.measured import NORMAL_95, Measured
from textrnn.training.forecaster.batches import SeriesWindows

_MOST_NUMBERS = 1 << 25  # of all forecasts together: of more windows some are measured, evenly


@dataclass(frozen=True)
class Validated:
    """Forecasts of scaled values, from each of the windows that validate.

    Attributes:
        read: the targets of the windows, (N, W, K).
        truth: what came, (N, H, K).
        forecast: the network's, (N, H, K, Q).
        point: which of the levels is its forecast.
        simple: those of simple methods, (N, H, K) each, by their names.
    """

    read: Floats
    truth: Floats
    forecast: Floats
    point: int
    simple: Mapping[str, Floats]

    @classmethod
    def by(
        cls, network: ForecasterNetwork, run: Run, windows: SeriesWindows, baselines: Baselines
    ) -> Validated:
        """Forecast from windows that have the whole horizon behind them."""
        size = network.horizon * len(network.targets) * network.levels
        stride = max(1, math.ceil(len(windows) * size / _MOST_NUMBERS))
        numbers, targets = np.arange(0, len(windows), stride), len(network.targets)
        values, calendar = windows.values(numbers), windows.calendar(numbers)
        read, truth = values[:, : network.window], values[:, network.window :, :targets]
        return cls(
            read[..., :targets],
            truth,
            forecast_windows(network, run, read, calendar),
            network.point,
            baselines.forecasts(read[..., :targets]),
        )

    def scores(self) -> dict[str, float]:
        """Mean absolute error, and the mean squared error of each simple method."""
        scores = {"mae": float(np.abs(self._errors).mean())}
        return scores | {f"mse of {name}": mse for name, mse in self._simple_mse.items()}

    def measured(self) -> Measured:
        """The mean squared error, and whether it is worth anything; how sure it is is told by
        windows that do not overlap.
        """
        of_windows = (self._errors**2).mean(axis=(1, 2))
        apart = of_windows[:: self.truth.shape[1]]
        mse, interval = float(of_windows.mean()), None
        if len(apart) > 1:
            half = NORMAL_95 * float(apart.std(ddof=1)) / math.sqrt(len(apart))
            interval = max(0.0, mse - half), mse + half
        return Measured("mse", mse, interval, len(of_windows), "window", self._weakness(mse))

    def _weakness(self, mse: float) -> str:
        """What makes the network useless: that it does not know more than what was last."""
        last = self._simple_mse[LAST]
        if mse < last:
            return ""
        return (
            f"its mse of {mse:.4g} on the validation windows is no better than that of the last "
            f"value, {last:.4g}; more rows, features or epochs may help, unless nothing more can "
            "be known of such a series, as of prices"
        )

    def note(self) -> str:
        """A line on the simple methods, other than the last value, that are no worse than the
        network; empty where none is.
        """
        mse = float((self._errors**2).mean())
        better = [
            f"{name} ({simple:.4f})"
            for name, simple in self._simple_mse.items()
            if simple <= mse and name != LAST
        ]
        if not better:
            return ""
        return (
            f"on the validation windows the network's mse of {mse:.4f} is no better than that of "
            + ", ".join(better)
        )

    @cached_property
    def _errors(self) -> Floats:
        return self.truth - self.forecast[..., self.point]

    @cached_property
    def _simple_mse(self) -> dict[str, float]:
        return {
            name: float(((self.truth - forecast) ** 2).mean())
            for name, forecast in self.simple.items()
        }

"""How far off forecasts are, by the step of the horizon and in all.

Shapes: N windows, H steps of the horizon, K targets. All values are in the series' own units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MEASURES = ("MSE", "MAE", "RMSE", "MAPE", "sMAPE", "MASE")
RELATIVE = ("MAPE", "sMAPE", "MASE")  # which have no unit


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of one method, as means over windows, (H, K) each.

    Attributes:
        name: of the method.
        squared: the mean squared error.
        absolute: the mean absolute error.
        percentage: the mean of the absolute error as a share of what came, over the windows in
            which that is not 0; NaN where it always is.
        symmetric: the same as a share of the mean size of what came and what was expected; 0 where
            both are 0 (sMAPE, from 0 to 2).
    """

    name: str
    squared: Values
    absolute: Values
    percentage: Values
    symmetric: Values

    def measures(self, units: Values, naive: Values) -> dict[str, float]:
        """Each of :data:`MEASURES`, in all: means over steps and targets.

        Args:
            units: what errors of each target are divided by, (K,), where targets of several units
                are to be taken together.
            naive: of each target the mean absolute error of the naive forecast of one step, (K,),
                which MASE is relative to.
        """
        mse = float((self.squared / units**2).mean())
        return {
            "MSE": mse,
            "MAE": float((self.absolute / units).mean()),
            "RMSE": float(np.sqrt(mse)),
            "MAPE": _mean(self.percentage),
            "sMAPE": float(self.symmetric.mean()),
            "MASE": _mean(self.absolute / np.where(naive > 0, naive, np.nan)),
        }

    def by_step(self, units: Values) -> dict[str, Values]:
        """MSE and MAE of each step of the horizon, (H,)."""
        return {
            "MSE": (self.squared / units**2).mean(axis=1),
            "MAE": (self.absolute / units).mean(axis=1),
        }


def _mean(values: Values) -> float:
    """The mean of what is a number; NaN where nothing is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


@dataclass
class ErrorSums:
    """Errors of one method, summed over windows as they come.

    Example:
        >>> sums = ErrorSums("last value")
        >>> sums.add(np.array([[[2.0]], [[4.0]]]), np.array([[[1.0]], [[7.0]]]))
        >>> sums.errors().squared.tolist(), sums.errors().absolute.tolist()
        ([[5.0]], [[2.0]])
    """

    name: str
    windows: int = 0
    _sums: list[Values] = field(default_factory=list)

    def add(self, truth: Values, forecast: Values) -> None:
        """Take the forecasts of some windows and what came, (N, H, K) each."""
        error, size = np.abs(forecast - truth), np.abs(truth)
        both = (size + np.abs(forecast)) / 2
        found = [
            error**2,
            error,
            np.divide(error, size, out=np.zeros_like(error), where=size > 0),
            np.divide(error, both, out=np.zeros_like(error), where=both > 0),
            (size > 0).astype(np.float64),
        ]
        sums = [one.sum(axis=0) for one in found]
        self._sums = [a + b for a, b in zip(self._sums, sums, strict=True)] if self._sums else sums
        self.windows += len(truth)

    def errors(self) -> Errors:
        """The means."""
        squared, absolute, percentage, symmetric, count = self._sums
        shares = np.where(count > 0, percentage / np.maximum(count, 1), np.nan)
        windows = self.windows
        return Errors(self.name, squared / windows, absolute / windows, shares, symmetric / windows)


@dataclass(frozen=True, eq=False)
class Coverage:
    """How well intervals hold what came.

    Attributes:
        level: the share that they are to hold.
        share: what they hold, (H, K).
        width: their mean width, (H, K).
    """

    level: float
    share: Values
    width: Values


@dataclass
class CoverageSums:
    """The same, summed over windows as they come."""

    level: float
    windows: int = 0
    _inside: Values | float = 0.0
    _width: Values | float = 0.0

    def add(self, truth: Values, lower: Values, upper: Values) -> None:
        """Take the bounds of some windows and what came, (N, H, K) each."""
        self._inside = self._inside + ((lower <= truth) & (truth <= upper)).sum(axis=0)
        self._width = self._width + (upper - lower).sum(axis=0)
        self.windows += len(truth)

    def coverage(self) -> Coverage:
        """The means."""
        inside, width = (np.asarray(one) / self.windows for one in (self._inside, self._width))
        return Coverage(self.level, inside, width)


@dataclass(frozen=True, eq=False)
class Example:
    """One forecast of the first target beside what came.

    Attributes:
        name: where it begins.
        known: what it follows, (W,).
        truth: what came, (H,); ``forecast``, ``lower`` and ``upper`` are the same shape.
        forecast: what was expected.
        lower: the lower bound.
        upper: the upper bound.
    """

    name: str
    known: Values
    truth: Values
    forecast: Values
    lower: Values
    upper: Values


def naive_errors(series: Sequence[Values], season: int) -> Values:
    """Of each target the mean absolute error of a forecast by the value one season before, or where
    there is no season the value before, over whole series (Hyndman & Koehler 2006), (K,).

    Args:
        series: targets, (T, K) each.
        season: its steps; 0 for none.

    Example:
        >>> naive_errors([np.array([[1.0], [3.0], [4.0]])], 0).tolist()
        [1.5]
    """
    lag = max(1, season)
    apart = [np.abs(one[lag:] - one[:-lag]) for one in series if len(one) > lag]
    if not apart:
        return np.full(series[0].shape[1], np.nan)
    found: Values = np.concatenate(apart).mean(axis=0)
    return found

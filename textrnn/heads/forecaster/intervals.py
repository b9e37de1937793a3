"""How far off forecasts are: conformal intervals (Vovk et al. 2005; Stankevičiūtė et al. 2021, for
several steps), measured on the windows that validated.

Shapes: N windows, H steps of the horizon, K targets, Q levels of quantiles, L of intervals.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.arrays import open_arrays
from textrnn.configuration import require
from textrnn.heads.forecaster.network import ForecasterNetwork

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Intervals:
    """What a forecast of scaled values is widened by.

    Attributes:
        widths: to either side, for each of :data:`LEVELS`, (L, H, K). Where the network forecasts
            quantiles these are widened by it (Romano et al. 2019), or narrowed; else its forecast.
        quantiles: the network's; none where it has none.
    """

    widths: NDArray[np.float32]
    quantiles: tuple[float, ...] = ()

    @property
    def method(self) -> str:
        """What such intervals are called."""
        return "conformalised quantiles" if self.quantiles else "conformal"

    def bounds(self, forecast: Floats, level: float) -> tuple[Floats, Floats]:
        """The lower and upper bounds of forecasts.

        Args:
            forecast: the network's, (N, any steps, K, Q); beyond the horizon intervals grow with
                the root of the time.
            level: the share of what comes that is to lie between, from 0.5 to 0.99.

        Returns:
            Both (N, steps, K).
        """
        lower, upper = _inner(forecast, self.quantiles, level)
        width = self._width(level, forecast.shape[1])
        low, high = lower - width, upper + width
        middle = (low + high) / 2  # all that is left where more is taken away than there was
        return np.minimum(low, middle), np.maximum(high, middle)

    def _width(self, level: float, steps: int) -> Floats:
        """(steps, K)."""
        place = float(np.interp(level, LEVELS, np.arange(len(LEVELS))))
        below, share = int(place), place - int(place)
        above = min(below + 1, len(LEVELS) - 1)
        known = self.widths[below] * (1 - share) + self.widths[above] * share  # (H, K)
        beyond = np.arange(len(known) + 1, steps + 1)
        growth = np.sqrt(beyond / len(known))[:, None]
        return np.concatenate([known, known[-1:] * growth])[:steps]

    def to_bytes(self) -> bytes:
        """All of it as a file of a bundle."""
        content = io.BytesIO()
        np.savez_compressed(content, widths=self.widths)
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, name: str, network: ForecasterNetwork) -> Intervals:
        """What :meth:`to_bytes` wrote.

        Raises:
            BundleError: it is damaged, or of another network.
        """
        shape = (len(LEVELS), network.horizon, len(network.targets))
        with open_arrays(content, name) as file:
            return cls(file.take("widths", shape, "f"), network.head.quantiles)


def fit_intervals(truth: Floats, forecast: Floats, network: ForecasterNetwork) -> Intervals:
    """Intervals that hold as much of the truth as they say.

    Args:
        truth: scaled, (N, H, K).
        forecast: the network's, (N, H, K, Q).
        network: its description.
    """
    widths, count = [], len(truth)
    for level in LEVELS:
        lower, upper = _inner(forecast, network.head.quantiles, level)
        beyond = np.sort(np.maximum(lower - truth, truth - upper), axis=0)
        widths.append(beyond[min(count, math.ceil((count + 1) * level)) - 1])
    rising = np.maximum.accumulate(np.stack(widths), axis=0)
    widths_of = np.stack(widths) if network.head.quantiles else rising
    return Intervals(widths_of.astype(np.float32), network.head.quantiles)


def _inner(forecast: Floats, quantiles: tuple[float, ...], level: float) -> tuple[Floats, Floats]:
    """The bounds that the network itself gives, (N, H, K) each: twice its forecast where it gives
    none, and its outermost quantiles where it has none so far out.
    """
    if not quantiles:
        return forecast[..., 0], forecast[..., 0]
    found = []
    for wanted in ((1 - level) / 2, (1 + level) / 2):
        place = float(np.interp(wanted, quantiles, np.arange(len(quantiles))))
        below, share = int(place), place - int(place)
        above = min(below + 1, len(quantiles) - 1)
        found.append(forecast[..., below] * (1 - share) + forecast[..., above] * share)
    return np.minimum(*found), np.maximum(*found)


def check_level(interval: float | None) -> None:
    """See that an interval of this level can be given.

    Raises:
        ConfigurationError: it cannot.
    """
    require(
        interval is None or LEVELS[0] <= interval <= LEVELS[-1],
        f"interval must be from {LEVELS[0]} to {LEVELS[-1]}; received {interval!r}",
    )

"""How far off forecasts are: conformal intervals (Vovk et al. 2005; Stankevičiūtė et al. 2021, for
several steps), measured on the windows that validated.

Where a network forecasts no quantiles the intervals of a window are the wider the more its level
moves (locally weighted, Lei et al. 2018, section 5.2).

Shapes: N windows, W steps of a window, H of the horizon, K targets, Q levels of quantiles, L of
intervals.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.arrays import open_arrays
from textrnn.configuration import require
from textrnn.heads.forecaster.baselines import LONGEST_SEASON
from textrnn.heads.forecaster.network import ForecasterNetwork

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
_SEASONS = 7  # of a window, the last, whose means tell how its level moves
_FEWEST_SEASONS = 4  # fewer means tell little
_LEAST_SPREAD = 1 / 16  # of the usual: a window that hardly moves is not trusted for ever

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Spread:
    """How much windows move.

    Attributes:
        season: its steps; 0 for none.
        usual: of the windows that validated, of each target, (K,).
    """

    season: int
    usual: NDArray[np.float32]

    @classmethod
    def of(cls, windows: Floats, season: int) -> Spread:
        """That of the windows that validated, (N, W, K)."""
        spread = _level_deviation(windows, season)
        return cls(season, np.sqrt((spread**2).mean(axis=0)).astype(np.float32))

    def scale(self, windows: Floats) -> Floats:
        """What widths are multiplied by for each window (N, W, K), (N, 1, K): the root of its
        spread relative to the usual, since errors grow more slowly than the spread.
        """
        spread = _level_deviation(windows, self.season)
        relative = np.divide(spread, self.usual, out=np.ones_like(spread), where=self.usual > 0)
        scale: Floats = np.sqrt(np.maximum(relative, _LEAST_SPREAD))[:, None]
        return scale


def _level_deviation(windows: Floats, season: int) -> Floats:
    """The deviation of the means of the last seasons of windows (N, W, K) or, where they hold too
    few, of all their values, (N, K).
    """
    count = min(_SEASONS, windows.shape[1] // season) if season else 0
    levels = windows
    if count >= _FEWEST_SEASONS:
        seasons = windows[:, -count * season :].reshape(len(windows), count, season, -1)
        levels = seasons.mean(axis=2)
    deviation: Floats = levels.std(axis=1)
    return deviation


@dataclass(frozen=True, eq=False)
class Intervals:
    """What a forecast of scaled values is widened by.

    Attributes:
        widths: to either side, for each of :data:`LEVELS`, (L, H, K). Where the network forecasts
            quantiles these are widened by it (Romano et al. 2019), or narrowed; else its forecast.
        quantiles: the network's; none where it has none.
        spread: what the widths of a window depend on; none where all windows have the same, as
            those of quantiles, and of bundles of before.
    """

    widths: NDArray[np.float32]
    quantiles: tuple[float, ...] = ()
    spread: Spread | None = None

    @property
    def method(self) -> str:
        """What such intervals are called."""
        return "conformalised quantiles" if self.quantiles else "conformal"

    def bounds(self, windows: Floats, forecast: Floats, level: float) -> tuple[Floats, Floats]:
        """The lower and upper bounds of forecasts.

        Args:
            windows: what they follow: scaled values, (N, W, at least K), targets first.
            forecast: the network's, (N, any steps, K, Q); beyond the horizon intervals grow with
                the root of the time.
            level: the share of what comes that is to lie between, from 0.5 to 0.99.

        Returns:
            Both (N, steps, K).
        """
        lower, upper = _inner(forecast, self.quantiles, level)
        width = self._width(level, forecast.shape[1])
        if self.spread is not None:
            width = width * self.spread.scale(windows[..., : width.shape[1]])
        low, high = lower - width, upper + width
        middle = (low + high) / 2  # all that is left where more is taken away than there was
        return np.minimum(low, middle), np.maximum(high, middle)

    def _width(self, level: float, steps: int) -> Floats:
        """(steps, K)."""
        below, above, share = _between(LEVELS, level)
        known = self.widths[below] * (1 - share) + self.widths[above] * share  # (H, K)
        beyond = np.arange(len(known) + 1, steps + 1)
        growth = np.sqrt(beyond / len(known))[:, None]
        return np.concatenate([known, known[-1:] * growth])[:steps]

    def to_bytes(self) -> bytes:
        """All of it as a file of a bundle."""
        content = io.BytesIO()
        if self.spread is None:
            np.savez_compressed(content, widths=self.widths)
        else:
            season = np.array(self.spread.season, np.int64)
            usual = self.spread.usual
            np.savez_compressed(content, widths=self.widths, usual=usual, season=season)
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, name: str, network: ForecasterNetwork) -> Intervals:
        """What :meth:`to_bytes` wrote.

        Raises:
            BundleError: it is damaged, or of another network.
        """
        targets = len(network.targets)
        with open_arrays(content, name) as file:
            widths = file.take("widths", (len(LEVELS), network.horizon, targets), "f")
            spread = None
            if "usual" in file:
                season = file.number("season", most=LONGEST_SEASON)
                spread = Spread(season, file.take("usual", (targets,), "f"))
        return cls(widths, network.head.quantiles, spread)


def fit_intervals(
    windows: Floats, truth: Floats, forecast: Floats, network: ForecasterNetwork, season: int
) -> Intervals:
    """Intervals that hold as much of the truth as they say.

    Args:
        windows: targets that were read, scaled, (N, W, K).
        truth: what came, (N, H, K).
        forecast: the network's, (N, H, K, Q).
        network: its description.
        season: its steps; 0 for none.

    Returns:
        Half-widths of all levels, which rise with them; only those of quantiles need not.
    """
    quantiles = network.head.quantiles
    spread = None if quantiles else Spread.of(windows, season)
    scale = 1.0 if spread is None else spread.scale(windows)
    widths, count = [], len(truth)
    for level in LEVELS:
        lower, upper = _inner(forecast, quantiles, level)
        beyond = np.sort(np.maximum(lower - truth, truth - upper) / scale, axis=0)
        widths.append(beyond[min(count, math.ceil((count + 1) * level)) - 1])
    by_level = np.stack(widths)  # (L, H, K)
    if not quantiles:
        by_level = np.maximum.accumulate(by_level, axis=0)
    return Intervals(by_level.astype(np.float32), quantiles, spread)


def _inner(forecast: Floats, quantiles: tuple[float, ...], level: float) -> tuple[Floats, Floats]:
    """The bounds that the network itself gives, (N, H, K) each: twice its forecast where it gives
    none, and its outermost quantiles where it has none so far out.
    """
    if not quantiles:
        return forecast[..., 0], forecast[..., 0]
    found = []
    for wanted in ((1 - level) / 2, (1 + level) / 2):
        below, above, share = _between(quantiles, wanted)
        found.append(forecast[..., below] * (1 - share) + forecast[..., above] * share)
    return np.minimum(*found), np.maximum(*found)


def _between(rising: Sequence[float], wanted: float) -> tuple[int, int, float]:
    """The places below and above a number among rising ones, and how far it lies between."""
    place = float(np.interp(wanted, rising, np.arange(len(rising))))
    below = int(place)
    return below, min(below + 1, len(rising) - 1), place - below


def check_level(interval: float | None) -> None:
    """See that an interval of this level can be given.

    Raises:
        ConfigurationError: it cannot.
    """
    require(
        interval is None or LEVELS[0] <= interval <= LEVELS[-1],
        f"interval must be from {LEVELS[0]} to {LEVELS[-1]}; received {interval!r}",
    )

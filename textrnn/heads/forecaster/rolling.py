"""Forecasts of windows by a network: of its own horizon or, by going on from its own forecast, of
any. Training measures itself by the same.

Shapes: N windows, W steps, C columns, F numbers of the calendar, H steps forecast, K targets, Q
levels; S steps that a run of the network gives.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.forecaster.network import ForecasterNetwork

_LEAST_SPREAD = 1e-5  # of a window of scaled values: one that hardly moves is not blown up

Floats = NDArray[np.float64]
Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]  # windows (B, W, I) to (B, S, K, Q)


def forecast_windows(
    network: ForecasterNetwork,
    run: Run,
    windows: Floats,
    calendar: NDArray[np.float32] | None = None,
    *,
    horizon: int | None = None,
    batch_size: int = 256,
) -> Floats:
    """What follows each window.

    A network that gives fewer steps than the horizon has reads its own forecast (the median, where
    it has quantiles) as if it had happened; features stay as they were last.

    Args:
        network: the description.
        run: the network.
        windows: scaled values, (N, W, C): targets, then features.
        calendar: numbers of the times of windows and horizon, (N, at least W + H - 1, F); None
            where the network reads none.
        horizon: H; by default the network's.
        batch_size: windows that are run together, at most.

    Returns:
        Scaled values, (N, H, K, Q).
    """
    steps = network.horizon if horizon is None else horizon
    found = np.empty((len(windows), steps, len(network.targets), network.levels))
    for start in range(0, len(windows), batch_size):
        batch = slice(start, start + batch_size)
        times = None if calendar is None else calendar[batch]
        found[batch] = _go_on(network, run, windows[batch], times, steps)
    return found


def network_inputs(
    network: ForecasterNetwork, windows: Floats, calendar: NDArray[np.float32] | None
) -> tuple[NDArray[np.float32], Floats, Floats]:
    """What the network reads of scaled windows (N, W, C) with their calendar (N, W, F), (N, W, I);
    and the offset and the spread of each window, (N, 1, C), which its forecasts are relative to.
    """
    offset, spread = _frame(windows, network.normalize)
    normal = (windows - offset) / spread
    if calendar is not None:
        normal = np.concatenate([normal, calendar], axis=2)
    return normal.astype(np.float32), offset, spread


def _frame(windows: Floats, normalize: str) -> tuple[Floats, Floats]:
    """The offset and the spread of each column of windows (N, W, C), (N, 1, C): the last value and
    1 (NLinear, Zeng et al. 2023), the mean and the deviation (RevIN, Kim et al. 2022), or 0 and 1.
    """
    last = windows[:, -1:]
    if normalize == "mean":
        spread = windows.std(axis=1, keepdims=True)
        return windows.mean(axis=1, keepdims=True), np.maximum(spread, _LEAST_SPREAD)
    return (last if normalize == "last" else np.zeros_like(last)), np.ones_like(last)


def _go_on(
    network: ForecasterNetwork,
    run: Run,
    windows: Floats,
    calendar: NDArray[np.float32] | None,
    horizon: int,
) -> Floats:
    """One batch; each run adds its steps to what is known."""
    length, step, targets = network.window, network.steps, len(network.targets)
    known = np.empty((len(windows), length + horizon + step, windows.shape[2]))  # (B, …, C)
    known[:, :length] = windows
    found = np.empty((len(windows), horizon + step, targets, network.levels))
    for done in range(0, horizon, step):
        window = known[:, done : done + length]
        times = None if calendar is None else calendar[:, done : done + length]
        inputs, offset, spread = network_inputs(network, window, times)
        forecast = run(inputs) * spread[..., :targets, None] + offset[..., :targets, None]
        found[:, done : done + step] = forecast
        after = known[:, done + length : done + length + step]
        after[..., :targets] = forecast[..., network.point]
        after[..., targets:] = window[:, -1:, targets:]
    return found[:, :horizon]

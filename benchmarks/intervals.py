"""How much conformal intervals of 90% hold on the ETT files: as wide after every window, and wider
after windows whose level moves more, as textrnn has them.

    python benchmarks/intervals.py --data DIR [--sets ETTh1,ETTh2,ETTm1] [--horizons 96,192,336,720]

Parts and scaling are those of forecast.py. The forecasts are its ridge's, which is fitted in
seconds; of windows that are many some are measured, evenly. The interval score (Gneiting & Raftery
2007, equation 43) is the mean width plus 20 times what lies outside: the lower, the better.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from forecast import HORIZONS, LEVEL, SETS, fit_simple, parts, windows_of

from textrnn.corpora.series.series import Series
from textrnn.heads.forecaster.baselines import RIDGE, Baselines
from textrnn.heads.forecaster.intervals import Intervals, fit_intervals
from textrnn.heads.forecaster.network import ForecasterNetwork, ForecastHead
from textrnn.heads.forecaster.scaling import Scaling

WINDOW = 720  # as recipes/ett.toml has it; the ridge reads its end
STRIDES = {"h": 2, "m": 8}  # from one measured window to the next, of hours and of quarters

Floats = np.ndarray
Forecasts = tuple[Floats, Floats, Floats]  # windows (N, W, K), the ridge's (N, H, K, 1), the truth


def main() -> None:
    """A line for each set and horizon."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--horizons", default=HORIZONS)
    options = parser.parse_args()
    print("| | 90% hold, as wide everywhere | wider where the level moves | score | score |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name in options.sets.split(","):
        for horizon in map(int, options.horizons.split(",")):
            alike, moving = measure(options.data, name, horizon)
            cells = [f"{alike[0]:.1%}", f"{moving[0]:.1%}", f"{alike[1]:.2f}", f"{moving[1]:.2f}"]
            print(f"| {name}, {horizon} | {' | '.join(cells)} |", flush=True)


def measure(data: Path, name: str, horizon: int) -> tuple[tuple[float, float], ...]:
    """Coverage and score of both kinds of intervals on a test."""
    train, validation, test = parts(data, name, WINDOW)
    scaling = Scaling.fit([train.values], "standard")
    simple = fit_simple(train, validation, WINDOW, horizon)
    network = ForecasterNetwork(WINDOW, horizon, train.columns, head=ForecastHead(segment=48))
    stride = STRIDES[name[3]]
    read, found, truth = forecasts(validation, scaling, simple, stride)
    moving = fit_intervals(read, truth, found, network, simple.season)
    # Without a season, windows that are all alike: widths that are the same after each.
    alike = fit_intervals(np.zeros_like(read), truth, found, network, 0)
    tested = forecasts(test, scaling, simple, stride)
    return scores(replace(alike, spread=None), tested), scores(moving, tested)


def forecasts(series: Series, scaling: Scaling, simple: Baselines, stride: int) -> Forecasts:
    """What the ridge forecasts of some windows."""
    every: Mapping[str, list[Floats]] = {"read": [], "found": [], "truth": []}
    for read, truth in windows_of(series, scaling, WINDOW, simple.horizon):
        read, truth = read[::stride], truth[::stride]
        every["read"].append(read)
        every["found"].append(simple.forecasts(read)[RIDGE][..., None])
        every["truth"].append(truth)
    read, found, truth = map(np.concatenate, every.values())
    return read, found, truth


def scores(intervals: Intervals, tested: Forecasts) -> tuple[float, float]:
    """The share that intervals hold, and their score."""
    read, found, truth = tested
    lower, upper = intervals.bounds(read, found, LEVEL)
    outside = np.maximum(lower - truth, 0) + np.maximum(truth - upper, 0)
    return float((outside == 0).mean()), float((upper - lower + 2 / (1 - LEVEL) * outside).mean())


if __name__ == "__main__":
    main()

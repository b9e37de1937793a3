"""Forecasts of the ETT files beside simple methods: SegRNN by the settings of recipes/ett.toml.

    python benchmarks/forecast.py --data DIR [--sets ETTh1,ETTh2,ETTm1] [--horizons 96,192,336,720]
        [--results forecast.jsonl] [--recipe recipes/ett.toml]

DIR has the files below ``series/ett``. The usual protocol: 8,640 hours train, 2,880 validate and
2,880 test (four times as many quarters of an hour), columns standardised by what trains, every
window of the test counts, means over all columns and steps. The ridge reads 336 steps, the network
what the recipe says; of quarters of an hour, which make four times as many windows, half as many
epochs, rounded down, are enough. A set and horizon is a line of the results; what stands there is
not trained again, so that a run may be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from textrnn.bundle.bundle import Bundle
from textrnn.corpora.series.options import SeriesOptions
from textrnn.corpora.series.reading import read_series
from textrnn.corpora.series.series import Series
from textrnn.heads.forecaster.baselines import RIDGE, Baselines, fit_baselines
from textrnn.heads.forecaster.intervals import Intervals
from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.forecaster.rolling import forecast_windows
from textrnn.heads.forecaster.scaling import Scaling
from textrnn.runtime.session import Session
from textrnn.training.forecaster.batches import ScaledSeries, SeriesWindows
from textrnn.training.forecaster.plan import ForecasterPlan
from textrnn.training.forecaster.run import run_forecaster
from textrnn.training.recipes.recipe import read_recipe

ROOT = Path(__file__).parent.parent
SETS, HORIZONS = "ETTh1,ETTh2,ETTm1", "96,192,336,720"
HOURS = (8640, 11520, 14400)  # where what trains, validates and tests ends
RIDGE_WINDOW, SEASON = 336, 24
LEVEL = 0.9  # of the intervals
BATCH = 256
# Mean squared errors as published, at 96, 192, 336 and 720 steps.
PUBLISHED = {
    ("ETTh1", "SegRNN"): (0.351, 0.392, 0.423, 0.466),
    ("ETTh1", "PatchTST"): (0.370, 0.413, 0.422, 0.447),
    ("ETTh1", "NLinear"): (0.374, 0.408, 0.429, 0.440),
    ("ETTh1", "DLinear"): (0.375, 0.405, 0.439, 0.472),
    ("ETTh1", "GRU"): (1.135, 1.123, 1.080, 1.089),
}


def main() -> None:
    """Train and measure what the results lack, and show all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--horizons", default=HORIZONS)
    parser.add_argument("--results", type=Path, default=Path("forecast.jsonl"))
    parser.add_argument("--recipe", type=Path, default=ROOT / "recipes" / "ett.toml")
    options = parser.parse_args()
    plan = read_recipe(options.recipe).plan
    found = read_results(options.results)
    for name in options.sets.split(","):
        for horizon in map(int, options.horizons.split(",")):
            if (name, horizon) not in found:
                line = measure(options.data, name, horizon, plan)
                found[name, horizon] = line
                with options.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
            print(json.dumps(found[name, horizon]), flush=True)
    show(found)


def read_results(path: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """The lines of an earlier run, by set and horizon."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {(line["set"], line["horizon"]): line for line in map(json.loads, lines)}


def parts(data: Path, name: str, window: int) -> tuple[Series, Series, Series]:
    """What trains, validates and tests; the latter two begin a window before their part."""
    (series,) = read_series(data / "series" / "ett" / f"{name}.csv.xz", SeriesOptions(time="date"))
    train, validation, test = (end * (4 if "m" in name else 1) for end in HOURS)
    return (
        series.cut(0, train),
        series.cut(train - window, validation),
        series.cut(validation - window, test),
    )


def measure(data: Path, name: str, horizon: int, plan: ForecasterPlan) -> dict[str, Any]:
    """Train for a set and a horizon, and measure on its test."""
    plan = replace(plan, series=replace(plan.series, horizon=horizon))
    if "m" in name:
        fewer = max(1, plan.training.epochs // 2)
        plan = replace(plan, training=replace(plan.training, epochs=fewer))
    window = plan.series.window
    train, validation, test = parts(data, name, window)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "model"
        manifest = run_forecaster(
            [train], validation=[validation], out=out, plan=plan, on_message=print
        )
        trained_s = time.perf_counter() - started
        errors = measure_network(Bundle.open(out), test)
    simple = fit_simple(train, validation, window, horizon)
    errors |= measure_simple(simple, Scaling.fit([train.values], "standard"), test, window)
    return {
        "set": name,
        "horizon": horizon,
        "trained_s": round(trained_s),
        "validation_mse": manifest.scores["validation_mse"],
        "seed": plan.training.random_state,
        **{key: round(value, 4) for key, value in errors.items()},
    }


def measure_network(bundle: Bundle, test: Series) -> dict[str, float]:
    """Mean errors of the graph as it is served, and the share that its intervals hold."""
    network = ForecasterNetwork.from_dict(bundle.manifest.network)
    scaling = Scaling(**bundle.manifest.serving["scaling"])
    intervals = Intervals.from_bytes(bundle.read("intervals.npz"), "intervals.npz", network)
    session = Session(bundle.read("model.onnx"), threads=1)
    sums: dict[str, float] = defaultdict(float)
    for read, truth in windows_of(test, scaling, network.window, network.horizon):
        found = forecast_windows(
            network, lambda windows: session.run({"windows": windows})["forecast"], read
        )
        error = found[..., network.point] - truth
        lower, upper = intervals.bounds(read, found, LEVEL)
        sums["mse"] += float((error**2).sum())
        sums["mae"] += float(np.abs(error).sum())
        sums["coverage"] += float(((lower <= truth) & (truth <= upper)).sum())
        sums["count"] += truth.size
    return {key: sums[key] / sums["count"] for key in ("mse", "mae", "coverage")}


def fit_simple(train: Series, validation: Series, window: int, horizon: int) -> Baselines:
    """The simple methods; the ridge's windows that validate begin before their part, too."""
    scaling = Scaling.fit([train.values], "standard")
    held = validation.cut(window - RIDGE_WINDOW, None)
    simple, _ = fit_baselines(
        [scaling.apply(train.values)],
        [scaling.apply(held.values)],
        window=RIDGE_WINDOW,
        horizon=horizon,
        season=SEASON * (4 if "15" in str(train.step) else 1),
    )
    return simple


def measure_simple(
    simple: Baselines, scaling: Scaling, test: Series, window: int
) -> dict[str, float]:
    """Mean squared errors of the simple methods."""
    sums: dict[str, float] = defaultdict(float)
    count = 0
    later = test.cut(window - RIDGE_WINDOW, None)
    for read, truth in windows_of(later, scaling, RIDGE_WINDOW, simple.horizon):
        for name, found in simple.forecasts(read).items():
            sums[name] += float(((found - truth) ** 2).sum())
        count += truth.size
    return {f"mse of {name}": total / count for name, total in sums.items()}


def windows_of(
    series: Series, scaling: Scaling, window: int, horizon: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All windows (B, W, C) with what follows, (B, H, C), scaled."""
    scaled = ScaledSeries(scaling.apply(series.values), None)
    windows = SeriesWindows([scaled], window=window, steps=horizon)
    for start in range(0, len(windows), BATCH):
        values = windows.values(np.arange(start, min(start + BATCH, len(windows))))
        yield values[:, :window], values[:, window:]


def show(found: dict[tuple[str, int], dict[str, Any]]) -> None:
    """A table, with what others have published."""
    rows = (
        "mse",
        "mae",
        "coverage",
        f"mse of {RIDGE}",
        "mse of last value",
        "mse of mean of seasons",
    )
    for name in dict.fromkeys(name for name, _ in found):
        horizons = sorted(horizon for other, horizon in found if other == name)
        print(f"\n| {name} | " + " | ".join(map(str, horizons)) + " |")
        print("| --- |" + " --- |" * len(horizons))
        for row in rows:
            values = [f"{found[name, horizon][row]:.3f}" for horizon in horizons]
            print(f"| {row} | " + " | ".join(values) + " |")
        for (published, method), figures in PUBLISHED.items():
            if published == name:
                known = dict(zip(map(int, HORIZONS.split(",")), figures, strict=True))
                values = [f"{known[h]:.3f}" if h in known else "" for h in horizons]
                print(f"| {method}, published | " + " | ".join(values) + " |")


if __name__ == "__main__":
    main()

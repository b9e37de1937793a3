"""A forecaster's answers in JavaScript, held against Python's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_bundles import put, put_manifest, small_forecaster

from in_node import browser_answers
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import load
from textrnn.corpora.series.steps import Step, shown_times
from textrnn.errors import InputError
from textrnn.heads.forecaster.baselines import Baselines
from textrnn.heads.forecaster.forecaster import Forecaster
from textrnn.heads.forecaster.intervals import LEVELS, Intervals, Spread

STEPS = {
    "1 hour": Step(3_600_000_000),
    "15 minutes": Step(900_000_000),
    "1 business day": Step(1, "business day"),
    "1 month": Step(1, "month"),
    "3 month ends": Step(3, "month end"),
    "1 year": Step(12, "month"),
}


def record_of(rng: np.random.Generator, step: str, length: int) -> dict[str, Any]:
    """A series with a feature and times of a step."""
    first = "2023-11-30" if step == "3 month ends" else "2023-11-15"
    times = STEPS[step].after(np.datetime64(first, "us"), length)
    walk = np.cumsum(rng.normal(0, 3, (length, 3)), axis=0) + 10
    columns = {name: walk[:, i].round(3).tolist() for i, name in enumerate("xyz")}
    return {"time": shown_times(times), **columns}


Asked = list[tuple[dict[str, Any], dict[str, Any]]]


def check_answers(models: list[tuple[Forecaster, Asked]], folder: Path, *, close: float) -> None:
    """See that a browser answers as Python does."""
    answers = browser_answers(models, folder)
    for (head, asked), forecasts in zip(models, answers, strict=True):
        for (record, options), found in zip(asked, forecasts, strict=True):
            right = next(head.answer([head.from_record(record)], **options)).as_dict()
            check_answer(found, right, close=close)


def check_answer(found: dict[str, Any], right: dict[str, Any], *, close: float) -> None:
    """See that two answers are the same."""
    assert found["times"] == right["times"]
    assert found.keys() == right.keys()
    for name in {"values", "lower", "upper"} & right.keys():
        assert found[name].keys() == right[name].keys()
        for target, values in right[name].items():
            assert found[name][target] == pytest.approx(values, abs=close), name
    assert [s["method"] for s in found["simple"]] == [s["method"] for s in right["simple"]]
    for one, other in zip(found["simple"], right["simple"], strict=True):
        for target, values in other["values"].items():
            assert one["values"][target] == pytest.approx(values, abs=close), other["method"]


def small_model(path: Path, step: str, rng: np.random.Generator) -> Forecaster:
    """A model of series of a step, all of whose parts do something."""
    quantiles = (0.1, 0.5, 0.9) if step == "1 month" else ()
    small_forecaster(
        path, targets=("x", "y"), features=("z",), weight=0.5, quantiles=quantiles,
        calendar=("weekday", "hour", "monthday", "yearday", "minute"),
        serving={"time": "time", "step": step},
    )  # fmt: skip
    kernel = rng.normal(0, 0.2, (2, 5, 2)).astype(np.float32)
    put(path, "baselines.npz", Baselines(2, kernel, 1.0).to_bytes())
    widths = np.sort(rng.uniform(0.1, 2, (len(LEVELS), 2, 2)), axis=0).astype(np.float32)
    spread = None if quantiles else Spread(0, np.array([0.5, 2.0], np.float32))
    put(path, "intervals.npz", Intervals(widths, quantiles, spread).to_bytes())
    normalize = {"1 hour": "mean", "15 minutes": "none"}.get(step, "last")
    network = Bundle.open(path).manifest.network
    put_manifest(path, {"network": {**network, "normalize": normalize}})
    return Forecaster.load(path)


def test_two_hundred_series_go_on_as_in_python(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    models = [
        (
            small_model(tmp_path / step, step, rng),
            [
                (record_of(rng, step, 4 + i % 5), {"horizon": 1 + i % 7, "interval": 0.5 + i / 80})
                for i in range(35)
            ],
        )
        for step in STEPS
    ]
    check_answers(models, tmp_path, close=1e-3)


def test_columns_are_found_whatever_their_capitals_and_blanks(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    head = small_model(tmp_path / "small", "1 hour", rng)
    one = record_of(rng, "1 hour", 6)
    given = [
        dict(zip(names, (one[name] for name in ("time", *"xyz")), strict=True))
        for names in (
            ("Time ", " X", "Y", "z\n"), ("date", "x", "y", "z"), ("TIME", "x", "\u3000y", "Z"),
        )
    ]  # fmt: skip
    given += [{**one, "X": one["y"], "Zeit": one["time"]}]
    check_answers([(head, [(record, {}) for record in given])], tmp_path, close=1e-3)


def test_columns_that_cannot_be_told_are_refused_as_in_python(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    head = small_model(tmp_path / "small", "1 hour", rng)
    one = record_of(rng, "1 hour", 6)
    without = {name: cells for name, cells in one.items() if name != "z"}
    given = [without, {**without, "Z": one["z"], " z": one["z"]}]
    both = Forecaster.load(small_forecaster(tmp_path / "both", targets=("x", "X")))
    asked: list[tuple[Forecaster, Asked]] = [
        (head, [(record, {}) for record in given]), (both, [({"X": one["x"]}, {})]),
    ]  # fmt: skip
    for (model, questions), answers in zip(asked, browser_answers(asked, tmp_path), strict=True):
        for (record, _), answer in zip(questions, answers, strict=True):
            with pytest.raises(InputError) as refused:
                model.from_record(record)
            assert answer == {"refused": str(refused.value)}


def test_the_shipped_model_forecasts_as_in_python(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    times = STEPS["1 hour"].after(np.datetime64("2024-12-20", "us"), 200)
    day = 300 + 60 * np.sin(np.arange(200) / 24 * 2 * np.pi) + rng.normal(0, 5, 200)
    record = {
        "time": shown_times(times),
        "load": day.round(1).tolist(),
        "temperature": rng.normal(5, 2, 200).round(1).tolist(),
    }
    asked: Asked = [(record, {}), (record, {"horizon": 50, "interval": None})]
    check_answers([(load("town-load"), asked)], tmp_path, close=0.05)

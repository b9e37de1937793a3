"""A forecaster from tables, from Python's data and from a recipe, end to end."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import textrnn
from calling import textrnn_in
from made_up import made_up_load
from textrnn.bundle.bundle import Bundle
from textrnn.errors import ConfigurationError, InputError
from textrnn.training.forecaster.plan import WindowSettings
from textrnn.training.recipes.recipe import Recipe, read_recipe
from textrnn.training.recipes.reproduce import reproduce

pytestmark = pytest.mark.train

SMALL = {"units": 4, "epochs": 2, "batch_size": 32, "window": 12, "horizon": 3}


def test_numbers_in_a_list_are_learned_and_forecast(tmp_path: Path) -> None:
    numbers = made_up_load(200).values[:, 0].tolist()
    said: list[str] = []
    model = textrnn.train_forecaster(
        numbers, out=tmp_path / "m", segment=4, loss="mae", on_message=said.append, **SMALL
    )
    assert model.network.targets == ("value",)
    assert (model.network.window, model.network.horizon, model.network.head.segment) == (12, 3, 4)
    found = model.forecast(numbers, interval=0.8)
    assert found.values.shape == (3, 1)
    assert np.abs(found.values - 50).max() < 20
    assert (found.lower < found.upper).all()
    assert any(line.startswith("146 training windows, 38 validation windows: 12") for line in said)
    manifest = model.bundle.manifest
    assert (manifest.language, manifest.labels) == ("", ("value",))
    assert manifest.serving["time"] is manifest.serving["step"] is None
    assert manifest.scores["validation_mse"] < manifest.scores["validation_mse of last value"]


def test_a_linear_forecast_alone_is_the_ridge(tmp_path: Path) -> None:
    """A network that has learned next to nothing adds next to nothing to it."""
    model = textrnn.train_forecaster(
        made_up_load(200), out=tmp_path / "m", learning_rate=1e-9, **SMALL
    )
    found = model.forecast(made_up_load(40))
    np.testing.assert_allclose(found.values, found.simple["ridge"], atol=1e-3)


def test_a_network_beside_a_linear_forecast_is_mixed_with_it(tmp_path: Path) -> None:
    said: list[str] = []
    model = textrnn.train_forecaster(
        made_up_load(200), out=tmp_path / "m", linear="beside", on_message=said.append, **SMALL
    )
    (told,) = (line for line in said if line.startswith("mixed: "))
    assert 0 <= int(told.split()[1].rstrip("%")) < 40  # it has hardly learned yet
    assert model.network.head.linear
    scores = model.bundle.manifest.scores
    assert scores["validation_mse"] <= scores["validation_mse of ridge"] + 1e-4
    with pytest.raises(ConfigurationError, match="normalize=last, not mean"):
        textrnn.train_forecaster(
            made_up_load(200), out=tmp_path / "n", linear="beside", normalize="mean"
        )


def test_what_cannot_be_is_said_before_anything_is_learned(tmp_path: Path) -> None:
    numbers = made_up_load(60).values[:, 0].tolist()
    with pytest.raises(
        ConfigurationError, match="unknown setting 'horizn'; did you mean 'horizon'"
    ):
        textrnn.train_forecaster(numbers, out=tmp_path / "m", horizn=3)
    with pytest.raises(InputError, match="has 60 steps; a window of 80 and a horizon of 12 need"):
        textrnn.train_forecaster(numbers, out=tmp_path / "m", window=80, horizon=12)
    assert not (tmp_path / "m").exists()
    assert not (tmp_path / "m.training").exists()


def test_shops_with_gaps_and_a_calendar_are_learned_from_a_table(tmp_path: Path) -> None:
    rows = ["day,shop,sold,price"]
    for shop, level in (("north", 20), ("south", 40)):
        for day in range(60):
            date = np.datetime64("2024-01-01") + day
            sold = (
                "" if (shop, day) == ("south", 20) else level + 5 * math.sin(day * 2 * math.pi / 7)
            )
            rows.append(f"{date},{shop},{sold},{3 + day % 2}")
    (tmp_path / "shops.csv").write_text("\n".join(rows) + "\n", "utf-8")
    call = [
        *("train", "forecaster", "--train", "shops.csv", "--target", "sold", "--feature", "price"),
        *("--group", "shop", "--out", "m", "--units", "4", "--epochs", "1"),
        *("--calendar", "auto"),
    ]  # fmt: skip
    refused = textrnn_in(tmp_path, *call)
    assert refused.returncode == 2
    assert "shops.csv: line 82: no number under sold" in refused.stderr
    assert "Keras" not in refused.stderr
    done = textrnn_in(tmp_path, *call, "--missing", "interpolate")
    assert done.returncode == 0, done.stderr
    network = textrnn.load(tmp_path / "m").network
    assert (network.targets, network.features) == (("sold",), ("price",))
    assert network.calendar == ("weekday",)
    assert (network.window, network.horizon) == (7, 6)
    serving = Bundle.open(tmp_path / "m").manifest.serving
    assert (serving["time"], serving["group"], serving["step"]) == ("day", "shop", "1 day")
    found = textrnn_in(tmp_path, "forecast", "m", "shops.csv", "--missing", "previous")
    assert found.returncode == 0, found.stderr
    lines = found.stdout.splitlines()
    assert lines[0].startswith("series,time,target,forecast,lower,upper,last value,season before")
    assert [line.split(",")[:3] for line in lines[1:]] == [
        [shop, str(np.datetime64("2024-03-01") + day), "sold"]
        for shop in ("north", "south")
        for day in range(6)
    ]


RECIPE = """
name = "small"
task = "forecaster"
series = { window = 12, horizon = 3 }
encoders = [{ cell = "rnn", units = 4, bidirectional = false }]
training = { epochs = 1, batch_size = 64 }
[[data.train]]
file = "load.csv"
rows = [0, 200]
[[data.validation]]
file = "load.csv"
rows = [188, 250]
[[data.test]]
file = "load.csv"
corpus = "the end"
rows = [238, 300]
"""


def small_recipe(folder: Path) -> Recipe:
    load = made_up_load(300).values[:, 0]
    (folder / "load.csv").write_text("load\n" + "\n".join(map(str, load)) + "\n", "utf-8")
    (folder / "r.toml").write_text(RECIPE, "utf-8")
    return read_recipe(folder / "r.toml")


def test_a_recipe_cuts_one_file_into_parts(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path)
    manifest = reproduce(recipe, data=tmp_path, out=tmp_path / "m")
    assert manifest.language == ""
    assert [corpus["texts"] for corpus in manifest.corpora] == [200, 62, 62]
    assert (manifest.training["texts"], manifest.training["validation_texts"]) == (186, 48)
    scores = textrnn.load(tmp_path / "m").evaluate([made_up_load(300).cut(238, None)]).scores()
    assert manifest.scores["the end: MSE"] == pytest.approx(scores["MSE"], abs=1e-3)


def test_a_recipe_whose_window_is_too_long_is_refused_before_keras_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = small_recipe(tmp_path)
    monkeypatch.setitem(sys.modules, "textrnn.training.forecaster.run", None)  # not to be imported
    long = replace(recipe, plan=replace(recipe.plan, series=WindowSettings(400, 3)))
    with pytest.raises(InputError, match="has 200 steps; a window of 400 and a horizon of 3 need"):
        reproduce(long, data=tmp_path, out=tmp_path / "m")


def test_a_season_longer_than_the_window_is_told(tmp_path: Path) -> None:
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-03-01")).astype(str).tolist()
    table = {"day": days, "sold": [5 + math.sin(day * 2 * math.pi / 7) for day in range(60)]}
    said: list[str] = []
    textrnn.train_forecaster(
        table, out=tmp_path / "m", on_message=said.append, **{**SMALL, "window": 5}
    )
    assert (
        "note: a window of 5 steps does not hold the season of 7: no seasonal method stands beside "
        "the forecasts"
    ) in said

"""``textrnn forecast``: what is shown, written and drawn, and what is refused."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from small_bundles import small_forecaster

from calling import in_terminal, textrnn_in
from textrnn.cli.parts.forecast_output import sparkline

HOURS = "".join(f"2020-01-01 {hour:02}:00,{n}\n" for hour, n in enumerate((3, 8, 2, 9, 4, 7)))
TABLE = f"time,x\n{HOURS}"
ROW = {"time": "2020-01-01 06:00", "target": "x", "forecast": 7.0, "lower": 6.0, "upper": 8.0,
       "last value": 7.0, "season before": 4.0, "mean of seasons": 3.0, "ridge": 7.0}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """It has a model that forecasts the last value, and a table."""
    small_forecaster(tmp_path / "tiny", serving={"time": "time", "step": "1 hour"})
    (tmp_path / "a.csv").write_text(TABLE, "utf-8")
    return tmp_path


def forecast(folder: Path, *options: str, **more: Any) -> CompletedProcess[str]:
    return textrnn_in(folder, "forecast", "./tiny", "a.csv", *options, **more)


def test_a_pipe_gets_csv(folder: Path) -> None:
    first, second = csv.DictReader(forecast(folder).stdout.splitlines())
    assert first == {name: str(value) for name, value in ROW.items()}
    assert (second["time"], second["season before"]) == ("2020-01-01 07:00", "7.0")


def test_json_lines_and_files(folder: Path) -> None:
    shown = forecast(folder, "--format", "jsonl").stdout
    assert json.loads(shown.splitlines()[0]) == ROW
    assert forecast(folder, "--output", "out.json").stdout == ""
    assert json.loads((folder / "out.json").read_text("utf-8"))[0] == ROW
    forecast(folder, "--output", "out.tsv")
    assert (folder / "out.tsv").read_text("utf-8").startswith("time\ttarget\tforecast\t")


def test_a_season_that_the_window_does_not_hold_is_told(folder: Path) -> None:
    small_forecaster(folder / "tiny", season=5, serving={"time": "time", "step": "1 hour"})
    note = (
        "note: a window of 4 steps does not hold the season of 5: no seasonal method stands beside "
        "the forecasts"
    )
    for command in ("forecast", "evaluate"):
        done = textrnn_in(folder, command, "./tiny", "a.csv")
        assert note in " ".join(done.stderr.split()), command
        assert "season before" not in done.stdout


def test_a_terminal_gets_the_course_and_a_table(folder: Path) -> None:
    code, text = in_terminal(["forecast", "./tiny", "a.csv"], folder)
    shown = [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines()]
    assert (code, shown[0]) == (0, "x ▂▇▁█▃▆▆▆")
    # Names of columns are as many lines as they need, in 80 columns.
    assert " ".join(shown[1:3]).split() == ["last", "season", "mean", "of", "time", "forecast",
                                           "lower", "upper", "value", "before", "seasons",
                                           "ridge"]  # fmt: skip
    assert shown[3].split() == ["2020-01-01", "06:00", "7.0000", "6.0000", "8.0000", "7.0000",
                                "4.0000", "3.0000", "7.0000"]  # fmt: skip


def test_standard_input(folder: Path) -> None:
    found = textrnn_in(folder, "forecast", "./tiny", "-", stdin=TABLE)
    assert found.stdout.splitlines()[1].startswith("2020-01-01 06:00,x,7.0")


def test_the_forecast_is_drawn(folder: Path) -> None:
    forecast(folder, "--plot", "a.png")
    assert (folder / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_long_horizon_is_noted(folder: Path) -> None:
    found = forecast(folder, "--horizon", "5")
    assert len(found.stdout.splitlines()) == 6
    assert "learned to forecast 2 steps; beyond them it reads its own forecast" in found.stderr
    assert forecast(folder).stderr == ""


def test_a_better_method_is_noted(folder: Path) -> None:
    scores = {"validation_mse": 0.5, "validation_mse of last value": 0.4}
    small_forecaster(folder / "tiny", serving={"time": "time"}, scores=scores)
    assert "the network was no better than last value: see" in forecast(folder).stderr
    assert forecast(folder, "--quiet").stderr == ""


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (("x", "y"), (), "a.csv: no column 'x'; there are: time, y"),
        ((" 03:00", " 03:30"), (), "a.csv: line 5: 2020-01-01 03:30 comes after 2020-01-01 02:00"),
        ((",9", ","), (), "a.csv: line 5: no number under x"),
        ((",9", ",nine"), (), "a.csv: line 5: x: 'nine' is no number"),
        ((HOURS, HOURS[:57]), (), "a.csv: 3 steps; the model reads the last 4"),
        (("", ""), ("--horizon", "300"), "300 steps; a model that learned to forecast 2 goes on"),
        (("", ""), ("--plot", "a.txt"), "a.txt: name a .png, .svg or .pdf"),
        (("", ""), ("--interval", "0.4"), "0.5<=x<=0.99"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    folder: Path, change: tuple[str, str], options: tuple[str, ...], message: str
) -> None:
    (folder / "a.csv").write_text(TABLE.replace(*change), "utf-8")
    found = forecast(folder, *options)
    assert (found.returncode, found.stdout) == (2, "")
    assert message in found.stderr


def test_gaps_are_filled_when_asked(folder: Path) -> None:
    (folder / "a.csv").write_text(TABLE.replace(",7", ","), "utf-8")
    found = forecast(folder, "--missing", "previous")
    assert found.stdout.splitlines()[1].startswith("2020-01-01 06:00,x,4.0")


def test_groups(folder: Path) -> None:
    small_forecaster(folder / "tiny", serving={"group": "shop"})
    rows = "".join(f"{shop},{n}\n" for n in range(4) for shop in ("a", "b"))
    (folder / "a.csv").write_text(f"shop,x\n{rows}", "utf-8")
    found = forecast(folder).stdout.splitlines()
    assert [line.split(",")[:3] for line in found[:2]] == [["series", "step", "target"],
                                                           ["a", "1", "x"]]  # fmt: skip
    assert "--plot draws one series; the file holds 2" in forecast(folder, "--plot", "a.png").stderr


def test_it_is_evaluated(folder: Path) -> None:
    call = ("evaluate", "./tiny", "a.csv")
    found = textrnn_in(folder, *call, "--report", "report", "--stride", "2")
    assert found.stdout.startswith("MSE 14.500: 1 forecast of 2 steps, one every 2 steps")
    assert (folder / "report" / "forecasts.png").exists()
    more = textrnn_in(folder, *call, "--format", "json", "--interval", "0.5")
    assert json.loads(more.stdout)["intervals"]["level"] == 0.5
    refused = textrnn_in(folder, *call, "--text-field", "x")
    assert "--text-field means nothing to a forecaster (tiny)" in refused.stderr


def test_other_models_do_not_forecast(tiny_bundle: Path, folder: Path) -> None:
    found = textrnn_in(folder, "forecast", str(tiny_bundle), "a.csv")
    assert found.returncode == 2
    assert "tiny is a classifier; textrnn forecast needs a forecaster" in found.stderr


def test_a_course_that_never_changes() -> None:
    assert sparkline([1, 1], 1, 1) == "▁▁"

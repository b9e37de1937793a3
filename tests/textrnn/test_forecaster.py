"""The forecaster: what it answers, what it refuses, and how its errors are measured."""

from __future__ import annotations

import copy
import itertools
import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from small_bundles import small_forecaster

from textrnn.corpora import Series, SeriesOptions, given_series, read_series
from textrnn.errors import BundleError, ConfigurationError, InputError
from textrnn.heads.examples import ExampleSource
from textrnn.heads.forecaster.forecaster import Forecaster
from textrnn.heads.forecaster.pictures import examples_figure
from textrnn.heads.forecaster.result import shown_value
from textrnn.heads.forecaster.scores import CoverageSums, ErrorSums, Example, naive_errors
from textrnn.reports.folder import write_report

NUMBERS = [3.0, 8.0, 2.0, 9.0, 4.0, 7.0]
HOURS = [f"2020-01-01 {hour:02}:00" for hour in range(6)]


@pytest.fixture
def model(tmp_path: Path) -> Forecaster:
    """It forecasts the last value; its bounds lie 1 to either side."""
    return Forecaster.load(small_forecaster(tmp_path / "tiny"))


# --- forecasts --------------------------------------------------------------------------------


def test_a_forecast_has_values_bounds_and_simple_methods(model: Forecaster) -> None:
    found = model.forecast(NUMBERS)
    assert found.values.tolist() == [[7], [7]]
    assert found.lower is not None
    assert found.upper is not None
    assert (found.lower.tolist(), found.upper.tolist()) == ([[6], [6]], [[8], [8]])
    assert (found.level, found.method, found.times) == (0.9, "conformal", None)
    assert {name: one[:, 0].tolist() for name, one in found.simple.items()} == {
        "last value": [7, 7],
        "season before": [4, 7],
        "mean of seasons": [3, 8],
        "ridge": [7, 7],
    }


def test_beyond_its_horizon_it_goes_on(model: Forecaster) -> None:
    found = model.forecast(NUMBERS, horizon=5, interval=0.5)
    assert found.values[:, 0].tolist() == [7] * 5
    assert found.simple["season before"][:, 0].tolist() == [4, 7, 4, 7, 4]
    width = (found.upper - found.values)[:, 0]  # type: ignore[operator]
    assert width.round(4).tolist() == [1, 1, 1.2247, 1.4142, 1.5811]
    assert model.forecast(NUMBERS, interval=None).lower is None


def test_gaps_are_filled_as_the_error_says(model: Forecaster) -> None:
    gap = [*NUMBERS, np.nan, 5.0, np.nan]
    with pytest.raises(InputError, match=r"fill gaps with missing='interpolate' or missing='prev"):
        model.forecast(gap)
    assert model.forecast(gap, missing="previous").known.values[-3:, 0].tolist() == [7, 5, 5]
    table = {"x": [*NUMBERS, None, 5.0]}
    assert model.forecast(table, missing="interpolate").known.values[-2:, 0].tolist() == [6, 5]
    (found,) = model.forecast_groups(table, missing="previous").values()
    assert found.known.values[-2:, 0].tolist() == [7, 5]
    with pytest.raises(ConfigurationError, match="missing must be one of error, interpolate, prev"):
        model.forecast(gap, missing="zero")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"horizon": 0}, "horizon must be at least 1; received 0"),
        ({"horizon": 201}, "horizon: 201 steps; a model that learned to forecast 2 goes on to 200"),
        ({"interval": 0.3}, "interval must be from 0.5 to 0.99; received 0.3"),
    ],
)
def test_options_that_cannot_be(model: Forecaster, options: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        model.forecast(NUMBERS, **options)
    with pytest.raises(ConfigurationError, match=message):
        model.answer([], **options)


def test_times_go_on_where_those_of_the_series_end(model: Forecaster) -> None:
    frame = pandas.DataFrame({"x": NUMBERS}, index=pandas.DatetimeIndex(HOURS))
    found = model.forecast(frame)
    assert found.shown_times == ["2020-01-01 06:00", "2020-01-01 07:00"]
    assert next(found.rows()) == {
        "time": "2020-01-01 06:00", "target": "x", "forecast": 7.0, "lower": 6.0, "upper": 8.0,
        "last value": 7.0, "season before": 4.0, "mean of seasons": 3.0, "ridge": 7.0,
    }  # fmt: skip
    assert [row["step"] for row in model.forecast(NUMBERS).rows()] == [1, 2]
    late = {"x": [n / 3 for n in NUMBERS], "time": np.array(HOURS, "datetime64[h]") + 17}
    rows = list(model.forecast(late).rows())
    assert [row["time"] for row in rows] == ["2020-01-01 23:00", "2020-01-02 00:00"]
    assert rows[0]["forecast"] == 2.333333


def test_an_index_of_times_is_the_time_whatever_it_is_called(tmp_path: Path) -> None:
    model = Forecaster.load(small_forecaster(tmp_path / "tiny", serving={"time": "date"}))
    index = pandas.DatetimeIndex(HOURS)
    found = model.forecast(pandas.DataFrame({"x": NUMBERS}, index=index))
    assert found.shown_times[0] == "2020-01-01 06:00"
    assert model.forecast(pandas.Series(NUMBERS, index)).shown_times[0] == "2020-01-01 06:00"
    assert model.forecast({"x": NUMBERS, "when": HOURS}).shown_times[0] == "2020-01-01 06:00"
    assert model.forecast({"x": NUMBERS}).times is None


def test_all_of_it_is_plain_data(model: Forecaster) -> None:
    told = model.forecast(NUMBERS).as_dict()
    assert json.loads(json.dumps(told)) == told
    assert told["values"] == {"x": [7, 7]}
    assert told["simple"][1] == {"method": "season before", "values": {"x": [4, 7]}}
    kinds = model.column_kinds(model.network.labels, {})
    assert list(model.forecast(NUMBERS).columns()) == list(kinds)
    assert "lower" not in model.column_kinds(("x",), {"interval": None})


def test_a_notebook_shows_a_table(model: Forecaster) -> None:
    html = model.forecast({"x": [1e6 * n for n in NUMBERS]})._repr_html_()
    assert "<th>season before</th>" in html
    assert "<td>7,000,000</td>" in html
    assert shown_value(0.0) == "0"


def test_groups_have_a_forecast_each(tmp_path: Path) -> None:
    model = Forecaster.load(small_forecaster(tmp_path / "tiny", serving={"group": "shop"}))
    table = {"shop": ["a", "b"] * 4, "x": [1, 10, 2, 20, 3, 30, 4, 40]}
    found = model.forecast_groups(table)
    assert {name: one.values[0, 0] for name, one in found.items()} == {"a": 4, "b": 40}
    assert (found["b"].text, next(found["b"].rows())["series"]) == ("b", "b")
    with pytest.raises(InputError, match="series: 2 groups, where one series was expected"):
        model.forecast(table)
    assert model.forecast({"x": [1, 2, 3, 4]}).text == "series"  # one needs no name
    nameless = given_series(NUMBERS) + given_series(NUMBERS)
    with pytest.raises(InputError, match="no column 'x'"):
        model.forecast_groups(nameless)
    same = given_series({"x": NUMBERS}) + given_series({"x": NUMBERS})
    with pytest.raises(InputError, match="several series are called ''; give each a name"):
        model.forecast_groups(same)


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_told_what_reads_it(model: Forecaster, kind: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n" + "\n".join(map(str, NUMBERS)) + "\n", "utf-8")
    path = kind(tmp_path / "a.csv")
    for call in (model.forecast, model.forecast_groups, model.answer):
        with pytest.raises(InputError, match=r"a\.csv'; textrnn\.corpora\.read_series reads it"):
            call(path)
    found = model.forecast(read_series(path)).values
    assert found.tolist() == model.forecast({"x": NUMBERS}).values.tolist()


def test_columns_are_found_by_their_names(tmp_path: Path) -> None:
    model = Forecaster.load(
        small_forecaster(tmp_path / "tiny", targets=("x", "y"), features=("z",), weight=1.0)
    )
    table = {"z": [5.0, 1, 4, 2], "y": [2.0, 3, 4, 9], "x": NUMBERS[:4]}
    by_name = model.forecast(table)
    in_order = model.forecast(np.array([table["x"], table["y"], table["z"]]).T)
    assert by_name.values.tolist() == in_order.values.tolist()
    assert np.ptp(by_name.values) > 0.1
    series = given_series(table, SeriesOptions(targets=("y", "z", "x")))
    assert model.forecast(series[0]).values.tolist() == by_name.values.tolist()
    with pytest.raises(InputError, match=r"series: expected 3 columns \(x, y, z\); received 1"):
        model.forecast(NUMBERS)
    with pytest.raises(InputError, match="series: no column 'z'; there are: x, y"):
        model.forecast({"x": NUMBERS, "y": NUMBERS})


def test_capitals_of_names_do_not_matter(tmp_path: Path) -> None:
    model = Forecaster.load(
        small_forecaster(tmp_path / "tiny", targets=("x",), features=("Two Z",))
    )
    found = model.forecast({" two  z ": NUMBERS, "X": NUMBERS[::-1]})
    assert (found.targets, found.values[0, 0]) == (("x",), NUMBERS[0])
    (tmp_path / "a.csv").write_text("TWO Z,X\n" + "1,2\n" * 5, "utf-8")
    (series,) = model.read_examples(model.completed(ExampleSource(str(tmp_path / "a.csv"))))
    assert model.forecast(series).values[0, 0] == 2
    assert model.from_record({"X": NUMBERS, "two z": NUMBERS}).columns == ("x", "Two Z")
    either = {"two Z": NUMBERS, "TWO Z": NUMBERS, "x": NUMBERS}
    with pytest.raises(InputError, match=r"column 'Two Z' may be any of two Z, TWO Z; name one of"):
        model.forecast(either)
    both = Forecaster.load(small_forecaster(tmp_path / "both", targets=("x", "X")))
    (series,) = given_series({"X": NUMBERS}, SeriesOptions(targets=("X",)))
    with pytest.raises(InputError, match="no column 'x', which the model reads; there are: X"):
        both.forecast(series)


def test_series_that_it_cannot_read(tmp_path: Path, model: Forecaster) -> None:
    with pytest.raises(InputError, match="series: 3 steps; the model reads the last 4"):
        model.forecast([1, 2, 3])
    with pytest.raises(InputError, match="series: entry 1: no number under value"):
        model.forecast([1, float("nan"), 3, 4, 5])
    hourly = Forecaster.load(
        small_forecaster(tmp_path / "hourly", calendar=("hour",), serving={"step": "1 hour"})
    )
    with pytest.raises(InputError, match="no times, of which the model reads hour; name their"):
        hourly.forecast(NUMBERS)
    days = {"date": [f"2020-01-0{day}" for day in range(1, 7)], "x": NUMBERS}
    with pytest.raises(InputError, match="a step of 1 day; the model learned one of 1 hour"):
        hourly.forecast(days)
    assert hourly.forecast({"date": HOURS, "x": NUMBERS}).values[0, 0] == 7


def test_records_are_series(model: Forecaster) -> None:
    series = model.from_record({"id": 7, "values": NUMBERS, "time": HOURS})
    assert isinstance(series, Series)
    assert (series.columns, str(series.step)) == (("x",), "1 hour")
    assert model.from_record({"x": NUMBERS}).values[:, 0].tolist() == NUMBERS
    with pytest.raises(InputError, match="a record: no list of numbers under x; there are: id"):
        model.from_record({"id": 7})


def test_answers_come_in_order_and_one_by_one(tmp_path: Path) -> None:
    model = Forecaster.load(small_forecaster(tmp_path / "tiny", weight=1.0))
    inputs = [np.roll(NUMBERS, turn) for turn in range(6)]
    alone = [model.forecast(one).values for one in inputs]
    together = [found.values for found in model.answer(iter(inputs), batch_size=4)]
    np.testing.assert_allclose(together, alone, rtol=1e-6)
    asked = 0

    def source() -> Any:
        nonlocal asked
        for one in inputs:
            asked += 1
            yield one

    next(model.answer(source(), batch_size=2))
    assert asked == 2


def test_it_is_copied_and_closed(tmp_path: Path, model: Forecaster) -> None:
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert again.forecast(NUMBERS).values.tolist() == [[7], [7]]
    found = model.forecast(NUMBERS)
    assert pickle.loads(pickle.dumps(found)).as_dict() == found.as_dict()
    model.close()
    with pytest.raises(ConfigurationError, match="the model is closed"):
        model.forecast(NUMBERS)


def test_what_was_better_on_validation_is_told(tmp_path: Path) -> None:
    scores = {"validation_mse": 0.5, "validation_mse of last value": 0.4,
              "validation_mse of ridge": 0.6}  # fmt: skip
    model = Forecaster.load(small_forecaster(tmp_path / "tiny", scores=scores))
    assert model.forecast(NUMBERS).better == ("last value",)


@pytest.mark.parametrize(
    ("scaling", "message"),
    [
        ({"kind": "standard", "offset": [1.0, 2.0], "scale": [1.0, 1.0]}, "of other columns"),
        ({"kind": "standard", "offset": [1.0], "scale": [0.0]}, "numbers that cannot be"),
        (None, "scaling"),
    ],
)
def test_a_scaling_that_does_not_fit_is_refused(tmp_path: Path, scaling: Any, message: str) -> None:
    path = small_forecaster(tmp_path / "tiny", serving={"scaling": scaling})
    with pytest.raises(BundleError, match=f"tiny: bundle.json: serving: .*{message}"):
        Forecaster.load(path)


# --- measured ---------------------------------------------------------------------------------


def test_errors_by_hand() -> None:
    """Two windows of two steps: 1 expected 2, 0 expected 1; 3 expected 3, 4 expected 2."""
    sums = ErrorSums("ours")
    sums.add(np.array([[[1.0], [0.0]]]), np.array([[[2.0], [1.0]]]))
    sums.add(np.array([[[3.0], [4.0]]]), np.array([[[3.0], [2.0]]]))
    errors = sums.errors()
    assert errors.squared[:, 0].tolist() == [0.5, 2.5]
    assert errors.absolute[:, 0].tolist() == [0.5, 1.5]
    assert errors.percentage[:, 0].tolist() == [0.5, 0.5]  # of 0 there is no share
    assert errors.symmetric[:, 0].tolist() == [1 / 3, (2 + 2 / 3) / 2]
    found = errors.measures(np.ones(1), np.array([2.0]))
    assert found == {
        "MSE": 1.5,
        "MAE": 1.0,
        "RMSE": 1.5**0.5,
        "MAPE": 0.5,
        "sMAPE": pytest.approx((1 / 3 + 4 / 3) / 2),
        "MASE": 0.5,
    }
    assert errors.measures(np.full(1, 2.0), np.zeros(1))["MSE"] == 0.375
    assert np.isnan(errors.measures(np.ones(1), np.zeros(1))["MASE"])


def test_coverage_by_hand() -> None:
    sums = CoverageSums(0.9)
    truth = np.array([[[1.0]], [[5.0]]])
    sums.add(truth, np.array([[[0.0]], [[6.0]]]), np.array([[[1.0]], [[9.0]]]))
    assert (sums.coverage().share.tolist(), sums.coverage().width.tolist()) == ([[0.5]], [[2.0]])


def test_what_mase_is_relative_to() -> None:
    series = [np.array([[1.0], [4.0], [2.0], [8.0]]), np.array([[1.0]])]
    assert naive_errors(series, 2).tolist() == [(1 + 4) / 2]
    assert np.isnan(naive_errors([np.ones((1, 1))], 0)).all()


def test_a_series_is_forecast_from_every_point(model: Forecaster) -> None:
    """From 9 to 4 and 7, and from 4 to 7 and 5: always the last value."""
    (series,) = given_series({"x": [*NUMBERS, 5.0]})
    read: list[int] = []
    report = model.evaluate([series], on_progress=read.append)
    assert (report.windows, sum(read)) == (2, 2)
    assert report.network.squared[:, 0].tolist() == [(25 + 9) / 2, (4 + 1) / 2]
    scores = report.scores()
    assert (scores["MSE"], scores["MAE"]) == (9.75, 2.75)
    assert scores["MSE of last value"] == 9.75
    # The season before: 2, 9 and 9, 4.
    assert scores["MSE of season before"] == pytest.approx((4 + 4 + 4 + 1) / 4)
    assert (scores["coverage"], scores["width"]) == (0.25, 2.0)
    assert scores["MASE"] == pytest.approx(2.75 / 1.4)
    assert model.evaluate([series], stride=2).windows == 1
    longer = model.evaluate([series], horizon=3)
    assert longer.network.squared[:, 0].tolist() == [25, 4, 16]


@pytest.mark.parametrize(
    ("horizon", "steps"),
    [(1, [1]), (7, [1, 2, 3, 4, 5, 6, 7]), (24, [1, 3, 6, 9, 12, 15, 18, 21, 24]),
     (30, [1, 4, 8, 12, 16, 20, 24, 28, 30])],
)  # fmt: skip
def test_a_table_has_all_steps_or_every_so_many_from_the_first_to_the_last(
    horizon: int, steps: list[int], model: Forecaster
) -> None:
    (series,) = given_series({"x": list(range(40))})
    table = model.evaluate([series], horizon=horizon).sections()[1].table
    assert table is not None
    assert [int(row[0]) for row in table.rows] == steps
    assert [float(row[1]) for row in table.rows] == steps  # the last value, of a straight line


def test_several_targets_are_scored_scaled(tmp_path: Path) -> None:
    model = Forecaster.load(small_forecaster(tmp_path / "tiny", targets=("x", "y")))
    table = {"x": NUMBERS, "y": [10 * number for number in NUMBERS]}
    report = model.evaluate(given_series(table))
    assert report.scores()["MSE"] == (25 + 4 + 2500 + 400) / 4 / 4
    told = report.as_dict()
    assert told["by_target"]["y"]["MSE"] == 1450
    assert told["by_target"]["x"]["MSE"] == 14.5
    assert "by target, in its own unit" in [s.headline + s.about for s in report.sections()]


def test_notes_tell_what_was_better_and_left_out(model: Forecaster) -> None:
    (series, short) = (given_series({"x": list(range(size))})[0] for size in (8, 5))
    notes: list[str] = []
    model.evaluate([series, short], on_note=notes.append)
    assert notes[:2] == [
        "here last value is as good or better: MSE 2.5, the model's 2.5",
        "here ridge is as good or better: MSE 2.5, the model's 2.5",
    ]
    assert notes[-1] == "left out: 1 series of less than 6 steps"
    with pytest.raises(
        InputError, match="no series to score: 1 shorter than the window of 4 steps"
    ):
        model.evaluate([short])


def test_a_report_has_numbers_words_and_pictures(model: Forecaster, tmp_path: Path) -> None:
    (series,) = given_series({"date": HOURS, "x": NUMBERS})
    report = model.evaluate([series])
    write_report(report, tmp_path / "report", title="tiny on hours")
    told = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert told["scores"] == report.scores()
    assert [one["name"] for one in told["methods"]] == [
        "tiny", "last value", "season before", "mean of seasons", "ridge",
    ]  # fmt: skip
    assert told["methods"][0]["by_step"]["MSE"] == [25, 4]
    text = (tmp_path / "report" / "report.md").read_text("utf-8")
    assert text.startswith("# tiny on hours\n\n1 forecast of 2 steps, one at each step, 1 series: ")
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert "<title>tiny on hours</title>" in page
    assert "<td>last value</td><td class=number>14.5</td>" in page
    assert '<img src="horizon.png" alt="horizon">' in page
    pictures = {path.name for path in (tmp_path / "report").glob("*.png")}
    assert pictures == set(model.pictures)
    assert report.examples[0].name == "from 2020-01-01 04:00"
    assert report.examples[0].truth.tolist() == [4, 7]


def test_a_forecast_is_drawn(model: Forecaster, tmp_path: Path) -> None:
    found = model.forecast({"date": HOURS, "x": NUMBERS})
    figure = found.plot(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")
    line = next(line for line in figure.axes[0].lines if line.get_label() == "forecast")
    assert line.get_ydata().tolist() == [7, 7, 7]  # from the last known one
    with pytest.raises(ConfigurationError, match=r"a\.txt: name a \.png, \.svg or \.pdf"):
        found.plot(tmp_path / "a.txt")


def test_the_times_and_steps_under_a_picture_can_be_read(model: Forecaster) -> None:
    found = model.forecast(NUMBERS * 4, horizon=7)
    days = np.datetime64("2024-01-13", "us") + np.arange(31) * np.timedelta64(1, "D")
    of_days = replace(found, known=replace(found.known, times=days[:24]), times=days[24:])
    truth = np.zeros(5)
    example = Example("a", np.zeros(15), truth, truth, truth, truth)
    for figure in (of_days.plot(), examples_figure([example], target="x", level=0.9)):
        figure.draw_without_rendering()
        labels = [one for one in figure.axes[0].get_xticklabels() if one.get_text()]
        ends = [one.get_window_extent().intervalx for one in labels]
        assert all(left[1] < right[0] for left, right in itertools.pairwise(ends))
        assert not any("." in one.get_text() for one in labels)


def test_examples_are_the_columns_that_the_model_reads(model: Forecaster, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("date,kind,x,gaps\n2020-01-01,a,1,\n2020-01-02,b,2,5\n", "utf-8")
    source = model.completed(ExampleSource(str(file)))
    (series,) = model.read_examples(source)
    assert (series.columns, series.values.tolist()) == (("x",), [[1], [2]])
    assert source.optional == ()
    (cut,) = model.read_examples(ExampleSource(str(file), targets=("x",), rows=(1, 2)))
    assert cut.values.tolist() == [[2]]


def test_its_card_tells_of_window_and_columns(tmp_path: Path) -> None:
    path = small_forecaster(
        tmp_path / "tiny", features=("wind",), calendar=("hour",), quantiles=(0.1, 0.5, 0.9),
        serving={"step": "1 hour"},
    )  # fmt: skip
    facts = Forecaster.card_facts(Forecaster.load(path).bundle.manifest)
    assert facts.head == "2 steps ahead, by segments, quantiles 0.1, 0.5, 0.9"
    assert facts.window == "4 steps, less their last value"
    assert dict(facts.beside) == {
        "features": "wind", "calendar": "hour", "step": "1 hour", "season": "2 steps",
    }  # fmt: skip
    assert 'textrnn.load("tiny")' in facts.use


def test_quantiles_are_its_intervals(tmp_path: Path) -> None:
    """The outer ones, half a scaled value further out on either side."""
    quantiles = (0.05, 0.5, 0.95)
    model = Forecaster.load(small_forecaster(tmp_path / "tiny", quantiles=quantiles))
    found = model.forecast(NUMBERS)
    assert found.method == "conformalised quantiles"
    assert found.lower is not None
    assert (found.values.tolist(), found.lower.tolist()) == ([[7], [7]], [[6], [6]])

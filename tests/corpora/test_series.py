"""Series from tables: numbers of any country, times of any program, their steps and their gaps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.corpora.series.options import SeriesOptions
from textrnn.corpora.series.reading import given_series, read_series
from textrnn.corpora.series.series import Series
from textrnn.corpora.series.steps import CLOCK, MONTH, Step, find_step
from textrnn.errors import ConfigurationError, InputError

HOURS = "date,load\n2020-01-01 22:00,3\n2020-01-01 23:00,4.5\n2020-01-02 00:00,-2\n"


def read(folder: Path, text: str, *, name: str = "a.csv", **options: Any) -> list[Series]:
    path = folder / name
    path.write_text(text, "utf-8")
    return read_series(path, SeriesOptions(**options))


def error(folder: Path, text: str, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, text, **options)
    return str(caught.value).replace(f"{folder}/", "")


def dates(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[us]")


# --- what a table says ------------------------------------------------------------------------


def test_a_table_has_times_and_numbers(tmp_path: Path) -> None:
    (series,) = read(tmp_path, HOURS)
    assert (series.columns, series.targets, series.name) == (("load",), 1, "")
    assert (series.time, series.group) == ("date", "")
    assert series.values.tolist() == [[3], [4.5], [-2]]
    assert str(series.step) == "1 hour"
    assert series.times.tolist() == dates(
        "2020-01-01T22:00", "2020-01-01T23:00", "2020-01-02T00:00").tolist()  # fmt: skip
    assert series.future(2).tolist() == dates("2020-01-02T01:00", "2020-01-02T02:00").tolist()
    assert series.cut(1, 2).values.tolist() == [[4.5]]


def test_targets_come_first_then_features(tmp_path: Path) -> None:
    text = "wind,date,sun,place\n1,2020-01-01,5,Oslo\n2,2020-01-02,6,Oslo\n"
    (series,) = read(tmp_path, text, targets=("sun",), features=("WIND",))
    assert (series.columns, series.targets) == (("sun", "wind"), 1)
    assert series.values.tolist() == [[5, 1], [6, 2]]
    (both,) = read(tmp_path, text)
    assert (both.columns, both.targets) == (("wind", "sun"), 2)


def test_what_no_option_names_is_told(tmp_path: Path) -> None:
    notes: list[str] = []
    (tmp_path / "a.csv").write_text("n,x\n1,5\n2,6\n", "utf-8")
    read_series(tmp_path / "a.csv", on_note=notes.append)
    assert notes == [f"{tmp_path / 'a.csv'}: rows in their order, to forecast: n, x"]


def test_groups_are_series_of_their_own_however_their_rows_are_mixed(tmp_path: Path) -> None:
    text = "id,day,x\nb,2020-01-01,1\na,2020-01-02,10\nb,2020-01-02,2\na,2020-01-03,20\n"
    first, second = read(tmp_path, text, group="id")
    assert (first.name, first.values.tolist()) == ("b", [[1], [2]])
    assert (second.name, second.values.tolist()) == ("a", [[10], [20]])
    assert second.times[0] == np.datetime64("2020-01-02")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "date\tx\n2020-01-01\t1\n2020-01-02\t2.5\n"),
        ("a.jsonl", '{"date": "2020-01-01", "x": 1}\n{"date": "2020-01-02", "x": 2.5}\n'),
        ("a.json", '[{"date": "2020-01-01", "x": 1}, {"date": "2020-01-02", "x": "2.5"}]'),
        ("a.csv", "date;x\n2020-01-01;1\n2020-01-02;2.5\n"),
    ],
)
def test_formats(tmp_path: Path, name: str, text: str) -> None:
    (series,) = read(tmp_path, text, name=name)
    assert (series.values.tolist(), str(series.step)) == ([[1], [2.5]], "1 day")


def test_parquet(tmp_path: Path) -> None:
    when = pyarrow.array([0, 900], pyarrow.timestamp("s"))
    table = pyarrow.table({"when": when, "x": [1.0, None], "name": ["a", "b"]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    (series,) = read_series(tmp_path / "a.parquet", SeriesOptions(missing="previous"))
    assert (series.columns, series.values.tolist()) == (("x",), [[1], [1]])
    assert str(series.step) == "15 minutes"


def test_a_table_without_a_header(tmp_path: Path) -> None:
    (bare,) = read(tmp_path, "1\n2.5\n3\n", name="sine.txt")
    assert (bare.columns, bare.values.tolist()) == (("value",), [[1], [2.5], [3]])
    (dated,) = read(tmp_path, "2020-01-01,7\n2020-01-02,8\n")
    assert (dated.columns, dated.values.tolist()) == (("1",), [[7], [8]])


def test_empty_rows_at_the_end_are_none(tmp_path: Path) -> None:
    (series,) = read(tmp_path, HOURS + ",\n,\n")
    assert len(series) == 3
    assert error(tmp_path, "x,y\n1,2\n,\n3,4\n").startswith("a.csv: line 3: no number under x")


def test_what_is_not_there(tmp_path: Path) -> None:
    assert (
        error(tmp_path, HOURS, targets=("cost",))
        == "a.csv: no column 'cost'; there are: date, load"
    )
    assert error(tmp_path, HOURS, targets=("load",), features=("load",)) == (
        "a.csv: the column 'load' is named for two purposes"
    )
    assert "no column holds numbers alone" in error(tmp_path, "a,b\nx,y\n")
    assert error(tmp_path, "a,b\n") == "a.csv: there are no rows"


# --- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "-2.5", "+3e2", ".5"], [1, -2.5, 300, 0.5]),
        (["1,234.5", "1,000", "−7"], [1234.5, 1000, -7]),
        (["1.234,5", "1.000", "12"], [1234.5, 1000, 12]),
        (["0,125", "1"], [0.125, 1]),
        (["1 234,5", "1\u00a0000"], [1234.5, 1000]),
        (["1,234,567", "2,000"], [1234567, 2000]),
        (["1'000.5", "2"], [1000.5, 2]),
        (["12,5", "1.000"], [12.5, 1000]),
    ],
)
def test_numbers_of_any_country(tmp_path: Path, cells: list[str], expected: list[float]) -> None:
    rows = "".join(f'"{cell}"\n' for cell in cells)
    (series,) = read(tmp_path, f"x\n{rows}")
    assert series.values[:, 0].tolist() == expected


def test_a_comma_that_may_be_either_is_asked_for(tmp_path: Path) -> None:
    text = 'x\n"1,234"\n"2,500"\n'
    assert error(tmp_path, text) == (
        "a.csv: line 2: x: '1,234' may have a decimal comma or one between thousands; say which "
        "with decimal=',' or decimal='.'"
    )
    assert read(tmp_path, text, decimal=",")[0].values[:, 0].tolist() == [1.234, 2.5]
    assert read(tmp_path, text, decimal=".")[0].values[:, 0].tolist() == [1234, 2500]
    assert "write all numbers in one way" in error(tmp_path, 'x\n"1,5"\n2.5\n')


@pytest.mark.parametrize(
    "cell", ["abc", "1_000", "inf", "1,23.4", "12%", "1e400", "0x10", "1..2", "e3", "."]
)
def test_what_is_no_number_is_named_with_line_and_column(tmp_path: Path, cell: str) -> None:
    found = error(tmp_path, f'y,x\n1,2\n3,"{cell}"\n', targets=("x",))
    assert found.startswith(f"a.csv: line 3: x: {cell!r} is no number")


def test_codes_with_an_e_are_no_numbers(tmp_path: Path) -> None:
    (series,) = read(tmp_path, "sensor,x\nE1,1\nE1,2\n")
    assert series.columns == ("x",)


def test_true_is_no_number(tmp_path: Path) -> None:
    found = error(tmp_path, '{"x": 1}\n{"x": true}\n', name="a.jsonl", targets=("x",))
    assert found == "a.jsonl: line 2: x: True is no number"


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=9))
def test_numbers_come_back_as_they_were_written(numbers: list[float]) -> None:
    for decimal, group in ((".", ","), (",", "."), (",", " ")):
        cells = [f"{number:,.3f}" for number in numbers]
        swapped = str.maketrans({",": group, ".": decimal})
        table = {"x": [cell.translate(swapped) for cell in cells]}
        (series,) = given_series(table, SeriesOptions(targets=("x",), decimal=decimal))
        np.testing.assert_allclose(series.values[:, 0], numbers, atol=5e-4)


# --- times ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2020-01-01", "2020-01-02", "2020-01-01"),
        ("2020-01-01T05:00:00Z", "2020-01-01T06:00:00Z", "2020-01-01T05:00"),
        ("2020-01-01 05:00+02:00", "2020-01-01 06:00+02:00", "2020-01-01T05:00"),
        ("2020-03-29 01:00+01:00", "2020-03-29 03:00+02:00", "2020-03-29T00:00"),
        ("1990/1/1 0:00", "1990/1/2 0:00", "1990-01-01"),
        ("31.12.2020 13:45", "01.01.2021 13:45", "2020-12-31T13:45"),
        ("12/31/2020", "1/1/2021", "2020-12-31"),
        ("31/12/2020", "1/1/2021", "2020-12-31"),
        ("12/31/2020 1:30 PM", "1/1/2021 1:30 PM", "2020-12-31T13:30"),
        ("Jan 1 2000", "Feb 1 2000", "2000-01-01"),
        ("1 January 2000", "2 January 2000", "2000-01-01"),
        ("Mar-2000", "Apr-2000", "2000-03-01"),
        ("20201231", "20210101", "2020-12-31"),
        ("2020Q2", "2020Q3", "2020-04-01"),
        ("2020年1月", "2020年2月", "2020-01-01"),
        ("1577836800", "1577840400", "2020-01-01"),
        ("1577836800000", "1577840400000", "2020-01-01"),
        ("1885", "1886", "1885-01-01"),
    ],
)
def test_times_of_any_program(tmp_path: Path, first: str, second: str, expected: str) -> None:
    (series,) = read(tmp_path, f"time,x\n{first},1\n{second},2\n")
    assert series.times[0] == np.datetime64(expected)
    assert series.times[1] > series.times[0]


def test_times_that_are_none(tmp_path: Path) -> None:
    assert error(tmp_path, "date,x\n2021-06-30,1\n2021-06-31,2\n") == (
        "a.csv: line 3: date: '2021-06-31' is no time, as 2020-01-31 or 2020-01-31 14:00"
    )
    assert "may begin with its day or its month" in error(
        tmp_path, "date,x\n1/2/2020,1\n2/2/2020,2\n"
    )
    mixed = "date,x\n2020-01-01 01:00Z,1\n2020-01-01 02:00,2\n"
    assert "line 3: date: '2020-01-01 02:00' has no offset from UTC" in error(tmp_path, mixed)


@pytest.mark.parametrize(
    ("times", "step", "following"),
    [
        (["2020-01-01", "2020-01-08", "2020-01-15"], "1 week", "2020-01-22"),
        (["2020-01-01", "2020-02-01", "2020-03-01"], "1 month", "2020-04-01"),
        (["2020-01-31", "2020-02-29", "2020-03-31"], "1 month end", "2020-04-30"),
        (["2020-01-30", "2020-02-29", "2020-03-30"], "1 month", "2020-04-30"),
        (["2020-04-30", "2020-05-31", "2020-06-30"], "1 month end", "2020-07-31"),
        (["2020-03-31", "2020-06-30", "2020-09-30"], "3 month ends", "2020-12-31"),
        (["2020-01-01", "2020-04-01", "2020-07-01"], "3 months", "2020-10-01"),
        (["2019-06-01", "2020-06-01", "2021-06-01"], "1 year", "2022-06-01"),
        (["2020-01-02", "2020-01-03", "2020-01-06"], "1 business day", "2020-01-07"),
        (["2020-01-02", "2020-01-03", "2020-01-04"], "1 day", "2020-01-05"),
        (["2020-01-01T00:00:00.250", "2020-01-01T00:00:00.500"], "250 milliseconds",
         "2020-01-01T00:00:00.750"),
    ],
)  # fmt: skip
def test_steps(times: list[str], step: str, following: str) -> None:
    found = find_step(dates(*times))
    assert str(found) == step
    assert found.between(dates(*times)).tolist() == [1] * (len(times) - 1)
    assert found.after(dates(*times)[-1], 2)[0] == np.datetime64(following)


def test_a_weekend_is_no_gap_among_business_days(tmp_path: Path) -> None:
    text = "date,x\n2020-01-02,1\n2020-01-03,2\n2020-01-06,3\n2020-01-08,4\n"
    assert "line 5: 1 row missing before it, from 2020-01-07 on" in error(tmp_path, text)
    (series,) = read(tmp_path, text, missing="previous")
    assert series.values[:, 0].tolist() == [1, 2, 3, 3, 4]


def test_usual_seasons() -> None:
    assert Step(900_000_000).seasons() == (96, 672)
    assert Step(86_400_000_000).seasons() == (7, 365)
    assert Step(7 * 86_400_000_000, CLOCK).seasons() == (52,)
    assert Step(3, MONTH).seasons() == (4,)


@given(
    st.sampled_from(
        [Step(60_000_000), Step(1, MONTH), Step(1, "business day"), Step(1, "month end")]
    ),
    st.integers(0, 20_000),
    st.integers(3, 60),
)
def test_times_that_are_made_by_a_step_are_found_on_it(step: Step, day: int, steps: int) -> None:
    times = step.after(np.datetime64(day, "D").astype("datetime64[us]"), steps)
    assert step.between(times).tolist() == [1] * (steps - 1)
    assert find_step(times).between(times).tolist() == [1] * (steps - 1)


# --- gaps and breaks --------------------------------------------------------------------------

GAPPY = "date,x,y\n2020-01-01,1,10\n2020-01-02,NA,20\n2020-01-05,4,50\n2020-01-06,,60\n"


def test_the_first_gap_is_named_and_all_are_counted(tmp_path: Path) -> None:
    assert error(tmp_path, GAPPY) == (
        "a.csv: line 3: no number under x (missing in all: 2 rows, 2 other numbers); fill gaps "
        "with missing='interpolate' or missing='previous'"
    )
    assert error(tmp_path, GAPPY, targets=("y",)) == (
        "a.csv: line 4: 2 rows missing before it, from 2020-01-03 on (missing in all: 2 rows, 0 "
        "other numbers); fill gaps with missing='interpolate' or missing='previous'"
    )


def test_of_several_groups_the_gaps_of_the_first_that_has_some_are_counted(tmp_path: Path) -> None:
    text = "id,x\na,1\nb,\nb,\nb,3\n"
    assert error(tmp_path, text, group="id").startswith(
        "a.csv: line 3: no number under x (missing in all of b: 0 rows, 2 other numbers); "
    )


def test_gaps_are_filled(tmp_path: Path) -> None:
    (line,) = read(tmp_path, GAPPY, missing="interpolate")
    assert line.values.tolist() == [[1, 10], [1.75, 20], [2.5, 30], [3.25, 40], [4, 50], [4, 60]]
    (same,) = read(tmp_path, GAPPY, missing="previous")
    assert same.values[:, 0].tolist() == [1, 1, 1, 1, 4, 4]
    assert len(same.times) == 6
    with pytest.raises(ConfigurationError, match="missing must be one of"):
        read(tmp_path, GAPPY, missing="zero")
    late = "date,x\n2020-01-01,NA\n2020-01-02,7\n"
    assert "none before it to repeat" in error(tmp_path, late, missing="previous")
    assert read(tmp_path, late, missing="interpolate")[0].values[:, 0].tolist() == [7, 7]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2020-01-02 00:30", "2020-01-02 00:30 comes after 2020-01-01 23:00 in line 3; expected "
         "steps of 1 hour, as most are"),
        ("2020-01-01 23:00", "2020-01-01 23:00 is the time of line 3 too; where the file holds "
         "several series, name the column that tells them apart with group=…"),
        ("2020-01-01 21:00", "2020-01-01 21:00 is earlier than 2020-01-01 23:00 in line 3; sort "
         "the rows by time, the oldest first, or name the column that tells several series apart "
         "with group=…"),
        ("2030-01-01 00:00", "87,649 steps of 1 hour after the row before: too many to fill"),
    ],
)  # fmt: skip
def test_the_first_break_is_shown(tmp_path: Path, last: str, expected: str) -> None:
    text = HOURS.replace("2020-01-02 00:00", last)
    assert error(tmp_path, text) == f"a.csv: line 4: {expected}"


# --- what Python holds ------------------------------------------------------------------------

DAYS = ["2020-01-01", "2020-01-02"]


@pytest.mark.parametrize(
    "data",
    [
        {"day": DAYS, "x": [1, 2.5]},
        [{"day": DAYS[0], "x": 1}, {"day": DAYS[1], "x": 2.5}],
        pandas.DataFrame({"day": pandas.to_datetime(DAYS), "x": [1, 2.5]}),
        pandas.DataFrame({"x": [1, 2.5]}, index=pandas.DatetimeIndex(DAYS, name="day")),
        pandas.Series([1, 2.5], index=pandas.DatetimeIndex(DAYS), name="x"),
        polars.DataFrame({"day": DAYS, "x": [1.0, 2.5]}).with_columns(
            polars.col("day").str.to_date()
        ),
        pyarrow.table({"day": DAYS, "x": [1, 2.5]}),
    ],
    ids=["columns", "dictionaries", "pandas", "index", "pandas series", "polars", "arrow"],
)
def test_tables_in_memory(data: Any) -> None:
    (series,) = given_series(data)
    assert (series.columns, series.values.tolist()) == (("x",), [[1], [2.5]])
    assert series.times.tolist() == dates(*DAYS).tolist()


@pytest.mark.parametrize(
    "data",
    [[1, 2.5], (1, 2.5), np.array([1, 2.5]), polars.Series([1.0, 2.5]), pandas.Series([1, 2.5])],
)
def test_numbers_alone(data: Any) -> None:
    (series,) = given_series(data)
    assert (series.values.tolist(), series.times, series.step) == ([[1], [2.5]], None, None)


def test_several_columns_and_series_as_they_are() -> None:
    (series,) = given_series(np.arange(6).reshape(3, 2))
    assert (series.columns, series.values.tolist()) == (("0", "1"), [[0, 1], [2, 3], [4, 5]])
    assert given_series(series) == given_series([series]) == [series]


@pytest.mark.parametrize("data", [np.zeros((2, 2, 2)), ["a", "b"], 7, [], "1,2"])
def test_what_holds_no_numbers(data: Any) -> None:
    with pytest.raises(InputError, match=r"^series: "):
        given_series(data)


def test_an_entry_that_is_no_number_is_named() -> None:
    with pytest.raises(InputError, match=r"^mine: entry 1: x: 'b' is no number$"):
        given_series({"x": [1, "b"]}, SeriesOptions(targets=("x",)), name="mine")

"""What ruins a forecaster's training is found in its table, with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from calling import textrnn_in
from textrnn.corpora.checks.series import check_series
from textrnn.corpora.series.options import SeriesOptions

WRONG = """time,load,heat,flat,note
2024-01-01 00:00,10,1,7,a
2024-01-01 01:00,11,2,7,b

2024-01-01 02:00,x,3,7,c
2024-01-01 03:00,12,NA,7,d
2024-01-01 03:00,12,4,7,e
2024-01-01 07:00,13,,7,f
2024-01-01 06:00,12,4,7,g
2024-01-01 08:30,12,4,7,h
2024-01-01 10:30,9999,4,7,i
soon,11,5,7,j
2024-01-01 09:30,12,5,7,k
"""
FOUND = {
    "no times": (1, ["12: 'soon'"]),
    "repeated times": (1, ["7: 2024-01-01 03:00 as in 6"]),
    "order": (
        2,
        [
            "9: 2024-01-01 06:00 after 2024-01-01 07:00",
            "13: 2024-01-01 09:30 after 2024-01-01 10:30",
        ],
    ),
    "uneven steps": (1, ["10: 2024-01-01 08:30 after 2024-01-01 07:00, in steps of 1 hour"]),
    "gaps": (2, ["9: 2 rows missing before it, from 2024-01-01 04:00 on"]),
    "no numbers": (1, ["5: load 'x'"]),
    "missing numbers": (2, ["6: heat (2 in all)"]),
    "constant columns": (1, ["flat: 7"]),
    "extreme numbers": (1, ["11: load 9999; half lie from 11.25 to 12"]),
}


def kinds(file: Path, options: SeriesOptions | None = None) -> dict[str, tuple[int, list[str]]]:
    report = check_series(file, options)
    return {one.kind: (one.count, one.examples) for one in report.findings}


def write(folder: Path, content: str) -> Path:
    (folder / "a.csv").write_text(content, "utf-8")
    return folder / "a.csv"


def test_all_that_is_wrong_is_found_with_its_line(tmp_path: Path) -> None:
    assert kinds(write(tmp_path, WRONG)) == FOUND


def test_the_command_tells_it_in_words_and_in_json(tmp_path: Path) -> None:
    write(tmp_path, WRONG)
    call = ("corpora", "check", "a.csv", "--series")
    done = textrnn_in(tmp_path, *call)
    assert done.stdout.startswith("a.csv: 11 rows (10 load, 9 heat, 11 flat)\n\nno times: 1\n")
    assert "  rows that are missing; --missing interpolate or --missing previous" in done.stdout
    facts = json.loads(textrnn_in(tmp_path, *call, "--format", "json").stdout)
    assert facts["rows"] == 11
    assert {one["kind"]: (one["count"], one["examples"]) for one in facts["findings"]} == FOUND
    assert done.returncode == 1


def test_a_sound_series_is_told_so(tmp_path: Path) -> None:
    rows = "".join(f"2024-{month:02}-01,{100 + month % 5}\n" for month in range(1, 13))
    write(tmp_path, f"month,x\n{rows}")
    done = textrnn_in(tmp_path, "corpora", "check", "a.csv", "--series")
    assert (done.returncode, done.stdout) == (0, "a.csv: 12 rows (12 x)\nnothing wrong was found\n")


def test_series_of_several_groups_are_checked_one_by_one(tmp_path: Path) -> None:
    days = range(1, 10)
    rows = [f"2024-01-0{day};{name};{level + day},5" for name, level in (("a", 0), ("b", 10**6))
            for day in days]  # fmt: skip
    file = write(tmp_path, "\n".join(["day;town;x", *rows, "2024-01-12;b;7,5"]) + "\n")
    assert kinds(file, SeriesOptions(group="town")) == {
        "gaps": (2, ["20: 2 rows missing before it, from 2024-01-10 on"]),
        "extreme numbers": (1, ["20: x 7.5; half lie from 1e+06 to 1.00001e+06"]),
    }
    assert kinds(file)["repeated times"][0] == len(days)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("day,x\n1/2/2024,1\n2/2/2024,2\n", "may begin with its day or its month"),
        ('day,x\n2024-01-01,"1,234"\n2024-01-02,"2,345"\n', "a decimal comma or one between"),
    ],
)
def test_what_may_be_read_in_two_ways_is_told(tmp_path: Path, content: str, told: str) -> None:
    count, (example,) = kinds(write(tmp_path, content))["unclear"]
    assert (count, told in example) == (1, True)


def test_the_first_time_may_be_the_one_that_is_wrong(tmp_path: Path) -> None:
    file = write(tmp_path, "day,x\nsoon,1\n2024-01-01,2\n2024-01-02,3\n2024-01-02,4\n")
    assert kinds(file) == {
        "no times": (1, ["2: 'soon'"]),
        "repeated times": (1, ["5: 2024-01-02 as in 4"]),
    }
    write(tmp_path, "day,x\nsoon,1\n,2\n2024-01-02,3\n2024-01-02,4\n")
    assert kinds(file) == {
        "no times": (2, ["2: 'soon'", "3: ''"]),
        "repeated times": (1, ["5: 2024-01-02 as in 4"]),
    }


def test_a_table_without_times_or_numbers(tmp_path: Path) -> None:
    assert kinds(write(tmp_path, "x\n1\n3\n2\n")) == {}
    assert kinds(write(tmp_path, "1\n3\n\n2\n")) == {}  # no header
    assert kinds(write(tmp_path, "day,note\n2024-01-01,a\n2024-01-02,b\n")) == {
        "no columns": (1, [])
    }


@pytest.mark.parametrize("other", ["--scheme=bio", "--against=a.csv", "--target=a.csv"])
def test_options_of_other_files_are_refused(tmp_path: Path, other: str) -> None:
    write(tmp_path, WRONG)
    done = textrnn_in(tmp_path, "corpora", "check", "a.csv", "--time", "time", other)
    assert (done.returncode, "--series takes --time, --group, --decimal" in done.stderr) == (
        2,
        True,
    )

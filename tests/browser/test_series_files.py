"""Files with series, as an exported site reads them, held against Python's readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_bundles import small_forecaster

from in_node import browser_answers, run_script
from textrnn.corpora import read_records, read_series
from textrnn.corpora.formats.record import LABEL_NAMES, TEXT_NAMES
from textrnn.corpora.formats.tables import OTHER_NAMES
from textrnn.errors import InputError
from textrnn.heads.forecaster.forecaster import Forecaster

TABLES = (
    "sep=;\na,b;c\n1,5;2\n", '"sep=|"\na|b\n1|2\n', "\n\nsep=\t\na\tb\n1\t2\n", "SEP=,\na,b\n1,2\n",
    "a;b\n3,5;4,1\n", '"a;x";b\n1;2\n', '"a, b";c\n1;2\n', "id;the text, whole\n1;2, 3\n",
    'a, "b"\n1, "2, ""3"""\n', 'a,b\n1, "two" and more\n', 'a,b\n"1\n2",3\n', "a,b\n1,2,\n3,4,,\n",
    "a,b,\n1,2\n3,4,\n", "a;b\r\n1;2\r\n\r\n3;4\r\n", "a|b\n1|2", "a,b\n,\n", "x\n\n1\n  \n2\n",
    'x\n"a"\n""\n', 'x,y\n1,2\n""\n',
    *(f"{name};a, b, c\n1;2\n" for name in (*TEXT_NAMES, *LABEL_NAMES, *OTHER_NAMES)),
)  # fmt: skip
WRONG = {
    "a,b\n1,2,3\n": "has 3 fields",
    "a,b\n1\n": "has 1 fields",
    'a,b\n"1,2\n3,4\n': "a quotation mark is not closed",
    'a,b\n"1" x,2\n': "after a closing quotation mark",
    "sep=,\na;b\n1,2\n": "has 2 fields",
}
# Series of four hours or days, in the ways in which spreadsheets and programs write them.
NUMBERS = {
    "german": ("Zeit;x\n", ["3,5", "1.234,5", "-0,25", "7"]),
    "german.thousands": ("Zeit;x\n", ["1.234", "12,5", "1.000.000", "3"]),
    "swiss": ("Zeit;x\n", ["1'234.5", "2’000", "3", ".5"]),
    "french": ("Zeit;x\n", ["1 234,5", "2\u00a0000", "3", "4\u202f000,25"]),
    "american": ("Zeit;x\n", ["1,234.5", "2,000", "3e2", "−4"]),
    "points": ("Zeit;x\n", ["1.234", "5.", "+6", "1E2"]),
    "small": ("Zeit;x\n", ["0,123", "0,5", "12", "3"]),
    "said": ("sep=;\nZeit;x\n", ["3,5", "4,1", "2", "1,25"]),
}
TIMES = (
    ["01.02.2024 10:00", "01.02.2024 11:00", "01.02.2024 12:00", "01.02.2024 13:00"],
    ["2024-02-01T22:00:00Z", "2024-02-01T23:00:00Z", "2024-02-02T00:00:00Z", "2024-02-02T01:00Z"],
    ["31/1/2024 9:00 AM", "31/1/2024 10:00 AM", "31/1/2024 11:00 AM", "31/1/2024 12:00 PM"],
    ["1/31/2024 23:00", "2/1/2024 0:00", "2/1/2024 1:00", "2/1/2024 2:00"],
    ["2024年2月1日 7:00", "2024年2月1日 8:00", "2024年2月1日 9:00", "2024年2月1日 10:00"],
    ["1 Feb 2024 07:00", "1 Feb 2024 08:00", "Feb 1, 2024 09:00", "2024/2/1 10:00:00.000"],
    ["1700000000", "1700003600", "1700007200", "1700010800"],
    ["2024-03-31 01:00+01:00", "2024-03-31 03:00+02:00", "2024-03-31 04:00+02:00",
     "2024-03-31 05:00+0200"],
)  # fmt: skip
GOOD = TIMES[0]
REFUSED = (
    (GOOD, ["1,234", "2,345", "3", "4"]), (GOOD, ["1,5", "2.5", "3", "4"]),
    (GOOD, ["1", "x", "3", "4"]), (GOOD, ["1", "", "n/a", "4"]), (GOOD, ["1e31", "2", "3", "4"]),
    (GOOD, ["0x10", "2", "3", "4"]), (GOOD, ["1_0", "2", "3", "4"]),
    (GOOD, ["1", "e3", "3,5", "4"]),
    (["1/2/2024", "2/2/2024", "3/2/2024", "4/2/2024"], ["1", "2", "3", "4"]),
    ([*GOOD[:3], "31.02.2024 13:00"], ["1", "2", "3", "4"]),
    ([*GOOD[:3], "01.02.2024 13:00Z"], ["1", "2", "3", "4"]),
    ([GOOD[0], *GOOD[:3]], ["1", "2", "3", "4"]), ([GOOD[1], *GOOD[:3]], ["1", "2", "3", "4"]),
)  # fmt: skip


def model(folder: Path) -> Forecaster:
    """One that reads ``x``, a step an hour."""
    serving = {"time": "Zeit", "step": "1 hour"}
    return Forecaster.load(small_forecaster(folder / "small", weight=0.5, serving=serving))


def table(times: list[str], numbers: list[str], header: str = "Zeit;x\n") -> str:
    rows = zip(times, numbers, strict=True)
    return header + "".join(f"{time};{number}\n" for time, number in rows)


def test_tables_are_read_as_python_reads_them(tmp_path: Path) -> None:
    found = run_script("tables.mjs", TABLES)
    path = tmp_path / "a.csv"
    for text, one in zip(TABLES, found, strict=True):
        path.write_bytes(text.encode())
        records = list(read_records(path, form="csv"))
        assert one.get("rows") == [list(one.fields.values()) for one in records], (text, one)
        assert one["lines"] == [record.number for record in records], text


def test_what_python_refuses_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for (text, told), one in zip(WRONG.items(), run_script("tables.mjs", list(WRONG)), strict=True):
        path.write_bytes(text.encode())
        with pytest.raises(InputError):
            list(read_records(path, form="csv"))
        assert told in one["refused"]


def record(one: dict[str, Any]) -> dict[str, list[str]]:
    """The columns of a table that was read."""
    return {name: [row[i] for row in one["rows"]] for i, name in enumerate(one["names"])}


def test_numbers_and_times_of_files_are_python_s(tmp_path: Path) -> None:
    head, path = model(tmp_path), tmp_path / "a.csv"
    files = [table(GOOD, numbers, header) for header, numbers in NUMBERS.values()]
    files += [table(times, ["3,5", "4", "1,25", "9"]) for times in TIMES]
    files += [table(GOOD, NUMBERS["german"][1]) + ";\n;\n"]  # as spreadsheets end one
    asked = [(record(one), {}) for one in run_script("tables.mjs", files)]
    (answers,) = browser_answers([(head, asked)], tmp_path)
    for text, found in zip(files, answers, strict=True):
        path.write_text(text, "utf-8")
        right = next(head.answer(read_series(path, head.reader.options))).as_dict()
        assert found.get("times") == right["times"], (text, found)
        assert found["values"]["x"] == pytest.approx(right["values"]["x"], rel=1e-4), text


def test_numbers_and_times_that_are_unclear_are_refused_in_the_same_words(tmp_path: Path) -> None:
    head = model(tmp_path)
    given = [{"Zeit": times, "x": numbers} for times, numbers in REFUSED]
    (answers,) = browser_answers([(head, [(one, {}) for one in given])], tmp_path)
    for one, answer in zip(given, answers, strict=True):
        with pytest.raises(InputError) as refused:
            head.from_record(one)
        assert answer == {"refused": str(refused.value)}


def test_a_time_that_is_out_of_step_is_told_in_words_that_the_page_knows(tmp_path: Path) -> None:
    one = {"Zeit": [*GOOD[:3], "01.02.2024 13:30"], "x": [1, 2, 3, 4]}
    ((answer,),) = browser_answers([(model(tmp_path), [(one, {})])], tmp_path)
    assert answer["refused"] == (
        "series: entry 3: 2024-02-01 13:30 comes after 2024-02-01 12:00 in entry 2; expected steps "
        "of 1 hour, as the model has"
    )
    assert run_script("told.mjs", [answer["refused"]])[0]["key"] == "told.between"

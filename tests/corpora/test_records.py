"""Records of every format: the same rows whatever they are written in, and each fault placed."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import math
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Literal

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textrnn.corpora import json_line, parse_json, read_records, record_format
from textrnn.corpora.formats.json_stream import json_objects
from textrnn.corpora.formats.record import text_name
from textrnn.errors import ConfigurationError, InputError

LONG = "Broke after a day.\nThe new one, though, is great."
ROWS = [
    {"id": "1", "text": LONG, "note": 'he said "no"'},
    {"id": "2", "text": " good", "note": ""},
]
CSV = (
    'id,text,note\n1,"Broke after a day.\nThe new one, though, is great.","he said ""no"""\n\n'
    '2, good,""\n'
)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def fields(path: Path, **options: Any) -> list[dict[str, Any]]:
    return [dict(record.fields) for record in read_records(path, **options)]


def places(path: Path) -> list[str]:
    return [record.place.removeprefix(f"{path.parent}/") for record in read_records(path)]


def as_json_lines(rows: list[dict[str, Any]]) -> str:
    return "\n\n".join(map(json.dumps, rows))


def as_parquet(folder: Path) -> bytes:
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), folder / "made")
    return (folder / "made").read_bytes()


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("a.csv", ["line 2", "line 5"]),
        ("a.jsonl", ["line 1", "line 3"]),
        ("a.ndjson", ["line 1", "line 3"]),
        ("array.json", ["record 1", "record 2"]),
        ("objects.json", ["record 1", "record 2"]),
        ("within.json", ["record 1", "record 2"]),
        ("a.parquet", ["record 1", "record 2"]),
    ],
)
@pytest.mark.parametrize(
    ("ending", "pack"),
    [("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
def test_the_same_rows_in_every_format(
    tmp_path: Path, name: str, numbers: list[str], ending: str, pack: Callable[[bytes], bytes]
) -> None:
    contents = {
        "a.csv": CSV,
        "array.json": json.dumps(ROWS),
        "objects.json": as_json_lines(ROWS),
        "within.json": json.dumps({"version": 1, "data": ROWS}),
    }
    content = as_parquet(tmp_path) if name == "a.parquet" else contents.get(name)
    content = as_json_lines(ROWS) if content is None else content
    packed = pack(content if isinstance(content, bytes) else content.encode())
    path = write(tmp_path, name + ending, packed)
    assert fields(path) == ROWS
    assert places(path) == [f"{name}{ending}: {number}" for number in numbers]


TWO = [{"id": "1", "text": "a, b"}, {"id": "2", "text": "c"}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("semicolons.csv", "id;text\n1;a, b\n2;c\n"),
        ("tabs.csv", "id\ttext\n1\ta, b\n2\tc\n"),
        ("bars.csv", "id|text\n1|a, b\n2|c\n"),
        ("sep.csv", "sep=;\nid;text\n1;a, b\n2;c\n"),
        ("quoted-sep.csv", '"sep=|"\r\nid|text\r\n1|a, b\r\n2|c\r\n'),
        ("quoted-names.csv", '"id";"text"\n1;a, b\n2;c\n'),
        ("blanks.csv", 'id , text\n1, "a, b" \n2,c\n'),
        ("blank-after.csv", 'id,text\n1,"a, b" \n"2" ,c\n'),
        ("a.tsv", "id\ttext\n1\ta, b\n2\tc\n"),
        ("commas.tsv", 'id,text\n1,"a, b"\n2,c\n'),
        ("quoted.tsv", '"id"\t"text"\n"1"\t"a, b"\n"2"\t"c"\n'),
        ("no-end.csv", 'id,text\n1,"a, b"\n2,c'),
        ("returns.csv", 'id,text\r1,"a, b"\r2,c\r'),
        ("longer-rows.csv", 'id,text\n1,"a, b",,\n2,c,\n'),
    ],
)
def test_dialects_are_recognised(tmp_path: Path, name: str, content: str) -> None:
    assert fields(write(tmp_path, name, content)) == TWO


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff"), ("utf-32-le", "\ufeff"),
     ("utf-8", "\ufeff"), ("utf-8", "")],
)  # fmt: skip
def test_excel_exports_are_read_without_being_asked(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    path = write(tmp_path, "a.csv", f"{mark}id;text\r\n1;a, b\r\n2;c\r\n".encode(encoding))
    assert fields(path) == TWO


@pytest.mark.parametrize(
    ("name", "divider"), [("a.csv", ";"), ("a.csv", ","), ("a.csv", "\t"), ("a.tsv", "\t")]
)
def test_a_name_may_go_on_over_lines(tmp_path: Path, name: str, divider: str) -> None:
    lines = ['"Ticket\nNr."', '"Nachricht\n(Text)"'], ["1", '"a, b"'], ["2", "c"]
    path = write(tmp_path, name, "\r\n".join(map(divider.join, lines)))
    rows = [
        {"Ticket\nNr.": "1", "Nachricht\n(Text)": "a, b"},
        {"Ticket\nNr.": "2", "Nachricht\n(Text)": "c"},
    ]
    assert fields(path) == rows
    assert text_name(rows[0], "nachricht (text)", "a") == "Nachricht\n(Text)"
    with pytest.raises(InputError, match=r"there are: Ticket Nr\., Nachricht \(Text\);"):
        text_name(rows[0], None, "a")


def test_columns_behind_the_last_name_may_be_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "id,text,,\n1,fine\n2,well,,\n3,so,x,\n")
    assert [list(row.values()) for row in fields(path)] == [
        ["1", "fine", "", ""], ["2", "well", "", ""], ["3", "so", "x", ""],
    ]  # fmt: skip
    with pytest.raises(InputError, match=r"line 2: 2 columns; the header has 1: quote"):
        fields(write(tmp_path, "one.csv", "text\nwell,\n"))


def test_quotes_in_tsv_are_letters_unless_the_row_is_whole_only_with_them(tmp_path: Path) -> None:
    content = (
        'id\ttext\n1\t"It is" he said\n2\t"open\n3\t"all"\n4\t"she ""said"" so"\n'
        '5\t"two\nlines"\n6\t"a\ttab"\n7\t6" pipe\n'
    )
    assert [row["text"] for row in fields(write(tmp_path, "a.tsv", content))] == [
        '"It is" he said',
        '"open',
        '"all"',
        'she "said" so',
        "two\nlines",
        "a\ttab",
        '6" pipe',
    ]


def test_unquoted_cells_keep_their_blanks_and_quotes(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'id,text\n1, 6" pipe \n2, "Hm" she said\n')
    assert [row["text"] for row in fields(path)] == [' 6" pipe ', ' "Hm" she said']


def test_a_column_without_a_name_is_called_by_its_number(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", ",text\n0,fine\n")
    assert fields(path) == [{"column_1": "0", "text": "fine"}]


def test_without_a_header_fields_are_called_by_their_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "7,text\n8,fine\n")
    rows = [{"0": "7", "1": "text"}, {"0": "8", "1": "fine"}]
    assert fields(path, header=False) == rows
    assert fields(path, header=None) == rows
    path = write(tmp_path, "b.csv", "stars,text\n8,fine\n")
    assert fields(path, header=None) == [{"stars": "8", "text": "fine"}]


@pytest.mark.parametrize("content", ["", "\n\n", "id,text\n", "sep=;\n", "sep=;\n\n", "id,text"])
def test_tables_without_rows(tmp_path: Path, content: str) -> None:
    assert fields(write(tmp_path, "a.csv", content)) == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "text,label\nfine,good\nMen's boots, size 9,bad\n",
         "line 3: 3 columns; the header has 2: quote texts that hold commas"),
        ("a.csv", "text;label\na;b;c\n", "line 2: 3 columns; .* that hold semicolons"),
        ("a.csv", 'text,label\n"a\nb",good\nalone\n', "line 4: 1 column; the header has 2$"),
        ("a.csv", 'text,label\na,b\n"open,c\nd,e\n', "line 3: a quote is opened in this row and"),
        ("a.csv", 'text,label\n"Great" kettle,b\n', "line 2: 'kettle' stands after a closing"),
        ("a.csv", "text,label,text\na,b,c\n", "line 1: two columns are called 'text'"),
        ("a.csv", ", ,\na,b,c\n", "line 1: the header is empty"),
        ("a.csv", "text,label\n" + "a,b\n" * 5000 + "a\0,b\n", "line 5002: a zero byte"),
        ("a.jsonl", '{"a": 1}\n{"a": NaN}\n', "line 2: not JSON: NaN is no JSON"),
        ("a.jsonl", '{"a": 1}\n[1]\n', "line 2: expected an object"),
        ("a.json", '[{"a": 1}, {"a": }]', "record 2: not JSON: Expecting value"),
        ("a.json", '[{"a": 1} {"a": 2}]', "record 1: expected , or ] behind it, not '{'"),
        ("a.json", '[{"a": 1}', "record 1: expected , or ] behind it, not the end of the file"),
        ("a.json", '[{"a": 1}] x', "'x' stands after the end of the array"),
        ("a.json", '{"a": 1} {"a"', "record 2: not JSON"),
        ("a.json", '[{"a": 1}, 2]', "record 2: expected an object"),
        ("a.json", "[" * 100_000, "record 1: JSON with more than 100 levels"),
        ("a.parquet", b"PAR1 and no more", "not a whole Parquet file"),
        ("a.csv", b"PK\x03\x04" + bytes(20) + b"xl/workbook.xml", "an Excel workbook (.xlsx)"),
        ("a.csv", b"%PDF-1.4 text", "a PDF document, not text: save its text"),
        ("a.jsonl", b"PAR1" + bytes(9), "Parquet, not text: give the file the ending .parquet"),
    ],
)  # fmt: skip
def test_faults_are_named_with_their_place(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(InputError) as caught:
        fields(path)
    assert str(caught.value).startswith(f"{path}: ")
    caught.match(message.replace("(", r"\(").replace(")", r"\)").replace("]", r"\]"))


def test_a_json_file_is_read_piece_by_piece() -> None:
    """Whatever the border between two pieces cuts."""
    rows: list[dict[str, Any]] = [
        {"a": '床 \\ " \u00e9 😀', "b": [1, -2.5e3, True, None, {}]},
        {"c": False},
    ]
    text = json.dumps(rows) + "\n"
    for size in range(1, 24):
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        assert list(json_objects(pieces, "a")) == rows
    endless = (f"{start}{json.dumps(rows[0])}" for start in chain("[", repeat(",")))
    read = json_objects(endless, "a")
    assert [next(read) for _ in range(1000)] == [rows[0]] * 1000


def test_one_object_is_one_record_unless_it_can_only_hold_all(tmp_path: Path) -> None:
    one = {"text": "Anna left", "entities": [{"start": 0, "end": 4}]}
    assert fields(write(tmp_path, "one.json", json.dumps(one))) == [one]
    two = {"data": [{"text": "a"}], "rows": [{"text": "b"}]}
    assert fields(write(tmp_path, "two.json", json.dumps(two))) == [two]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 101 + "]" * 101, "more than 100 levels of lists and objects"),
        ('{"a":' * 200_000, "more than 100 levels of lists and objects"),
        ("[-Infinity]", "-Infinity is no JSON"),
        ("1e400", "the number 1e400 is larger"),
        ("9" * 5000, "a number of 5,000 digits"),
        (r'{"a": "\ud83d"}', "half a pair of surrogates"),
        ('{"a": 1, "a": 2}', "the key 'a' stands there twice"),
        ("", "not JSON"),
    ],
)
def test_json_that_no_program_should_write(text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^a: line 7: .*{message}"):
        parse_json(text, "a: line 7")


def test_json_within_the_bounds() -> None:
    assert parse_json("[" * 100 + "]" * 100, "a") is not None
    assert parse_json(r'{"\\ud83d": "\ud83d\ude00"}', "a") == {"\\ud83d": "😀"}
    assert parse_json(r'["so \ud83d bad"]', "a", halves="mend") == ["so \ufffd bad"]


def test_json_lines_hold_what_all_programs_read() -> None:
    record = {"a": math.nan, "b": [math.inf, 0.5], "c": b"\x00\xff", "d": {"e": -math.inf}}
    assert json_line(record) == '{"a": null, "b": [null, 0.5], "c": "00ff", "d": {"e": null}}'


def test_what_parquet_knows_is_not_lost(tmp_path: Path) -> None:
    from datetime import datetime, timezone

    nanoseconds = pyarrow.array([1_600_000_000_123_456_789], pyarrow.timestamp("ns"))
    far = pyarrow.array([253_402_300_800_000], pyarrow.timestamp("ms"))  # the year 10000
    day = datetime(2020, 1, 2, tzinfo=timezone.utc)
    near = pyarrow.array([day], pyarrow.timestamp("us", "UTC"))
    columns = {"at": nanoseconds, "far": far, "near": near, "tags": pyarrow.array([["a", "b"]])}
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet")
    (record,) = read_records(tmp_path / "a.parquet")
    assert record.fields["at"] == "2020-09-13 12:26:40.123456789"
    assert record.fields["far"].startswith("10000-01-01")
    assert record.fields["near"].isoformat() == "2020-01-02T00:00:00+00:00"
    assert record.fields["tags"] == ["a", "b"]


def test_the_field_of_the_text() -> None:
    assert text_name({" Text": "", "ID": ""}, None, "a") == " Text"
    assert text_name(["id", "Body"], "body", "a") == "Body"
    assert text_name(["id", "Body"], "1", "a") == "Body"
    with pytest.raises(InputError, match=r"a: the text may be in text or review; name one"):
        text_name(["review", "text"], None, "a")
    with pytest.raises(InputError, match=r"a: no field text/sentence/.*; there are: id"):
        text_name(["id"], None, "a")


def test_formats_by_name(tmp_path: Path) -> None:
    names = ["a.csv", "a.TSV.gz", "a.ndjson", "a.json.xz", "a.parquet", "a.txt", "a"]
    found = ["csv", "tsv", "jsonl", "json", "parquet", None, None]
    assert [record_format(name) for name in names] == found
    with pytest.raises(ConfigurationError, match=r"name; name it with form=…: one of csv, "):
        fields(write(tmp_path, "a.log", "x"))


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(st.lists(st.text('ab",;|\t\n =é', max_size=8), min_size=3, max_size=3)),
    delimiter=st.sampled_from(",;|\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_whatever_the_csv_module_writes_comes_back(
    tmp_path: Path, rows: list[list[str]], delimiter: str, quoting: Literal[0, 1]
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerows([["id", "text", "label"], *rows])
    path = write(tmp_path, "a.csv", file.getvalue())
    assert [list(row.values()) for row in fields(path)] == rows


def test_json_on_several_lines() -> None:
    assert json_line({"a": math.nan}, indent=1) == '{\n "a": null\n}'


def test_odd_records_are_kept_where_that_is_asked_for(tmp_path: Path) -> None:
    """Records that are no objects say so, and NaN is null, in JSON lines as in an array."""
    lines = ['{"text": "fine", "score": NaN}', "null", '"x"', "[1]", "12345", '{"text": "well"}']
    lines += ["-12.5e+3", '{"text": "end", "score": -Infinity}']
    values = [{"text": "fine", "score": None}, None, "x", [1], 12345, {"text": "well"}, -12500.0]
    values += [{"text": "end", "score": None}]
    (tmp_path / "a.jsonl").write_text("\n\n".join(lines), "utf-8")
    (tmp_path / "a.json").write_text(f"[{', '.join(lines)}]", "utf-8")
    (tmp_path / "under.json").write_text(f'{{"data": [{", ".join(lines)}]}}', "utf-8")
    (tmp_path / "behind.json").write_text("\n".join(lines), "utf-8")
    for name in ("a.jsonl", "a.json", "under.json", "behind.json"):
        found = list(read_records(tmp_path / name, odd=True))
        assert [r.fields["record"] if r.error else r.fields for r in found] == values
        unit, numbers = ("line", (3, 5)) if name == "a.jsonl" else ("record", (2, 3))
        assert [r.error for r in found][1:3] == [f"{unit} {n} is no object" for n in numbers]
        with pytest.raises(InputError, match="NaN is no JSON"):
            list(read_records(tmp_path / name))
    for size in range(1, 20):  # wherever a number is cut
        text = (tmp_path / "a.json").read_text("utf-8")
        blocks = [text[i : i + size] for i in range(0, len(text), size)]
        assert list(json_objects(blocks, "a", odd=True)) == values


def test_a_header_of_many_columns_takes_no_longer_than_its_length(tmp_path: Path) -> None:
    """Where each name is compared with all others, 40,000 take half a minute."""
    file = tmp_path / "wide.csv"
    names = ["text", *(f"c{i}" for i in range(40_000))]
    file.write_text(",".join(names) + "\n" + ",".join("1" * len(names)) + "\n", "utf-8")
    [record] = read_records(str(file))
    assert len(record.fields) == 40_001

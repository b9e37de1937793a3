"""Files are what their endings say: rows in are rows out, with their ids, in every format."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from textrnn.cli.main import cli
from textrnn.cli.parts.errors import report_errors

pytestmark = pytest.mark.train

QUOTED = 'a dull\n"awful", dreadful film'
ROWS = [
    {"id": "1", "review": QUOTED, "label": "mine"},
    {"id": "2", "review": "", "label": "=1+1"},
    {"id": "3", "review": "a lovely song", "label": ""},
]
ANSWERS = [("1", QUOTED, "negative"), ("2", "", None), ("3", "a lovely song", "positive")]

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Runs a command in a folder of its own: its exit code, what it wrote and what it said."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = report_errors(lambda: cli(list(arguments), standalone_mode=False))
        return code, *capsys.readouterr()

    return run


def csv_of(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def written(folder: Path, name: str) -> str:
    """A file of ROWS, called so."""
    path = folder / name
    contents: dict[str, Callable[[], str | bytes]] = {
        "a.csv": lambda: csv_of(ROWS),
        "a.tsv": lambda: csv_of(ROWS, "\t"),
        "excel.csv": lambda: ("\ufeff" + csv_of(ROWS, ";")).encode("utf-16-le"),
        "a.jsonl": lambda: "\n".join(map(json.dumps, ROWS)),
        "a.json": lambda: json.dumps(ROWS, indent=1),
        "a.csv.gz": lambda: gzip.compress(csv_of(ROWS).encode()),
    }
    if name == "a.parquet":
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    else:
        content = contents[name]()
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return name


NAMES = ["a.csv", "a.tsv", "excel.csv", "a.jsonl", "a.json", "a.csv.gz", "a.parquet"]


def answers(records: list[dict[str, Any]], text: str = "text") -> list[tuple[Any, Any, Any]]:
    """Ids, texts and labels; an empty label is none."""
    return [(r["id"], r[text], r["label"] or None) for r in records]


@pytest.mark.parametrize("name", NAMES)
def test_rows_in_are_rows_out(call: Call, tiny_bundle: Path, tmp_path: Path, name: str) -> None:
    classify = ("classify", "--model", str(tiny_bundle), written(tmp_path, name))
    code, out, err = call(*classify, "--format", "jsonl")
    records = [json.loads(line) for line in out.splitlines()]
    assert (code, answers(records)) == (0, ANSWERS)
    assert records[1]["error"] == "an empty text"
    assert [r["given_label"] for r in records] == ["mine", "=1+1", ""]
    assert err.startswith("textrnn: note: 1 record has no text and got no answer (")
    assert answers(json.loads(call(*classify, "--format", "json")[1])) == ANSWERS
    rows = list(csv.DictReader(io.StringIO(call(*classify, "--format", "csv")[1])))
    assert answers(rows, "review") == ANSWERS
    assert [row["error"] for row in rows] == ["", "an empty text", ""]
    tsv = [line.split("\t") for line in call(*classify, "--format", "tsv")[1].splitlines()]
    assert tsv[0] == ["label", "probability", "review", "id", "given_label", "language", "error"]
    assert [row[3] for row in tsv[1:]] == ["1", "2", "3"]
    assert tsv[2] == ["", "", "", "2", "=1+1", "", "an empty text"]
    assert call("-q", *classify, "--output", "out.parquet") == (0, "", "")
    found = pyarrow.parquet.read_table("out.parquet").to_pylist()
    assert answers(found) == ANSWERS
    assert found[1]["error"] == "an empty text"
    table = call(*classify, "--format", "table")[1].splitlines()
    assert [row.split()[:3] for row in table[2:]] == [["2", "=1+1"], ["positive", "1.000", "3"]]


@pytest.mark.parametrize(
    ("name", "encoding", "names", "field"),
    [
        ("export.csv", "utf-8-sig", "Nr.;Nachricht;Betrag", "nachricht"),
        ("ansi.csv", "cp1252", 'Nr.;"Nachricht\n(Text)";Betrag', "Nachricht (Text)"),
        ("chinese.csv", "gb18030", "Nr.;内容;Betrag", "内容"),
        ("unicode.txt", "utf-16", "Nr.\tNachricht\tBetrag", "Nachricht"),
    ],
)
def test_what_spreadsheets_export_is_joined_by_its_ids(
    call: Call, tiny_bundle: Path, name: str, encoding: str, names: str, field: str
) -> None:
    """Rows that are empty, a text that is, line ends and quotes in a text, an id with zeros."""
    rows = [["007", 'a dull "film",\nso dull', "12,50"], ["", "", ""], ["8", "", "1"]]
    rows += [["9", "a lovely song", ""], ["", "", ""]]
    divider = "\t" if "\t" in names else ";"
    file = io.StringIO()
    csv.writer(file, delimiter=divider, lineterminator="\r\n").writerows(rows)
    Path(name).write_bytes(f"{names}\r\n{file.getvalue()}".encode(encoding))
    form = "tsv" if name.endswith(".txt") else "csv"
    asked = ("--text-field", field, "--input-format", form, "--encoding", encoding)
    classify = ("classify", "--model", str(tiny_bundle), name, *asked, "--output", "out.csv")
    code, _, err = call(*classify)
    assert (code, f"3 records have no text and got no answer ({name}:" in err) == (0, True)
    header, *found = csv.reader(io.StringIO(Path("out.csv").read_text("utf-8")))
    own = next(csv.reader(io.StringIO(names, newline=""), delimiter=divider))
    columns = [own[1], own[0], own[2], "language", "error"]
    assert header == ["file", "line", "label", "probability", *columns]
    assert [[row[5], row[4], row[6]] for row in found] == rows
    assert [row[2] for row in found] == ["negative", "", "", "positive", ""]
    assert [row[8] for row in found] == ["", *["an empty text"] * 2, "", "an empty text"]


def test_other_commands_read_the_same(
    call: Call, tiny_bundle: Path, tiny_tagger: Path, tmp_path: Path
) -> None:
    rows = [{"id": 7, "text": "Anna met\nOtto in Oslo."}, {"id": 8}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    tag = ("-q", "tag", "--model", str(tiny_tagger), "a.jsonl")
    first, second = map(json.loads, call(*tag)[1].splitlines())
    assert (first["id"], first["text"]) == (7, "Anna met\nOtto in Oslo.")
    assert (second["id"], second["entities"]) == (8, [])
    assert second["error"] == "no field text/sentence/review/content; there are: id"
    assert call(*tag, "--output", "tagged.json") == (0, "", "")
    assert json.loads((tmp_path / "tagged.json").read_text("utf-8")) == [first, second]
    assert call(*tag, "--output", "tagged.parquet") == (0, "", "")
    found = pyarrow.parquet.read_table("tagged.parquet").to_pylist()
    assert [(row["id"], row["entities"]) for row in found] == [(7, first["entities"]), (8, [])]
    explain = ("-q", "explain", "--model", str(tiny_bundle), "a.jsonl")
    first, second = map(json.loads, call(*explain, "--format", "jsonl")[1].splitlines())
    assert (first["id"], first["weights"][0]["text"]) == (7, "Anna")
    assert (second["id"], second["label"]) == (8, None)
    assert call(*explain, "--output", "why.parquet") == (0, "", "")
    found = pyarrow.parquet.read_table("why.parquet").to_pylist()
    assert [(row["id"], row["label"]) for row in found] == [(7, first["label"]), (8, None)]


def test_each_seed_of_a_file_is_written_on(
    call: Call, tiny_generator: Path, tmp_path: Path
) -> None:
    (tmp_path / "seeds.csv").write_text("id;Prompt\n1;春\n2;\n3;山水\n", "utf-8")
    generate = ("-q", "generate", "--model", str(tiny_generator), "--random-state", "1")
    seeds = (*generate, "--seed-file", "seeds.csv", "--text-field", "prompt", "--num", "2")
    records = [json.loads(x) for x in call(*seeds, "--format", "jsonl")[1].splitlines()]
    assert [(r["id"], r["seed"]) for r in records] == [
        ("1", "春"), ("1", "春"), ("2", None), ("3", "山水"), ("3", "山水"),
    ]  # fmt: skip
    assert all(r["text"] == r["seed"] + r["continuation"] for r in records if r["seed"])
    alone = call(*generate, "--seed", "山水", "--num", "2", "--format", "json")[1]
    assert [r["text"] for r in json.loads(alone)] == [r["text"] for r in records[3:]]
    assert call(*seeds)[1] == "\n---\n".join(r["text"] for r in records) + "\n"
    assert call(*seeds, "--output", "a.parquet") == (0, "", "")
    found = pyarrow.parquet.read_table("a.parquet").to_pylist()
    assert [row["text"] for row in found] == [record["text"] for record in records]
    message = "textrnn: error: --seed-file does not go with --seed\n"
    assert call(*seeds, "--seed", "春") == (2, "", message)


def test_an_output_is_what_its_ending_says(call: Call, tiny_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a dull film\n", "utf-8")
    commands = {
        "classify": ("x.xlsx", "x.html", "x.csv.gz", "x.tsvv"),
        "tag": ("x.csv", "x.docx"),
        "explain": ("x.csv", "x.pdf"),
        "generate": ("x.csv", "x.html"),
    }
    for command, outputs in commands.items():
        given = ["--seed", "x"] if command == "generate" else ["a.txt"]
        for output in outputs:
            code, out, err = call(command, *given, "--output", output)
            ending = Path(output).suffix
            message = f"textrnn: error: {output}: {ending} is no format that is written here: ."
            assert (code, out, err.startswith(message)) == (2, "", True), err
    classify = ("-q", "classify", "--model", str(tiny_bundle), "a.txt", "--output")
    message = "textrnn: error: x.json: its ending says json and --format csv; change one of them\n"
    assert call(*classify, "x.json", "--format", "csv") == (2, "", message)
    assert call(*classify, "x.log", "--format", "csv")[0] == 0
    assert call(*classify, "x.xlsx", "--format", "csv")[0] == 2
    message = "textrnn: error: --format parquet needs a file: --output FILE.parquet\n"
    assert call(*classify[:-1], "--format", "parquet") == (2, "", message)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "x.log"]


def test_cells_that_spreadsheets_would_run(call: Call, tiny_bundle: Path, tmp_path: Path) -> None:
    bad = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "fine"]
    (tmp_path / "a.json").write_text(json.dumps([{"text": t, "=id": t} for t in bad]), "utf-8")
    classify = ("-q", "classify", "--model", str(tiny_bundle), "a.json", "--format")
    safe = list(csv.DictReader(io.StringIO(call(*classify, "csv", "--safe-csv")[1])))
    expected = ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "fine"]
    assert [(row["text"], row["'=id"]) for row in safe] == [(t, t) for t in expected]
    rows = list(csv.DictReader(io.StringIO(call(*classify, "csv")[1])))
    assert [row["text"] for row in rows] == bad
    assert (
        call(*classify, "tsv", "--safe-csv")[1]
        .splitlines()[0]
        .endswith("\ttext\t'=id\tlanguage\terror")
    )


def test_which_field_holds_the_text(call: Call, tiny_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,body\n1,a dull film\n", "utf-8")
    (tmp_path / "b.csv").write_text("text,review\na dull film,x\n", "utf-8")
    (tmp_path / "c.csv").write_text("1,a dull film\n2,a lovely song\n", "utf-8")
    classify = ("-q", "classify", "--model", str(tiny_bundle), "--format", "jsonl")

    def texts(*arguments: str) -> list[str]:
        return [json.loads(line)["text"] for line in call(*classify, *arguments)[1].splitlines()]

    assert call(*classify, "a.csv")[2] == (
        "textrnn: error: a.csv: line 1: no field text/sentence/review/content; there are: id, body;"
        " name the text's with --text-field …, or its number from 0 where there is no header\n"
    )
    assert texts("a.csv", "--text-field", "Body") == ["a dull film"]
    assert "the text may be in text or review; name one with" in call(*classify, "b.csv")[2]
    assert texts("b.csv", "--text-field", "text") == ["a dull film"]
    assert texts("c.csv", "--text-field", "1") == ["a dull film", "a lovely song"]
    assert texts("a.csv", "--input-format", "txt") == ["id,body", "1,a dull film"]
    (tmp_path / "a.txt").write_text("a dull film\n", "utf-8")
    code, _, err = call(*classify, "a.txt", "--text-field", "text")
    assert (code, err) == (
        2,
        "textrnn: error: a.txt: a text file has no fields, so no 'text'; name its format with "
        "--input-format …\n",
    )


def test_fields_that_only_some_records_have(call: Call, tiny_bundle: Path, tmp_path: Path) -> None:
    rows = [{"text": "a"}, {"text": "b", "n": 1}, {"text": "c", "n": 2.5, "deep": {"x": [1]}}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "b.csv").write_text("text,extra\nd,e\n", "utf-8")
    classify = ("-q", "classify", "--model", str(tiny_bundle), "a.jsonl", "b.csv")
    table = list(csv.DictReader(io.StringIO(call(*classify, "--format", "csv")[1])))
    assert [(row["n"], row["deep"], row["extra"]) for row in table] == [
        ("", "", ""), ("1", "", ""), ("2.5", '{"x": [1]}', ""), ("", "", "e"),
    ]  # fmt: skip
    call(*classify, "--output", "a.parquet")
    columns = pyarrow.parquet.read_table("a.parquet")
    assert columns.column("n").to_pylist() == [None, 1.0, 2.5, None]
    assert columns.column("deep").to_pylist() == [None, None, '{"x": [1]}', None]


def test_what_parquet_knows_comes_out_again(call: Call, tiny_bundle: Path, tmp_path: Path) -> None:
    at = pyarrow.array([1_600_000_000_123_456_789], pyarrow.timestamp("ns"))
    columns = {"text": ["a"], "at": at, "nan": [math.nan], "tags": [["x"]], "language": ["q"]}
    pyarrow.parquet.write_table(pyarrow.table(columns), "a.parquet")
    classify = ("-q", "classify", "--model", str(tiny_bundle), "a.parquet")
    record = json.loads(call(*classify, "--format", "jsonl")[1])
    assert record["at"] == "2020-09-13 12:26:40.123456789"
    assert (record["nan"], record["tags"], record["given_language"]) == (None, ["x"], "q")
    (row,) = csv.DictReader(io.StringIO(call(*classify, "--format", "csv")[1]))
    assert (row["at"], row["nan"], row["tags"]) == (record["at"], "", '["x"]')
    assert call(*classify, "--output", "b.parquet") == (0, "", "")
    assert pyarrow.parquet.read_table("b.parquet").column("at").chunk(0).equals(at)


def test_a_folder_says_what_it_left_out(call: Call, tiny_bundle: Path, tmp_path: Path) -> None:
    here = tmp_path / "in"
    here.mkdir()
    for name in ("notes.md", "a.docx", "b.pdf", "c.png"):
        (here / name).write_text("x", "utf-8")
    (here / "d.csv").write_text("id,body\n1,a dull film\n2,\n", "utf-8")
    classify = ("classify", "in", "--model", str(tiny_bundle), "--text-field", "body")
    code, _, err = call(*classify, "--output-folder", "out")
    assert (code, err.splitlines()) == (
        0,
        [
            "textrnn: note: left out 4 files: in/a.docx, in/b.pdf, in/c.png, …",
            "in/d.csv: 2 records, 1 without a text",
            "1 shard with 2 records answered",
        ],
    )
    found = [json.loads(line) for line in (tmp_path / "out" / "d.jsonl").read_text().splitlines()]
    assert [(row["id"], row["label"]) for row in found] == [("1", "negative"), ("2", None)]


def test_a_seed_that_does_not_fit_stops_no_other(
    call: Call, tiny_generator: Path, tmp_path: Path
) -> None:
    (tmp_path / "seeds.txt").write_text("山水\n\nIt was\n月\n照照照照照照\n", "utf-8")
    seeds = ("generate", "--model", str(tiny_generator), "--random-state", "1",
             "--form", "五绝", "--seed-file", "seeds.txt")  # fmt: skip
    code, out, said = call(*seeds, "--format", "jsonl")
    records = [json.loads(line) for line in out.splitlines()]
    wrong = "verse 1 of the seed, 'It was': 五绝 takes Chinese characters"
    too_long = "verse 1 of the seed, '照照照照照照', has 6 characters; 五绝 has 5"
    assert [(r["line"], r.get("error")) for r in records] == [
        (1, None), (3, wrong), (4, None), (5, too_long)
    ]  # fmt: skip
    assert (records[1]["text"], records[1]["continuation"]) == ("It was", None)
    note = "textrnn: note: 2 seeds do not fit and got no text; first: seeds.txt: line 3: "
    assert (code, said.splitlines()[0]) == (0, note + wrong)
    blocks = call(*seeds)[1].split("\n---\n")
    assert blocks == [records[0]["text"], "", records[2]["text"], "\n"]


def test_a_seed_that_is_no_text_stops_no_other(
    call: Call, tiny_generator: Path, tmp_path: Path
) -> None:
    (tmp_path / "seeds.jsonl").write_text('{"text": "a\\ud800"}\n{"text": "山"}\n', "utf-8")
    seeds = ("generate", "--model", str(tiny_generator), "--seed-file", "seeds.jsonl")
    code, _, said = call(*seeds, "--output", "out.jsonl", "--random-state", "1")
    first, second = map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())
    assert (code, first["error"]) == (0, "the seed is not valid text: 'a\\ud800'")
    assert second["seed"] == "山"
    assert "seeds.jsonl: line 1: the seed is not valid text" in said

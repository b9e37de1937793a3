"""Files that are dropped on the page, and the calls that give the same answers elsewhere."""

from __future__ import annotations

import csv
import io
import json
import shlex
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from playwright.sync_api import expect

import textrnn
from calling import textrnn_in
from chromium import Visit
from serving import Client

ROWS = [
    ["1", 'Great, really "great".', "5"],
    ["2", "房间很脏，\n不推荐", "1"],
    ["3", "It broke after a week.", "1"],
]


def table(rows: list[list[str]], *, divider: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=divider).writerows([["id", "review", "stars"], *rows])
    return written.getvalue()


def call(reader: Visit, tab: str, way: str) -> str:
    """A call that is offered below an answer."""
    if not reader.page.is_visible(f"#{tab}-{way}-tab"):
        reader.page.click(f"#{tab} .elsewhere summary")
    reader.page.click(f"#{tab}-{way}-tab")
    return reader.page.inner_text(f"#{tab}-{way} pre")


def saved_rows(reader: Visit) -> list[dict[str, str]]:
    """The rows of the CSV that the reader takes away."""
    saved = reader.download("#classify button:text('Download')")
    return list(csv.DictReader(io.StringIO(saved)))


def ask_in_shell(reader: Visit, tab: str, folder: Path) -> str:
    """Run what is offered for a shell; what it prints."""
    done = textrnn_in(folder, *shlex.split(call(reader, tab, "shell"))[1:])
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_rows_without_a_text_have_no_answer(reader: Visit) -> None:
    rows = [["1", "", "5"], ["2", "A joy to use.", "4"], ["3", "  ", ""], ["4", "It broke.", "1"]]
    reader.drop("#classify .text-field", "shop.csv", table(rows))
    reader.page.wait_for_selector("#classify .file-name")
    reader.page.select_option("#classify-column", label="review")
    reader.press("classify")
    expect(reader.page.locator("#classify .status")).to_contain_text("4 of 4")
    textless = reader.texts("#classify tbody tr:has(.hint) td")
    assert textless == ["1", "no text", "3", "no text"]
    assert [row["label"] for row in saved_rows(reader)] == ["", "positive", "", "negative"]


def test_rows_are_answered_beside_what_they_had(reader: Visit) -> None:
    answers = list(textrnn.Router(textrnn.Classifier).stream([row[1] for row in ROWS]))
    for divider in (",", ";", "\t"):
        reader.drop("#classify .text-field", "shop.csv", table(ROWS, divider=divider))
        reader.page.wait_for_selector("#classify .file-name")
        chosen = "e => e.selectedOptions[0].text"
        assert reader.page.eval_on_selector("#classify-column", chosen) == "review"
        reader.press("classify")
        rows = saved_rows(reader)
        assert [[row["id"], row["review"], row["stars"]] for row in rows] == ROWS
        assert [(row["label"], row["probability"]) for row in rows] == [
            (answer.label, f"{answer.probability:.4f}") for answer in answers
        ]
        shown = [line.split("\t")[2:] for line in reader.texts("#classify .rows tbody tr")]
        assert shown == [[one.label, f"{100 * one.probability:.1f}%"] for one in answers]
        reader.page.click("#classify .file-name button")


def test_another_column_holds_the_text(reader: Visit) -> None:
    reader.open("tag")
    reader.drop(
        "#tag .text-field", "a.csv", "long,who\nsomething rather long,Ada Lovelace\nmore,Oslo\n"
    )
    reader.page.select_option("#tag-column", "1")
    reader.press("tag")
    assert reader.download("#tag button:text('Download')").splitlines() == [
        "long,who,PER,LOC", "something rather long,Ada Lovelace,Ada Lovelace,", "more,Oslo,,Oslo",
    ]  # fmt: skip


def test_a_table_without_a_header_keeps_its_first_row(
    reader: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "1;A joy.\n2;Two hours I want back.\n"
    reader.drop("#classify .text-field", "plain.csv", content)
    reader.page.uncheck("#classify-header")
    assert "Rows: 2" in reader.page.inner_text("#classify .file-name")
    chosen = "e => e.selectedOptions[0].text"
    assert reader.page.eval_on_selector("#classify-column", chosen) == "1: A joy."
    reader.press("classify")
    rows = saved_rows(reader)
    assert [(row["0"], row["1"]) for row in rows] == [
        ("1", "A joy."), ("2", "Two hours I want back."),
    ]  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain.csv").write_text(content, "utf-8")
    ask_in_shell(reader, "classify", tmp_path)
    with (tmp_path / "plain.answers.csv").open(encoding="utf-8", newline="") as answers:
        found = [row["label"] for row in csv.DictReader(answers)]
    assert found == [row["label"] for row in rows]
    assert labels_in_python(reader) == found


def labels_in_python(reader: Visit) -> list[str]:
    """What the call that is shown as Python prints, run in this folder."""
    with redirect_stdout(io.StringIO()) as printed:
        exec(call(reader, "classify", "python"), {})
    lines = printed.getvalue().splitlines()
    return [line.split("'label': '")[1].split("'")[0] for line in lines]


def test_a_line_may_say_what_divides_cells(
    reader: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "sep=;\nid;review, stars;\n1;A joy, 5;\n2;Two hours I want back, 1\n"
    reader.drop("#classify .text-field", "shop.csv", content)
    reader.page.wait_for_selector("#classify .file-name")
    reader.press("classify")
    rows = saved_rows(reader)
    assert [(row["id"], row["review, stars"]) for row in rows] == [
        ("1", "A joy, 5"), ("2", "Two hours I want back, 1"),
    ]  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.csv").write_text(content, "utf-8")
    assert labels_in_python(reader) == [row["label"] for row in rows]
    ask_in_shell(reader, "classify", tmp_path)
    with (tmp_path / "shop.answers.csv").open(encoding="utf-8", newline="") as answers:
        assert [row["label"] for row in csv.DictReader(answers)] == [row["label"] for row in rows]


def test_cells_twice_are_no_columns_of_one_name(
    reader: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the command line has it: a row with a number is no header."""
    content = "1,1,A joy.\n2,2,Two hours I want back.\n"
    reader.drop("#classify .text-field", "plain.csv", content)
    reader.page.wait_for_selector("#classify .file-name")
    reader.press("classify")
    rows = saved_rows(reader)
    assert [row["2"] for row in rows] == ["A joy.", "Two hours I want back."]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain.csv").write_text(content, "utf-8")
    ask_in_shell(reader, "classify", tmp_path)
    reader.ask("forecast", "time,load,load\n2025-01-01 00:00,1,2\n")
    told = "Two columns are called “load”; give each a name of its own."
    assert reader.texts("#forecast .problem span") == [told]


def test_a_file_of_lines_is_many_texts_or_one(reader: Visit) -> None:
    reader.drop("#classify .text-field", "b.txt", "A joy.\n\nTwo hours I want back.\n")
    reader.page.wait_for_selector("#classify .file-name")
    reader.press("classify")
    assert len(reader.texts("#classify .rows tbody tr")) == 2
    reader.page.check("#classify-whole")
    reader.press("classify")
    assert reader.texts("#classify .rows") == []
    (right,) = textrnn.load("sentiment-en").classify(["A joy.\n\nTwo hours I want back.\n"])
    assert reader.texts("#classify .verdict") == [right.label]
    reader.page.click("#classify .file-name button")
    assert reader.page.is_visible("#classify-text")


@pytest.mark.parametrize("name", ["shop.jsonl", "shop.json"])
def test_records_of_json_are_rows(
    reader: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    records = [
        {"id": 7, "review": "A joy.", "tags": ["film", "新"]},
        {"id": 8, "review": "Two hours I want back.", "seen": None},
    ]
    lines = name.endswith("l")
    content = "\n".join(map(json.dumps, records)) if lines else json.dumps(records)
    reader.drop("#classify .text-field", name, content)
    reader.page.wait_for_selector("#classify .file-name")
    assert not reader.page.query_selector("#classify-header")
    reader.press("classify")
    rows = saved_rows(reader)
    assert [(row["id"], row["review"], row["tags"], row["seen"]) for row in rows] == [
        ("7", "A joy.", '["film","新"]', ""), ("8", "Two hours I want back.", "", ""),
    ]  # fmt: skip
    labels = [row["label"] for row in rows]
    assert labels == ["positive", "negative"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(content, "utf-8")
    with redirect_stdout(io.StringIO()) as printed:
        exec(call(reader, "classify", "python"), {})
    assert [
        line.split("'label': '")[1].split("'")[0] for line in printed.getvalue().splitlines()
    ] == labels
    ask_in_shell(reader, "classify", tmp_path)
    with (tmp_path / "shop.answers.csv").open(encoding="utf-8", newline="") as answers:
        assert [row["label"] for row in csv.DictReader(answers)] == labels


def test_records_of_json_are_a_series(reader: Visit) -> None:
    rows = [("2025-01-01 00:00", 3.5), ("2025-01-01 01:00", 4.0)]
    reader.open("forecast")
    lines = [json.dumps({"time": time, "load": load}) for time, load in rows]
    reader.drop("#forecast .text-field", "load.jsonl", "\n".join(lines))
    right = "time,load\n2025-01-01 00:00,3.5\n2025-01-01 01:00,4\n"
    expect(reader.page.locator("#forecast-text")).to_have_value(right)


def test_a_series_may_have_decimal_commas(reader: Visit) -> None:
    series, found = Path("docs/samples/load.csv").read_text("utf-8"), list[object]()
    german = series.replace(",", ";").replace(".", ",")
    for content in (series, german, f"sep=;\n{german}"):
        reader.open("forecast")
        reader.drop("#forecast .text-field", "load.csv", content)
        expect(reader.page.locator("#forecast-text")).to_have_value(content)
        reader.press("forecast")
        found.append(reader.page.get_attribute("#forecast path.known", "d"))
        found.append(reader.download("#forecast button:text('Download')"))
    assert found[:2] == found[2:4] == found[4:]
    assert found[0]


def test_what_spreadsheets_would_run_is_text_in_the_file(reader: Visit) -> None:
    texts = ["=HYPERLINK(1)", "@SUM(1)", "-2+3", "+1.5", "-7", "fine"]
    reader.drop("#classify .text-field", "a.csv", "text\n" + "\n".join(texts) + "\n")
    reader.page.wait_for_selector("#classify .file-name")
    reader.press("classify")
    right = ["'=HYPERLINK(1)", "'@SUM(1)", "'-2+3", "+1.5", "-7", "fine"]
    assert [row["text"] for row in saved_rows(reader)] == right
    assert "before 3 cells" in reader.page.inner_text("#classify .status")


def test_a_table_of_one_row_is_one_text(reader: Visit) -> None:
    reader.drop("#classify .text-field", "one.csv", "7,A joy.\n")
    reader.page.wait_for_selector("#classify .file-name")
    reader.press("classify")
    assert [line.split("\t")[1:3] for line in reader.texts("#classify .rows tbody tr")] == [
        ["A joy.", "positive"]
    ]


def test_many_rows_are_asked_in_batches(reader: Visit) -> None:
    reader.drop("#classify .text-field", "many.txt", "\n".join(f"text {i}" for i in range(150)))
    reader.page.wait_for_selector("#classify .file-name")
    reader.press("classify")
    assert reader.texts("#classify .status") == ["150 of 150 rows answered"]
    assert len(reader.texts("#classify .rows tbody tr")) == 100
    saved = reader.download("#classify button:text('Download')").splitlines()
    assert [line.split(",")[0] for line in saved] == ["Text", *(f"text {i}" for i in range(150))]


def test_files_of_other_encodings_are_read(visiting, reader: Visit) -> None:  # type: ignore[no-untyped-def]
    chinese = visiting(locale="zh-CN")
    for visit, encoding, text, guess in [
        (reader, "utf-8-sig", "房间", ""), (chinese, "utf-16", "房间", ""),
        (reader, "gb18030", "房间很好", "gb18030"), (chinese, "cp1252", "schön größer", "cp1252"),
    ]:  # fmt: skip
        visit.drop("#classify .text-field", "a.csv", f"text\r{text}\r".encode(encoding))
        visit.page.wait_for_selector("#classify .file-name")
        assert guess in visit.page.inner_text("#classify .file-name")
        visit.press("classify")
        assert visit.page.inner_text("#classify td.text") == text
        option = ["--encoding", guess] if guess else []
        shell = shlex.split(call(visit, "classify", "shell"))
        assert shell[:-2] == ["textrnn", "classify", "a.csv", "--text-field", "text", *option]
        visit.page.click("#classify .file-name button")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", "text\n", "empty.csv has no rows."),
        ("a.csv", "a,b\n1,2\n\n1,2,3\n", "a.csv, line 4 has 3 fields, the header has 2."),
        ("a.csv", "id,text, text\n1,2\n", "Two columns are called “text”; give each a name"),
        ("a.csv", 'a,b\n1,"2\n3,4\n', "Line 2: a quotation mark is not closed."),
        ("a.jsonl", '{"text": 1}\n{"text"\n', "a.jsonl, line 2 is no JSON: "),
        ("a.json", '[{"text": "A joy."}, 3]', "a.json: record 2 is neither an object nor a text."),
        ("a.jsonl", '{"text": "A joy."}\n\n3', "a.jsonl, line 3 is neither an object nor a text."),
        ("a.json", "[]", "a.json has no rows."),
        ("a.bin", "x", "a.bin is neither text, CSV nor JSON;"),
        ("a.pdf", "%PDF", "a.pdf is a document; save its text as .txt"),
        ("a.xlsx", b"PK\x03\x04", "a.xlsx is a spreadsheet; save it as CSV"),
        ("a.parquet", b"PAR1", "a.parquet is Parquet, which the command line reads, not this page"),
        ("a.csv.gz", b"\x1f\x8b", "a.csv.gz is packed; unpack it"),
        ("a.txt", b"PK\x00\x03", "a.txt is neither text, CSV nor JSON"),
    ],
)
def test_what_is_no_table_of_texts_is_refused_where_it_was_dropped(
    reader: Visit, name: str, content: str | bytes, told: str
) -> None:
    reader.drop("#classify .text-field", name, content)
    reader.page.wait_for_selector("#classify .text-field .problem")
    assert told in reader.page.inner_text("#classify .problem")
    assert reader.page.is_visible("#classify-text")


@pytest.mark.parametrize("text", ['It\'s "fine",\n$HOME `x` \\ no?', "房间很脏"])
def test_calls_give_the_same_answer(
    reader: Visit, client: Client, tmp_path: Path, text: str
) -> None:
    reader.page.fill("#classify-least", "0.3")
    reader.ask("classify", text)
    label = reader.page.inner_text("#classify .verdict")
    curl = shlex.split(call(reader, "classify", "curl"))
    assert curl[:3] == ["curl", "-H", "Content-Type: application/json"]
    assert curl[-1] == f"{client.address}/v1/classify"
    asked = json.loads(curl[curl.index("-d") + 1])
    assert asked["abstain"] == 0.3
    assert client.post("/v1/classify", asked).json["label"] == label
    with redirect_stdout(io.StringIO()) as printed:
        exec(call(reader, "classify", "python"), {})
    assert f"'label': '{label}'" in printed.getvalue()
    name, *arguments = shlex.split(call(reader, "classify", "shell"))
    assert name == "textrnn"
    assert label in textrnn_in(tmp_path, *arguments).stdout


def test_calls_for_a_file_give_the_same_answers(
    reader: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop.csv").write_text(table(ROWS), "utf-8")
    reader.drop("#classify .text-field", "shop.csv", table(ROWS))
    reader.page.wait_for_selector("#classify .file-name")
    reader.press("classify")
    labels = [line.split("\t")[2] for line in reader.texts("#classify .rows tbody tr")]
    _, *arguments = shlex.split(call(reader, "classify", "shell"))
    assert textrnn_in(tmp_path, *arguments).returncode == 0
    with (tmp_path / "shop.answers.csv").open(encoding="utf-8", newline="") as answers:
        assert [row["label"] for row in csv.DictReader(answers)] == labels
    monkeypatch.chdir(tmp_path)
    with redirect_stdout(io.StringIO()) as printed:
        exec(call(reader, "classify", "python"), {})
    assert [
        line.split("'label': '")[1].split("'")[0] for line in printed.getvalue().splitlines()
    ] == labels


@pytest.mark.parametrize("tab", ["tag", "write", "translate", "forecast"])
def test_calls_of_other_tasks_run(
    reader: Visit, client: Client, translator: Path, tmp_path: Path, tab: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    texts = {"tag": "Ada went to Oslo.", "write": "春", "translate": "a fine film"}
    series = Path("docs/samples/load.csv").read_text("utf-8")
    if tab in texts:
        reader.ask(tab, texts[tab])
    else:
        reader.open(tab)
        reader.drop("#forecast .text-field", "load.csv", series)
        expect(reader.page.locator("#forecast-text")).to_have_value(series)
        reader.press(tab)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEXTRNN_MODELS", str(translator.parent))
    (tmp_path / "series.csv").write_text(series, "utf-8")
    curl = shlex.split(call(reader, tab, "curl"))
    asked = json.loads(curl[curl.index("-d") + 1])
    assert client.post(curl[-1].removeprefix(client.address), asked).status == 200
    with redirect_stdout(io.StringIO()) as printed:
        exec(call(reader, tab, "python"), {})
    answered = ask_in_shell(reader, tab, tmp_path)
    if tab == "write":  # drawn by the same number, it is the same text
        written = reader.page.inner_text("#write .written")
        assert printed.getvalue().strip() == answered.strip() == written


def test_tables_are_read_as_python_reads_them(reader: Visit) -> None:
    for text in [
        'a,b\n1,"x ""y"", z"\n',
        'a,b\r\n"1\n2",\r\n',
        "a\tb\n,\t",
        'a\n" x"\nla"st',
        "a|b\r1|2\r",
        "a,b\n,\n",
    ]:
        divider = next((char for char in "\t|" if char in text), ",")
        found = reader.page.evaluate(
            "async (text) => (await import('/csv.js')).parseCsv(text)", text
        )
        assert found == [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=divider) if row
        ]
        again = reader.page.evaluate(
            "async (rows) => (await import('/csv.js')).writeCsv(rows)", found
        )
        assert list(csv.reader(io.StringIO(again, newline=""))) == found

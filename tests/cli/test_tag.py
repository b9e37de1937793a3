"""``textrnn tag`` and tagging's part of ``train`` and ``evaluate``."""

from __future__ import annotations

import gzip
import json
import shlex
import subprocess
from pathlib import Path

import pytest

from calling import textrnn_in
from terminal import TEXTRNN

pytestmark = pytest.mark.train

NEWS = "Berta Lund of Norbank spoke .\n\nIt rained in New Delhi , said Ada .\r\n"
CONLL = "Ada\tB-PER\nlives\tO\nin\tO\nOslo\tB-LOC\n\nNorbank\tB-ORG\nspoke\tO\n"


class Caller:
    """Runs ``textrnn`` with the tiny tagger at hand."""

    def __init__(self, model: Path, folder: Path) -> None:
        self.model = str(model)
        self.folder = folder

    def __call__(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return textrnn_in(self.folder, *arguments, stdin=stdin)

    def tag(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return self("tag", "--model", self.model, *arguments, stdin=stdin)

    def file(self, content: str, name: str = "news.txt") -> str:
        (self.folder / name).write_bytes(content.encode())
        return name


@pytest.fixture
def call(tiny_tagger: Path, tmp_path: Path) -> Caller:
    return Caller(tiny_tagger, tmp_path)


def records(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_json_lines_by_default(call: Caller) -> None:
    first, second = records(call.tag(call.file(NEWS)))
    assert first["text"] == "Berta Lund of Norbank spoke ."
    assert (first["line"], second["line"]) == (1, 3)
    found = second["entities"]
    assert isinstance(found, list)
    assert [(e["start"], e["end"], e["text"], e["label"]) for e in found] == [
        (13, 22, "New Delhi", "LOC"),
        (30, 33, "Ada", "PER"),
    ]
    assert all(0 < e["probability"] <= 1 for e in found)


def test_standard_input_texts_and_compressed_files(call: Caller) -> None:
    (call.folder / "news.gz").write_bytes(gzip.compress(NEWS.encode()))
    for arguments, stdin in ((["-"], NEWS), ([], NEWS), (["news.gz"], "")):
        assert len(records(call.tag(*arguments, stdin=stdin))) == 2
    (record,) = records(call.tag("--text", "Ada spoke ."))
    assert record["file"] == "--text"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("conll", "Berta\tB-PER\nLund\tI-PER\nof\tO\n"),
        ("bioes", "Berta\tB-PER\nLund\tE-PER\nof\tO\nNorbank\tS-ORG\n"),
        ("text", "Berta Lund/PER of Norbank/ORG spoke .\n"),
        ("html", "<!DOCTYPE html>\n"),
        ("table", "  line   start  label  prob.  entity\n     1       0  PER  "),
    ],
)
def test_formats(call: Caller, form: str, expected: str) -> None:
    done = call.tag(call.file(NEWS), "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(expected)


def test_the_output_s_name_decides_the_format(call: Caller) -> None:
    name = call.file(NEWS)
    for output, start in (("a.html", "<!DOCTYPE"), ("a.conll", "Berta\tB-PER"), ("a", "{")):
        done = call.tag(name, "--output", output)
        assert (done.returncode, done.stdout) == (0, "")
        assert "2 texts, 4 entities" in done.stderr
        assert (call.folder / output).read_text("utf-8").startswith(start)


def test_words_come_in_and_go_out_as_they_are(call: Caller) -> None:
    name = call.file(CONLL, "news.conll")
    done = call.tag("--pretokenized", name, "--format", "conll")
    assert done.stdout == CONLL + "\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("-DOCSTART- -X- O\nAda x O\nspoke x O\n\nOslo x O\n",
         "-DOCSTART-\tO\n\nAda\tB-PER\nspoke\tO\n\nOslo\tB-LOC\n\n"),
        ("Ada\tO\nNew Delhi\tO\n3 000\tO\n", "Ada\t{}\nNew Delhi\t{}\n3 000\t{}\n\n"),
        ("# sent_id = 7\nAda B-PER\nspoke O\n", "# sent_id = 7\nAda\tB-PER\nspoke\tO\n\n"),
    ],
)  # fmt: skip
def test_rows_in_are_rows_out(call: Caller, rows: str, expected: str) -> None:
    done = call.tag("--pretokenized", call.file(rows, "a.conll"), "--format", "conll")
    assert (done.returncode, done.stderr) == (0, "")
    tags = [line.rpartition("\t")[2] for line in done.stdout.splitlines() if line]
    assert done.stdout == expected.format(*tags)


def test_columns_that_are_no_words(call: Caller) -> None:
    empty = call.tag("--pretokenized", call.file("Ada\tO\n\tO\n", "a.conll"))
    assert (empty.returncode, empty.stdout) == (2, "")
    assert "a.conll: line 2: the first column, the word, is empty" in empty.stderr
    numbered = call.file("1\tAda\tO\n2\tspoke\tO\n", "b.conll")
    done = call.tag("--pretokenized", numbered, "--format", "conll")
    assert done.stdout == "Ada\tB-PER\nspoke\tO\n\n"
    assert done.stderr == (
        "textrnn: note: b.conll: column 1 counts the words (1, 2, 3, …): the words are read from "
        "column 2\n"
    )


def test_fewer_entities(call: Caller) -> None:
    name = call.file(NEWS)
    for options, labels in (
        (["--labels", "PER, LOC"], {"PER", "LOC"}),
        (["--min-probability", "1.0", "--labels", "ORG"], set()),
    ):
        found = [e["label"] for r in records(call.tag(name, *options)) for e in r["entities"]]  # type: ignore[attr-defined]
        assert set(found) <= labels


def test_several_readings(call: Caller) -> None:
    (record,) = records(call.tag("--text", "Lund moved to Lima", "--readings", "3"))
    readings = record["readings"]
    assert isinstance(readings, list)
    assert len(readings) == 3
    assert readings[0]["probability"] >= readings[1]["probability"]
    shown = call.tag("--text", "Lund moved to Lima", "--readings", "3", "--format", "text").stdout
    assert len(shown.splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.txt"], "missing.txt: No such file or directory"),
        (["--text", "a", "--labels", "CAT"], "unknown label 'CAT'; known: "
                                             "LOC, ORG, PER"),
        (["-"], "nothing to tag: there is no text in the input"),
        (["--text", "a", "--pretokenized"], "--pretokenized reads files"),
        (["--text", "a", "--min-probability", "2"], "2.0 is not in the range 0<=x<=1"),
        (["--text", "a", "--readings", "0"], "0 is not in the range x>=1"),
    ],
)  # fmt: skip
def test_errors_are_one_line(call: Caller, arguments: list[str], message: str) -> None:
    done = call.tag(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (error,) = (line for line in done.stderr.splitlines() if line.startswith("textrnn: error: "))
    assert message in error
    assert "Traceback" not in done.stderr


def test_a_model_of_another_task(call: Caller, tiny_bundle: Path) -> None:
    done = call("tag", "--model", str(tiny_bundle), "--text", "a")
    assert done.returncode == 2
    assert "tiny is a classifier; textrnn tag needs a tagger" in done.stderr
    other = call("classify", "--model", call.model, "--text", "a")
    assert other.returncode == 2
    assert "tiny-tagger is a tagger; textrnn classify needs a classifier" in other.stderr


def test_a_reader_that_stops_early(call: Caller) -> None:
    name = call.file(NEWS * 4000)
    program = shlex.join([*TEXTRNN, "tag", "--model", call.model, name])
    command = f"{program} | head -2"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, cwd=call.folder, check=True, text=True
    )
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr == ""


def test_evaluate(call: Caller) -> None:
    name = call.file(CONLL, "gold.conll")
    done = call("evaluate", call.model, name)
    assert done.returncode == 0
    assert done.stdout.startswith("F1 1.0000 (95%: 0.610 to 1.000) on 2 sentences, 6 tokens")
    report = json.loads(call("evaluate", call.model, name, "--format", "json").stdout)
    assert report["micro"]["support"] == 3
    assert report["f1_interval"] == pytest.approx([0.6096, 1.0], abs=1e-4)
    strange = call.file("Rex\tB-CAT\nspoke\tO\n", "cats.conll")
    assert "label 'CAT' is not one of the model's" in call("evaluate", call.model, strange).stderr
    dropped = call("evaluate", call.model, strange, "--map-label", "CAT=", "--report", "out")
    assert dropped.returncode == 0
    assert (call.folder / "out" / "report.md").exists()
    again = call("evaluate", call.model, name, "--report", "out")
    assert (again.returncode, again.stderr) == (0, "")
    # What no report wrote is not replaced by one.
    (call.folder / "mine").mkdir()
    notes = call.folder / "mine" / "report.md"
    notes.write_text("# my own notes\n", "utf-8")
    refused = call("evaluate", call.model, name, "--report", "mine")
    assert refused.returncode == 2
    assert "mine: its report.md is of no report that textrnn wrote" in refused.stderr
    assert notes.read_text("utf-8") == "# my own notes\n"


def test_spans_that_no_tagger_finds(call: Caller) -> None:
    span = {"text": "Ada lives in Oslo", "label": [[0, 3, "PER"], [13, 16, "LOC"]]}
    name = call.file(json.dumps(span) + "\n", "doccano.jsonl")
    done = call("evaluate", call.model, name, "--report", "out")
    said = (
        "1 of 2 spans do not begin and end where tokens do: no tagger finds them, and they count "
        "as missed; first 'Osl' (LOC) in doccano.jsonl: line 1"
    )
    assert (done.returncode, done.stderr) == (0, f"textrnn: note: {said}\n")
    assert "on 1 sentence, 4 tokens" in done.stdout
    assert "1 of 2 spans do not begin" in (call.folder / "out" / "report.md").read_text("utf-8")
    assert call("-q", "evaluate", call.model, name).stderr == ""
    bare = call.file('{"text": "Ada"}\n', "bare.jsonl")
    done = call("evaluate", call.model, bare)
    assert (done.returncode, done.stdout) == (2, "")
    assert "bare.jsonl: line 1: no spans under entities" in done.stderr


def test_train(call: Caller) -> None:
    name = call.file((CONLL + "\n") * 20, "train.conll")
    done = call(
        "train", "tagger", "--train", name, "--out", "mine", "--epochs", "1", "--units", "4",
        "--embedding-units", "4", "--characters", "lstm", "--character-units", "2",
        "--scheme", "bio", "--force",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "validation F1" in done.stderr
    assert call("tag", "--model", "mine", "--text", "Ada").returncode == 0
    assert "CRF over BIO tags" in call("models", "show", "mine").stdout
    bad = call.file("Ada\tPERSON\n", "bad.conll")
    failed = call("train", "tagger", "--train", bad, "--out", "other")
    assert failed.returncode == 2
    assert "bad.conll: line 1: 'PERSON' is no tag" in failed.stderr

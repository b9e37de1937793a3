"""``textrnn classify`` as a person or a pipe calls it."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from calling import textrnn_in
from terminal import HEARING, TEXTRNN, signal_once
from waiting import LONGEST_S

pytestmark = pytest.mark.train

SENTENCES = "the soup was awful\n\nwhat a superb garden\r\na charming \\ bright song\t!\n"


class Caller:
    """Runs ``textrnn`` with the tiny model at hand."""

    def __init__(self, model: Path, folder: Path) -> None:
        self.model = str(model)
        self.folder = folder

    def __call__(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        return textrnn_in(self.folder, *arguments, stdin=stdin)

    def classify(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        return self("classify", "--model", self.model, *arguments, stdin=stdin)

    def file(self, content: str | bytes, name: str = "texts.txt") -> str:
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(data)
        return name


@pytest.fixture
def call(tiny_bundle: Path, tmp_path: Path) -> Caller:
    return Caller(tiny_bundle, tmp_path)


def fails(done: subprocess.CompletedProcess[str], code: int, message: str) -> None:
    """One line on standard error, nothing on standard output."""
    assert done.stderr.splitlines()[-1] == f"textrnn: error: {message}"
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (code, "")


def test_a_pipe_gets_tsv(call: Caller) -> None:
    done = call.classify(call.file(SENTENCES))
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [(row[0], row[2]) for row in rows] == [
        ("negative", "the soup was awful"),
        ("positive", "what a superb garden"),
        ("positive", r"a charming \\ bright song\t!"),
    ]
    assert all(0.5 <= float(row[1]) <= 1 for row in rows)
    assert (done.returncode, done.stderr) == (0, "")


def test_jsonl_says_where_each_text_stood(call: Caller) -> None:
    done = call.classify(call.file(SENTENCES), "--format", "jsonl", "--top-k", "2")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["file"], r["line"]) for r in records] == [("texts.txt", n) for n in (1, 3, 4)]
    assert list(records[0]["probabilities"]) == ["negative", "positive"]
    assert records[0]["tokens"] == 4


def test_csv_has_a_header_and_quotes(call: Caller) -> None:
    done = call.classify("--text", 'a "dull", clumsy film', "--format", "csv", "--top-k", "2")
    header, row = csv.reader(io.StringIO(done.stdout))
    assert header == ["file", "line", "label", "probability", "label_2", "probability_2", "text"]
    assert row[2] == "negative"
    assert row[4] == "positive"
    assert row[6] == 'a "dull", clumsy film'


def test_a_table_on_request(call: Caller) -> None:
    done = call.classify(call.file("a lovely song\n好的 film\n"), "--format", "table")
    head, first, second = done.stdout.splitlines()
    assert head.split() == ["label", "prob.", "text"]
    assert first.index("a lovely song") == second.index("好的 film") == head.index("text")


def test_it_abstains_under_the_probability_asked_for(call: Caller) -> None:
    name = call.file("the soup was awful\na garden\n")
    plain = [json.loads(x) for x in call.classify(name, "--format", "jsonl").stdout.splitlines()]
    sure, unsure = (record["probability"] for record in plain)
    border = ("--abstain", str((sure + unsure) / 2))
    done = call.classify(name, *border, "--top-k", "2", "--format", "jsonl")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["label"] for record in records] == ["negative", "uncertain"]
    assert all(set(r["probabilities"]) == {"negative", "positive"} for r in records)
    first, second = call.classify(name, *border).stdout.splitlines()
    assert first.startswith("negative\t")
    assert second.startswith("uncertain\t0.")
    assert "uncertain" in call.classify(name, *border, "--format", "table").stdout
    assert call.classify(name, "--abstain", "1.1").returncode == 2


def test_standard_input_named_or_not(call: Caller) -> None:
    piped = SENTENCES.encode()
    named = call.classify("-", stdin=piped)
    assert named.stdout.count("\n") == 3
    assert call.classify(stdin=piped).stdout == named.stdout


def test_several_files_and_texts_in_order(call: Caller) -> None:
    packed = call.file(gzip.compress(b"a dull film"), "one.gz")
    done = call.classify(packed, call.file("fine"), "--text", "first", "--format", "jsonl")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["file"] for r in records] == ["--text", "one.gz", "texts.txt"]


def test_whole_takes_a_file_as_one_text(call: Caller) -> None:
    done = call.classify(call.file("a dull film\n\na lovely song\n"), "--whole")
    assert done.stdout.endswith("\ta dull film\\n\\na lovely song\\n\n")
    assert done.stdout.count("\n") == 1


def test_a_named_pipe_is_read_once(call: Caller) -> None:
    """As the shell's <(command) gives one: looking into it beforehand would lose its start."""
    os.mkfifo(call.folder / "pipe")
    writer = subprocess.Popen(["sh", "-c", "echo a dull film > pipe"], cwd=call.folder)
    assert call.classify("pipe").stdout.endswith("\ta dull film\n")
    assert writer.wait(LONGEST_S) == 0


def test_encodings(call: Caller) -> None:
    name = call.file("好的 film\n".encode("gb18030"))
    assert "好的 film" in call.classify(name, "--encoding", "gb18030").stdout
    assert "a bright day" in call.classify(call.file("\ufeffa bright day")).stdout


def test_a_long_line_is_read_in_windows(call: Caller) -> None:
    text = "the story was dull and the song was lovely . " * 4000 + "dreadful " * 60_000
    done = call.classify(call.file(text), "--format", "jsonl")
    record = json.loads(done.stdout)
    assert record["tokens"] == 4000 * 10 + 60_000
    assert record["windows"] > 200
    assert record["text"] == text
    assert record["label"] == "negative"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"fine\nbad \xff", "texts.txt: line 2, byte 9: not valid UTF-8 (0xff); give the file's "
                            "encoding, perhaps --encoding cp1252"),
        (b"\x88PNG\0\0", "texts.txt: a binary file (byte 4 is zero), not text"),
        (b"\x89PNG\0\0", "texts.txt: a picture, not text"),
        (b"\n  \n", "nothing to classify: there is no text in the input"),
        (b"", "nothing to classify: there is no text in the input"),
    ],
)  # fmt: skip
def test_unusable_texts(call: Caller, content: bytes, message: str) -> None:
    fails(call.classify(call.file(content)), 2, message)


def test_unusable_calls(call: Caller) -> None:
    good = call.file("fine")
    fails(call.classify(good, "absent.txt"), 2, "absent.txt: No such file or directory")
    fails(call.classify(good, "."), 2, ".: a folder, not a file")
    assert call("classify", good, "--model", "absent").stderr.startswith(
        "textrnn: error: no model 'absent': it is neither a path nor a model's name (shipped:"
    )
    assert call("classify", good, "--model", ".").returncode == 2
    assert call.classify(good, "--top-k", "0").returncode == 2
    assert call.classify(good, "--format", "xml").returncode == 2
    assert call("classfy").returncode == 2
    assert call.classify(good, "--encoding", "klingon").returncode == 2


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "table"])
def test_what_a_model_refuses_is_said_before_anything_is_written(call: Caller, form: str) -> None:
    table = call.file("text,id\n很好,1\n", "a.csv")
    done = call("classify", table, "--fast", "--format", form)
    fails(done, 2, "sentiment-zh has no bag of n-grams; leave --fast out")


def test_the_script_chooses_the_model(call: Caller) -> None:
    done = call("-v", "classify", "--text", "这家酒店很干净，早餐也好吃。")
    assert done.stdout.startswith("positive\t")
    assert "by sentiment-zh" in done.stderr
    assert "by sentiment-en" in call("-v", "classify", "--text", "A joy.").stderr


def test_a_damaged_model_is_refused(call: Caller, tmp_path: Path) -> None:
    copy = shutil.copytree(call.model, tmp_path / "copy")
    (copy / "model.onnx").write_bytes(b"no graph")
    done = call("classify", "--text", "fine", "--model", "copy")
    fails(
        done, 1, "copy: model.onnx is damaged: its sha256 is not the one in bundle.json; "
        "install or copy the model again",
    )  # fmt: skip


def test_output_is_written_in_one_piece(call: Caller) -> None:
    done = call.classify(call.file(SENTENCES), "--output", "out.jsonl")
    assert (done.returncode, done.stdout) == (0, "")
    assert "3 texts (2 positive, 1 negative)" in done.stderr
    lines = (call.folder / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["label"] for line in lines] == ["negative", "positive", "positive"]
    assert sorted(os.listdir(call.folder)) == ["out.jsonl", "texts.txt"]
    assert call("-q", "classify", "--model", call.model, "texts.txt", "--output", "o").stderr == ""


def test_an_error_leaves_the_old_output(call: Caller) -> None:
    (call.folder / "out.tsv").write_text("old\n", "utf-8")
    bad = call.file(b"a dull film\n" * 20_000 + b"\xff\n")
    done = call.classify(bad, "--output", "out.tsv")
    assert done.returncode == 2
    assert "line 20001, byte 240000" in done.stderr
    assert (call.folder / "out.tsv").read_text("utf-8") == "old\n"
    assert sorted(os.listdir(call.folder)) == ["out.tsv", "texts.txt"]


def test_output_that_cannot_be_written(call: Caller) -> None:
    good = call.file("fine")
    done = call.classify(good, "--output", "absent/out.tsv")
    fails(done, 2, "absent/out.tsv: cannot be written: No such file or directory")
    message = ".: what is read (texts.txt) would be lost there; name another folder"
    fails(call.classify(good, "--output", "."), 2, message)


def test_a_closed_pipe_ends_quietly(call: Caller) -> None:
    call.file("a dull film\n" * 20_000)
    process = subprocess.Popen(
        [*TEXTRNN, "classify", "--model", call.model, "texts.txt"],
        cwd=call.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b"negative\t")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(LONGEST_S) == 0
    process.stderr.close()


@pytest.mark.parametrize(
    ("number", "code", "message"),
    [(signal.SIGINT, 130, b"textrnn: error: interrupted"), (signal.SIGTERM, 143, b"")],
)
def test_an_interruption_leaves_the_old_file(
    call: Caller, number: int, code: int, message: bytes
) -> None:
    (call.folder / "out.tsv").write_text("what was there before", "utf-8")
    process = subprocess.Popen(
        [*HEARING, "classify", "--model", call.model, "-", "--output", "out.tsv"],
        cwd=call.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(b"a dull film\n" * 5000)
    process.stdin.flush()
    signal_once(
        lambda: any(path.stat().st_size for path in call.folder.glob(".out.tsv-*")),  # at work
        process,
        number,
    )
    process.wait(LONGEST_S)
    process.stdin.close()
    assert process.stderr is not None
    assert process.stdout is not None
    assert process.stderr.read().strip() == message
    assert process.returncode == code
    assert os.listdir(call.folder) == ["out.tsv"]
    assert (call.folder / "out.tsv").read_text("utf-8") == "what was there before"
    process.stdout.close()
    process.stderr.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_a_named_pipe_is_written_to_and_stays_one(call: Caller) -> None:
    name = call.file("a dull film\n" * 3)
    pipe = call.folder / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [*TEXTRNN, "-q", "classify", "--model", call.model, name, "--output", "pipe"],
        cwd=call.folder,
    )
    assert len(pipe.read_text("utf-8").splitlines()) == 3
    assert process.wait(LONGEST_S) == 0
    assert pipe.is_fifo()


def test_a_pipe_gets_its_answers_before_more_is_asked(call: Caller) -> None:
    """A full pool of 256 lines and more: nothing waits for the writer to go on."""
    process = subprocess.Popen(
        [*TEXTRNN, "classify", "--model", call.model, "-"],
        cwd=call.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    hanging = threading.Timer(LONGEST_S, process.kill)
    hanging.start()
    process.stdin.write(b"a dull film\n" * (16 + 256))
    process.stdin.flush()
    for _ in range(16 + 256):
        assert process.stdout.readline().startswith(b"negative\t")
    hanging.cancel()
    process.stdin.close()
    assert process.wait(LONGEST_S) == 0
    process.stdout.close()


def test_what_is_no_text_in_utf8_is_answered_all_the_same(call: Caller) -> None:
    """An argument that is no UTF-8 comes as half surrogates, which UTF-8 cannot hold either."""
    odd = os.fsdecode(b"a dull film \xff")
    done = call.classify("--text", odd, "--output", "out.jsonl")
    assert done.returncode == 0, done.stderr
    record = json.loads((call.folder / "out.jsonl").read_text("utf-8"))
    assert record["text"] == odd
    assert call.classify("--text", odd).stdout.endswith("a dull film \\udcff\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has /dev/full")
@pytest.mark.parametrize("lines", [1, 20_000])
def test_a_full_disk_is_one_line(call: Caller, lines: int) -> None:
    name = call.file("a dull film\n" * lines)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*TEXTRNN, "classify", "--model", call.model, name],
            cwd=call.folder, stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert done.stderr.splitlines() == [b"textrnn: error: output: No space left on device"]
    assert done.returncode == 1


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
def test_a_progress_bar_leaves_standard_output_alone(call: Caller) -> None:
    """A terminal for messages, a file for results: the bar must not swallow the results."""
    name = call.file("a charming song\n" * 20_000)
    terminal, screen = os.openpty()
    threading.Thread(target=_drain, args=(terminal,), daemon=True).start()
    try:
        done = subprocess.run(
            [*TEXTRNN, "classify", "--model", call.model, name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=screen,
            cwd=call.folder,
            env={**os.environ, "TERM": "xterm"},
            check=True,
        )
    finally:
        os.close(screen)
    assert len(done.stdout.splitlines()) == 20_000


def _drain(terminal: int) -> None:
    """Read what a terminal is shown, until nobody holds it any more."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass
    os.close(terminal)


def textrnn_here(folder: Path, *arguments: str) -> tuple[list[str], str]:
    """The lines that ``textrnn`` with its shipped models writes, and its notes."""
    done = textrnn_in(folder, *arguments)
    done.check_returncode()
    return done.stdout.splitlines(), done.stderr


def test_of_a_mixed_file_each_text_is_read_by_the_model_of_its_language(tmp_path: Path) -> None:
    english = [f"Ticket {n} works fine" for n in range(30)]
    lines = [*english, "退款一直没到账，差评", "👍", "Das war gut."]
    (tmp_path / "mixed.txt").write_text("\n".join(["7", *lines]), "utf-8")
    rows, notes = textrnn_here(tmp_path, "classify", "mixed.txt", "--format", "jsonl")
    records = [json.loads(row) for row in rows]
    assert [record["text"] for record in records] == ["7", *lines]
    languages = [record["language"] for record in records]
    assert languages == ["en"] * 31 + ["zh", "zh", "de"]
    assert records[31]["label"] == "negative"
    assert records[31]["probability"] > 0.98
    assert notes == (
        "textrnn: note: 1 text is in no language that a shipped model reads (German 1), "
        "first: mixed.txt:34; answered by sentiment-en\n"
    )
    assert textrnn_here(tmp_path, "-q", "classify", "mixed.txt")[1] == ""
    _, notes = textrnn_here(tmp_path, "classify", "mixed.txt", "--model", "sentiment-en")
    assert notes == (
        "textrnn: note: 2 texts are not in English, which sentiment-en reads "
        "(Chinese 1, German 1), first: mixed.txt:32\n"
    )


@pytest.mark.parametrize("arguments", [["classify"], ["tag"], ["explain"]])
def test_a_program_that_writes_a_line_gets_its_answer(tmp_path: Path, arguments: list[str]) -> None:
    with subprocess.Popen(
        [*TEXTRNN, *arguments, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path
    ) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        for text in ("a fine film", "房间很脏", "3"):
            asked.stdin.write(f"{text}\n".encode())
            asked.stdin.flush()
            assert text in asked.stdout.readline().decode()
        asked.stdin.close()
        assert asked.wait(LONGEST_S) == 0

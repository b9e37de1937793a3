"""What commands write: never over what they read, on a full disk, and when they are stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from terminal import HEARING, TEXTRNN, signal_once
from textrnn.catalog import model_path
from textrnn.cli.main import cli
from textrnn.cli.parts.errors import report_errors
from waiting import LONGEST_S


def refused(monkeypatch: pytest.MonkeyPatch, folder: Path, call: str) -> str:
    """The one line with which a call is refused, that it reads what it is to write."""
    monkeypatch.chdir(folder)
    messages: list[str] = []

    def run() -> None:
        result = CliRunner().invoke(cli, call.split(), standalone_mode=False)
        if result.exception is not None:
            messages.append(str(result.exception))
            raise result.exception

    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert report_errors(run) == 2
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (message,) = messages
    return message


CALLS = {
    "classify a.txt --output a.txt": "a.txt: what is read (a.txt) would be lost there",
    "classify b.txt a.txt --output link.txt": "link.txt: what is read (a.txt) would be lost",
    "classify a.txt --output hard.txt": "hard.txt: what is read (a.txt) would be lost there",
    "tag a.txt --output ./a.txt": "a.txt: what is read (a.txt) would be lost there",
    "explain a.txt --output a.txt": "a.txt: what is read (a.txt) would be lost there",
    "classify a.txt --model model --output model/model.onnx": "what is read (model) would be lost",
    "generate --seed x --model model --output model/bundle.json": "what is read (model) would be",
    "generate --seed-file a.txt --output link.txt": "link.txt: what is read (a.txt) would be lost",
    "corpora stats a.csv --plot plot.png": "plot.png: what is read (a.csv) would be lost there",
    "embeddings train a.txt --output a.txt": "a.txt: what is read (a.txt) would be lost there",
    "embeddings convert a.txt hard.txt": "hard.txt: what is read (a.txt) would be lost there",
    "embeddings plot a.csv one two three --output plot.png": "plot.png: what is read (a.csv) would",
    "evaluate model report/report.json --report report": "what is read (report/report.json) would",
    "classify a.txt --output-folder out": "out/a.jsonl: is a link to what is read",
    "tag a.txt --output-folder out": "out/a.jsonl: is a link to what is read",
}


@pytest.mark.parametrize("call", CALLS)
def test_what_is_read_is_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    for name in ("a.txt", "b.txt", "a.csv"):
        (tmp_path / name).write_text("text,label\none 1 2\n", "utf-8")
    for folder in ("report", "out", "model"):
        (tmp_path / folder).mkdir()
    for name in ("report/report.json", "model/model.onnx", "model/bundle.json"):
        (tmp_path / name).write_text("{}", "utf-8")
    (tmp_path / "link.txt").symlink_to("a.txt")
    os.link(tmp_path / "a.txt", tmp_path / "hard.txt")
    os.link(tmp_path / "a.txt", tmp_path / "out" / "a.jsonl")
    os.link(tmp_path / "a.csv", tmp_path / "plot.png")
    assert CALLS[call] in refused(monkeypatch, tmp_path, call)


def run(folder: Path, *arguments: str, **streams: int) -> tuple[int, str]:
    """Exit code and what was said on standard error."""
    done = subprocess.run(
        [*TEXTRNN, *arguments],
        cwd=folder,
        stdout=streams.get("stdout", subprocess.DEVNULL),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


WRITING = {
    "classify a.txt": "--output",
    "tag a.txt": "--output",
    "explain a.txt": "--output",
    "generate --seed The --length 3": "--output",
}


@pytest.mark.parametrize("call", WRITING)
def test_a_full_disk_is_one_line(tmp_path: Path, call: str) -> None:
    (tmp_path / "a.txt").write_text("What a day!\n", "utf-8")
    with open("/dev/full", "wb") as full:
        for more, where in (([], "output"), ([WRITING[call], "/dev/full"], "/dev/full")):
            code, said = run(tmp_path, "-q", *call.split(), *more, stdout=full.fileno())
            assert (code, said) == (1, f"textrnn: error: {where}: No space left on device\n")
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_command_leaves_nothing_or_the_next_one_removes_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "out.tsv").write_text("before", "utf-8")
    call = [*HEARING, "-q", "classify", "-", "--model", "sentiment-en", "--output", "out.tsv"]
    process = subprocess.Popen(call, cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b"What a day!\n" * 2000)
    process.stdin.flush()
    signal_once(
        lambda: any(path.stat().st_size for path in tmp_path.glob(".out.tsv-*")),  # at work
        process,
        number,
    )
    _, said = process.communicate(timeout=LONGEST_S)
    killed = number == signal.SIGKILL
    assert process.returncode == (-number if killed else 128 + number)
    assert said == b""
    assert len(os.listdir(tmp_path)) == 1 + killed
    assert (tmp_path / "out.tsv").read_text("utf-8") == "before"
    subprocess.run(call, cwd=tmp_path, input=b"What a day!\n", check=True)
    assert os.listdir(tmp_path) == ["out.tsv"]
    assert (tmp_path / "out.tsv").read_text("utf-8").startswith("positive\t")


def test_a_hangup_that_is_not_to_be_heard_is_not_heard(tmp_path: Path) -> None:
    """As under nohup."""
    call = [*TEXTRNN, "-q", "classify", "-", "--model", "sentiment-en", "--output", "out.tsv"]
    deaf = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"]
    process = subprocess.Popen([*deaf, *call], cwd=tmp_path, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b"What a day!\n" * 100)
    process.stdin.flush()
    signal_once(lambda: os.listdir(tmp_path), process, signal.SIGHUP)
    process.communicate(timeout=LONGEST_S)
    assert process.returncode == 0
    assert len((tmp_path / "out.tsv").read_text("utf-8").splitlines()) == 100


def test_long_names(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("What a day!\n", "utf-8")
    name, folder = "n" * 246 + ".tsv", "f" * 250
    assert run(tmp_path, "-q", "classify", "a.txt", "--output", name) == (0, "")
    assert run(tmp_path, "-q", "classify", "a.txt", "--output-folder", folder) == (0, "")
    code, said = run(tmp_path, "classify", "a.txt", "--output", "n" * 256)
    assert code == 2
    assert said.endswith("n: cannot be written: File name too long\n")
    assert said.count("\n") == 1
    assert sorted(os.listdir(tmp_path)) == ["a.txt", folder, name]


def test_a_model_as_a_zip_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.make_archive(str(tmp_path / "m"), "zip", model_path("sentiment-en"))
    call = "classify --text x --model m.zip --output m.zip"
    assert "what is read (m.zip) would be lost there" in refused(monkeypatch, tmp_path, call)

"""How a training ends for who typed it: stopped, repeated, finished."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from calling import textrnn_in
from made_up import made_up_reviews
from terminal import TEXTRNN
from textrnn.bundle.bundle import Bundle

pytestmark = pytest.mark.train

SMALL = ("--units", "4", "--embedding-units", "4", "--cell", "rnn", "--pooling", "mean",
         "--init-from", "none", "--folds", "0", "--batch-size", "16")  # fmt: skip
CALL = ("train", "classifier", "--train", "train.csv", "--out", "mine", *SMALL)


def write_reviews(folder: Path, count: int = 60) -> None:
    rows = [f'"{example.text}",{example.label}' for example in made_up_reviews(count)]
    (folder / "train.csv").write_text("\n".join(["text,label", *rows]), "utf-8")


def stop(folder: Path, number: int, *call: str) -> tuple[int, list[str]]:
    """Exit code and lines of a training that gets a signal once it has a checkpoint."""
    # A job in the background inherits a deaf ear for SIGINT; this one is to hear it.
    hearing = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    process = subprocess.Popen(
        [sys.executable, "-c", hearing + TEXTRNN[2], *call],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not (folder / "mine.training" / "checkpoint.npz").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    return process.returncode, said.splitlines()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_training_says_how_it_goes_on(tmp_path: Path, number: int, code: int) -> None:
    """And is neither begun anew nor lost by the same command; the one that was told goes on."""
    write_reviews(tmp_path)
    call = (*CALL, "--epochs", "120", "--patience", "0", "--name", "it's mine")
    found, lines = stop(tmp_path, number, *call)
    assert found == code, lines
    lines = lines[: -2 if number == signal.SIGINT else None]  # an empty one, and "interrupted"
    assert lines[-2] == "stopped; mine.training/checkpoint.npz holds its state"
    told = shlex.split(lines[-1].removeprefix("go on with: "))
    assert told == ["textrnn", *call, "--resume"]
    before = (tmp_path / "mine.training" / "checkpoint.npz").read_bytes()
    again = textrnn_in(tmp_path, *call)
    assert again.returncode == 2
    assert again.stderr == (
        "textrnn: error: mine.training/checkpoint.npz: a training of mine was stopped there, or is "
        "at work; go on with it (--resume), begin anew (--force), or name another folder\n"
    )
    assert (tmp_path / "mine.training" / "checkpoint.npz").read_bytes() == before
    if number != signal.SIGINT:
        return
    resumed = textrnn_in(tmp_path, *told[1:])
    assert resumed.returncode == 0, resumed.stderr
    assert "going on in epoch" in resumed.stderr
    assert Bundle.open(tmp_path / "mine").manifest.name == "it's mine"
    assert not (tmp_path / "mine.training").exists()


def test_a_finished_model_is_replaced_by_force_alone(tmp_path: Path) -> None:
    write_reviews(tmp_path)
    first = textrnn_in(tmp_path, *CALL, "--epochs", "1", "--force")
    assert first.returncode == 0, first.stderr
    made = (tmp_path / "mine" / "bundle.json").read_bytes()
    refused = textrnn_in(tmp_path, *CALL, "--epochs", "2")
    assert refused.returncode == 2
    assert refused.stderr == (
        "textrnn: error: mine: a model is there already; replace it (--force), or name another "
        "folder\n"
    )
    finished = textrnn_in(tmp_path, *CALL, "--epochs", "2", "--resume")
    assert finished.returncode == 0
    assert finished.stderr.startswith("mine: finished already, there is nothing to resume")
    assert (tmp_path / "mine" / "bundle.json").read_bytes() == made
    assert textrnn_in(tmp_path, *CALL, "--epochs", "2", "--force").returncode == 0
    assert Bundle.open(tmp_path / "mine").manifest.training["training"]["epochs"] == 2


def test_what_is_no_model_is_never_replaced(tmp_path: Path) -> None:
    write_reviews(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("of years")
    for more in ((), ("--force",), ("--resume",)):
        refused = textrnn_in(tmp_path, *CALL, *more)
        assert refused.returncode == 2
        assert "mine: is there already and is no model" in refused.stderr
    assert (tmp_path / "mine" / "notes.txt").read_text() == "of years"

"""``textrnn lab``: what is shown, and what is written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from calling import in_terminal, textrnn_in

_SMALL = ("lab", "gradients", "--cells", "rnn", "--length", "20", "--units", "4", "--steps", "5")


def test_gradients_are_shown_drawn_and_written(tmp_path: Path) -> None:
    files = ("--plot", "it.svg", "--output", "it.html")
    found = textrnn_in(tmp_path, *_SMALL, *files, "--random-state", "3")
    assert (found.returncode, found.stderr) == (0, "")
    lines = found.stdout.splitlines()
    assert lines[0] == "How far a gradient reaches: 4 units, 20 steps back"
    (header,) = (line.split() for line in lines if line.endswith("near to far"))
    assert header[:4] == ["1", "5", "10", "20"]
    assert (tmp_path / "it.svg").read_text("utf-8").startswith("<?xml")
    assert "<svg" in (tmp_path / "it.html").read_text("utf-8")
    data = json.loads(textrnn_in(tmp_path, *_SMALL, "--format", "json").stdout)
    assert len(data["curves"][0]["norms"]) == 21


def test_a_terminal_gets_colours_and_no_line_that_is_too_long(tmp_path: Path) -> None:
    code, shown = in_terminal(_SMALL, tmp_path)
    assert code == 0
    assert "48;2;" in shown or "\x1b[" in shown


def test_wrong_files_are_refused_before_the_work(tmp_path: Path) -> None:
    for option, name in (("--output", "it.pdf"), ("--plot", "it.html"), ("--plot", "no/it.png")):
        found = textrnn_in(tmp_path, *_SMALL, option, name)
        assert found.returncode == 2
        assert found.stderr.startswith("textrnn: error: ")
        assert found.stdout == ""


def test_a_cell_is_shown_in_parts_that_fit_the_screen(tmp_path: Path) -> None:
    call = ("lab", "cell", "gru", "--text", "It was not good at all, but I loved the music.")
    found = textrnn_in(tmp_path, *call, "--plot", "gates.png", "--output", "gates.json")
    assert (found.returncode, found.stderr) == (0, "")
    (header, *_) = (line for line in found.stdout.splitlines() if "music" in line)
    assert header.split()[:3] == ["It", "was", "not"]
    assert "z = σ(W_z x + U_z h' + b_z)" in found.stdout
    assert (tmp_path / "gates.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "gates.json").read_text("utf-8"))["cell"] == "gru"
    code, shown = in_terminal(call, tmp_path)
    assert code == 0
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in shown.splitlines()) <= 80
    assert shown.count("z = σ(") > found.stdout.count("z = σ(")  # the tokens do not fit beside


def test_sampling_and_attention_are_shown(tmp_path: Path) -> None:
    call = ("lab", "sampling", "poetry-zh", "--seed", "床前明月", "--top-k", "2,3", "--num", "4")
    found = textrnn_in(tmp_path, *call, "--plot", "it.png", "--output", "it.html")
    assert (found.returncode, found.stderr) == (0, "")
    (header, *rows) = found.stdout.splitlines()[-8:]
    assert header.split()[:2] == ["T", "1"]
    assert rows[0].startswith("夜 ")
    assert rows[-2].split()[-5:-3] == ["2", "3"]  # tokens left
    call = ("lab", "attention", "sentiment-zh", "--text", "不好看", "--format", "json")
    data = json.loads(textrnn_in(tmp_path, *call, "--plot", "look.svg").stdout)
    assert sum(data["after"][0]) == pytest.approx(1.0)
    assert (tmp_path / "look.svg").exists()


def test_a_model_that_does_something_else_is_told(tmp_path: Path) -> None:
    found = textrnn_in(tmp_path, "lab", "sampling", "sentiment-en")
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("textrnn: error: ")
    found = textrnn_in(tmp_path, "lab", "cell", "--text", "one", "--text", "two")
    assert found.returncode == 2
    assert found.stderr == "textrnn: error: the lab looks at one text: give one --text\n"


def test_memory_is_measured_by_distance(tmp_path: Path) -> None:
    call = ("lab", "memory", "--cells", "rnn,gru", "--tasks", "adding", "--length", "5")
    small = ("--units", "4", "--steps", "10", "--plot", "it.png", "--output", "it.html")
    found = textrnn_in(tmp_path, *call, *small)
    assert (found.returncode, found.stderr) == (0, "")
    (header,) = (line.split() for line in found.stdout.splitlines() if line.endswith("loss"))
    assert header == ["2", "5", "10", "loss"]
    assert "adding: gru bridges" in found.stdout
    assert (tmp_path / "it.html").read_text("utf-8").count("<svg") == 1


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("gradients", "--random-state", "-1"), "random_state must be 0 or more; received -1"),
        (("memory", "--random-state", "-1"), "random_state must be 0 or more; received -1"),
        (("cell", "--text", "a", "--random-state", "-1"), "random_state must be 0 or more"),
        (("attention", "sentiment-en", "--text", "a", "--random-state", "-1"), "random_state must"),
        (("attention", "sentiment-en", "--text", ""), "--text is empty: give it some text"),
        (("cell", "--text", ""), "--text is empty: give it some text"),
        (("cell", "--model", "sentiment-en", "--text", "a", "--layer", "5"),
         "layer must be from 1 to 1, the encoders of sentiment-en; received 5"),
    ],
)  # fmt: skip
def test_wrong_values_are_told(tmp_path: Path, call: tuple[str, ...], told: str) -> None:
    found = textrnn_in(tmp_path, "lab", *call)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith(f"textrnn: error: {told}")

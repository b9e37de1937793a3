"""Standard streams that are closed, full, or that nobody reads."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from terminal import TEXTRNN
from textrnn.cli.parts.training_progress import TrainingDisplay
from waiting import LONGEST_S

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the shell closes the streams")

CLOSED_OUTPUT = (
    "textrnn: error: standard output is closed: there is nowhere to write the answer to\n"
)
CLOSED_INPUT = "textrnn: error: standard input is closed: there is nothing to read\n"


def shell(line: str, folder: Path) -> tuple[int, str, str]:
    """Exit code, output and errors of a line in which ``$T`` stands for textrnn."""
    (folder / "texts.txt").write_text("a dull film\nlovely\n" * 2000, "utf-8")
    done = subprocess.run(
        ["bash", "-c", f'T() {{ "$PYTHON" -c "$MAIN" "$@"; }}; {line}'],
        cwd=folder,
        env={**os.environ, "PYTHON": TEXTRNN[0], "MAIN": TEXTRNN[2]},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=LONGEST_S,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("call", "begins"),
    [
        ("T classify --text good", "positive\t"),
        ("T tag --text Ada", '{"file": "--text"'),
        ("T models list", "name "),
        ("T --help", "Usage: "),
        ("T generate --seed night --length 3", "night"),
    ],
)
def test_closed_output_and_errors(call: str, begins: str, tmp_path: Path) -> None:
    code, out, err = shell(f"{call} 2>&-", tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith(begins)
    assert shell(f"{call} >&-", tmp_path) == (2, "", CLOSED_OUTPUT)
    assert shell(f"{call} >&- 2>&-", tmp_path) == (2, "", "")
    assert shell(f"{call} <&- | head -c 3", tmp_path) == (0, begins[:3], "")


@pytest.mark.parametrize(
    "call", ["T classify -", "T tag", "T explain -", "T generate --seed night --interactive"]
)
def test_closed_input(call: str, tmp_path: Path) -> None:
    code, out, err = shell(f"{call} <&-", tmp_path)
    assert (code, out) == (2, "")
    assert err.endswith(CLOSED_INPUT)


def test_a_file_is_written_without_standard_streams(tmp_path: Path) -> None:
    """And nothing that a library says ends up in it, whatever number it has."""
    call = "T classify --text good --output out.tsv <&- >&- 2>&-; T -q train 2>&-"
    assert shell(call, tmp_path) == (2, "", "")
    (line,) = (tmp_path / "out.tsv").read_text("utf-8").splitlines()
    assert line.startswith("positive\t")


@pytest.mark.parametrize(
    "call",
    [
        "--help",
        "classify --help",
        "models list",
        "classify texts.txt",
        "tag texts.txt --format text",
        "explain --text good --format html",
    ],
)
def test_nobody_reads(call: str, tmp_path: Path) -> None:
    done = shell(f"T {call} | true; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert done == (0, "", "")


def test_nobody_reads_the_notes_or_the_disk_is_full(tmp_path: Path) -> None:
    assert shell("T nosuch 2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}", tmp_path)[0] == 2
    assert shell("T nosuch 2> /dev/full", tmp_path) == (2, "", "")
    full = "textrnn: error: output: No space left on device\n"
    assert shell("T --help > /dev/full", tmp_path) == (1, "", full)


def test_what_only_shows_never_ends_a_training(capsys: pytest.CaptureFixture[str]) -> None:
    odd = SimpleNamespace(loss_nats="[/]", tokens_per_s=1.0, eta_s=1.0)
    with TrainingDisplay() as display:
        display.message("sample: [/quote] [bold]x[/bold] :smile: \x1b[2J")
        display.event(odd)  # type: ignore[arg-type]
        display.event(odd)  # type: ignore[arg-type]
    first, second = capsys.readouterr().err.splitlines()
    assert first == "sample: [/quote] [bold]x[/bold] :smile: \\u001b[2J"
    assert second.startswith("textrnn: note: progress cannot be shown: ValueError: ")

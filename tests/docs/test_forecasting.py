"""The commands of docs/forecasting.md, in order, in a folder of its own. What takes minutes, or a
file that does not ship, is left out; trainings end after an epoch.
"""

from __future__ import annotations

import csv
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from pages import blocks, commands

from calling import textrnn_in

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "forecasting.md").read_text("utf-8")
LEFT_OUT = ("pip ", "textrnn train --recipe", "textrnn evaluate models/sine", "textrnn train "
            "forecaster --train stocks.csv", "textrnn evaluate models/stocks")  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clone's samples, and nothing else."""
    shutil.copytree(DOCS / "samples", tmp_path / "docs" / "samples")
    return tmp_path


@pytest.mark.train
def test_every_command_works(folder: Path) -> None:
    lines = [line for line in commands(PAGE) if not line.startswith(LEFT_OUT)]
    assert len(lines) > 10
    for line in lines:
        words = shlex.split(line, comments=True)
        if words[0] != "textrnn":
            subprocess.run(line, shell=True, check=True, cwd=folder)
            continue
        is_short = ["--epochs", "1"] if words[1] == "train" else []
        done = textrnn_in(folder, *words[1:], *is_short)
        assert done.returncode == 0, (line, done.stderr)
    with (folder / "forecast.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), rows[0]["time"], rows[-1]["time"]) == (24, "1961-01-01", "1962-12-01")
    assert all(float(row["lower"]) < float(row["forecast"]) < float(row["upper"]) for row in rows)
    for picture in ("forecast.png", "load.png", "report/horizon.png"):
        assert (folder / picture).read_bytes().startswith(b"\x89PNG"), picture


def test_what_a_command_shows_is_what_the_page_shows(folder: Path) -> None:
    (block,) = (block for block in blocks(PAGE) if block.startswith("$ textrnn forecast"))
    line, _, shown = block.partition("\n")
    done = textrnn_in(folder, *shlex.split(line)[2:], "--format", "table")
    assert [row.split() for row in done.stdout.splitlines()] == [
        row.split() for row in shown.splitlines()
    ]

"""What a page shows beneath a command is what the command says."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from pages import blocks

from calling import textrnn_in

DOCS = Path(__file__).parents[2] / "docs"
SHOWN = [
    (page, *block.rstrip().split("\n", 1))
    for page in ("troubleshooting.md", "zh/command-line.md")
    for block in blocks((DOCS / page).read_text("utf-8"))
    if block.startswith("$ ")
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the commands name."""
    (tmp_path / "latin.txt").write_bytes("café\n".encode("latin-1"))
    (tmp_path / "gbk.txt").write_bytes("房间很脏\n".encode("gbk"))
    (tmp_path / "table.csv").write_text("id,body\n1,A joy.\n", "utf-8")
    (tmp_path / "few.csv").write_text("text,label\nA joy.,good\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(("page", "call", "shown"), SHOWN, ids=[call for _, call, _ in SHOWN])
def test_it_says_what_the_page_shows(page: str, call: str, shown: str, folder: Path) -> None:
    done = textrnn_in(folder, *shlex.split(call)[2:])
    assert done.returncode == 2
    assert done.stderr.strip() == shown


def test_there_are_some() -> None:
    assert len(SHOWN) >= 7

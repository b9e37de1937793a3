"""docs/lab.md: each command works as it stands there, but with fewer steps of training."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from pages import commands

from calling import textrnn_in
from textrnn.cli.lab import command as lab

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "lab.md").read_text("utf-8")
CALLS = [shlex.split(line)[1:] for line in commands(PAGE)]
_SHORTER = {"gradients": ["--steps", "2", "--length", "20"], "memory": ["--steps", "2"]}


@pytest.mark.train
@pytest.mark.parametrize("call", CALLS, ids=shlex.join)
def test_every_command_works(call: list[str], tmp_path: Path) -> None:
    found = textrnn_in(tmp_path, *call, *_SHORTER.get(call[1], ()))
    assert (found.returncode, found.stderr) == (0, "")
    assert len(found.stdout.splitlines()) > 5
    if "--plot" in call:
        assert (tmp_path / call[call.index("--plot") + 1]).stat().st_size > 10_000


def test_every_experiment_has_its_command_and_its_picture() -> None:
    assert isinstance(lab, click.Group)
    assert {call[1] for call in CALLS} == set(lab.commands)
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (DOCS / link).exists(), link

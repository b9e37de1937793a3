"""Whatever command a page of the documents names exists, with the options that it is given."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from pages import blocks

from textrnn.cli.main import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.name not in ("CHANGELOG.md", "experiments.md")  # which tell of what was
)
_CALL = re.compile(r"(?:^|\| )\s*(?:\$ )?textrnn (.*)")


def calls(page: str) -> list[str]:
    """The calls of ``textrnn`` in the blocks of a page, without comments."""
    lines = "\n".join(blocks(page)).replace("\\\n", " ").splitlines()
    return [found.group(1) for line in lines if (found := _CALL.search(line))]


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_exist(page: str) -> None:
    for call in calls((ROOT / page).read_text("utf-8")):
        words = shlex.split(call.split(" | ")[0].replace("…", "x"), comments=True)
        command: click.Command = cli
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            found = command.get_command(click.Context(command), words[0])
            if found is None:
                break
            command, words = found, words[1:]
        assert command is not cli or words[0].startswith("-") or words[0].isupper(), call
        known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        given = {word.split("=")[0] for word in words if word.startswith("--")}
        assert given <= known | {"--help", "--version"}, call

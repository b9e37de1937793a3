"""The reference of the command line, made of the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from textrnn.cli.main import cli

_UNGROUPED = "Options"
_EVERYWHERE = {"--help", "--help-all", "--verbose", "--quiet"}  # told once, in docs/command-line.md


def command_pages() -> Iterator[tuple[str, str]]:
    """Each command's page: its name and its Markdown, those of a group on one page."""
    context = click.Context(cli, info_name="textrnn")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        yield name, "\n".join(_page(command, context, name, level=1)) + "\n"


def _page(command: click.Command, parent: click.Context, name: str, level: int) -> Iterator[str]:
    """A command, and those below it."""
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"{'#' * level} {context.command_path}\n"
    yield f"```\n{context.command_path} {usage}\n```\n"
    yield from _paragraphs(command.help or "")
    sections = _options(command, context)
    for heading, rows in sections.items():
        if len(sections) > 1:
            yield f"**{heading}**\n"
        yield "| option | what it does |\n| --- | --- |"
        yield from (f"| `{names}` | {_cell(text)} |" for names, text in rows)
        yield ""
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from _page(found, context, below, level + 1)


def _paragraphs(text: str) -> Iterator[str]:
    """The help of a command; what it keeps as it is, an example, as a block."""
    for paragraph in text.strip().split("\n\n"):
        kept = paragraph.lstrip().startswith("\b")
        lines = [line for line in paragraph.splitlines() if line.strip() != "\b"]
        if kept:
            yield "```\n" + "\n".join(line.strip() for line in lines) + "\n```\n"
        else:
            yield _escaped(" ".join(line.strip() for line in lines)) + "\n"


def _options(command: click.Command, context: click.Context) -> dict[str, list[tuple[str, str]]]:
    """What help says of each option, by its headings; the advanced ones are marked."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for option in command.get_params(context):
        record = option.get_help_record(context)
        if record is None or isinstance(option, click.Argument) or _EVERYWHERE & {*option.opts}:
            continue
        names, text = record
        mark = " *(--help-all)*" if getattr(option, "advanced", False) else ""
        group = getattr(option, "group", _UNGROUPED)
        sections.setdefault(group, []).append((names.replace("|", "∣"), _escaped(text) + mark))
    rest = sections.pop(_UNGROUPED, [])
    return {**sections, "Other" if sections else _UNGROUPED: rest}


def _escaped(text: str) -> str:
    """Text in which nothing is taken for Markdown but code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"([*_<>\[\]])", r"\\\1", part) for part in parts
    )


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())

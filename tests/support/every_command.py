"""All commands of ``textrnn``, those of groups and of ``train`` included."""

from __future__ import annotations

from collections.abc import Iterator

import click

from textrnn.cli.main import cli


def every_command(
    group: click.Group = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command with its words, groups after what they hold."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        yield (*path, name), command


def options(command: click.Command) -> list[click.Option]:
    """The options of a command."""
    return [option for option in command.params if isinstance(option, click.Option)]

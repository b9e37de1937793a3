"""The command and the group of commands of which every one of ``textrnn`` is made."""

from __future__ import annotations

from typing import Any

import click

from textrnn.cli.parts.loudness import LOUDNESS
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.old_names import renamed


class Command(click.Command):
    """A command that takes ``-v`` and ``-q`` and heeds the old names of its options."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.params += LOUDNESS

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read a call; of an old name of an option it is noted what it is called now."""
        known = {name for option in self.params for name in (*option.opts, *option.secondary_opts)}
        args, notes = renamed(args, known)
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:
            note = note_writer(quiet=ctx.obj["quiet"])
            for line in notes:
                note(line)
        return rest


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command


Group.group_class = Group

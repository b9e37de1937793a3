"""The command, the group and the option of which every one of ``textrnn`` is made.

Help lists options under headings, the advanced ones only with ``--help-all``; old names of options
go on working.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.loudness import LOUDNESS
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.old_names import with_new_names

F = TypeVar("F", bound=Callable[..., Any] | click.Command)

_EVERYTHING = "textrnn.help_all"  # where a context keeps whether help leaves nothing out
_FEW = 12  # options that need no headings
_UNGROUPED = "Options"


class Option(click.Option):
    """An option that knows its place in the help.

    Args:
        group: the heading under which it stands.
        advanced: whether only ``--help-all`` shows it.
        follows: whether its default follows from the data, and is no number that could be told.
    """

    def __init__(
        self,
        *args: Any,
        group: str = _UNGROUPED,
        advanced: bool = False,
        follows: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.group, self.advanced = group, advanced
        if isinstance(self.type, Choice) and self.type.is_wide:
            about = (self.help or "").rstrip(".")
            self.help = f"{about}: {', '.join(self.type.choices)}."
        if follows:
            self.help = f"{self.help}  [default: follows from the data]"


def options_under(heading: str) -> Callable[..., Callable[[F], F]]:
    """What :func:`click.option` is, for options under a heading of the help."""
    return partial(click.option, cls=Option, group=heading)


input_option, answer_option = options_under("Input"), options_under("Answers")
output_option, speed_option = options_under("Output"), options_under("Speed")


class Command(click.Command):
    """A command that takes ``-v`` and ``-q``, and groups its options in its help."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.params += LOUDNESS
        if any(getattr(parameter, "advanced", False) for parameter in self.params):
            self.params.append(_HELP_ALL)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read a call; of an old name of an option it is noted what it is called now."""
        known = {name for option in self.params for name in (*option.opts, *option.secondary_opts)}
        args, notes = with_new_names(args, known)
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:
            note = note_writer(quiet=ctx.obj["quiet"])
            for line in notes:
                note(line)
        return rest

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options under their headings, in the order in which these come up."""
        sections: dict[str, list[tuple[str, str]]] = {}
        left_out = 0
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None or isinstance(parameter, click.Argument):
                continue
            if getattr(parameter, "advanced", False) and not ctx.meta.get(_EVERYTHING):
                left_out += 1
                continue
            sections.setdefault(getattr(parameter, "group", _UNGROUPED), []).append(record)
        sections["Other"] = sections.pop(_UNGROUPED, [])  # comes last
        records = list(chain.from_iterable(sections.values()))
        if len(records) <= _FEW or len(records) == len(sections["Other"]):
            sections = {_UNGROUPED: records}
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)
        if left_out:
            formatter.write_paragraph()
            formatter.write_text(f"{left_out} more options: {ctx.command_path} --help-all")


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read a call; without a command, where one is needed, show the help."""
        if not args and self.no_args_is_help and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named; of one that is not known, the nearest is told."""
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-") and not ctx.resilient_parsing:
            from textrnn.configuration import did_you_mean

            ctx.fail(f"no command {name!r}{did_you_mean(name, known)}")
        return super().resolve_command(ctx, args)


Group.group_class = Group


def _show_everything(context: click.Context, option: click.Parameter, is_given: bool) -> None:
    if is_given and not context.resilient_parsing:
        context.meta[_EVERYTHING] = True
        click.echo(context.get_help(), color=context.color)
        context.exit()


_HELP_ALL = click.Option(
    ["--help-all"], is_flag=True, is_eager=True, expose_value=False, callback=_show_everything,
    help="Show all options and exit.",
)  # fmt: skip

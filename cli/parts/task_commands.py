"""A command for each task, made of its files and its plan: what ``train`` and experiments share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Group, Option
from textrnn.cli.parts.completing import complete_initial, complete_language, complete_vectors
from textrnn.configuration import FILES, FIRST_HOUR, MODEL
from textrnn.training.named import NamedSetting
from textrnn.training.settings import Plan, WordPlan
from textrnn.training.tasks import trained_tasks

_MODEL = click.Path(path_type=Path)


class TaskGroup(Group):
    """A command for each task, made when it is called for.

    Args:
        make: makes the command of a task.
    """

    def __init__(self, *args: Any, make: Callable[[str], click.Command], **more: Any) -> None:
        super().__init__(*args, **more)
        self._make = make

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The tasks, sorted."""
        return sorted(trained_tasks())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a task."""
        return self._make(cmd_name) if cmd_name in trained_tasks() else None


def word_options(plan: Plan) -> list[click.Option]:
    """Of tasks whose networks read words: what these begin with; none of the others."""
    if not isinstance(plan, WordPlan):
        return []
    return [
        Option(["--embeddings"], group=FILES, type=_MODEL, multiple=True,
               shell_complete=complete_vectors,
               help="Word vectors to begin with, whose words classifiers and taggers know, too: "
               "glove-en, char-zh, or a file of GloVe, word2vec, fastText, …; the numbers of "
               "several stand end to end."),
        Option(["--init-from"], group=FIRST_HOUR, multiple=True, type=_MODEL, metavar="MODEL",
               shell_complete=complete_initial,
               help="Begin with this model's weights and vocabulary; units and cells are its own. "
               + plan.about_auto),
        Option(["--language"], group=MODEL, default="", shell_complete=complete_language,
               help="ISO 639-1 code [that of the texts]."),
        Option(["--precision"], group=MODEL, advanced=True, type=Choice(["int8", "float32"]),
               default="int8", show_default=True, help="Of the weights that serve."),
    ]  # fmt: skip


def given_values(context: click.Context, settings: Sequence[NamedSetting]) -> dict[str, Any]:
    """The values that were given, by the names of their settings."""
    default = (None, ParameterSource.DEFAULT)
    return {
        named.name: context.params[named.name]
        for named in settings
        if context.get_parameter_source(named.name) not in default
    }

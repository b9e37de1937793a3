"""``textrnn train``: a model from texts, or a shipped one from its recipe.

The command of each task is made of what its training room tells: the files that it learns from and
its plan. A new task needs no file here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args

import click
from click.core import ParameterSource

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, Group, Option
from textrnn.cli.parts.completing import (
    complete_initial,
    complete_language,
    complete_model,
    complete_vectors,
)
from textrnn.cli.parts.plan_options import setting_option
from textrnn.configuration import FILES, FIRST_HOUR, MODEL
from textrnn.training.named import NamedSetting, changed, named_settings, named_values
from textrnn.training.settings import Plan, WordPlan
from textrnn.training.tasks import files_class, plan_class, trained_tasks

_FOLDER = click.Path(file_okay=False, path_type=Path)
_MODEL = click.Path(path_type=Path)
_FORCE = (
    "Replace a stopped run that is there, or a model (but none that is of use by one that is not); "
    "take a model that is of no use."
)


class _Tasks(Group):
    """A command for each task, made when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The tasks, sorted."""
        return sorted(trained_tasks())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command that trains a task's models."""
        return _command(cmd_name) if cmd_name in trained_tasks() else None


@click.group(cls=_Tasks, invoke_without_command=True)
@click.option("--recipe", metavar="FILE.toml", help="Make the model that this recipe describes.")
@click.option("--data", metavar="DIR", help="Where the recipe's files lie [TEXTRNN_DATA].")
@click.option("--out", type=_FOLDER, help="The folder that becomes the model.")
@click.option("--resume", is_flag=True, help="Go on where a stopped run left off.")
@click.option("--force", is_flag=True, help=_FORCE)
@click.option("--no-measure", is_flag=True, help="Leave the recipe's test files alone.")
@click.option("--init-from", multiple=True, type=_MODEL, metavar="MODEL",
              shell_complete=complete_model,
              help="A model that the recipe begins with.")  # fmt: skip
@click.pass_context
def command(
    context: click.Context,
    recipe: str | None,
    data: str | None,
    out: Path | None,
    resume: bool,
    force: bool,
    no_measure: bool,
    init_from: tuple[Path, ...],
) -> None:
    """Train a model: from a recipe, or with one of the commands below.

    \b
        textrnn train --recipe recipes/sentiment-en.toml --data DIR --out models/mine
        textrnn train classifier --train reviews.csv --out models/mine
        textrnn train tagger --train names.conll --out models/mine
        textrnn train generator --train novel.txt --out models/mine
        textrnn train forecaster --train weather.csv --horizon 24 --out models/mine
        textrnn train translator --train pairs.tsv --out models/mine
    """
    if context.invoked_subcommand is not None:
        return
    if recipe is None or out is None:
        raise click.UsageError(
            f"give --recipe FILE.toml and --out DIR, or a command: {', '.join(trained_tasks())}"
        )
    from textrnn.bundle.bundle import check_target
    from textrnn.cli.parts.training_end import show_end, told_when_stopped
    from textrnn.cli.parts.training_progress import TrainingDisplay
    from textrnn.training.recipes.recipe import data_folder, read_recipe
    from textrnn.training.recipes.reproduce import reproduce

    check_target(out, [recipe, *init_from])
    display = TrainingDisplay(quiet=_is_quiet(context))
    with display, told_when_stopped(out, display.message, display.call, resume=resume):
        manifest = reproduce(
            read_recipe(recipe),
            data=data_folder(data),
            out=out,
            resume=resume,
            force=force,
            measure=not no_measure,
            init_from=init_from,
            on_event=display.event,
            on_message=display.message,
            clock=display.clock,
        )
        show_end(out, manifest, display.message, display.call, force=force)


def _command(task: str) -> click.Command:
    """``textrnn train NAME``, with the options of its files and of its plan."""
    files, plan = files_class(task)(), plan_class(task)()
    of_files, of_plan = (list(named_settings(made)) for made in (files, plan))
    summary = f"Train a {task} and write it as a model folder."
    about = (type(files).__doc__ or "").partition("\n")[2]
    return Command(
        task,
        callback=click.pass_context(partial(_train, task, files, of_files, of_plan)),
        params=[
            *map(setting_option, of_files),
            *_common_options(plan),
            *map(setting_option, of_plan),
        ],
        help=f"{summary}\n{about}",
        short_help=summary,
    )


def _common_options(plan: Plan) -> list[click.Option]:
    """The options of every task that are neither files to learn from nor of the plan."""
    return [
        Option(["--out"], group=FIRST_HOUR, type=_FOLDER, required=True,
               help="The folder that becomes the model."),
        Option(["--resume"], group=FIRST_HOUR, is_flag=True,
               help="Go on where a stopped run left off."),
        Option(["--force"], group=FIRST_HOUR, is_flag=True, help=_FORCE),
        Option(["--name"], group=MODEL, default="",
               help="The model's name [that of the folder]."),
        *(_word_options(plan) if isinstance(plan, WordPlan) else []),
    ]  # fmt: skip


def _word_options(plan: WordPlan) -> list[click.Option]:
    """Those of tasks whose networks read words."""
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


def _train(
    task: str,
    files: Any,
    of_files: list[NamedSetting],
    of_plan: list[NamedSetting],
    context: click.Context,
    /,
    **options: Any,
) -> None:
    """Train a task's model as the options say."""
    from textrnn.cli.parts.training_end import show_end, told_when_stopped
    from textrnn.cli.parts.training_progress import TrainingDisplay
    from textrnn.training.train import train_model

    files = changed(files, named_values(files, _given(context, of_files)))
    settings = _given(context, of_plan)
    of_settings = {named.name for named in (*of_files, *of_plan)}
    common = {name: value for name, value in options.items() if name not in of_settings}
    out: Path = options["out"]
    display = TrainingDisplay(quiet=_is_quiet(context))
    resume = options["resume"]
    with display, told_when_stopped(out, display.message, display.call, resume=resume):
        manifest = train_model(
            task, files, settings, **common,
            on_event=display.event, on_message=display.message, clock=display.clock,
        )  # fmt: skip
        show_end(
            out, manifest, display.message, display.call,
            force=options["force"], reading=_typed(context, of_files),
        )  # fmt: skip


def _given(context: click.Context, settings: list[NamedSetting]) -> dict[str, Any]:
    """The values that were given, by the names of their settings."""
    default = (None, ParameterSource.DEFAULT)
    return {
        named.name: context.params[named.name]
        for named in settings
        if context.get_parameter_source(named.name) not in default
    }


def _typed(context: click.Context, settings: list[NamedSetting]) -> dict[str, list[str]]:
    """The options that were given of these settings, by their names, each as it is typed; but for
    those that name files.
    """
    given = _given(context, [named for named in settings if Path not in get_args(named.kind)])
    found = {}
    for option in context.command.params:
        if option.name in given:
            found[option.opts[0]] = _as_typed(option.opts[0], given[option.name])
    return found


def _as_typed(name: str, value: Any) -> list[str]:
    """An option with its value, as the words of a call."""
    if isinstance(value, bool):
        return [name]
    if isinstance(value, Mapping):
        return [part for old, new in value.items() for part in (name, f"{old}={new}")]
    return [name, ",".join(value) if isinstance(value, tuple) else str(value)]


def _is_quiet(context: click.Context) -> bool:
    """Whether ``--quiet`` was given."""
    return bool((context.find_root().obj or {}).get("quiet"))

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

from textrnn.cli.parts.command import Command, Option
from textrnn.cli.parts.completing import complete_model
from textrnn.cli.parts.plan_options import setting_option
from textrnn.cli.parts.task_commands import TaskGroup, given_values, word_options
from textrnn.configuration import FIRST_HOUR, MODEL
from textrnn.training.named import NamedSetting, changed, named_settings, named_values
from textrnn.training.settings import Plan
from textrnn.training.tasks import files_class, plan_class, trained_tasks

_FOLDER = click.Path(file_okay=False, path_type=Path)
_MODEL = click.Path(path_type=Path)
_FORCE = (
    "Replace a stopped run that is there, or a model (but none that is of use by one that is not); "
    "take a model that is of no use."
)


@click.group(cls=TaskGroup, make=lambda task: _command(task), invoke_without_command=True)
@click.option("--recipe", metavar="FILE.toml", help="Make the model that this recipe describes.")
@click.option("--data", metavar="DIR",
              help="Where the recipe's files lie [TEXTRNN_DATA]; textrnn corpora prepare fetches "
              "them.")  # fmt: skip
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
        *word_options(plan),
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

    files = changed(files, named_values(files, given_values(context, of_files)))
    settings = given_values(context, of_plan)
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


def _typed(context: click.Context, settings: list[NamedSetting]) -> dict[str, list[str]]:
    """The options that were given of these settings, by their names, each as it is typed; but for
    those that name files.
    """
    given = given_values(context, [named for named in settings if Path not in get_args(named.kind)])
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

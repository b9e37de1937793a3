"""``textrnn tune``: the settings with which a task learns best."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, Option
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.experiments import (
    EXPERIMENT,
    experiment_options,
    run_experiment,
    show_experiment,
)
from textrnn.cli.parts.plan_options import setting_option
from textrnn.cli.parts.task_commands import TaskGroup, word_options
from textrnn.training.named import NamedSetting, named_settings
from textrnn.training.tasks import files_class, plan_class, trained_tasks


def _search_options() -> list[click.Option]:
    """How long is searched, and how."""
    return [
        Option(["--trials"], group=EXPERIMENT, type=click.IntRange(1), default=20,
               show_default=True, help="Trainings of the search."),
        Option(["--minutes"], group=EXPERIMENT, type=click.FloatRange(0, min_open=True),
               help="No trial begins later [no limit]."),
        Option(["--sampler"], group=EXPERIMENT, type=Choice(["tpe", "random", "grid"]),
               default="tpe", show_default=True,
               help="tpe learns from earlier trials, grid tries all combinations of lists."),
        Option(["--again"], group=EXPERIMENT, type=click.IntRange(0), default=2,
               show_default=True,
               help="New random states with which the best three are trained again."),
    ]  # fmt: skip


@click.pass_context
def _tune_recipe(context: click.Context, /, **options: Any) -> None:
    """Search the settings with which a task learns best, and write them as a recipe.

    A recipe names what is searched in a table [tune]; or name a task.

    \b
        textrnn tune classifier --train reviews.csv --trials 30 --out tuned
        textrnn tune tagger --train names.conll --space space.toml --sampler grid --out tuned
        textrnn tune --recipe mine.toml --data . --out tuned
        textrnn train --recipe tuned/best.toml --data . --out models/mine
    """
    if context.invoked_subcommand is not None:
        source = context.get_parameter_source
        given = [name for name in options if source(name) is ParameterSource.COMMANDLINE]
        if given:
            option = given[0].replace("_", "-")
            raise click.UsageError(f"write --{option} after {context.invoked_subcommand}")
        return
    if options["recipe"] is None or options["out"] is None:
        raise click.UsageError(
            f"give --recipe FILE.toml and --out DIR, or a task: {', '.join(trained_tasks())}"
        )
    from textrnn.experiments.tuning import tune_recipe

    show_experiment(partial(tune_recipe, **options), context)


command = TaskGroup(
    "tune",
    callback=_tune_recipe,
    help=_tune_recipe.__doc__,
    make=lambda task: _command(task),
    invoke_without_command=True,
    params=[
        Option(["--recipe"], group=EXPERIMENT, metavar="FILE.toml", shell_complete=complete_file,
               help="What is learned, and how."),
        Option(["--data"], group=EXPERIMENT, metavar="DIR",
               help="Where the recipe's files lie [TEXTRNN_DATA]; textrnn corpora prepare fetches "
               "them."),
        *_search_options(),
        *experiment_options(required=False),
    ],
)  # fmt: skip


def _command(task: str) -> click.Command:
    """``textrnn tune NAME``, with the options of its files and of its plan."""
    files, plan = files_class(task)(), plan_class(task)()
    of_files, of_plan = (list(named_settings(made)) for made in (files, plan))
    summary = f"Search the settings with which a {task} learns best."
    about = (
        "Each trial is a process of its own, and begins with no model unless one is named. Several "
        "calls with --resume may share one folder. Options of settings say what stays; --space "
        "names a file with what is searched:\n\n"
        "\b\n    [tune]\n    units = [64, 128, 256]\n"
        "    learning_rate = {low = 5e-4, high = 1e-2, log = true}"
    )
    return Command(
        task,
        callback=click.pass_context(partial(_tune, task, of_files, of_plan)),
        params=[
            *map(setting_option, of_files),
            Option(["--space"], group=EXPERIMENT, type=click.Path(path_type=Path),
                   metavar="FILE.toml", shell_complete=complete_file,
                   help="What is searched [cells, units, layers, dropout, learning rate]."),
            *_search_options(),
            *experiment_options(),
            *word_options(plan),
            *map(setting_option, of_plan),
        ],
        help=f"{summary}\n\n{about}",
        short_help=summary,
    )  # fmt: skip


def _tune(
    task: str,
    of_files: list[NamedSetting],
    of_plan: list[NamedSetting],
    context: click.Context,
    /,
    **options: Any,
) -> None:
    """Tune a task's settings as the options say."""
    from textrnn.experiments.tuning import tune

    if not options.get("init_from", True):
        options["init_from"] = "none"
    run_experiment(partial(tune, task), context, of_files, of_plan, options)

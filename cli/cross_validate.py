"""``textrnn cross-validate``: how good models of a task are, and how sure that is."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from textrnn.cli.parts.command import Command, Option
from textrnn.cli.parts.experiments import EXPERIMENT, experiment_options, run_experiment
from textrnn.cli.parts.plan_options import setting_option
from textrnn.cli.parts.task_commands import TaskGroup, word_options
from textrnn.training.named import NamedSetting, named_settings
from textrnn.training.tasks import files_class, plan_class


@click.group(cls=TaskGroup, make=lambda task: _command(task))
def command() -> None:
    """Train once for each fold of the examples, without it, and measure by it.

    \b
        textrnn cross-validate classifier --train reviews.csv --out cv
        textrnn cross-validate classifier --train reviews.csv --group author --out cv
        textrnn cross-validate tagger --train names.conll --folds 10 --output found.jsonl --out cv
        textrnn cross-validate forecaster --train weather.csv --horizon 24 --out cv
    """


def _command(task: str) -> click.Command:
    """``textrnn cross-validate NAME``, with the options of its files and of its plan."""
    files, plan = files_class(task)(), plan_class(task)()
    of_files = list(named_settings(files))
    of_plan = [named for named in named_settings(plan) if named.name != "folds"]  # hides ours
    summary = f"Cross-validate {task}s: mean and deviation of their scores."
    about = (
        "Labels are spread over the folds; copies of a text and the sentences of a document stay "
        "together; series are cut by time. All that follows from what is learned from, as "
        "vocabulary and settings, is found without the fold."
    )
    return Command(
        task,
        callback=click.pass_context(partial(_cross_validate, task, of_files, of_plan)),
        params=[
            *map(setting_option, of_files),
            Option(["--folds"], group=EXPERIMENT, type=click.IntRange(2), default=5,
                   show_default=True, help="Parts of the examples, each left out once."),
            *([] if any(named.name == "group" for named in of_files) else [_GROUP]),
            Option(["--output"], group=EXPERIMENT, type=click.Path(path_type=Path),
                   help="Write what was answered of each example by the network that had not "
                   "learned it: .jsonl or .csv."),
            *experiment_options(),
            *word_options(plan),
            *map(setting_option, of_plan),
        ],
        help=f"{summary}\n\n{about}",
        short_help=summary,
    )  # fmt: skip


_GROUP = Option(["--group"], group=EXPERIMENT, metavar="COLUMN",
                help="Rows that have the same there stay in one fold.")  # fmt: skip


def _cross_validate(
    task: str,
    of_files: list[NamedSetting],
    of_plan: list[NamedSetting],
    context: click.Context,
    /,
    **options: Any,
) -> None:
    """Cross-validate a task's models as the options say."""
    from textrnn.experiments.cross_validation import cross_validate

    run_experiment(partial(cross_validate, task), context, of_files, of_plan, options)

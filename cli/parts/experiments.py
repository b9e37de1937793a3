"""What the commands of experiments share: their folder, their progress, their report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.command import Option
from textrnn.cli.parts.task_commands import given_values
from textrnn.training.named import NamedSetting, changed, named_values

if TYPE_CHECKING:
    from textrnn.reports.report import Report

EXPERIMENT = "Experiment"  # a heading in the help


def experiment_options(*, required: bool = True) -> list[click.Option]:
    """Those of every experiment.

    Args:
        required: whether nothing can be done without a folder.
    """
    return [
        Option(["--out"], group=EXPERIMENT, required=required,
               type=click.Path(file_okay=False, path_type=Path),
               help="A folder for what is found, and the models."),
        Option(["--resume"], group=EXPERIMENT, is_flag=True,
               help="Go on with an experiment that was stopped."),
        Option(["--force"], group=EXPERIMENT, is_flag=True,
               help="Replace what an experiment found there."),
    ]  # fmt: skip


def run_experiment(
    run: Callable[..., Report],
    context: click.Context,
    of_files: Sequence[NamedSetting],
    of_plan: Sequence[NamedSetting],
    options: dict[str, Any],
) -> None:
    """Make an experiment of a task with its files and settings, and show what it found.

    Args:
        run: the call of the library but for its arguments.
        context: of the command.
        of_files: the settings that say what is learned from.
        of_plan: those of the plan.
        options: all that the command was given, by name.
    """
    from textrnn.training.tasks import files_class

    files = files_class(str(context.command.name))()
    files = changed(files, named_values(files, given_values(context, of_files)))
    of_settings = {named.name for named in (*of_files, *of_plan)}
    common = {name: value for name, value in options.items() if name not in of_settings}
    show_experiment(
        lambda **told: run(files, **common, **given_values(context, of_plan), **told), context
    )


def show_experiment(run: Callable[..., Report], context: click.Context) -> None:
    """Make an experiment, show its progress, and what it found.

    Args:
        run: makes it, of ``on_event`` and ``on_message``.
        context: of the command.
    """
    from textrnn.cli.parts.evaluate_output import show_report
    from textrnn.cli.parts.training_end import resuming_call
    from textrnn.cli.parts.training_progress import TrainingDisplay
    from textrnn.experiments.folder import ExperimentFolder

    display = TrainingDisplay(quiet=bool((context.find_root().obj or {}).get("quiet")))
    with display:
        try:
            found = run(on_event=display.event, on_message=display.message)
        except (KeyboardInterrupt, SystemExit):
            if ExperimentFolder(context.params["out"]).has_begun:
                display.message("stopped; what is done is kept")
                display.call(f"go on with: {resuming_call()}")
            raise
    show_report(found)

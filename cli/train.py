"""``textrnn train``: a model from texts, or a shipped one from its recipe.

The command of each task is made of what its training room tells: the files that it learns from and
its plan. A new task needs no file here.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from textrnn.cli.parts.completing import complete_model
from textrnn.cli.parts.initial_model import sizes_of_model
from textrnn.cli.parts.loudness import with_loudness
from textrnn.cli.parts.plan_options import (
    SettingOption,
    Values,
    changed,
    changes_of,
    setting_options,
)
from textrnn.cli.parts.training_library import is_quiet, loading_training
from textrnn.training.recipes.tasks import files_class, plan_class, train_function, trained_tasks

_FOLDER = click.Path(file_okay=False, path_type=Path)
_MODEL = click.Path(path_type=Path)


class _Tasks(click.Group):
    """A command for each task, made when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The tasks, sorted."""
        return sorted(trained_tasks())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command that trains a task's models."""
        return with_loudness(_command(cmd_name)) if cmd_name in trained_tasks() else None


@click.group(cls=_Tasks, invoke_without_command=True)
@click.option("--recipe", metavar="FILE.toml", help="Make the model that this recipe describes.")
@click.option("--data", metavar="DIR", help="Where the recipe's files lie [TEXTRNN_DATA].")
@click.option("--out", type=_FOLDER, help="The folder that becomes the model.")
@click.option("--resume", is_flag=True, help="Go on where a stopped run left off.")
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
    no_measure: bool,
    init_from: tuple[Path, ...],
) -> None:
    """Train a model: from a recipe, or with one of the commands below.

    \b
        textrnn train --recipe recipes/sentiment-en.toml --data DIR --out models/mine
        textrnn train classifier --train reviews.csv --out models/mine
        textrnn train tagger --train names.conll --out models/mine
        textrnn train generator --train novel.txt --out models/mine
    """
    if context.invoked_subcommand is not None:
        return
    if recipe is None or out is None:
        raise click.UsageError(
            f"give --recipe FILE.toml and --out DIR, or a command: {', '.join(trained_tasks())}"
        )
    from textrnn.cli.parts.training_progress import TrainingDisplay
    from textrnn.corpora.files.outputs import refuse_inputs
    from textrnn.training.recipes.recipe import data_folder, read_recipe

    refuse_inputs(out, [recipe, *init_from])
    with loading_training():
        from textrnn.training.recipes.reproduce import reproduce
    with TrainingDisplay(quiet=is_quiet(context)) as display:
        reproduce(
            read_recipe(recipe),
            data=data_folder(data),
            out=out,
            resume=resume,
            measure=not no_measure,
            init_from=init_from,
            on_event=display.event,
            on_message=display.message,
        )


def _command(task: str) -> click.Command:
    """``textrnn train NAME``, with the options of its files and of its plan."""
    files, plan = files_class(task)(), plan_class(task)()
    of_files, of_plan = list(setting_options(files)), list(setting_options(plan))
    summary = f"Train a {task} and write it as a model folder."
    about = (type(files).__doc__ or "").partition("\n")[2]
    return click.Command(
        task,
        callback=click.pass_context(partial(_train, task, files, plan, of_files, of_plan)),
        params=[
            *(made.option for made in of_files),
            *_common_options(),
            *(made.option for made in of_plan),
        ],
        help=f"{summary}\n{about}",
        short_help=summary,
    )


def _common_options() -> list[click.Option]:
    """The options of every task that are neither files to learn from nor of the plan."""
    option = click.Option
    return [
        option(["--embeddings"], type=_MODEL,
               help="Word vectors to begin with: GloVe, word2vec, fastText, …"),
        option(["--init-from"], multiple=True, type=_MODEL, metavar="MODEL",
               shell_complete=complete_model,
               help="Begin with this model's weights and vocabulary; units and cells are its own."),
        option(["--out"], type=_FOLDER, required=True, help="The folder that becomes the model."),
        option(["--resume"], is_flag=True, help="Go on where a stopped run left off."),
        option(["--name"], default="", help="The model's name [that of the folder]."),
        option(["--language"], default="", help="ISO 639-1 code [that of the texts]."),
        option(["--precision"], default="int8", show_default=True, help="int8 or float32."),
    ]  # fmt: skip


def _train(
    task: str,
    files: Any,
    plan: Any,
    of_files: list[SettingOption],
    of_plan: list[SettingOption],
    context: click.Context,
    /,
    **options: Any,
) -> None:
    """Train a task's model as the options say."""
    from textrnn.cli.parts.training_progress import TrainingDisplay

    files = changed(files, changes_of(_given(context, of_files)))
    _check_out(files, options)
    values = _given(context, of_plan)
    if options["init_from"]:
        _refuse_vocabulary(plan, of_plan, values)
        values = {**sizes_of_model(plan, task, options["init_from"][0]), **values}
    plan = changed(plan, changes_of(values))
    with loading_training():
        train = train_function(task)
        from textrnn.training.run import ModelInfo
    with TrainingDisplay(quiet=is_quiet(context)) as display:
        train(
            **files.arguments(display.note),
            out=options["out"],
            embeddings=options["embeddings"],
            init_from=options["init_from"],
            plan=plan,
            info=ModelInfo(options["name"], options["language"]),
            precision=options["precision"],
            resume=options["resume"],
            on_event=display.event,
            on_message=display.message,
        )


def _given(context: click.Context, made: list[SettingOption]) -> Values:
    """The values that were given, by the paths of their fields."""
    return {
        each.path: context.params[each.option.name]
        for each in made
        if each.option.name
        and context.get_parameter_source(each.option.name) not in (None, ParameterSource.DEFAULT)
    }


def _check_out(files: Any, options: dict[str, Any]) -> None:
    """See that the folder of a model is not, and does not hold, what the model is made of.

    Raises:
        InputError: it is, or does.
    """
    from textrnn.corpora.files.outputs import refuse_inputs

    read = [value for value in vars(files).values() if isinstance(value, Path)]
    refuse_inputs(options["out"], [*read, options["embeddings"], *options["init_from"]])


def _refuse_vocabulary(plan: Any, made: list[SettingOption], values: Values) -> None:
    """See that nothing is said of a vocabulary that is another model's.

    Raises:
        UsageError: something is.
    """
    for each in made:
        is_vocabulary = hasattr(plan, "tokenizer") and each.path[0] in ("tokenizer", "vectors")
        if is_vocabulary and each.path in values:
            raise click.UsageError(
                f"{each.option.opts[0]} has no say beside --init-from: the vocabulary is the "
                "model's"
            )

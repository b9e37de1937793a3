"""Tuning: settings are searched, and the best of them are tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import head_class
from textrnn.configuration import path_of, require, require_whole
from textrnn.corpora.files.writing import write_file
from textrnn.counted import counted
from textrnn.experiments.beginning import Beginning, begin, begin_recipe
from textrnn.experiments.folder import ExperimentFolder
from textrnn.experiments.recipe_text import changed_recipe_text, recipe_text
from textrnn.experiments.space import (
    SPACE_TABLE,
    Space,
    default_space,
    read_space,
    space_of,
    told_space,
)
from textrnn.experiments.splits import held_out
from textrnn.experiments.study import Search, load_optuna
from textrnn.experiments.trial_process import TrialProcesses
from textrnn.experiments.tuned import Tuning
from textrnn.experiments.tuning_runs import TuningRuns
from textrnn.reports.folder import write_report
from textrnn.training.files import Data, Files
from textrnn.training.recipes.recipe import data_folder, read_tables, recipe_of

if TYPE_CHECKING:
    from textrnn.training.loop.events import OnEvent
    from textrnn.training.settings import Plan

RECIPE = "best.toml"


def tune(
    task: str,
    train: Data | str | Files,
    *,
    out: str | Path,
    space: Mapping[str, Any] | str | Path | None = None,
    trials: int = 20,
    minutes: float | None = None,
    sampler: str = "tpe",
    again: int = 2,
    plan: Plan | None = None,
    embeddings: str | Path | Sequence[str | Path] | None = None,
    init_from: str | Path | Sequence[str | Path] = "none",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
    **settings: Any,
) -> Tuning:
    """Search the settings of a task with which it learns best, then train the best three again with
    new random states.

    Each trial is a process of its own: one that crashes is told, and the others go on. Trials that
    promise less than the median of the others are ended early. The examples that measure are the
    validation examples, or else a fifth of the examples, and choose the epoch, too; of series the
    end, which is not learned. So the best score is a little too good: measure on others.

    Args:
        task: ``classifier``, ``tagger``, ``generator``, ``forecaster`` or ``translator``.
        train: the examples, as ``textrnn.train_classifier`` and its like take them.
        out: a folder for the models, ``report.html`` with its pictures and, where the examples are
            in a file, ``best.toml``, a recipe of the best settings.
        space: the settings that are searched, by the names that the function that trains has for
            them: a list of values, or ``{"low": …, "high": …, "log": True}``; or a file with such a
            table ``[tune]``; by default cells, units, layers, dropout and learning rate.
        trials: how many.
        minutes: no trial begins later than that.
        sampler: ``tpe`` learns from earlier trials (Bergstra et al. 2011), ``random`` does not,
            ``grid`` tries all combinations.
        again: with how many new random states the best three are trained again.
        plan: all other settings; by default those that fit the examples.
        embeddings: as the function that trains takes it, like ``language``, ``precision``,
            ``on_event`` and ``on_message``.
        init_from: the same; by default networks begin with no model.
        resume: go on with a search that was stopped, or help one that is at work: several processes
            may share one folder.
        force: whether what an earlier experiment found at ``out`` may be replaced.
        settings: other settings, and how files are read.

    Raises:
        ConfigurationError: a setting is wrong, or something is at ``out`` already.
        InputError: the examples cannot be read, or are too few.
        TrainingError: no trial was finished.
        MissingExtraError: Optuna is not installed.

    Example:
        >>> found = textrnn.tune(
        ...     "classifier", "reviews.csv", out="tuned", space={"units": [32, 64]}
        ... )  # doctest: +SKIP
        >>> found.best.values  # doctest: +SKIP
        {'units': 64}
    """
    say = on_message or (lambda line: None)
    load_optuna()
    limits = SearchLimits(trials, minutes, sampler, again)
    begun = begin(
        task, train, settings, plan=plan, embeddings=embeddings, init_from=init_from,
        language=language, precision=precision, say=say,
    )  # fmt: skip
    if space is None:
        searched = default_space(task, without=settings)
    elif isinstance(space, str | Path):
        searched = read_space(task, Path(space))
    else:
        searched = space_of(task, space)
    for name in searched:
        require(name not in settings, f"{name} is searched: give no value of it")
    folder = ExperimentFolder(path_of("out", out))
    found = _search(begun, searched, limits, folder, resume, force, on_event, say)
    if isinstance(begun.files.train, Path):
        manifest = Bundle.open(found.model).manifest
        write_file(folder.path / RECIPE, recipe_text(begun.files, manifest, name=folder.path.name))
    return found


def tune_recipe(
    recipe: str | Path,
    *,
    out: str | Path,
    data: str | Path | None = None,
    trials: int = 20,
    minutes: float | None = None,
    sampler: str = "tpe",
    again: int = 2,
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
) -> Tuning:
    """Search the settings that a recipe's table ``[tune]`` names, as :func:`tune` does; all else
    stays as the recipe has it, and its test files are left alone.

    Args:
        recipe: its file; without a table ``[tune]`` what is searched is :func:`tune`'s default.
        out: a folder, as :func:`tune` fills it; ``best.toml`` is the recipe with what was found.
        data: the folder of the recipe's files; by default ``TEXTRNN_DATA``.
        trials: as :func:`tune` takes it, like all that follows.
        minutes: the same.
        sampler: the same.
        again: the same.
        resume: the same.
        force: the same.
        on_event: the same.
        on_message: the same.

    Raises:
        ConfigurationError: the recipe is wrong, or something is at ``out`` already.
        InputError: a file is missing or malformed.
        TrainingError: no trial was finished.
        MissingExtraError: Optuna is not installed.
    """
    say = on_message or (lambda line: None)
    load_optuna()
    limits = SearchLimits(trials, minutes, sampler, again)
    path, place = Path(recipe), data_folder(data)
    tables = read_tables(path)
    told = tables.pop(SPACE_TABLE, None)
    described = recipe_of(tables, where=str(path))
    begun = begin_recipe(described, place, inputs=[path], say=say)
    task = described.task
    searched = default_space(task) if told is None else told_space(task, told, path)
    folder = ExperimentFolder(path_of("out", out))
    found = _search(begun, searched, limits, folder, resume, force, on_event, say)
    manifest = Bundle.open(found.model).manifest
    write_file(folder.path / RECIPE, changed_recipe_text(tables, manifest))
    return found


@dataclass(frozen=True)
class SearchLimits:
    """How long is searched, and how.

    Attributes:
        trials: how many.
        minutes: no trial begins later; None for no limit.
        sampler: ``tpe``, ``random`` or ``grid``.
        again: with how many new random states the best are trained again.
    """

    trials: int
    minutes: float | None
    sampler: str
    again: int

    def __post_init__(self) -> None:
        require_whole("trials", self.trials, least=1)
        require_whole("again", self.again, least=0)
        require(
            self.minutes is None or self.minutes > 0, f"minutes must be above 0: {self.minutes}"
        )


def _search(
    begun: Beginning,
    space: Space,
    limits: SearchLimits,
    folder: ExperimentFolder,
    resume: bool,
    force: bool,
    on_event: OnEvent | None,
    say: Callable[[str], None],
) -> Tuning:
    """Run the trials of a space, train the best again, and write the report."""
    task = begun.material.task
    fold = held_out(begun.material, random_state=begun.random_state)
    about = {"experiment": "tuning", **begun.about, "sampler": limits.sampler,
             "space": {name: repr(values) for name, values in space.items()}}  # fmt: skip
    head = head_class(task)
    minimize = head.main_score in head.lower_is_better
    search = Search(folder.path, space, limits.sampler, limits.trials, minimize, begun.random_state)
    folder.begin(about, inputs=begun.inputs, resume=resume, force=force)
    with TemporaryDirectory() as place:
        validates = not begun.files.over_time or begun.material.validation is not None
        processes = TrialProcesses(Path(place), begun.material, fold, validate_by_test=validates)
        runs = TuningRuns(begun, search, folder, processes, on_event, say)
        end = None if limits.minutes is None else time.monotonic() + 60 * limits.minutes
        runs.run_all(end)
        found = runs.found(limits.again)
    title = f"{task}, tuned by {counted(len(found.trials), 'trial')}"
    write_report(found, folder.path, title=title)
    return found

"""What is common to the beginnings of experiments: their examples and settings, all checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from textrnn.catalog import head_class, model_path
from textrnn.configuration import require_choice, to_dict
from textrnn.corpora import read_records
from textrnn.errors import ConfigurationError, InputError
from textrnn.experiments.material import Material
from textrnn.experiments.trial import Training
from textrnn.heads.head import Head
from textrnn.training.files import Files
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import changed
from textrnn.training.recipes.recipe import Recipe, require_files
from textrnn.training.tasks import (
    files_class,
    plan_class,
    reader_class,
    reads_words,
    trained_tasks,
)
from textrnn.training.train import as_data, checked_values, initial_models, vector_files


@dataclass(frozen=True)
class Beginning:
    """The examples and settings of an experiment.

    Attributes:
        files: what is learned from, as it was named.
        material: the same, read.
        training: how.
        inputs: the files that are read.
        about: what tells the experiment from others, as JSON values.
    """

    files: Files
    material: Material
    training: Training
    inputs: tuple[Path, ...]
    about: Mapping[str, Any]

    @property
    def random_state(self) -> int:
        """That of the training."""
        plan = self.training.plan or plan_class(self.material.task)()
        state: int = changed(plan, self.training.changes).training.random_state
        return state

    @property
    def asks(self) -> bool:
        """Whether the examples of the task ask something that is answered."""
        return head_class(self.material.task).questions is not Head.questions


def begin(
    task: str,
    train: Any,
    settings: Mapping[str, Any],
    *,
    plan: Any,
    embeddings: Any,
    init_from: Any,
    language: str,
    precision: str,
    say: Callable[[str], None],
) -> Beginning:
    """Check the settings, then read the examples; see :func:`cross_validate`.

    Args:
        task: the task.
        train: the examples.
        settings: settings, and how files are read, by name.
        plan: all settings, or None.
        embeddings: word vectors to begin with.
        init_from: models to begin with.
        language: of the texts.
        precision: of what serves.
        say: told in a line what a reader might not expect.
    """
    require_choice("task", task, trained_tasks())
    files, others = _files(task, train, settings)
    vectors, models = vector_files(embeddings), initial_models(init_from)
    values = checked_values(
        task, files, others, plan=plan, init_from=models or (), embeddings=vectors
    )
    more: dict[str, Any] = {"info": ModelInfo(language=language)}
    if reads_words(task):
        more |= {"embeddings": vectors, "init_from": models, "precision": precision}
    training = Training(plan, {}, more).with_changes(values)
    read = [value for value in vars(files).values() if isinstance(value, Path)]
    read += [*vectors, *map(model_path, models or ())]
    given = files.arguments(lambda line: say(f"note: {line}"))
    files.require_fitting(changed(plan or plan_class(task)(), values), given)
    material = Material.of(task, given)
    about = {
        "task": task,
        "data": material.digest(),
        "settings": {".".join(path): value for path, value in values.items()},
        "plan": plan and to_dict(plan),
        "begins_with": list(map(str, [*vectors, *(models or ())])),
    }
    return Beginning(files, material, training, tuple(read), about)


def begin_recipe(
    recipe: Recipe, place: Path, *, inputs: Sequence[Path], say: Callable[[str], None]
) -> Beginning:
    """Read the examples of a recipe; its test files are left alone.

    Args:
        recipe: it.
        place: the folder of its files.
        inputs: the files that tell the recipe.
        say: told in a line what a reader might not expect.
    """
    require_files(recipe, place)
    files = files_class(recipe.task)()
    given = reader_class(recipe.task)().arguments(recipe, place, say)
    files.require_fitting(recipe.plan, given)
    material = Material.of(recipe.task, given)
    about = {
        "task": recipe.task,
        "data": material.digest(),
        "plan": to_dict(recipe.plan),
        "begins_with": list(recipe.init_from),
    }
    models = [model_path(name) for name in recipe.init_from]
    training = recipe_training(recipe, place, init_from=models)
    return Beginning(files, material, training, (place, *inputs), about)


def recipe_training(
    recipe: Recipe, place: Path, *, description: str = "", init_from: Sequence[Path] = ()
) -> Training:
    """How a recipe's network is trained, as a model that is called by its folder.

    Args:
        recipe: it.
        place: the folder of its files.
        description: of the model; by default the recipe's.
        init_from: models that it begins with.
    """
    words = reads_words(recipe.task)
    language = recipe.language if words else ""
    more: dict[str, Any] = {
        "info": ModelInfo(language=language, description=description or recipe.description)
    }
    if words:
        vectors = [source.vectors_below(place) for source in recipe.data.embeddings]
        more |= {"precision": recipe.precision, "embeddings": vectors, "init_from": init_from}
    return Training(recipe.plan, {}, more)


def _files(task: str, train: Any, settings: Mapping[str, Any]) -> tuple[Files, dict[str, Any]]:
    """What is learned from, and the settings that do not say how it is read."""
    if isinstance(train, Files):
        return train, dict(settings)
    files = files_class(task)
    kinds = get_type_hints(files)
    reading = {
        name: as_data(value) if Path in get_args(kinds[name]) else value
        for name, value in settings.items()
        if name in kinds
    }
    others = {name: value for name, value in settings.items() if name not in kinds}
    return files(train=as_data(train), **reading), others


def record_column(begun: Beginning, name: str) -> list[str]:
    """What each example has in a column of the file that it was read from.

    Args:
        begun: the examples.
        name: of the column.

    Raises:
        ConfigurationError: they were not read from a table.
        InputError: the file has no such column.
    """
    file = begun.files.train
    if not isinstance(file, Path):
        raise ConfigurationError("group: examples in memory have no columns; give each one's group")
    found = {}
    for record in read_records(file, form=begun.files.format, encoding=begun.files.encoding):
        if name not in record.fields:
            raise InputError(f"{record.place}: no column {name!r}")
        found[record.place] = str(record.fields[name])
    try:
        return [found[example.place] for example in begun.material.train]
    except (KeyError, AttributeError) as error:
        raise ConfigurationError(
            f"group: {file} is not a table with an example in each row, whose columns could be read"
        ) from error

"""Recipes: one TOML file that says how a model is made, from the texts to the card."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from textrnn.bundle.serving_settings import PRECISIONS
from textrnn.catalog import shipped_models
from textrnn.configuration import from_dict, require, require_choice, unknown_key_message
from textrnn.errors import ConfigurationError, InputError, MissingExtraError
from textrnn.text.language import require_language
from textrnn.training.recipes.sources import RecipeData
from textrnn.training.tasks import plan_class, reader_class, trained_tasks

_MOST_BYTES = 1_000_000  # of a recipe
_PREPARE = "`textrnn corpora prepare RECIPE.toml --data {}`"


@dataclass(frozen=True)
class Recipe:
    """A header, the data, and the plan of the task.

    Attributes:
        name: of the model.
        data: the files.
        task: what the model does.
        language: ISO 639-1 code; of no account where the task reads no words.
        description: one line for lists.
        licence: the terms of the weights.
        notes: Markdown for the card.
        precision: of the graph that serves.
        init_from: names of the models that it begins with, which have recipes of their own.
        plan: all settings of the training, a :class:`textrnn.training.settings.Plan`; in the file
            its parts are tables beside the header, as ``[training]``.
    """

    name: str
    data: RecipeData
    task: str = "classifier"
    language: str = "en"
    description: str = ""
    licence: str = ""
    notes: str = ""
    precision: str = "int8"
    init_from: tuple[str, ...] = ()
    plan: Any = None

    def __post_init__(self) -> None:
        require_choice("task", self.task, trained_tasks())
        require_choice("precision", self.precision, PRECISIONS)
        require_language(self.language)
        require(len(self.data.train) >= 1, "data.train must name at least one file")


_HEADER = tuple(field.name for field in fields(Recipe) if field.name != "plan")


def read_recipe(path: str | Path) -> Recipe:
    """Read a recipe.

    Raises:
        InputError: the file cannot be read or is not TOML.
        ConfigurationError: a setting is unknown or wrong; the message names the file and table.
    """
    return recipe_of(read_tables(Path(path)), where=str(path))


def recipe_of(tables: Mapping[str, Any], *, where: str) -> Recipe:
    """The recipe that a file's tables are.

    Args:
        tables: these.
        where: the file, for messages.

    Raises:
        ConfigurationError: a setting is unknown or wrong; the message names the file and table.
    """
    header = {name: value for name, value in tables.items() if name in _HEADER}
    if isinstance(data := header.get("data"), dict):
        header["data"] = _with_list(data)
    recipe = from_dict(Recipe, header, where=where)
    try:
        reader_class(recipe.task)().check(recipe.data)
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from error
    plan = plan_class(recipe.task)
    known = [field.name for field in fields(plan)]  # type: ignore[arg-type]
    parts = {name: value for name, value in tables.items() if name not in _HEADER}
    for name in parts:
        if name not in known:
            message = unknown_key_message(name, [*_HEADER, *known])
            raise ConfigurationError(f"{where}: {message}")
    return replace(recipe, plan=from_dict(plan, parts, where=where))


def recipe_files(path: str | Path) -> tuple[str, ...]:
    """The files of a recipe, by their paths below the data folder, whatever else it says.

    Raises:
        InputError: the file cannot be read or is not TOML.
        ConfigurationError: it names no files, or says of them what no recipe can.
    """
    data = read_tables(Path(path)).get("data")
    if not isinstance(data, dict):
        raise ConfigurationError(f"{path}: no recipe: it names no files under data")
    return from_dict(RecipeData, _with_list(data), where=f"{path}: data").files()


def _with_list(data: Mapping[str, Any]) -> dict[str, Any]:
    """The files of a recipe; of word vectors recipes of 0.1.0 have one, and not in a list."""
    found = data.get("embeddings")
    return {**data, "embeddings": [found]} if isinstance(found, dict) else dict(data)


def data_folder(given: str | Path | None) -> Path:
    """Where a recipe's files lie: the folder given, or the environment's ``TEXTRNN_DATA``.

    Raises:
        ConfigurationError: neither is set, or there is no such folder.
    """
    name = given or os.environ.get("TEXTRNN_DATA")
    if not name:
        raise ConfigurationError("a recipe needs its data: give data=… or set TEXTRNN_DATA")
    if not Path(name).is_dir():
        raise ConfigurationError(
            f"{name}: the data folder does not exist; {_PREPARE.format(name)} makes it"
        )
    return Path(name)


def require_files(recipe: Recipe, folder: Path, *, tests: bool = False) -> None:
    """See that the files of a recipe are there, before the first is read.

    Args:
        recipe: the recipe.
        folder: its data folder.
        tests: whether its test files have to be.

    Raises:
        InputError: some are not.
    """
    data = recipe.data if tests else replace(recipe.data, test=())
    missing = [name for name in data.files() if not (folder / name.partition(":")[0]).exists()]
    if missing:
        more = f" (the first of {len(missing):,} files that are missing)" if missing[1:] else ""
        raise InputError(
            f"{folder / missing[0]}: is not there{more}; {_PREPARE.format(folder)} fetches what "
            "may be fetched, and says where people get the rest"
        )


def read_tables(path: Path) -> dict[str, Any]:
    """The tables of a recipe's file.

    Raises:
        InputError: it cannot be read or is not TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(f"{path}: too long for a recipe (over {_MOST_BYTES:,} bytes)")
        return _toml_loads()(content.decode("utf-8"))
    except OSError as error:
        hint = ""
        if isinstance(error, FileNotFoundError) and str(path) in shipped_models():
            hint = f"; a recipe is a file: that of this model is recipes/{path}.toml of the project"
        raise InputError(f"{path}: {error.strerror or error}{hint}") from error
    except ValueError as error:
        raise InputError(f"{path}: not TOML: {error}") from error
    except RecursionError as error:
        raise InputError(f"{path}: tables or lists are nested too deep") from error


def _toml_loads() -> Callable[[str], dict[str, Any]]:
    """Python's own reader, or before 3.11 the package that it came from."""
    name = "tomllib" if sys.version_info >= (3, 11) else "tomli"
    try:
        loads: Callable[[str], dict[str, Any]] = import_module(name).loads
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading a recipe", "train") from error
    return loads

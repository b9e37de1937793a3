"""The networks that a comparison trains: recipes, or variants of one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrnn.catalog import head_class
from textrnn.configuration import require, to_dict, unknown_key_message
from textrnn.errors import ConfigurationError
from textrnn.training.recipes.recipe import Recipe, read_tables, recipe_of

_VARIANTS, _ANSWER = "compare", "answer"  # tables of a recipe that comparisons alone read
_SHARED = ("task", "language", "data")


@dataclass(frozen=True)
class Variant:
    """A network that is compared.

    Attributes:
        name: what it is called.
        recipe: how it is made.
        answer: options with which it is measured, as the head's ``evaluate`` takes them.
    """

    name: str
    recipe: Recipe
    answer: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """What its files are called by."""
        return re.sub(r"\W+", "-", self.name.lower()).strip("-")

    def training_key(self) -> str:
        """The same for all that are trained alike."""
        own = {"plan": to_dict(self.recipe.plan), "precision": self.recipe.precision}
        return json.dumps(own, sort_keys=True)


def read_variants(paths: Sequence[str | Path]) -> list[Variant]:
    """The networks of some recipes: of one with ``[[compare]]`` tables its variants, each with a
    name and the settings in which it differs, and else the recipe's own.

    Args:
        paths: the recipes.

    Raises:
        InputError: a file cannot be read.
        ConfigurationError: a setting is unknown or wrong; or there is nothing to compare, since
            there is one network, two have one name, or they do not learn from the same.
    """
    found = [variant for path in paths for variant in _variants(Path(path))]
    require(
        len(found) > 1,
        "there is one network alone: name another recipe, or add [[compare]] tables to this one",
    )
    names = set[str]()
    for variant in found:
        require(bool(variant.folder), f"{variant.name!r}: a name needs a letter or a digit")
        require(variant.folder not in names, f"two networks are called {variant.name!r}")
        names.add(variant.folder)
        for what in _SHARED:
            require(
                getattr(variant.recipe, what) == getattr(found[0].recipe, what),
                f"{variant.name}: its {what} is not that of {found[0].name}; compare networks that "
                "learn from the same",
            )
        require(
            not variant.recipe.init_from,
            f"{variant.name}: begins with another model; compare networks that begin anew",
        )
    return found


def _variants(path: Path) -> list[Variant]:
    """Those of a file."""
    tables = read_tables(path)
    changes = tables.pop(_VARIANTS, None)
    if changes is None:
        return [_variant(tables, str(path))]
    if not isinstance(changes, list) or not all(isinstance(each, dict) for each in changes):
        raise ConfigurationError(f"{path}: write [[compare]], with two brackets, for each variant")
    for number, change in enumerate(changes, 1):
        require("name" in change, f"{path}: [[compare]] number {number} has no name")
    return [_variant(_merged(tables, change), f"{path}: {change['name']}") for change in changes]


def _variant(tables: dict[str, Any], where: str) -> Variant:
    answer = tables.pop(_ANSWER, {})
    recipe = recipe_of(tables, where=where)
    known = head_class(recipe.task).evaluate_options
    for name in answer:
        if name not in known:
            message = unknown_key_message(name, known, what="option of the evaluation")
            raise ConfigurationError(f"{where}: answer: {message}")
    return Variant(recipe.name, recipe, answer)


def _merged(tables: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Tables with some of their values changed; lists are replaced as a whole."""
    found = dict(tables)
    for name, value in changes.items():
        kept = found.get(name)
        if isinstance(kept, Mapping) and isinstance(value, Mapping):
            value = _merged(kept, value)
        found[name] = value
    return found

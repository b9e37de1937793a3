"""A recipe, written of what was learned from and of the settings that were found."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from textrnn.bundle.manifest import Manifest
from textrnn.training.files import Files
from textrnn.training.recipes.sources import RecipeData, RecipeSource
from textrnn.training.tasks import plan_class

_BESIDE = {"train": "target_file", "validation": "validation_target"}  # of pairs in two files


def recipe_text(files: Files, manifest: Manifest, *, name: str) -> str:
    """The recipe of a model, as ``textrnn train --recipe`` takes it; its data folder is that of the
    training file.

    Args:
        files: what the model learned from, in files.
        manifest: the model's, which has its settings.
        name: of the model to be.
    """
    header = {"name": name, "task": manifest.task}
    if manifest.language:
        header |= {"language": manifest.language, "precision": manifest.serving["precision"]}
    return _text({**header, "data": _data(files)}, manifest)


def changed_recipe_text(tables: Mapping[str, Any], manifest: Manifest) -> str:
    """A recipe with the settings of a model, as ``textrnn train --recipe`` takes it.

    Args:
        tables: of the recipe.
        manifest: the model's, which has its settings.
    """
    parts = _plan_parts(manifest)
    return _text({name: value for name, value in tables.items() if name not in parts}, manifest)


def _text(header: Mapping[str, Any], manifest: Manifest) -> str:
    """The lines of a recipe: what is told beside the plan, then the plan of a model."""
    parts = _plan_parts(manifest)
    plan = {part: manifest.training[part] for part in manifest.training if part in parts}
    return "\n".join(_lines({**header, **plan}, ())) + "\n"


def _plan_parts(manifest: Manifest) -> set[str]:
    return {field.name for field in fields(plan_class(manifest.task))}  # type: ignore[arg-type]


def _data(files: Files) -> dict[str, Any]:
    """The files, each with how it is read, below the folder of the training file."""
    assert isinstance(files.train, Path)
    folder = files.train.parent
    known = {field.name for field in fields(RecipeSource)} & vars(files).keys() - {"target_file"}
    defaults = type(files)()
    reading = {
        name: getattr(files, name)
        for name in sorted(known)
        if getattr(files, name) != getattr(defaults, name)
    }
    found = {}
    for use in (field.name for field in fields(RecipeData)):
        if isinstance(path := getattr(files, use, None), Path):
            is_example = use in _BESIDE
            source = {"file": os.path.relpath(path, folder), **(reading if is_example else {})}
            if is_example and (beside := getattr(files, _BESIDE[use], None)):
                source["target_file"] = os.path.relpath(beside, folder)
            found[use] = [source]
    return found


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """The lines of a table: its values, then the tables in it."""
    inner = {}
    for name, value in table.items():
        if _is_table(value) or (isinstance(value, list | tuple) and any(map(_is_table, value))):
            inner[name] = value
        elif value is not None:
            yield f"{_key(name)} = {_value(value)}"
    for name, value in inner.items():
        place = (*path, _key(name))
        several = not _is_table(value)
        for each in value if several else [value]:
            heading, lines = ".".join(place), list(_lines(each, place))
            if several or not lines or lines[0]:  # or else it holds tables alone
                yield from ("", f"[[{heading}]]" if several else f"[{heading}]")
            yield from lines


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else _value(name)


def _value(value: Any) -> str:
    """A value as TOML has it: like JSON, but for what no TOML has."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

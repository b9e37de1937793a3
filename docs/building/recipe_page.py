"""The reference of recipes, made of the plans' fields."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

from textrnn.configuration import Setting, setting_of
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeData, RecipeSource
from textrnn.training.tasks import plan_class, trained_tasks

_HEAD = """# What a recipe may say

A recipe is a TOML file that tells how a model is made: a header, the data, and a plan, which has a
table for each of its parts. `textrnn train --recipe FILE --data DIR --out DIR` follows it; an
unknown key is refused. The same settings are the options of `textrnn train` and the keywords of
`textrnn.train_classifier` and its like. Where those take a default from the data, a recipe has the
one that stands here.
"""
_NOTHING: Mapping[str, str] = MappingProxyType({})


def recipe_page() -> str:
    """The page."""
    return "\n".join((_HEAD, *_header(), *_plans())) + "\n"


def _header() -> Iterator[str]:
    yield "## The header\n"
    yield from _table(Recipe, None, without=("plan", "data"))
    kinds = ", ".join(f"`[[data.{field.name}]]`" for field in fields(RecipeData))
    told = _cell(inspect.cleandoc(RecipeData.__doc__ or ""))
    yield f"## Files\n\nEach file is a table, of {kinds}. {told}\n"
    yield from _table(RecipeSource, None)


def _plans() -> Iterator[str]:
    for task in trained_tasks():
        yield f"## {task.capitalize()}\n"
        plan = plan_class(task)()
        hints = get_type_hints(type(plan))
        for field in fields(plan):
            yield from _part(
                field.name, getattr(plan, field.name), hints[field.name], setting_of(field), task
            )


def _part(name: str, value: Any, kind: Any, about: Setting, task: str) -> Iterator[str]:
    """A part of a plan, and the parts that it has."""
    repeated = isinstance(value, tuple) and bool(value) and is_dataclass(value[0])
    part = value[0] if repeated else value
    classes = [
        one for one in (kind, *get_args(kind)) if isinstance(one, type) and is_dataclass(one)
    ]
    if not classes:
        return
    yield f"### {task}: `{f'[[{name}]]' if repeated else f'[{name}]'}`\n"
    left_out = " Left out by default." if part is None else ""
    yield f"{about.help}{left_out}\n"
    yield from _table(classes[0], part, without=about.unused, helps=about.helps)
    hints = get_type_hints(classes[0])
    for field in fields(classes[0]):
        inner = getattr(part, field.name, None)
        yield from _part(f"{name}.{field.name}", inner, hints[field.name], setting_of(field), task)


def _table(
    kind: type, part: Any, *, without: tuple[str, ...] = (), helps: Mapping[str, str] = _NOTHING
) -> Iterator[str]:
    """The keys of a table: the fields of a dataclass, with the values that a part has."""
    told = _told(kind)
    yield "| key | default | what it means |\n| --- | --- | --- |"
    for field in fields(kind):
        if field.name not in without:
            about = setting_of(field)
            text = helps.get(field.name) or about.help or told.get(field.name, "")
            if about.choices:
                text = f"{text.rstrip('.')}: {', '.join(f'`{one}`' for one in about.choices)}."
            value = _default(field) if part is None else getattr(part, field.name)
            yield f"| `{field.name}` | {_as_toml(value)} | {_cell(text)} |"
    yield ""


def _told(kind: type) -> dict[str, str]:
    """What the docstrings of a class and of those above it tell of its attributes."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        text = inspect.cleandoc(one.__doc__ or "")
        found |= dict(re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", text, re.MULTILINE))
    return found


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _as_toml(value: Any) -> str:
    """A default as TOML has it; nothing where that is to be nothing."""
    if value is MISSING:
        return "required"
    if value in (None, (), "") or is_dataclass(value):
        return ""
    if isinstance(value, tuple) and is_dataclass(value[0]):
        return ""
    return f"`{json.dumps(value)}`"


def _cell(text: str) -> str:
    text = re.sub(r":\w+:`~?([^`]*)`", r"`\1`", text).replace("``", "`")
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())

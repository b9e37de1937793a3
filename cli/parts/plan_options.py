"""Options made of the fields of settings, and settings made of the options that were given.

What an option is called, what it may be and its help stand where the field does: see
:func:`textrnn.configuration.setting`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import click

from textrnn.cli.parts.label_names import renamed_labels
from textrnn.configuration import Setting, setting_of
from textrnn.errors import ConfigurationError

T = TypeVar("T")
Values = dict[tuple[str, ...], Any]  # new values by the names of the fields that lead there
Changes = dict[str, Any]  # new values by the names of fields; for fields of settings, again such

COUNT = ""  # stands among the changes of repeated settings for how many of them there are
_NONE = "none"  # for settings that may be left out


@dataclass(frozen=True)
class SettingOption:
    """An option, and the field that it sets.

    Attributes:
        path: the names of the fields that lead there, as ``("training", "epochs")``.
        option: the option.
    """

    path: tuple[str, ...]
    option: click.Option


def setting_options(settings: Any, *, without: Sequence[str] = ()) -> Iterator[SettingOption]:
    """The options of settings, and of those that they hold.

    Args:
        settings: a dataclass; the defaults are its values.
        without: fields that have none.
    """
    hints = get_type_hints(type(settings))
    for field in fields(settings):
        about, value, path = setting_of(field), getattr(settings, field.name), (field.name,)
        if about.recipe_only or field.name in without:
            continue
        if not (parts := _parts(value)):
            yield SettingOption(path, _option(field.name, hints[field.name], value, about))
            continue
        if isinstance(value, tuple):
            yield SettingOption((*path, COUNT), _option(field.name, int, len(value), about))
        for made in setting_options(parts[0], without=about.without):
            if _may_be_none(hints[field.name]) and isinstance(made.option.type, click.Choice):
                made.option.type = click.Choice([*made.option.type.choices, _NONE])
            yield replace(made, path=path + made.path)


def changes_of(given: Values) -> Changes:
    """Values by their paths, as changes."""
    changes: Changes = {}
    for path, value in given.items():
        place = changes
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = value
    return changes


def changed(settings: T, changes: Changes) -> T:
    """Settings with some values changed.

    Raises:
        ConfigurationError: a value is out of range, or does not go with another.
    """
    hints = get_type_hints(type(settings))
    values: Changes = {}
    for name, change in changes.items():
        current = getattr(settings, name)
        if not (parts := _parts(current)):
            values[name] = change
        elif isinstance(current, tuple):
            inner = {key: value for key, value in change.items() if key != COUNT}
            values[name] = (changed(parts[0], inner),) * change.get(COUNT, len(parts))
        elif _may_be_none(hints[name]) and _NONE in change.values():
            values[name] = None
        else:
            values[name] = changed(current, change)
    return replace(settings, **values)  # type: ignore[type-var]


def _parts(value: Any) -> tuple[Any, ...]:
    """The settings that a value is made of: one, several alike, or none."""
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(part for part in parts if is_dataclass(part))


def _may_be_none(hint: Any) -> bool:
    return NoneType in get_args(hint)


def _option(name: str, hint: Any, value: Any, about: Setting) -> click.Option:
    """The option of one field."""
    own = "--" + name.replace("_", "-")
    names = about.option.split() or [own]
    facts: dict[str, Any] = {"help": about.help or None, "required": about.required}
    if not about.required:
        facts |= {"default": value, "show_default": value is not None}
    if hint is bool:
        if value:
            opposite = about.option or f"--no-{own[2:]}"
            names = [f"{own}/{opposite}"]
        return click.Option(names, is_flag=True, **facts)
    if get_origin(hint) is tuple:
        facts["default"] = ",".join(map(str, value))
        return click.Option(names, callback=_several(get_args(hint)[0]), **facts)
    if get_origin(hint) is Mapping:
        facts |= {"default": (), "show_default": False, "callback": _renamed}
        return click.Option(names, multiple=True, metavar="OLD=NEW", **facts)
    if any(get_origin(kind) is Mapping for kind in get_args(hint)):
        return click.Option(names, callback=_weights, **facts)
    return click.Option(names, type=_kind(hint, about.choices), **facts)


def _kind(hint: Any, choices: Sequence[str]) -> Any:
    """The type of a single value."""
    if choices:
        return click.Choice(list(choices))
    kinds = [kind for kind in (hint, *get_args(hint)) if isinstance(kind, type)]
    return click.Path(path_type=Path) if kinds[0] is Path else kinds[0]


def _renamed(context: click.Context, option: click.Parameter, pairs: Sequence[str]) -> Any:
    """The new names of labels, of pairs as ``1=positive``."""
    return renamed_labels(pairs, droppable=True)


def _several(kind: type) -> Callable[..., Any]:
    """Reads values with commas between them, as ``2,3,4``."""

    def convert(context: click.Context, option: click.Parameter, text: str) -> tuple[Any, ...]:
        try:
            return tuple(map(kind, text.split(",")))
        except ValueError as error:
            raise ConfigurationError(
                f"{option.opts[0]}: expected numbers with commas between; received {text!r}"
            ) from error

    return convert


def _weights(context: click.Context, option: click.Parameter, text: str) -> str | dict[str, float]:
    """``balanced`` and the like as they are; ``good=2,bad=1`` as a mapping."""
    if "=" not in text:
        return text
    pairs = [pair.rpartition("=") for pair in text.split(",")]
    try:
        return {label: float(weight) for label, _, weight in pairs}
    except ValueError as error:
        raise ConfigurationError(
            f"{option.opts[0]}: expected label=weight,…; received {text!r}"
        ) from error

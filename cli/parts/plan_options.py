"""The options that settings make: see :mod:`textrnn.training.named`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

import click

from textrnn.cli.parts.choices import Choice, Several
from textrnn.cli.parts.command import Option
from textrnn.cli.parts.label_names import renamed_labels
from textrnn.errors import ConfigurationError
from textrnn.training.named import NONE, NamedSetting


def setting_option(named: NamedSetting) -> Option:
    """The option of a setting."""
    own = "--" + named.name.replace("_", "-")
    about, kind, value = named.about, named.kind, named.default
    names = about.option.split() or [own]
    facts: dict[str, Any] = {"help": about.help or None, "required": about.required}
    facts |= {"group": about.group, "advanced": about.advanced, "follows": named.follows}
    if not about.required:
        facts |= {"default": value, "show_default": value is not None and not named.follows}
    if kind is bool:
        if value or about.option:
            names = [f"{own}/{about.option or f'--no-{own[2:]}'}"]
        facts["is_flag"] = True
    elif get_origin(kind) is tuple:
        facts["default"] = ",".join(map(str, value))
        facts["show_default"] = bool(value) and not named.follows
        facts["type"] = Several(get_args(kind)[0], about.choices)
    elif get_origin(kind) is Mapping:
        facts |= {"default": (), "show_default": False, "callback": _renamed}
        facts |= {"multiple": True, "metavar": "OLD=NEW"}
    elif any(get_origin(part) is Mapping for part in get_args(kind)):
        facts["callback"] = _weights
    else:
        facts["type"] = _type(named)
    return Option([named.name, *names], **facts)


def _type(named: NamedSetting) -> Any:
    """The type of a single value."""
    if choices := named.about.choices:
        return Choice([*choices, *([NONE] if named.may_be_none else [])])
    kinds = [kind for kind in (named.kind, *get_args(named.kind)) if isinstance(kind, type)]
    return click.Path(path_type=Path) if kinds[0] is Path else kinds[0]


def _renamed(context: click.Context, option: click.Parameter, pairs: Sequence[str]) -> Any:
    """The new names of labels, of pairs as ``1=positive``."""
    return renamed_labels(pairs, droppable=True)


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

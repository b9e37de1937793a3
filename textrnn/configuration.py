"""Frozen dataclasses to and from plain dictionaries (JSON, TOML), strictly.

A key that a dataclass does not know is refused by name, with the nearest one it knows, so that a
typo in a recipe never passes unnoticed.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
from collections.abc import Mapping
from numbers import Integral
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from textrnn.errors import ConfigurationError

T = TypeVar("T")


def to_dict(config: Any) -> dict[str, Any]:
    """A dataclass as a dictionary of JSON values; tuples become lists, ``None`` stays."""
    return {f.name: _plain(getattr(config, f.name)) for f in dataclasses.fields(config)}


def from_dict(cls: type[T], data: Mapping[str, Any], *, where: str = "") -> T:
    """Build the dataclass ``cls`` from ``data``, nested dataclasses and tuples included.

    Args:
        cls: a dataclass; its ``__post_init__`` checks the values.
        data: the keys and values.
        where: where the data stands, for the error messages, as ``recipe.toml: [network]``.

    Returns:
        An instance of ``cls``.

    Raises:
        ConfigurationError: a key is unknown or missing, or a value has the wrong type.
    """
    place = f"{where}: " if where else ""
    if not isinstance(data, Mapping):
        raise ConfigurationError(f"{place}expected a table of settings, received {data!r:.80}")
    hints = get_type_hints(cls)
    fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for key in data:
        if key not in fields:
            raise ConfigurationError(place + _unknown_key(key, list(fields)))
    values = {key: _convert(hints[key], data[key], f"{place}{key}") for key in data}
    for name, field in fields.items():
        required = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        if required and name not in values:
            raise ConfigurationError(f"{place}{name!r} is missing")
    try:
        return cls(**values)
    except ConfigurationError as error:
        raise ConfigurationError(f"{place}{error}") from error


def require(condition: bool, message: str) -> None:
    """Raise :class:`ConfigurationError` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise ConfigurationError(message)


def require_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise :class:`ConfigurationError` unless ``value`` is one of ``choices``."""
    require(value in choices, f"{name} must be one of {', '.join(choices)}; received {value!r:.80}")


def require_whole(name: str, value: int, *, least: int) -> None:
    """Raise :class:`ConfigurationError` unless ``value`` is a whole number, ``least`` or more."""
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    require(is_whole, f"{name} must be a whole number; received {value!r}")
    limit = f"at least {least}" if least else "0 or more"
    require(value >= least, f"{name} must be {limit}; received {value!r}")


def require_rate(name: str, value: float) -> None:
    """Raise :class:`ConfigurationError` unless ``value`` is a dropout rate: 0 <= value < 1."""
    require(0.0 <= value < 1.0, f"{name} must be at least 0 and below 1; received {value!r}")


def _unknown_key(key: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(key[:80], known, n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else f"; known: {', '.join(known)}"
    return f"unknown setting {key!r:.80}{hint}"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return to_dict(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _convert(hint: Any, value: Any, where: str) -> Any:
    """``value`` as the type that ``hint`` names, or ConfigurationError."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if origin in (Union, types.UnionType):
        return _convert_union(arguments, value, where)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_dict(hint, value, where=where)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise ConfigurationError(f"{where}: expected a list, received {value!r:.80}")
        return tuple(_convert(arguments[0], item, where) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"{where}: expected a table, received {value!r:.80}")
        return {str(key): _convert(arguments[1], item, where) for key, item in value.items()}
    return _convert_scalar(hint, value, where)


def _convert_union(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in choices:
        return None
    wanted = [choice for choice in choices if choice is not type(None)]
    for choice in wanted[:-1]:
        try:
            return _convert(choice, value, where)
        except ConfigurationError:
            continue
    return _convert(wanted[-1], value, where)


def _convert_scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as error:
            raise ConfigurationError(f"{where}: a number too large: {value!r:.80}") from error
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise ConfigurationError(f"{where}: expected {hint.__name__}, received {value!r:.80}")
    return value

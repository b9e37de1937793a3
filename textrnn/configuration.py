"""Frozen dataclasses to and from plain dictionaries (JSON, TOML), strictly.

A key that a dataclass does not know is refused by name, with the nearest one it knows, so that a
typo in a recipe never passes unnoticed. What a field means, which values it may have and which
option of a command sets it is told once, where the field is: :func:`setting`.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from textrnn.errors import ConfigurationError

T = TypeVar("T")

_SHOWN = 8  # names in a message
_SETTING = "setting"  # where a field's metadata has it

# Headings under which help lists the options of settings.
FIRST_HOUR, FILES, MODEL, TOKENS = "First hour", "Files", "Model", "Tokens"
NETWORK, REGULARISATION, TRAINING = "Network", "Regularisation", "Training"


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a field tells of itself besides its type and its default.

    Attributes:
        help: what it means.
        choices: what a string may be; the others that a field may hold are not looked at.
        least: the least number.
        above: what a number must be above.
        is_rate: whether it is a share, of at least 0 and below 1.
        option: the command line's name for it, where that is not the field's own, or several with
            blanks between; of a field that is true or false, the name that makes it false.
        recipe_only: whether it has no option.
        required: whether its option must be given.
        without: of a field that holds further settings, those that have no option here.
        unused: the same, of those that mean nothing here: they keep the field's default.
        group: the heading under which help lists its option; of a field that holds further
            settings, that of all of them that name none.
        advanced: whether short help leaves its option out; of a field that holds further settings,
            all of theirs.
        helps: of a field that holds further settings, what some mean here, by their fields' names.
        follows: the same, of those whose default follows from the data.
        of_model: of a plan's part, whether the model that its weights begin with decides it.
    """

    help: str = ""
    choices: tuple[str, ...] = ()
    least: float | None = None
    above: float | None = None
    is_rate: bool = False
    option: str = ""
    recipe_only: bool = False
    required: bool = False
    without: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    group: str = ""
    advanced: bool = False
    helps: Mapping[str, str] = dataclasses.field(default_factory=dict)
    follows: tuple[str, ...] = ()
    of_model: bool = False

    def check(self, name: str, value: Any) -> None:
        """Raise :class:`ConfigurationError` unless the field ``name`` may have this value."""
        if self.choices and isinstance(value, str):
            require_choice(name, value, self.choices)
        if self.least is not None:
            limit = f"at least {self.least}" if self.least else "0 or more"
            require(value >= self.least, f"{name} must be {limit}: {value}")
        if self.above is not None:
            require(value > self.above, f"{name} must be above {self.above}: {value}")
        if self.is_rate:
            require_rate(name, value)


def setting(default: T, help: str = "", **more: Any) -> T:
    """A field of a dataclass, with what :class:`Setting` says of it.

    Args:
        default: its default, which nothing can change: a frozen dataclass, a tuple …
        help: what it means.
        more: the other attributes of :class:`Setting`.

    Example:
        >>> @dataclasses.dataclass(frozen=True)
        ... class Oven:
        ...     degrees: int = setting(180, "How hot it is.", least=0)
        >>> Oven().degrees, setting_of(dataclasses.fields(Oven)[0]).help
        (180, 'How hot it is.')
    """
    metadata = {_SETTING: Setting(help, **more)}
    found: T = dataclasses.field(default_factory=lambda: default, metadata=metadata)
    return found


def setting_of(field: dataclasses.Field[Any]) -> Setting:
    """What a field tells of itself; of one that tells nothing, an empty :class:`Setting`."""
    found: Setting = field.metadata.get(_SETTING, Setting())
    return found


def check_settings(settings: Any) -> None:
    """See that all fields of a dataclass have values that they may have.

    Raises:
        ConfigurationError: one has not.
    """
    for field in dataclasses.fields(settings):
        about, value = setting_of(field), getattr(settings, field.name)
        about.check(field.name, value)
        for name in about.unused:
            default: Any = field.default_factory  # which setting() gives each field
            kept = getattr(default(), name)
            require(getattr(value, name) == kept, f"{name} is no setting of this task")


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
            raise ConfigurationError(place + unknown_key_message(key, list(fields)))
    values = {key: converted(hints[key], data[key], f"{place}{key}") for key in data}
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
    if value in choices:
        return
    hint = did_you_mean(value, choices) if isinstance(value, str) else ""
    raise ConfigurationError(
        f"{name} must be one of {', '.join(choices)}; received {value!r:.80}{hint}"
    )


def require_whole(name: str, value: int, *, least: int) -> None:
    """Raise :class:`ConfigurationError` unless ``value`` is a whole number, ``least`` or more."""
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    require(is_whole, f"{name} must be a whole number; received {value!r}")
    limit = f"at least {least}" if least else "0 or more"
    require(value >= least, f"{name} must be {limit}; received {value!r}")


def require_rate(name: str, value: float) -> None:
    """Raise :class:`ConfigurationError` unless ``value`` is a dropout rate: 0 <= value < 1."""
    require(0.0 <= value < 1.0, f"{name} must be at least 0 and below 1; received {value!r}")


def path_of(name: str, value: object) -> Path:
    """A path that is given; :class:`ConfigurationError` where it is none."""
    if not isinstance(value, str | os.PathLike):
        raise ConfigurationError(f"{name} must be a path; received {value!r:.80}")
    return Path(value)


def unknown_key_message(key: str, known: Collection[str], *, what: str = "setting") -> str:
    """What to say of a key that is none of those known: the nearest of them, or some."""
    nearest = did_you_mean(key, known) if isinstance(key, str) else ""
    hint = nearest or f"; known: {some_of(known)}"
    return f"unknown {what} {key!r:.80}{hint}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest of some names to one that is none of them, for the end of a message; empty where
    none is near.
    """
    nearest = nearest_name(name, known)
    return f"; did you mean {nearest!r}?" if nearest else ""


def nearest_name(name: str, known: Iterable[str]) -> str:
    """The nearest of some names to one that is none of them; empty where none is near."""
    return next(iter(difflib.get_close_matches(name[:80], list(known), n=1)), "")


def some_of(names: Collection[str]) -> str:
    """Names for a message, eight of them at most.

    Example:
        >>> some_of("abcdefghij")
        'a, b, c, d, e, f, g, h, …'
    """
    return ", ".join(list(names)[:_SHOWN]) + ", …" * (len(names) > _SHOWN)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return to_dict(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    return value


def converted(hint: Any, value: Any, where: str) -> Any:
    """A value of JSON, TOML or a caller as a type asks for it: a list as a tuple, 1 as 1.0.

    Args:
        hint: the type, as annotations name it.
        value: the value.
        where: what the value is, for the error messages.

    Raises:
        ConfigurationError: it is of another type.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if origin in (Union, types.UnionType):
        return _convert_union(arguments, value, where)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_dict(hint, value, where=where)
    if origin in (tuple, Sequence, Collection):
        if not isinstance(value, (list, tuple)):
            raise ConfigurationError(f"{where}: expected a list, received {value!r:.80}")
        return tuple(converted(arguments[0], item, where) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"{where}: expected a table, received {value!r:.80}")
        return {str(key): converted(arguments[1], item, where) for key, item in value.items()}
    return _convert_scalar(hint, value, where)


def _convert_union(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in choices:
        return None
    wanted = [choice for choice in choices if choice is not type(None)]
    for choice in wanted[:-1]:
        try:
            return converted(choice, value, where)
        except ConfigurationError:
            continue
    return converted(wanted[-1], value, where)


def _convert_scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as error:
            raise ConfigurationError(f"{where}: a number too large: {value!r:.80}") from error
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise ConfigurationError(f"{where}: expected {hint.__name__}, received {value!r:.80}")
    return value

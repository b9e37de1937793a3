"""Settings by one name each, however deep in a plan they lie.

``textrnn train`` has these names as its options and ``textrnn.train_classifier`` and its like as
keywords. What a setting is called stands where its field does: see
:func:`textrnn.configuration.setting`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints

from textrnn.configuration import Setting, converted, setting_of, to_dict, unknown_key_message
from textrnn.errors import ConfigurationError

T = TypeVar("T")
Values = dict[tuple[str, ...], Any]  # values by the names of the fields that lead there

COUNT = ""  # ends the path to how many of repeated settings there are
NONE = "none"  # leaves out settings that may be left out


@dataclass(frozen=True)
class NamedSetting:
    """A setting, and where it lies.

    Attributes:
        path: the names of the fields that lead there, as ``("training", "epochs")``.
        name: its own name, as ``epochs``; of a field ``units`` as ``embedding_units``.
        kind: its type.
        default: its value.
        about: what its field tells of it.
        follows: whether its default follows from the data.
        may_be_none: whether ``none`` here leaves out all the settings that it is one of.
    """

    path: tuple[str, ...]
    name: str
    kind: Any
    default: Any
    about: Setting
    follows: bool = False
    may_be_none: bool = False


def named_settings(settings: Any, *, without: Sequence[str] = ()) -> Iterator[NamedSetting]:
    """The settings that a dataclass has, and those that these hold, as far as they have a name.

    Args:
        settings: a dataclass; the defaults are its values.
        without: fields that have none.

    Example:
        >>> from textrnn.training.tagger.plan import TaggerPlan
        >>> [named.path for named in named_settings(TaggerPlan()) if named.name == "shape_units"]
        [('features', 'shape_units')]
    """
    hints = get_type_hints(type(settings))
    for field in fields(settings):
        about, value, path = setting_of(field), getattr(settings, field.name), (field.name,)
        if about.recipe_only or field.name in without:
            continue
        name = _name(field.name, value, about)
        parts = _parts(value) if _holds_settings(hints[field.name]) else ()
        if not parts:
            yield NamedSetting(path, name, hints[field.name], value, about)
            continue
        if isinstance(value, tuple):
            follows = COUNT in about.follows
            yield NamedSetting((*path, COUNT), name, int, len(value), about, follows)
        for inner in named_settings(parts[0], without=about.without + about.unused):
            chooses = _may_be_none(hints[field.name]) and bool(inner.about.choices)
            yield replace(
                inner,
                path=path + inner.path,
                about=_told(about, inner),
                follows=inner.follows or inner.path[0] in about.follows,
                may_be_none=inner.may_be_none or chooses,
            )


def named_values(
    settings: Any, given: Mapping[str, Any], *, also_known: Collection[str] = ()
) -> Values:
    """Values by their settings' paths, of values by their names.

    Args:
        settings: a dataclass.
        given: the values; lists will do for tuples.
        also_known: names that a wrong one may have been meant for besides.

    Raises:
        ConfigurationError: there is no setting of a name, or a value is of the wrong type.
    """
    known = {named.name: named for named in named_settings(settings)}
    values: Values = {}
    for name, value in given.items():
        if name not in known:
            raise ConfigurationError(unknown_key_message(name, [*known, *also_known]))
        named = known[name]
        is_none = named.may_be_none and value in (None, NONE)
        if getattr(value, "shape", None) == ():  # a number of NumPy's
            value = value.item()
        values[named.path] = NONE if is_none else converted(named.kind, value, name)
    return values


def changed(settings: T, values: Values) -> T:
    """Settings with some values changed.

    Args:
        settings: a dataclass.
        values: by their paths.

    Raises:
        ConfigurationError: a value is out of range, or does not go with another.
    """
    hints, inside = get_type_hints(type(settings)), dict[str, Values]()
    for path, value in values.items():
        inside.setdefault(path[0], {})[path[1:]] = value
    new: dict[str, Any] = {}
    for name, inner in inside.items():
        current = getattr(settings, name)
        if not (parts := _parts(current)):
            new[name] = inner[()]
        elif isinstance(current, tuple):
            count = inner.pop((COUNT,), len(parts))
            new[name] = (changed(parts[0], inner),) * count
        elif _may_be_none(hints[name]) and NONE in inner.values():
            new[name] = None
        else:
            new[name] = changed(current, inner)
    return replace(settings, **new)  # type: ignore[type-var]


def settings_by_name(settings: Any, *, without: Collection[str] = ()) -> dict[str, Any]:
    """All settings that a dataclass holds, as JSON values, by their names; by the fields that lead
    there what recipes alone set, as ``training.deal``. Of repeated settings whose values differ
    there is a list.

    Args:
        settings: a dataclass.
        without: fields of its own to leave out.
    """
    names = {named.path: named.name for named in named_settings(settings)}
    return {
        names.get(path, ".".join(filter(None, path))): value
        for path, value in _flat(settings, to_dict(settings), ())
        if path[0] not in without
    }


def _flat(
    settings: Any, plain: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each value, with the fields that lead there."""
    for name, value in plain.items():
        held, here = getattr(settings, name), (*path, name)
        parts = _parts(held)
        if not parts:
            yield here, value
        elif isinstance(held, tuple):
            yield (*here, COUNT), len(parts)
            rows = [dict(_flat(*each, here)) for each in zip(parts, value, strict=True)]
            for inner in rows[0]:
                values = [row[inner] for row in rows]
                yield inner, values[0] if values == values[:1] * len(values) else values
        else:
            yield from _flat(held, value, here)


def _told(outer: Setting, inner: NamedSetting) -> Setting:
    """What a setting tells of itself, with what the field that holds it says of it."""
    return replace(
        inner.about,
        help=outer.helps.get(inner.path[0], inner.about.help),
        group=inner.about.group or outer.group,
        advanced=inner.about.advanced or outer.advanced,
    )


def _name(field: str, value: Any, about: Setting) -> str:
    """An option's first name; that of what is true or false, which an option may make false, is the
    field's.
    """
    if not about.option or isinstance(value, bool):
        return field
    return about.option.split()[0].lstrip("-").replace("-", "_")


def _parts(value: Any) -> tuple[Any, ...]:
    """The settings that a value is made of: one, several alike, or none."""
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(part for part in parts if is_dataclass(part))


def _holds_settings(hint: Any) -> bool:
    """Whether a field of this type holds further settings; data to learn from may be dataclasses
    without being any.
    """
    return any(map(is_dataclass, (hint, *get_args(hint))))


def _may_be_none(hint: Any) -> bool:
    return NoneType in get_args(hint)

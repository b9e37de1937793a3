"""The space that a search looks for settings in."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrnn.configuration import from_dict, require
from textrnn.errors import ConfigurationError
from textrnn.training.named import changed, named_settings, named_values
from textrnn.training.recipes.recipe import read_tables
from textrnn.training.tasks import plan_class

SPACE_TABLE = "tune"  # of a recipe
# What is searched where nothing is told: of it what the networks of a task have.
_DEFAULT: Mapping[str, Any] = {
    "cell": ["gru", "lstm"],
    "units": [32, 64, 128],
    "layers": [1, 2],
    "dropout": [0.0, 0.2, 0.5],
    "learning_rate": {"low": 5e-4, "high": 1e-2, "log": True},
}


@dataclass(frozen=True)
class Range:
    """The numbers from one to another.

    Attributes:
        low: the lowest.
        high: the highest.
        log: whether each order of size is as probable as another.
    """

    low: int | float
    high: int | float
    log: bool = False

    def __post_init__(self) -> None:
        require(self.low < self.high, f"low must be below high: {self.low}, {self.high}")
        require(not self.log or self.low > 0, f"low must be above 0 where log is true: {self.low}")

    @property
    def is_whole(self) -> bool:
        """Whether they are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)


Space = Mapping[str, tuple[Any, ...] | Range]


def default_space(task: str, *, without: Collection[str] = ()) -> Space:
    """What is searched of a task where nothing is told, but for settings that are given."""
    known = {named.name for named in named_settings(plan_class(task)())} - set(without)
    return space_of(task, {name: told for name, told in _DEFAULT.items() if name in known})


def read_space(task: str, path: Path) -> Space:
    """The space that the ``[tune]`` table of a file tells.

    Raises:
        InputError: the file cannot be read.
        ConfigurationError: it has no such table, or another, or a setting is wrong.
    """
    tables = read_tables(path)
    for name in tables:
        require(
            name == SPACE_TABLE,
            f"{path}: [{name}] is not read; give settings that stay beside it, or the whole as a "
            "recipe",
        )
    require(bool(tables.get(SPACE_TABLE)), f"{path}: there is no [tune] with settings")
    return told_space(task, tables[SPACE_TABLE], path)


def told_space(task: str, told: Any, path: Path) -> Space:
    """The space of a table of a file; see :func:`space_of`, whose errors name the file."""
    try:
        return space_of(task, told)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def space_of(task: str, told: Mapping[str, Any]) -> Space:
    """The space of what is told of some settings of a task, by their names: a list of values, or
    ``low`` and ``high`` and, where each order of size is to be as probable, ``log``.

    Raises:
        ConfigurationError: there is no such setting, or a value is not allowed.
    """
    require(isinstance(told, Mapping) and bool(told), "tune: give at least one setting")
    space, plan = dict[str, tuple[Any, ...] | Range](), plan_class(task)()
    for name, values in told.items():
        found = from_dict(Range, values, where=name) if isinstance(values, Mapping) else values
        if not isinstance(found, Range):
            require(
                isinstance(found, Sequence) and not isinstance(found, str) and len(found) > 0,
                f"{name}: give a list of values, or low and high; received {values!r:.80}",
            )
            require(
                all(isinstance(value, bool | int | float | str) for value in found),
                f"{name}: lists hold numbers, words, true and false; received {values!r:.80}",
            )
            found = tuple(found)
        for value in (found.low, found.high) if isinstance(found, Range) else found:
            changed(plan, named_values(plan, {name: value}))  # raises what is wrong with it
        space[name] = found
    return space


def grid_of(space: Space) -> list[dict[str, Any]]:
    """Every combination of the values of a space.

    Raises:
        ConfigurationError: a setting has a range.
    """
    for name, values in space.items():
        require(not isinstance(values, Range), f"{name}: a grid needs a list of its values")
    return [
        dict(zip(space, values, strict=True))
        for values in itertools.product(*space.values())  # type: ignore[arg-type]
    ]


def size_of(space: Space) -> int | None:
    """How many combinations of values a space has; None where there is no end of them."""
    size = 1
    for values in space.values():
        if not isinstance(values, Range):
            size *= len(set(values))
        elif values.is_whole:
            size *= int(values.high - values.low) + 1
        else:
            return None
    return size

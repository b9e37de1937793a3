"""Options that take some words alone: shells complete them, of a wrong one the nearest is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_WIDEST = 24  # characters of the choices that stand beside an option's name in its help


class Choice(click.Choice):  # type: ignore[type-arg]  # no argument before Click 8.4
    """One of some words."""

    @property
    def is_wide(self) -> bool:
        """Whether they are too many to stand beside an option's name in its help."""
        return len("|".join(self.choices)) > _WIDEST

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Find it.

        Raises:
            ConfigurationError: it is none of them.
        """
        _require(param, str(value), tuple(self.choices))
        return str(value)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """All of them, or where they are too many what they are."""
        if self.is_wide:
            return _called(param).rpartition("-")[2].upper()
        return f"[{'|'.join(self.choices)}]"


class Several(click.ParamType):  # type: ignore[type-arg]
    """Values with commas between them, as ``2,3,4``; none where nothing is given.

    Args:
        kind: of each.
        choices: the words that they may be; any where there are none.
    """

    name = "list"

    def __init__(self, kind: type, choices: Iterable[str] = ()) -> None:
        self.kind, self.choices = kind, tuple(choices)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, ...]:
        """Read them.

        Raises:
            ConfigurationError: one is none of the choices, or no number.
        """
        if not isinstance(value, str):
            return tuple(value)
        words = [word.strip() for word in value.split(",")] if value else []
        for word in words if self.choices else ():
            _require(param, word, self.choices)
        try:
            return tuple(map(self.kind, words))
        except ValueError as error:
            raise ConfigurationError(
                f"{_called(param)}: expected numbers with commas between; received {value!r}"
            ) from error

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """What the last of them may be."""
        from click.shell_completion import CompletionItem

        before, comma, last = incomplete.rpartition(",")
        found = (word for word in self.choices if word.startswith(last))
        return [CompletionItem(f"{before}{comma}{word}") for word in found]


def _require(parameter: click.Parameter | None, word: str, choices: tuple[str, ...]) -> None:
    """Raise :class:`ConfigurationError` unless a word is one of the choices."""
    if word not in choices:
        from textrnn.configuration import require_choice

        require_choice(_called(parameter), word, choices)


def _called(parameter: click.Parameter | None) -> str:
    """What an option is called; an argument as its help calls it."""
    if parameter is None:
        return "value"
    is_option = isinstance(parameter, click.Option)
    return parameter.opts[-1] if is_option else parameter.human_readable_name

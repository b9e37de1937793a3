"""What every head answers, whatever it does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

R = TypeVar("R", bound="Result")

# The kinds of a column's values, which serving makes Parquet's types of: a word, several of a kind
# in a list, or a value of its own under each name.
TEXT, INTEGER, NUMBER = "text", "integer", "number"
Kind = str | list["Kind"] | Mapping[str, "Kind"]
Columns = dict[str, Kind]


@dataclass(frozen=True)
class Result(ABC):
    """The answer to one input: frozen, and plain data.

    Its class has a ``text`` too, which the answer is about, or which was written.
    """

    @property
    @abstractmethod
    def language(self) -> str | None:
        """Of the text, an ISO 639-1 code, where a :class:`textrnn.Router` looked for it; None where
        it found none, and empty where nobody looked.
        """

    def in_language(self: R, language: str | None) -> R:
        """The same, with its language."""
        found: dict[str, Any] = {"language": language}
        return replace(self, **found)

    def found_language(self) -> dict[str, Any]:
        """The language as the first column, where it was looked for."""
        return {} if self.language == "" else {"language": self.language}

    @abstractmethod
    def as_dict(self) -> dict[str, Any]:
        """As JSON values, the text among them: what a line of JSON says."""

    def columns(self) -> dict[str, Any]:
        """All that is answered, a value a column, for tables and Parquet, where the text stands
        beside it: keys and kinds are those of the head's
        :meth:`~textrnn.heads.head.Head.column_kinds`, after the language where that was looked for.
        """
        answer = self.as_dict()
        del answer["text"]
        return answer

    @abstractmethod
    def _repr_html_(self) -> str:
        """As a notebook shows it."""

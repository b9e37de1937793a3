"""The files that a task learns from, as ``textrnn train NAME`` takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

from textrnn.catalog import head_class
from textrnn.configuration import setting
from textrnn.heads.examples import ExampleSource


@dataclass(frozen=True)
class Files:
    """The files of a task, and how they are read; each task has a class of its own.

    A field that :class:`textrnn.heads.examples.ExampleSource` has too says the same there.

    Attributes:
        task: what learns from them.
        train: the examples to learn from.
        validation: those to choose the epoch by.
    """

    task: ClassVar[str]

    train: Path = setting(Path(), "Examples to learn from.", required=True)
    validation: Path | None = setting(None, "The same, to choose the epoch by.")
    format: str | None = setting(None, "Of the files [by suffix].", option="--input-format")
    encoding: str = setting("utf-8", "Of the files.")

    def arguments(self, on_note: Callable[[str], None]) -> dict[str, Any]:
        """What the function that trains takes of the files.

        Args:
            on_note: told in a line what a reader might not expect.

        Raises:
            InputError: a file cannot be read, or is malformed.
        """
        found: dict[str, Any] = {"train": self.examples(self.train, on_note)}
        if self.validation is not None:
            found["validation"] = list(self.examples(self.validation, on_note))
        return found

    def examples(self, file: Path, on_note: Callable[[str], None]) -> Iterator[Any]:
        """The examples of a file, as the task's head reads them."""
        names = {field.name for field in fields(ExampleSource)} & vars(self).keys()
        source = ExampleSource(str(file), **{name: getattr(self, name) for name in names})
        return head_class(self.task).read_examples(source, on_note=on_note)

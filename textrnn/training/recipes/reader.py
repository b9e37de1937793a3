"""What a task makes of a recipe's files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, ClassVar

from textrnn.catalog import head_class
from textrnn.configuration import require
from textrnn.corpora import read_texts
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeData, RecipeSource

OnMessage = Callable[[str], None]
Heeds = Mapping[str, tuple[str, ...]]

# Of a file of texts.
TEXTS = ("text", "label", "labels", "constant_label", "key", "only", "without")
_OF_ANY_FILE = ("file", "format", "encoding", "corpus", "licence")


class Reader:
    """What a task makes of a recipe's files: as a rule the examples that its head reads there; each
    task has a class of its own.

    Attributes:
        task: the task.
        heeds: what it reads, by the names that :class:`RecipeData` has for it, each with what it
            heeds of such a file, by the names that :class:`RecipeSource` has, besides what is of
            any file. A recipe that says more is refused.
    """

    task: ClassVar[str]
    heeds: ClassVar[Heeds]

    def check(self, data: RecipeData) -> None:
        """See that a recipe says nothing of its files that the task would not heed.

        Raises:
            ConfigurationError: it does.
        """
        for use, sources in vars(data).items():
            require(not sources or use in self.heeds, f"data.{use}: no files of a {self.task}")
            for source in sources:
                for name in _given(source):
                    heeded = name in _OF_ANY_FILE + self.heeds[use]
                    require(heeded, f"data.{use}: a {self.task} does not heed {name}")

    def arguments(self, recipe: Recipe, folder: Path, on_message: OnMessage) -> dict[str, Any]:
        """What the function that trains takes, but for its settings: the examples to train on and,
        where a recipe has such files, those to validate on.

        Args:
            recipe: the recipe.
            folder: the data folder.
            on_message: called with a line on each thing dropped or added.

        Raises:
            InputError: a file is missing or malformed.
        """

        def read(sources: Iterable[RecipeSource]) -> list[Any]:
            read_examples = head_class(self.task).read_examples
            return [e for s in sources for e in read_examples(s.below(folder), on_note=note)]

        def note(line: str) -> None:
            on_message(f"note: {line}")

        return {
            "train": read(recipe.data.train),
            "validation": read(recipe.data.validation) or None,
        }

    def examples(self, source: RecipeSource, folder: Path) -> Iterator[Any]:
        """The examples of one of a recipe's files, as the task's head evaluates itself on them."""
        return head_class(self.task).read_examples(source.below(folder))

    def count(self, source: RecipeSource, folder: Path) -> int:
        """How many texts one of a recipe's files of examples has."""
        return sum(1 for _ in self.examples(source, folder))


def count_texts(source: RecipeSource, folder: Path) -> int:
    """How many texts one of a recipe's files of plain texts has."""
    return sum(1 for _ in read_texts(source.texts_below(folder)))


def _given(source: RecipeSource) -> Iterator[str]:
    """The names of what a recipe says of a file."""
    for field in fields(source):
        made = field.default_factory
        if getattr(source, field.name) != (field.default if made is MISSING else made()):
            yield field.name

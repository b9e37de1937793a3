"""The files of a recipe, read as the task's head reads examples: what a task needs at least."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from textrnn.catalog import head_class
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeSource


def example_arguments(
    recipe: Recipe, folder: Path, on_message: Callable[[str], None]
) -> dict[str, Any]:
    """The examples to train on and, where a recipe has such files, those to validate on.

    Raises:
        InputError: a file is missing or malformed.
    """

    def read(sources: Iterable[RecipeSource]) -> list[Any]:
        return [e for s in sources for e in read_examples(recipe.task, s, folder, on_note=note)]

    def note(line: str) -> None:
        on_message(f"note: {line}")

    return {"train": read(recipe.data.train), "validation": read(recipe.data.validation) or None}


def count_examples(task: str, source: RecipeSource, folder: Path) -> int:
    """How many examples one of a recipe's files has."""
    return sum(1 for _ in read_examples(task, source, folder))


def read_examples(
    task: str,
    source: RecipeSource,
    folder: Path,
    *,
    on_note: Callable[[str], None] | None = None,
) -> Iterator[Any]:
    """The examples of one of a recipe's files, as the task's head takes them."""
    return head_class(task).read_examples(source.below(folder), on_note=on_note)

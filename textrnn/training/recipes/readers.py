"""How the files of a recipe become what a task trains on, by the task's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from textrnn.training.recipes.classifier import classifier_arguments, count_texts
from textrnn.training.recipes.examples import count_examples, example_arguments, read_examples
from textrnn.training.recipes.generator import (
    count_documents,
    generator_arguments,
    read_recipe_documents,
)
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeSource
from textrnn.training.recipes.tagger import tagger_arguments


@dataclass(frozen=True)
class Reader:
    """What a task makes of a recipe's files.

    Attributes:
        arguments: of a recipe, the data folder and what is called with a line on each thing
            dropped or added: the arguments of the function that trains, but for its settings.
        examples: of a file and the data folder: what the head evaluates itself on.
        count: of a file and the data folder: how many texts it has.
    """

    arguments: Callable[[Recipe, Path, Callable[[str], None]], dict[str, Any]]
    examples: Callable[[RecipeSource, Path], Iterator[Any]]
    count: Callable[[RecipeSource, Path], int]


def reader_of(task: str) -> Reader:
    """What a task makes of a recipe's files: as a rule the examples that its head reads there."""
    plain = Reader(example_arguments, partial(read_examples, task), partial(count_examples, task))
    more = _MORE.get(task, {})
    return replace(plain, **more)


# What tasks make of files besides.
_MORE: dict[str, dict[str, Any]] = {
    "classifier": {"arguments": classifier_arguments, "count": count_texts},
    "tagger": {"arguments": tagger_arguments},
    "generator": {
        "arguments": generator_arguments,
        "examples": lambda source, folder: read_recipe_documents([source], folder),
        "count": count_documents,
    },
}

"""How the files of a recipe become what a task trains on, by the task's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from textrnn.training.recipes.classifier import classifier_arguments, count_texts
from textrnn.training.recipes.examples import count_examples, example_arguments
from textrnn.training.recipes.generator import count_documents, generator_arguments
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeSource
from textrnn.training.recipes.tagger import tagger_arguments


@dataclass(frozen=True)
class Reader:
    """What a task makes of a recipe's files.

    Attributes:
        arguments: of a recipe, the data folder and what is called with a line on each thing
            dropped or added: the arguments of the function that trains, but for its settings.
        count: of a file and the data folder: how many texts it has.
    """

    arguments: Callable[[Recipe, Path, Callable[[str], None]], dict[str, Any]]
    count: Callable[[RecipeSource, Path], int]


# The tasks that do more with files than to read the examples in them.
_READERS = {
    "classifier": Reader(classifier_arguments, count_texts),
    "tagger": Reader(tagger_arguments, partial(count_examples, "tagger")),
    "generator": Reader(generator_arguments, count_documents),
}


def reader_of(task: str) -> Reader:
    """What a task makes of a recipe's files."""
    return _READERS.get(task) or Reader(example_arguments, partial(count_examples, task))

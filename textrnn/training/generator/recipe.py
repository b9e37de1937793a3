"""The documents of a generator's recipe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from textrnn.configuration import require
from textrnn.corpora import Passage, read_texts, text_key
from textrnn.heads.generator.generator import Generator
from textrnn.training.recipes.reader import TEXTS, Heeds, OnMessage, Reader
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeSource

_DOCUMENTS = ("text", "key", "only", "without", "unit", "reflow", "replace")


class GeneratorReader(Reader):
    """Documents, less those that are held out."""

    task = "generator"
    heeds: ClassVar[Heeds] = {
        "train": _DOCUMENTS,
        "validation": _DOCUMENTS,
        "test": _DOCUMENTS,
        "exclude": TEXTS,
        "embeddings": (),
    }

    def arguments(self, recipe: Recipe, folder: Path, on_message: OnMessage) -> dict[str, Any]:
        """What ``train_generator`` takes of a recipe's files.

        Raises:
            ConfigurationError: the model is to read backward, and to be measured.
            InputError: a file is missing or malformed.
        """
        data = recipe.data
        require(
            not (recipe.plan.language_model.backward and data.test),
            "a generator that reads backward is not measured: leave out data.test",
        )
        without = text_keys(data.exclude, folder)
        found: dict[str, Any] = {
            "train": lambda: read_recipe_documents(data.train, folder, without=without)
        }
        if data.validation:
            found["validation"] = lambda: read_recipe_documents(data.validation, folder)
        return found

    def examples(self, source: RecipeSource, folder: Path) -> Iterator[Passage]:
        """The documents of one of a recipe's files, in pieces."""
        return read_recipe_documents([source], folder)

    def count(self, source: RecipeSource, folder: Path) -> int:
        """How many documents one of a recipe's files has."""
        return sum(passage.ends for passage in self.examples(source, folder))


def read_recipe_documents(
    sources: Iterable[RecipeSource], folder: Path, *, without: Collection[str] = ()
) -> Iterator[Passage]:
    """The documents of some of a generator's files, in pieces; of a table each row's text is one.

    Args:
        sources: the files.
        folder: the data folder.
        without: keys (:func:`textrnn.corpora.text_key`) of documents to leave out; one of several
            pieces is never left out.

    Raises:
        InputError: a file is missing or malformed.
    """
    whole = True  # whether a piece that ends a document is all of it
    for source in sources:
        passages = (
            (Passage(t, ends=True) for t in read_texts(source.texts_below(folder)))
            if source.is_table
            else Generator.read_examples(source.below(folder))
        )
        for passage in passages:
            if not (without and whole and passage.ends and text_key(passage.text) in without):
                yield passage
            whole = passage.ends


def text_keys(sources: Iterable[RecipeSource], folder: Path) -> set[str]:
    """The keys (:func:`textrnn.corpora.text_key`) of all texts of some files."""
    return {text_key(text) for source in sources for text in read_texts(source.texts_below(folder))}

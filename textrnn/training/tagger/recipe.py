"""The sentences, the lexicon and the lists of names of a tagger's recipe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from textrnn.corpora import read_texts
from textrnn.training.recipes.reader import TEXTS, Heeds, OnMessage, Reader
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeSource


class TaggerReader(Reader):
    """Tagged sentences, plain texts, word lists and lists of names."""

    task = "tagger"
    heeds: ClassVar[Heeds] = {
        "train": ("labels", "scheme"),
        "validation": ("labels", "scheme"),
        "test": ("labels", "scheme"),
        "unlabelled": TEXTS,
        "lexicon": TEXTS,
        "gazetteer": (*TEXTS, "min_words", "kind_column"),
        "embeddings": (),
    }

    def arguments(self, recipe: Recipe, folder: Path, on_message: OnMessage) -> dict[str, Any]:
        """What ``train_tagger`` takes of a recipe's files."""
        data = recipe.data

        def lines(sources: tuple[RecipeSource, ...]) -> Iterator[str]:
            return (text for source in sources for text in read_texts(source.texts_below(folder)))

        return {
            **super().arguments(recipe, folder, on_message),
            "unlabelled": lines(data.unlabelled),
            # Of a word list with more columns (frequency, part of speech) the first is the word;
            # a single character has a row of its own already.
            "lexicon": (
                word for line in lines(data.lexicon) for word in line.split()[:1] if len(word) > 1
            ),
            "gazetteer": _gazetteer(data.gazetteer, folder),
        }


def _gazetteer(sources: tuple[RecipeSource, ...], folder: Path) -> dict[str, list[str]]:
    """The names of lists by their kind."""
    lists: dict[str, list[str]] = {}
    for source in sources:
        for text in read_texts(source.texts_below(folder)):
            kind, name = _kind_and_name(source, text)
            if kind and len(name.split()) >= source.min_words and len(name) > 1:
                lists.setdefault(kind, []).append(name)
    return dict(sorted(lists.items()))


def _kind_and_name(source: RecipeSource, text: str) -> tuple[str, str]:
    """A line of a list of names: a name, or where the kind has a column a row of words."""
    if source.kind_column is None:
        return source.constant_label or source.file, text.split("\t")[0].strip()
    row = text.split()
    return source.labels.get(row[source.kind_column], ""), row[0]

"""The texts of a classifier's recipe, without those that are held out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from textrnn.corpora import (
    LabelledText,
    NearCopies,
    drop_overlap,
    read_labelled,
    read_texts,
    split_by_text,
    text_key,
    word_runs,
)
from textrnn.training.recipes.counterparts import length_counterparts
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeSource

_SHORTEST_PASSAGE = 3  # words of a held-out text that may not stand in another; two are a phrase


@dataclass(frozen=True)
class RecipeTexts:
    """The texts that a recipe's files hold, leaks removed."""

    train: Sequence[LabelledText]
    validation: Sequence[LabelledText] | None
    unlabelled: Sequence[str]


def classifier_arguments(
    recipe: Recipe, folder: Path, on_message: Callable[[str], None]
) -> dict[str, Any]:
    """What ``train_classifier`` takes of a recipe's files.

    Raises:
        InputError: a file is missing or malformed.
    """
    return vars(read_recipe_texts(recipe, folder, on_message=on_message))


def count_texts(source: RecipeSource, folder: Path) -> int:
    """How many texts one of a recipe's files has."""
    return sum(1 for _ in read_texts(source.texts_below(folder)))


def read_recipe_texts(
    recipe: Recipe, folder: Path, *, on_message: Callable[[str], None]
) -> RecipeTexts:
    """Read a recipe's texts, and drop whatever must not be learned or chosen by.

    Args:
        recipe: the recipe.
        folder: the data folder.
        on_message: called with a line on each thing dropped or added.

    Raises:
        InputError: a file is missing or malformed.
    """
    data, state = recipe.data, recipe.plan.training.random_state
    validation = [
        e for source in data.validation for e in read_labelled(source.texts_below(folder))
    ]
    files: list[tuple[RecipeSource, list[LabelledText]]] = []
    for source in data.train:
        examples = list(read_labelled(source.texts_below(folder)))
        if source.validation_share:
            examples, cut = split_by_text(
                examples, fraction=source.validation_share, random_state=state
            )
            validation += cut
        files.append((source, examples))
    tests = [text for source in data.test for text in read_texts(source.texts_below(folder))]
    validation, dropped = drop_overlap(validation, {text_key(text) for text in tests})
    if dropped:
        on_message(f"dropped {dropped:,} validation texts that tests hold")
    held_out = _HeldOut(
        [e.text for e in validation]
        + tests
        + [text for source in data.exclude for text in read_texts(source.texts_below(folder))]
    )
    train: list[LabelledText] = []
    dropped = 0
    for source, examples in files:
        kept = [example for example in examples if not held_out.has(example.text, source)]
        dropped += len(examples) - len(kept)
        made = length_counterparts(kept, times=source.length_counterparts, random_state=state)
        if made:
            on_message(
                f"{source.file}: made {len(made):,} texts as long as its texts, of all labels"
            )
        train += [*kept, *made]
    on_message(f"dropped {dropped:,} training texts that validation, tests or exclude hold")
    plain = [
        (source, t) for source in data.unlabelled for t in read_texts(source.texts_below(folder))
    ]
    unlabelled = [text for source, text in plain if not held_out.has(text, source)]
    if plain:
        on_message(f"dropped {len(plain) - len(unlabelled):,} unlabelled texts likewise")
    return RecipeTexts(train, validation or None, unlabelled)


class _HeldOut:
    """Texts that must not be learned: whole copies of them, near ones, or passages."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._keys = {text_key(text) for text in texts}
        self._runs: dict[int, set[int]] = {}

    @cached_property
    def _near(self) -> NearCopies:
        return NearCopies(self._texts)

    def has(self, text: str, source: RecipeSource) -> bool:
        """Whether a text of a file is one of them, or has more in common with one than it may."""
        if text_key(text) in self._keys:
            return True
        if source.near_copies and self._near.overlap(text) >= source.near_copies:
            return True
        words = source.distinct_words
        if not words:
            return False
        if not word_runs(text, words=words):
            return True  # too short to be told from a passage
        lengths = range(min(_SHORTEST_PASSAGE, words), words + 1)
        runs = self._runs_of(words)
        return any(not runs.isdisjoint(word_runs(text, words=length)) for length in lengths)

    def _runs_of(self, words: int) -> set[int]:
        """Hashes of the texts' runs of so many words; a shorter text is one run."""
        if words not in self._runs:
            self._runs[words] = runs = set()
            for text in self._texts:
                for length in range(words, min(_SHORTEST_PASSAGE, words) - 1, -1):
                    found = word_runs(text, words=length)
                    runs.update(found)
                    if found:
                        break
        return self._runs[words]

"""The texts of a classifier's recipe, without those that are held out."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

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
from textrnn.counted import counted
from textrnn.training.classifier.counterparts import length_counterparts
from textrnn.training.recipes.reader import TEXTS, Heeds, OnMessage, Reader, count_texts
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeSource

_SHORTEST_PASSAGE = 3  # words of a held-out text that may not stand in another; two are a phrase
_Examples = tuple[RecipeSource, list[LabelledText]]  # of a file


@dataclass(frozen=True)
class RecipeTexts:
    """The texts that a recipe's files hold, leaks removed."""

    train: Sequence[LabelledText]
    validation: Sequence[LabelledText] | None
    unlabelled: Sequence[str]


class ClassifierReader(Reader):
    """Texts with labels, less those that are held out, and texts without."""

    task = "classifier"
    heeds: ClassVar[Heeds] = {
        "train": (
            *TEXTS, "validation_share", "distinct_words", "near_copies", "length_counterparts",
            "at_most",
        ),
        "validation": TEXTS,
        "unlabelled": (*TEXTS, "distinct_words", "near_copies"),
        "exclude": TEXTS,
        "test": (*TEXTS, "among"),
        "embeddings": (),
    }  # fmt: skip

    def arguments(self, recipe: Recipe, folder: Path, on_message: OnMessage) -> dict[str, Any]:
        """What ``train_classifier`` takes of a recipe's files."""
        return vars(read_recipe_texts(recipe, folder, on_message=on_message))

    def count(self, source: RecipeSource, folder: Path) -> int:
        """How many texts one of a recipe's files gives at most."""
        found = count_texts(source, folder)
        return min(found, source.at_most) if source.at_most else found


def read_recipe_texts(recipe: Recipe, folder: Path, *, on_message: OnMessage) -> RecipeTexts:
    """Read a recipe's texts, and drop whatever must not be learned or chosen by.

    Args:
        recipe: the recipe.
        folder: the data folder.
        on_message: called with a line on each thing dropped or added.

    Raises:
        InputError: a file is missing or malformed.
    """
    data, state = recipe.data, recipe.plan.training.random_state
    validation = [e for s in data.validation for e in read_labelled(s.texts_below(folder))]
    files: list[_Examples] = []
    for source in data.train:
        examples, cut = _cut(source, folder, state)
        validation += cut
        files.append((source, examples))
    tests = _texts(data.test, folder)
    validation = _without_tests(validation, tests, on_message)
    chosen_by = [example.text for example in validation]
    held_out = _HeldOut([*chosen_by, *tests, *_texts(data.exclude, folder)])
    train = _kept_examples(files, held_out, state, on_message)
    unlabelled = _kept_texts(data.unlabelled, folder, held_out, on_message)
    return RecipeTexts(train, validation or None, unlabelled)


def read_validation(
    recipe: Recipe, folder: Path, *, without: Sequence[str] = (), on_message: OnMessage
) -> list[LabelledText]:
    """The texts that a recipe chooses by, its validation files' and what is cut from others.

    Args:
        recipe: the recipe.
        folder: the data folder; training files of which nothing is cut need not be there.
        without: files of the recipe that are left out.
        on_message: called with a line on what tests hold.

    Raises:
        InputError: a file is missing or malformed.
    """
    data, state = recipe.data, recipe.plan.training.random_state
    found = [
        example
        for source in data.validation
        if source.file not in without
        for example in read_labelled(source.texts_below(folder))
    ]
    for source in data.train:
        if source.validation_share and source.file not in without:
            found += _cut(source, folder, state)[1]
    return _without_tests(found, _texts(data.test, folder), on_message)


def _cut(
    source: RecipeSource, folder: Path, state: int
) -> tuple[list[LabelledText], list[LabelledText]]:
    """The examples of a training file, and those that are cut off to validate."""
    examples = list(read_labelled(source.texts_below(folder)))
    if not source.validation_share:
        return examples, []
    return split_by_text(examples, fraction=source.validation_share, random_state=state)


def _without_tests(
    validation: list[LabelledText], tests: Iterable[str], on_message: OnMessage
) -> list[LabelledText]:
    kept, dropped = drop_overlap(validation, {text_key(text) for text in tests})
    if dropped:
        on_message(f"dropped {counted(dropped, 'validation text')} that tests hold")
    return kept


def _texts(sources: Iterable[RecipeSource], folder: Path) -> list[str]:
    return [text for source in sources for text in read_texts(source.texts_below(folder))]


def _kept_examples(
    files: Iterable[_Examples], held_out: _HeldOut, random_state: int, on_message: OnMessage
) -> list[LabelledText]:
    """The training texts that are not held out, each file's followed by what is made of them."""
    train: list[LabelledText] = []
    dropped = 0
    for source, examples in files:
        kept = [example for example in examples if not held_out.has(example.text, source)]
        dropped += len(examples) - len(kept)
        if 0 < source.at_most < len(kept):
            kept = random.Random(random_state).sample(kept, source.at_most)
        times = source.length_counterparts
        made = length_counterparts(kept, times=times, random_state=random_state)
        if made:
            texts = counted(len(made), "text")
            on_message(f"{source.file}: made {texts} as long as its texts, of all labels")
        train += [*kept, *made]
    if dropped:
        on_message(
            f"dropped {counted(dropped, 'training text')} that validation, tests or exclude hold"
        )
    return train


def _kept_texts(
    sources: Iterable[RecipeSource], folder: Path, held_out: _HeldOut, on_message: OnMessage
) -> list[str]:
    """The texts without labels that are not held out."""
    plain = [(source, text) for source in sources for text in _texts([source], folder)]
    kept = [text for source, text in plain if not held_out.has(text, source)]
    if dropped := len(plain) - len(kept):
        on_message(f"dropped {counted(dropped, 'unlabelled text')} that these hold")
    return kept


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

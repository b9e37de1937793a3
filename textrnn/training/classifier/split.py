"""Which texts a classifier learns, and which validate it; no text does both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import LabelledText, drop_overlap, split_by_text, text_key
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError
from textrnn.training.classifier.files import ClassifierFiles
from textrnn.training.classifier.labels import check_known
from textrnn.training.loop.deal import deal
from textrnn.training.settings import TrainingSettings


@dataclass(frozen=True)
class Split:
    """The texts that are learned, and those that validate.

    Attributes:
        train: those to learn.
        validation: those that validate.
        folds: each text's, (N,), where texts validate one another.
        is_cut: whether those that validate were cut from those to learn.
    """

    train: list[LabelledText]
    validation: list[LabelledText]
    folds: NDArray[np.int64] | None = None
    is_cut: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Those to learn, sorted."""
        return tuple(sorted({label for example in self.train for label in example.labels}))

    def __str__(self) -> str:
        if self.folds is not None:
            return f"{len(self.train):,} texts, each validated by what learns from others"
        return (
            f"{counted(len(self.train), 'training text')}, "
            f"{counted(len(self.validation), 'validation text')}"
        )


def split_examples(
    train: list[LabelledText],
    validation: list[LabelledText] | None,
    settings: TrainingSettings,
    *,
    say: Callable[[str], None],
) -> Split:
    """Settle which texts train and which validate.

    Args:
        train: all texts to learn.
        validation: others to validate; None to take them from ``train``.
        settings: how many folds there are, or what share is cut off.
        say: told in a line how many training texts are dropped, since they validate too.

    Raises:
        ConfigurationError: nothing is to be cut off to validate.
        InputError: nothing can be, there is one label only, or one is unseen in training.
    """
    split = _split(train, validation, settings, say)
    if len(split.labels) < 2:
        raise InputError(
            f"the training texts have one label only: {split.labels[0]}"
            if split.labels
            else "there are no training texts but those that validate"
        )
    if not split.validation:
        raise InputError(
            "no text can be cut off to validate: no label has two that differ; add texts, or give "
            "validation texts (validation=…)"
        )
    check_known(split.validation, split.labels)
    if validation is not None:
        validated = {label for example in split.validation for label in example.labels}
        if missing := [label for label in split.labels if label not in validated]:
            say(f"note: labels that no validation text has: {', '.join(missing[:5])}")
    return split


def _split(
    train: list[LabelledText],
    validation: list[LabelledText] | None,
    settings: TrainingSettings,
    say: Callable[[str], None],
) -> Split:
    if validation is not None:
        kept, dropped = drop_overlap(train, {text_key(example.text) for example in validation})
        if dropped:
            say(f"dropped {counted(dropped, 'training text')} that validate too")
        return Split(kept, validation)
    kin = ClassifierFiles.kin(train)
    if settings.folds and len({key for key, _ in kin}) > 1:
        folds = deal(kin, settings.folds, random_state=settings.random_state)
        return Split(train, train, folds)  # each text validates what was learned from others
    if settings.validation_split == 0:
        raise ConfigurationError("give validation texts, or a validation_split above 0")
    kept, cut = split_by_text(
        train, fraction=settings.validation_split, random_state=settings.random_state
    )
    return Split(kept, cut, is_cut=True)

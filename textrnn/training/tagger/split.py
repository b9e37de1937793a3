"""Which sentences a tagger learns, and which validate it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import split_by_document
from textrnn.corpora.splits import first_copies
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError
from textrnn.text.simplify import simplify
from textrnn.training.loop.deal import deal
from textrnn.training.settings import TrainingSettings
from textrnn.training.tagger.files import TaggerFiles
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.sentences import (
    Example,
    Sentence,
    ServedTexts,
    as_sentence,
    as_served,
    cased_copies,
    cut_long,
)


def split_examples(
    examples: list[Example], validation: list[Example] | None, settings: TrainingSettings
) -> tuple[list[Example], list[Example], NDArray[np.int64] | None]:
    """Take from examples those that validate, where no others do.

    Returns:
        The examples to learn, those that validate, and, where they validate one another, the fold
        of each, (N,), in order.

    Raises:
        ConfigurationError: nothing is to be cut off to validate.
        InputError: nothing can be.
    """
    if validation is not None:
        return examples, validation, None
    documents = len(set(first_copies(examples)))
    if settings.folds and documents > 1:
        count = min(settings.folds, documents)
        folds = deal(TaggerFiles.kin(examples), count, random_state=settings.random_state)
        order = np.argsort(folds, kind="stable")
        dealt = [examples[i] for i in order.tolist()]
        return dealt, dealt, folds[order]
    if settings.validation_split == 0:
        raise ConfigurationError("give validation texts, or a validation_split above 0")
    train, validation = split_by_document(
        examples, fraction=settings.validation_split, random_state=settings.random_state
    )
    if not train or not validation:
        raise InputError(
            "there is one document alone, or copies of it, so none can be cut off to validate; add "
            "texts, or give validation texts (validation=…)"
        )
    return train, validation, None


@dataclass(frozen=True)
class Split:
    """The sentences that are learned, and those that validate.

    Attributes:
        train: pieces of sentences to learn, after these the copies of some.
        origins: the number of the sentence that each piece is of, (pieces,).
        texts: those that validate.
        folds: each sentence's, (N,), where sentences validate one another.
    """

    train: list[Sentence]
    origins: NDArray[np.int64]
    texts: ServedTexts
    folds: NDArray[np.int64] | None

    @classmethod
    def of(
        cls,
        train: Sequence[Example],
        validation: Sequence[Example],
        folds: NDArray[np.int64] | None,
        plan: TaggerPlan,
    ) -> Split:
        """The sentences of what :func:`split_examples` gave.

        Texts are cut where spans end, so that all can be learned; those that validate are read as
        they are when the model serves.
        """
        features, settings = plan.features, plan.training
        learned = [as_sentence(example, level=features.level) for example in train]
        served = [as_served(example, level=features.level) for example in validation]
        if features.simplify:
            for sentences in (learned, served):
                sentences[:] = [replace(s, words=tuple(map(simplify, s.words))) for s in sentences]
        cut = [list(cut_long(s, max_tokens=settings.max_tokens)) for s in learned]
        pieces = list(chain.from_iterable(cut))
        copies = cased_copies(
            pieces,
            lower=features.lower_copies,
            upper=features.upper_copies,
            random_state=settings.random_state,
        )
        return cls(
            pieces + copies,
            np.repeat(np.arange(len(cut)), [len(of_one) for of_one in cut]),
            ServedTexts(served, size=settings.reading_window, overlap=settings.reading_overlap),
            folds,
        )

    def __str__(self) -> str:
        if self.folds is None:
            return (
                f"{counted(len(self.train), 'training sentence')}, "
                f"{counted(len(self.texts), 'validation sentence')}"
            )
        return (
            f"{counted(len(self.train), 'sentence')}, each validated by networks that learn from "
            "others"
        )

    def parts(self) -> Iterator[tuple[list[Sentence], ServedTexts]]:
        """What is learned and what validates for each fold; nothing where there are none."""
        if self.folds is None:
            return
        for fold in range(int(self.folds.max()) + 1):
            ours = self.folds == fold
            others = np.flatnonzero(~ours[self.origins])  # no copies: they tell of the fold's own
            train = [self.train[i] for i in others.tolist()]
            yield train, self.texts.part(np.flatnonzero(ours).tolist())

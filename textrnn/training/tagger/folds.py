"""Few sentences validate one another: :mod:`textrnn.training.loop.folds`.

Shapes: E epochs.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.tagger.features import Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.network import TaggerHead
from textrnn.heads.tagger.scores import SpanCounts
from textrnn.training.loop.fit import Fit
from textrnn.training.loop.folds import KeptFolds, Part, fit_of_folds, train_without_each
from textrnn.training.tagger.batches import EncodedSentences
from textrnn.training.tagger.objective import (
    TaggingObjective,
    best_temperature,
    temperature_losses,
)
from textrnn.training.tagger.sentences import Sentence, ServedTexts


@dataclass(frozen=True)
class Fold:
    """What is learned and what validates it.

    Attributes:
        train: the other folds' sentences.
        validation: the windows of ``texts``.
        texts: the fold's own.
    """

    train: EncodedSentences
    validation: EncodedSentences
    texts: ServedTexts

    @classmethod
    def encoded(
        cls,
        train: Sequence[Sentence],
        texts: ServedTexts,
        features: Features,
        head: TaggerHead,
        gazetteer: Gazetteer | None,
    ) -> Fold:
        """Sentences to learn, and texts that validate, as numbers."""
        learned, windows = (
            EncodedSentences(sentences, features, head.tags, head.scheme, gazetteer)
            for sentences in (train, texts.windows)
        )
        return cls(learned, windows, texts)


@dataclass(frozen=True)
class SpansByOthers:
    """What networks that had not learned a sentence found in it, for all sentences.

    Attributes:
        losses_nats: of a window, the mean after each epoch, (E,).
        counts: spans that are right, found and there after each epoch, (E, 3), int64.
        temperature: under which their probabilities fit.
    """

    losses_nats: NDArray[np.float64]
    counts: NDArray[np.int64]
    temperature: float

    def scores(self, epoch: int) -> tuple[float, float]:
        """Mean loss of a window in nats and micro F1 after an epoch, from 0."""
        return float(self.losses_nats[epoch]), self.spans(epoch).f1

    def spans(self, epoch: int) -> SpanCounts:
        """The spans after an epoch, from 0."""
        return SpanCounts(*self.counts[epoch].tolist())

    def to_bytes(self) -> bytes:
        """All of it as a file of a run's folder."""
        content = io.BytesIO()
        np.savez(content, **vars(self))
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> SpansByOthers:
        """What :meth:`to_bytes` wrote."""
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            return cls(file["losses_nats"], file["counts"], float(file["temperature"]))


def find_by_others(
    fit: Fit,
    objective: TaggingObjective,
    folds: Sequence[Fold],
    *,
    kept: KeptFolds,
    say: Callable[[str], None],
) -> SpansByOthers:
    """Train once for each fold; model and objective are left as they were.

    Args:
        fit: what will train the network, which has the weights that every training begins with.
        objective: of all sentences.
        folds: the folds.
        kept: the folds that are done.
        say: told in a line on each fold.
    """
    whole = Fold(objective.train, objective.validation, objective.texts)
    answering = _Answering(objective)
    fit = fit_of_folds(fit, answering)

    def turn_to(fold: int) -> None:
        objective.turn_to(*vars(folds[fold]).values())
        answering.begin_anew()

    def answer(fold: int) -> Part:
        windows = len(objective.validation)
        of_temperatures, spans = temperature_losses(objective)
        say(f"fold {fold + 1} of {len(folds)}: {objective.measured()}")
        return {
            "windows": np.array(windows),
            "losses_nats": windows * np.array(answering.losses_nats),
            "counts": np.array(answering.counts, np.int64),
            "of_temperatures": of_temperatures,
            "spans": np.array(spans),
        }

    parts = train_without_each(fit, len(folds), turn_to, answer, kept)
    objective.turn_to(*vars(whole).values())
    sums = {name: np.sum([part[name] for part in parts], axis=0) for name in parts[0]}
    temperature = best_temperature(sums["of_temperatures"], int(sums["spans"]))
    return SpansByOthers(sums["losses_nats"] / sums["windows"], sums["counts"], temperature)


class _Answering:
    """An objective that keeps what it found."""

    score_name = "f1"
    higher_is_better = True

    def __init__(self, objective: TaggingObjective) -> None:
        self._objective = objective
        self.carried = objective.carried
        self.batches, self.make_step = objective.batches, objective.make_step
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget it: another fold begins."""
        self.steps = self._objective.steps
        self.losses_nats: list[float] = []
        self.counts: list[tuple[int, int, int]] = []

    def validate(self) -> tuple[float, float]:
        """Mean loss of a window in nats and micro F1 on the sentences of the fold."""
        loss_nats, counts = self._objective.read()
        self.losses_nats.append(loss_nats)
        self.counts.append((counts.right, counts.said, counts.there))
        return loss_nats, counts.f1

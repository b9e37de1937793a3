"""Learning to classify: batches of texts, cross-entropy, accuracy.

Where a text has probabilities of labels in place of a label, these are the target (Hinton, Vinyals
& Dean 2015), and its weight is the mean of the labels'; all else goes by the most probable one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require_choice
from textrnn.training.classifier.auxiliary import LabelsAndNeighbours
from textrnn.training.classifier.batches import (
    Auxiliary,
    Batch,
    EncodedTexts,
    plain_batches,
    training_batches,
)
from textrnn.training.classifier.consistency import AdversarialLabels, UnlabelledAnswers
from textrnn.training.classifier.losses import Labels
from textrnn.training.classifier.plan import AuxiliarySettings, ConsistencySettings
from textrnn.training.classifier.validation import (
    Predict,
    accuracy,
    cross_entropy_nats,
    predict_logits,
)
from textrnn.training.loop.backend import compile_step, is_jax, require_gradients
from textrnn.training.loop.batches import fixed_length, steps_per_epoch
from textrnn.training.loop.sampled_softmax import Candidates
from textrnn.training.loop.step import Term, make_step
from textrnn.training.settings import TrainingSettings

_TEXTS = 64  # JAX predicts batches of a multiple of this many
_CANDIDATES = 2  # in the seeds of what is drawn for the language model: apart from the batches'


class ClassificationObjective:
    """What a classifier learns: see :class:`textrnn.training.loop.objective.Objective`.

    Args:
        model: from :func:`textrnn.training.classifier.model.build_classifier`.
        train: texts to learn from.
        validation: texts to choose the best epoch by.
        settings: how to train.
        labels: names of the labels, in the order of the network's outputs.
        consistency: what to learn besides the labels.
        unlabelled: token ids of texts that are learned from without labels.
        auxiliary: what to learn from the texts themselves.
    """

    score_name = "accuracy"
    higher_is_better = True

    def __init__(
        self,
        model: keras.Model,
        train: EncodedTexts,
        validation: EncodedTexts,
        settings: TrainingSettings,
        *,
        labels: Sequence[str],
        consistency: ConsistencySettings | None = None,
        unlabelled: Sequence[NDArray[np.int32]] = (),
        auxiliary: AuxiliarySettings | None = None,
    ) -> None:
        self.model = model
        self.settings = settings
        self.turn_to(train, validation)
        self.label_weights = label_weights(settings, labels, train.labels)
        self.consistency = consistency or ConsistencySettings()
        self.unlabelled = unlabelled
        self.auxiliary = auxiliary or AuxiliarySettings()
        self.candidates: Candidates | None = None
        if self.auxiliary.language_model:
            size = min(self.auxiliary.candidates, len(self._counts) - 1)
            self.candidates = Candidates(self._counts, size)
        self._noise = keras.random.SeedGenerator(settings.random_state)
        self.carried = [] if self.consistency.is_plain else [self._noise.state]
        self._predict = make_predict(model, max_tokens=settings.reading_window)

    def turn_to(self, train: EncodedTexts, validation: EncodedTexts) -> None:
        """Learn from other texts from now on, and validate by others."""
        self.train, self.validation = train, validation
        self.steps = steps_per_epoch(len(train), self.settings.batch_size)

    def batches(self, *, epoch: int, skip: int) -> Iterator[Batch]:
        """The batches of an epoch but the first ``skip``."""
        settings = self.settings
        seed = (settings.random_state, epoch)
        batches = training_batches(
            self.train,
            batch_size=settings.batch_size,
            max_tokens=settings.max_tokens,
            seed=seed,
            skip=skip,
            fixed=is_jax(),
        )
        if self.candidates is not None:
            batches = (
                replace(batch, auxiliary=self._auxiliary(epoch, number))
                for number, batch in enumerate(batches, start=skip)
            )
        if not self.unlabelled:
            return batches
        plain = plain_batches(
            self.unlabelled,
            batch_size=self.auxiliary.unlabelled_batch or self.consistency.unlabelled_batch,
            max_tokens=settings.max_tokens,
            seed=seed,
            skip=skip,
            fixed=is_jax(),
        )
        # The batches with labels come first: they end, the others do not.
        return (replace(b, plain=tokens) for b, tokens in zip(batches, plain, strict=False))

    def make_step(self, optimizer: keras.optimizers.Optimizer) -> Callable[[Batch], float]:
        """A function that trains on one batch and returns its loss in nats."""
        require_gradients("classifiers")
        step = make_step(self.model, optimizer, self._terms())
        weights = self.label_weights
        one_hot = np.eye(len(weights), dtype=np.float32)

        def train(batch: Batch) -> float:
            shares = batch.probabilities
            targets = one_hot[batch.labels] if shares is None else shares
            arrays: dict[str, Any] = {
                "tokens": batch.tokens,
                "targets": targets,
                "weights": targets @ weights,
                "plain": batch.tokens if batch.plain is None else batch.plain,
            }
            if batch.auxiliary is not None:
                arrays["candidates"] = batch.auxiliary.candidates
                arrays["weight"] = np.float32(batch.auxiliary.weight)
            return step(arrays)

        return train

    def _terms(self) -> list[Term]:
        """What is learned, as the settings say."""
        model, smoothing = self.model, self.settings.label_smoothing
        if self.candidates is not None:
            return [
                LabelsAndNeighbours(
                    model,
                    self.candidates,
                    self._frequencies(),
                    label_smoothing=smoothing,
                    reads_plain=bool(self.unlabelled),
                )
            ]
        terms: list[Term] = [Labels(model, label_smoothing=smoothing)]
        if norm := self.consistency.adversarial:
            shares = self._frequencies()
            terms = [AdversarialLabels(model, norm, shares, label_smoothing=smoothing)]
        if self.consistency.needs_unlabelled:
            shares = self._frequencies()
            terms.append(UnlabelledAnswers(model, self.consistency, shares, self._noise))
        return terms

    def _auxiliary(self, epoch: int, number: int) -> Auxiliary:
        """What a step of the language model needs; its weight falls to 0 over the run."""
        assert self.candidates is not None
        rng = np.random.default_rng((self.settings.random_state, epoch, _CANDIDATES, number))
        done = (epoch * self.steps + number) / (self.settings.epochs * self.steps)
        return Auxiliary(self.candidates.draw(rng), self.auxiliary.language_model * (1 - done))

    def _frequencies(self) -> NDArray[np.float32]:
        """The shares of all tokens in the texts that are learned from, (V,)."""
        shares: NDArray[np.float32] = (self._counts / self._counts.sum()).astype(np.float32)
        return shares

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        """How often each token occurs in the texts that are learned from, (V,)."""
        rows = int(self.model.get_layer("embedding").input_dim)
        counts = np.zeros(rows, np.int64)
        for ids in (*self.train.tokens, *self.unlabelled):
            counts += np.bincount(ids, minlength=rows)
        return counts

    def validate(self) -> tuple[float, float]:
        """Mean cross-entropy in nats and accuracy on the validation texts, read whole."""
        loss, score, _ = self.answer()
        return loss, score

    def answer(self) -> tuple[float, float, NDArray[np.float32]]:
        """As :meth:`validate`, and the logits themselves, (texts, L)."""
        labels = self.validation.labels
        logits = predict_logits(self._predict, self.validation.tokens, self.settings)
        return cross_entropy_nats(logits, labels), accuracy(logits, labels), logits


def label_weights(
    settings: TrainingSettings, labels: Sequence[str], numbers: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The weight of each label in the loss, (labels,).

    Args:
        settings: ``none`` weighs all alike; ``balanced`` by inverse frequency, 1 on average over
            the texts; a mapping gives each label its weight, 1 where it says nothing.
        labels: names of the labels.
        numbers: the label's number of each training text, (texts,).

    Raises:
        ConfigurationError: the mapping names a label that there is not.
    """
    wanted = settings.class_weights
    if wanted == "balanced":
        frequency = np.bincount(numbers, minlength=len(labels))
        balanced = len(numbers) / (len(labels) * np.maximum(frequency, 1))
        return balanced.astype(np.float32)
    if isinstance(wanted, str):
        return np.ones(len(labels), np.float32)
    for name in wanted:
        require_choice("class_weights: a label", name, tuple(labels))
    return np.array([wanted.get(label, 1.0) for label in labels], np.float32)


def make_predict(model: keras.Model, *, max_tokens: int) -> Predict:
    """A function from tokens (B, T) to logits (B, L), dropout off; T is at most ``max_tokens``."""
    run = compile_step(
        lambda tokens: model(tokens, training=False), [((None, None), "int32")], model.variables
    )
    if not is_jax():
        return lambda tokens: np.asarray(run(tokens))

    def predict(tokens: NDArray[np.int32]) -> NDArray[np.float32]:
        texts, length = tokens.shape
        whole = ((0, -texts % _TEXTS), (0, fixed_length(length, max_tokens) - length))
        return np.asarray(run(np.pad(tokens, whole)))[:texts]

    return predict

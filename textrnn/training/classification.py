"""Learning to classify: batches of texts, cross-entropy, accuracy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require_choice
from textrnn.training.batches import (
    Batch,
    EncodedTexts,
    plain_batches,
    steps_per_epoch,
    training_batches,
)
from textrnn.training.consistency import make_consistency_step
from textrnn.training.settings import ConsistencySettings, TrainingSettings
from textrnn.training.step import make_predict, make_train_step
from textrnn.training.validation import accuracy, cross_entropy_nats, predict_logits

TEMPERATURES = [round(0.5 * 2 ** (step / 20), 3) for step in range(61)]


class ClassificationObjective:
    """What a classifier learns: see :class:`textrnn.training.fit.Objective`.

    Args:
        model: from :func:`textrnn.training.build.build_model`.
        train: texts to learn from.
        validation: texts to choose the best epoch by.
        settings: how to train.
        labels: names of the labels, in the order of the network's outputs.
        consistency: what to learn besides the labels.
        unlabelled: token ids of texts that are learned from without labels.
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
    ) -> None:
        self.model = model
        self.train = train
        self.validation = validation
        self.settings = settings
        self.steps = steps_per_epoch(len(train), settings.batch_size)
        self.label_weights = label_weights(settings, labels, train.labels)
        self.consistency = consistency or ConsistencySettings()
        self.unlabelled = unlabelled
        self._noise = keras.random.SeedGenerator(settings.random_state)
        self.carried = [] if self.consistency.is_plain else [self._noise.state]
        self._predict = make_predict(model)

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
        )
        if not self.unlabelled:
            return batches
        plain = plain_batches(
            self.unlabelled,
            batch_size=self.consistency.unlabelled_batch,
            max_tokens=settings.max_tokens,
            seed=seed,
            skip=skip,
        )
        # The batches with labels come first: they end, the others do not.
        return (replace(b, plain=tokens) for b, tokens in zip(batches, plain, strict=False))

    def make_step(self, optimizer: keras.optimizers.Optimizer) -> Callable[[Batch], float]:
        """A function that trains on one batch and returns its loss in nats."""
        smoothing, weights = self.settings.label_smoothing, self.label_weights
        one_hot = np.eye(len(weights), dtype=np.float32)
        if self.consistency.is_plain:
            step = make_train_step(self.model, optimizer, label_smoothing=smoothing)
            return lambda b: step(b.tokens, one_hot[b.labels], weights[b.labels])
        consistency_step = make_consistency_step(
            self.model,
            optimizer,
            self.consistency,
            label_smoothing=smoothing,
            frequencies=self._frequencies(),
            seed=self._noise,
        )

        def train(batch: Batch) -> float:
            plain = batch.tokens if batch.plain is None else batch.plain
            targets = one_hot[batch.labels]  # (B, L)
            return consistency_step(batch.tokens, targets, weights[batch.labels], plain)

        return train

    def _frequencies(self) -> NDArray[np.float32]:
        """How often each token occurs in the texts that are learned from, (V,), of a sum of 1."""
        rows = int(self.model.get_layer("embedding").input_dim)
        counts = np.zeros(rows, np.int64)
        for ids in (*self.train.tokens, *self.unlabelled):
            counts += np.bincount(ids, minlength=rows)
        shares: NDArray[np.float32] = (counts / counts.sum()).astype(np.float32)
        return shares

    def validate(self) -> tuple[float, float]:
        """Mean cross-entropy in nats and accuracy on the validation texts, read whole."""
        logits, labels = self.validation_logits(), self.validation.labels
        return cross_entropy_nats(logits, labels), accuracy(logits, labels)

    def find_temperature(self) -> float:
        """What logits are divided by so that probabilities fit the validation texts best: the
        temperature of the least cross-entropy (Guo et al. 2017, section 4.2).

        Returns:
            One of a grid from 0.5 to 4.
        """
        logits, labels = self.validation_logits(), self.validation.labels
        return min(TEMPERATURES, key=lambda t: cross_entropy_nats(logits / t, labels))

    def validation_logits(self) -> NDArray[np.float32]:
        """Of the validation texts, read whole, (texts, L)."""
        return predict_logits(self._predict, self.validation.tokens, self.settings)


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

"""Learning to classify: batches of texts, cross-entropy, accuracy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require_choice
from textrnn.training.batches import Batch, EncodedTexts, steps_per_epoch, training_batches
from textrnn.training.settings import TrainingSettings
from textrnn.training.step import make_predict, make_train_step
from textrnn.training.validation import accuracy, cross_entropy_nats, predict_logits


class ClassificationObjective:
    """What a classifier learns: see :class:`textrnn.training.fit.Objective`.

    Args:
        model: from :func:`textrnn.training.build.build_model`.
        train: texts to learn from.
        validation: texts to choose the best epoch by.
        settings: how to train.
        labels: names of the labels, in the order of the network's outputs.
    """

    score_name = "accuracy"
    higher_is_better = True
    carried = ()

    def __init__(
        self,
        model: keras.Model,
        train: EncodedTexts,
        validation: EncodedTexts,
        settings: TrainingSettings,
        *,
        labels: Sequence[str],
    ) -> None:
        self.model = model
        self.train = train
        self.validation = validation
        self.settings = settings
        self.steps = steps_per_epoch(len(train), settings.batch_size)
        self.label_weights = label_weights(settings, labels, train.labels)
        self._predict = make_predict(model)

    def batches(self, *, epoch: int, skip: int) -> Iterator[Batch]:
        """The batches of an epoch but the first ``skip``."""
        return training_batches(
            self.train,
            batch_size=self.settings.batch_size,
            max_tokens=self.settings.max_tokens,
            seed=(self.settings.random_state, epoch),
            skip=skip,
        )

    def make_step(self, optimizer: keras.optimizers.Optimizer) -> Callable[[Batch], float]:
        """A function that trains on one batch and returns its mean loss in nats."""
        step = make_train_step(self.model, optimizer, label_smoothing=self.settings.label_smoothing)

        def train(batch: Batch) -> float:
            targets = np.eye(len(self.label_weights), dtype=np.float32)[batch.labels]  # (B, L)
            return step(batch.tokens, targets, self.label_weights[batch.labels])

        return train

    def validate(self) -> tuple[float, float]:
        """Mean cross-entropy in nats and accuracy on the validation texts, read whole."""
        logits = predict_logits(self._predict, self.validation.tokens, self.settings)
        labels = self.validation.labels
        return cross_entropy_nats(logits, labels), accuracy(logits, labels)


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

"""The training loop: batches, schedule, validation, early stopping, checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.configuration import require_choice
from textrnn.errors import TrainingError
from textrnn.training.batches import EncodedTexts, steps_per_epoch, training_batches
from textrnn.training.checkpoint import RunState, load_checkpoint, save_checkpoint
from textrnn.training.schedules import Plateau, rate_factor
from textrnn.training.settings import TrainingSettings
from textrnn.training.step import TrainStep, make_predict, make_train_step
from textrnn.training.validation import accuracy, cross_entropy_nats, predict_logits


@dataclass(frozen=True)
class TrainingEvent:
    """What a progress display needs; one after each step, and one after each epoch.

    Attributes:
        epoch: the epoch under way, from 1.
        epochs: the most epochs there will be.
        step: steps done in this epoch.
        steps: steps an epoch.
        loss_nats: mean training loss of the epoch so far.
        learning_rate: the rate of the last step.
        tokens_per_s: training speed since the run (or its resumption) began.
        eta_s: seconds until the last epoch would end.
        record: on the epoch's last event the line of ``history.csv``, else None.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss_nats: float
    learning_rate: float
    tokens_per_s: float
    eta_s: float
    record: dict[str, float] | None = None


OnEvent = Callable[[TrainingEvent], None]


class Fit:
    """One training run.

    Args:
        model: from :func:`textrnn.training.build.build_model`; trained in place.
        train: texts to learn from.
        validation: texts to choose the best epoch by.
        settings: how to train.
        labels: names of the labels, in the order of the network's outputs.
        frozen_epochs: epochs in which the embedding stays as it is; -1: all.
        checkpoint: file for the state; None writes none.
        fingerprint: of data, network and settings, kept in the checkpoint.
        on_event: called after each step and epoch.
    """

    def __init__(
        self,
        model: keras.Model,
        train: EncodedTexts,
        validation: EncodedTexts,
        settings: TrainingSettings,
        *,
        labels: Sequence[str],
        frozen_epochs: int = 0,
        checkpoint: Path | None = None,
        fingerprint: str = "",
        on_event: OnEvent | None = None,
    ) -> None:
        self.model = model
        self.train = train
        self.validation = validation
        self.settings = settings
        self.frozen_epochs = frozen_epochs
        self.checkpoint = checkpoint
        self.on_event = on_event or (lambda event: None)
        self.state = RunState(fingerprint=fingerprint)
        self.best: list[NDArray[Any]] = []
        self.optimizer = make_optimizer(settings)
        self.optimizer.build(model.trainable_variables)
        self.steps = steps_per_epoch(len(train), settings.batch_size)
        self.label_weights = label_weights(settings, labels, train.labels)
        self._step: TrainStep | None = None
        self._predict = make_predict(model)
        self._tokens_done, self._started, self._saved = 0, 0.0, 0.0

    def resume(self) -> None:
        """Take up the state of the checkpoint, variables of the optimizer and dropout included.

        Raises:
            TrainingError: it is damaged or belongs to another run.
        """
        assert self.checkpoint is not None
        self.state, groups = load_checkpoint(self.checkpoint, fingerprint=self.state.fingerprint)
        for variable, value in zip(self.model.variables, groups["model"], strict=True):
            variable.assign(value)
        for variable, value in zip(self.optimizer.variables, groups["optimizer"], strict=True):
            variable.assign(value)
        self.best = groups.get("best", [])

    def run(self) -> RunState:
        """Train to the end and leave the best epoch's weights in the model.

        Raises:
            TrainingError: the loss is not a number any more.
        """
        self._started = self._saved = time.monotonic()
        before_s = self.state.elapsed_s
        while self.state.epoch < self.settings.epochs and not self._stalled():
            self._freeze()
            self._run_epoch(before_s)
            self._finish_epoch(before_s)
        for variable, value in zip(self.model.weights, self.best, strict=True):
            variable.assign(value)
        return self.state

    def _stalled(self) -> bool:
        patience = self.settings.patience
        return 0 < patience <= self.state.epoch - 1 - self.state.best_epoch

    def _freeze(self) -> None:
        """Freeze or free the embedding for this epoch."""
        frozen = self.frozen_epochs == -1 or self.state.epoch < self.frozen_epochs
        embedding = self.model.get_layer("embedding")
        if self._step is None or embedding.trainable == frozen:
            embedding.trainable = not frozen
            self._step = make_train_step(
                self.model, self.optimizer, label_smoothing=self.settings.label_smoothing
            )

    def _run_epoch(self, before_s: float) -> None:
        state, settings = self.state, self.settings
        batches = training_batches(
            self.train,
            batch_size=settings.batch_size,
            max_tokens=settings.max_tokens,
            seed=(settings.random_state, state.epoch),
            skip=state.step,
        )
        for batch in batches:
            rate = self._set_learning_rate()
            loss = self._train_step(batch.tokens, batch.labels)
            state.step += 1
            state.seen += len(batch.labels)
            state.loss_sum += loss * len(batch.labels)
            self._tokens_done += int(np.count_nonzero(batch.tokens))
            state.elapsed_s = before_s + time.monotonic() - self._started
            self.on_event(self._event(rate))
            self._save_if_due()

    def _set_learning_rate(self) -> float:
        settings, state = self.settings, self.state
        done = state.epoch * self.steps + state.step
        factor = rate_factor(settings.schedule, done, settings.epochs * self.steps)
        if settings.schedule == "plateau":
            factor *= state.plateau[0]
        rate = settings.learning_rate * factor
        self.optimizer.learning_rate = rate
        return rate

    def _train_step(self, tokens: NDArray[np.int32], labels: NDArray[np.int64]) -> float:
        targets = np.eye(len(self.label_weights), dtype=np.float32)[labels]  # (B, L)
        assert self._step is not None
        loss = self._step(tokens, targets, self.label_weights[labels])
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss became {loss} in epoch {self.state.epoch + 1}, step "
                f"{self.state.step + 1}: try a lower learning rate or a smaller clip norm"
            )
        return loss

    def _finish_epoch(self, before_s: float) -> None:
        state = self.state
        loss, score = self.validate()
        if self.settings.schedule == "plateau":
            plateau = Plateau(
                self.settings.plateau_epochs, factor=state.plateau[0], best=state.plateau[1]
            )
            plateau.waited = int(state.plateau[2])
            state.plateau = [plateau.update(loss), plateau.best, float(plateau.waited)]
        if (score, -loss) > (state.best_score, -state.best_loss_nats):
            state.best_score, state.best_loss_nats = score, loss
            state.best_epoch = state.epoch
            self.best = [ops.convert_to_numpy(v).copy() for v in self.model.weights]
        state.elapsed_s = before_s + time.monotonic() - self._started
        record = {
            "epoch": state.epoch + 1,
            "learning_rate": float(ops.convert_to_numpy(self.optimizer.learning_rate)),
            "loss_nats": state.loss_sum / max(state.seen, 1),
            "validation_loss_nats": loss,
            "validation_accuracy": score,
            "elapsed_s": state.elapsed_s,
        }
        state.history.append(record)
        self.on_event(self._event(record["learning_rate"], record))
        state.epoch, state.step, state.seen, state.loss_sum = state.epoch + 1, 0, 0, 0.0
        self.save()

    def validate(self) -> tuple[float, float]:
        """Mean cross-entropy in nats and accuracy on the validation texts, read whole."""
        logits = predict_logits(self._predict, self.validation.tokens, self.settings)
        return cross_entropy_nats(logits, self.validation.labels), accuracy(
            logits, self.validation.labels
        )

    def save(self) -> None:
        """Write the checkpoint, where there is a file for it."""
        self._saved = time.monotonic()
        if self.checkpoint is None:
            return
        groups = {
            "model": [ops.convert_to_numpy(v) for v in self.model.variables],
            "optimizer": [ops.convert_to_numpy(v) for v in self.optimizer.variables],
            "best": self.best,
        }
        save_checkpoint(self.checkpoint, self.state, groups)

    def _save_if_due(self) -> None:
        minutes = self.settings.checkpoint_minutes
        if minutes and time.monotonic() - self._saved >= 60 * minutes:
            self.save()

    def _event(self, rate: float, record: dict[str, float] | None = None) -> TrainingEvent:
        state = self.state
        elapsed_s = max(time.monotonic() - self._started, 1e-9)
        done = state.epoch * self.steps + state.step
        left = self.settings.epochs * self.steps - done
        return TrainingEvent(
            epoch=state.epoch + 1,
            epochs=self.settings.epochs,
            step=state.step,
            steps=self.steps,
            loss_nats=state.loss_sum / max(state.seen, 1),
            learning_rate=rate,
            tokens_per_s=self._tokens_done / elapsed_s,
            eta_s=left * state.elapsed_s / max(done, 1),
            record=record,
        )


def make_optimizer(settings: TrainingSettings) -> keras.optimizers.Optimizer:
    """The optimizer that the settings name."""
    options: dict[str, Any] = {"learning_rate": settings.learning_rate}
    if settings.clip_norm:
        options["global_clipnorm"] = settings.clip_norm
    if settings.optimizer == "sgd":
        return keras.optimizers.SGD(momentum=0.9, **options)
    if settings.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(**options)
    if settings.optimizer == "adamw":
        return keras.optimizers.AdamW(weight_decay=settings.weight_decay, **options)
    return keras.optimizers.Adam(**options)


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

"""The training loop: schedule, averaging, validation, early stopping, checkpoints.

What is learned, from which batches, by which loss and to which score, is an :class:`Objective`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
from keras import ops
from numpy.typing import NDArray

from textrnn.errors import TrainingError
from textrnn.training.loop.averages import Averages
from textrnn.training.loop.checkpoint import Arrays, RunState, save_checkpoint
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent, TrainingEvent
from textrnn.training.loop.objective import Objective
from textrnn.training.loop.optimizers import make_optimizer
from textrnn.training.loop.schedules import Plateau, rate_factor
from textrnn.training.settings import TrainingSettings

_LEAST_WORK = 10  # as many times as long as a checkpoint takes, before an epoch's end makes one


class Fit:
    """One training run.

    Args:
        model: the network, trained in place.
        objective: what to learn.
        settings: how to train.
        frozen_epochs: for each layer, by its name, the epochs in which it stays as it is; -1: all.
        checkpoint: file for the state; None writes none.
        fingerprint: of the settings and what weights begin with, kept in the checkpoint.
        named_settings: those of the fingerprint, by their names, kept there too.
        files: the sha256 of each other file that the run needs, by its name, likewise.
        on_event: called after each step and epoch.
        clock: of the run; by default it begins now.
    """

    def __init__(
        self,
        model: keras.Model,
        objective: Objective,
        settings: TrainingSettings,
        *,
        frozen_epochs: Mapping[str, int] | None = None,
        checkpoint: Path | None = None,
        fingerprint: str = "",
        named_settings: dict[str, Any] | None = None,
        files: dict[str, str] | None = None,
        on_event: OnEvent | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.model = model
        self.objective = objective
        self.settings = settings
        self.frozen_epochs = {
            name: epochs
            for name, epochs in (frozen_epochs or {}).items()
            if epochs and model.get_layer(name).trainable
        }
        self.checkpoint = checkpoint
        self.on_event = on_event or (lambda event: None)
        self.clock = clock or Clock()
        files = {} if files is None else files
        self.state = RunState(fingerprint, files=files, settings=named_settings or {})
        self.kept: list[list[NDArray[Any]]] = []  # the weights of the best epochs, the best first
        # A layer that never changes needs neither averages nor room in the optimizer.
        for name, epochs in self.frozen_epochs.items():
            if epochs == -1:
                model.get_layer(name).trainable = False
        self._averages = Averages(model.trainable_variables, settings.average)
        self.optimizer = make_optimizer(settings, self._thawed())
        self.optimizer.build(model.trainable_variables)
        self._step: Callable[[Any], float] | None = None
        self._fold, self._folds, self._steps_after = 0, 0, 0
        self._steps_done, self._tokens_done = 0, 0  # since it began, which was then
        self._began_s = self._saved_s = self.clock.elapsed_s
        self._saving_s = 0.0  # what the last checkpoint took

    def resume(self, state: RunState, groups: Arrays) -> None:
        """Take up the state of a checkpoint, variables of the optimizer and dropout included.

        Args:
            state: as :func:`textrnn.training.loop.checkpoint.load_checkpoint` gives it.
            groups: likewise.

        Raises:
            ConfigurationError: it belongs to another run.
        """
        self.state.require_same(state, self.checkpoint)
        state.files, state.settings = self.state.files, self.state.settings
        self.state = state
        self.clock.before_s = state.elapsed_s
        for name, variables in (
            ("model", self.model.variables),
            ("optimizer", self.optimizer.variables),
            ("averages", self._averages.variables),
            ("carried", self.objective.carried),
        ):
            for variable, value in zip(variables, groups.get(name, []), strict=True):
                variable.assign(value)
        best, size = groups.get("best", []), len(self.model.weights)
        self.kept = [best[i : i + size] for i in range(0, len(best), size)]

    def begin_fold(self, fold: int, folds: int, *, steps_after: int) -> None:
        """Forget what was trained, but for the compiled step: weights and optimizer are to be as
        they were at first.

        Args:
            fold: the one that is left out, from 0.
            folds: how many there are.
            steps_after: what will be trained after this fold.
        """
        self._fold, self._folds, self._steps_after = fold + 1, folds, steps_after
        kept = self.state
        self.state = RunState(kept.fingerprint, files=kept.files, settings=kept.settings)
        self.kept = []

    def run(self) -> RunState:
        """Train to the end; leave the best epoch's weights, or several ones' mean, in the model.

        Raises:
            TrainingError: the loss is not a number any more, or what validates never gave one.
        """
        self._began_s = self._saved_s = self.clock.elapsed_s
        self._steps_done, self._tokens_done = 0, 0
        if not (self.state.epoch or self.state.step):
            self._averages.begin()
        while self.state.epoch < self.settings.epochs and not self._stalled():
            self._freeze()
            self._run_epoch()
            self._finish_epoch()
        if not self.kept:
            last = self.state.history[-1]
            raise TrainingError(
                f"training diverged at a learning rate of {self.settings.learning_rate:g}: in no "
                "epoch was there a finite loss and score on the validation texts (the last: "
                f"{last['validation_loss_nats']}); lower the rate, and look at the texts"
            )
        for variable, values in zip(self.model.weights, zip(*self.kept, strict=True), strict=True):
            variable.assign(sum(values[1:], values[0]) / len(values))
        if len(self.kept) > 1:
            self.score()
        return self.state

    def score(self) -> None:
        """Validate the model as it is, after its weights were changed: that is the best score."""
        self.state.best_loss_nats, self.state.best_score = self.objective.validate()

    def _thawed(self) -> list[tuple[keras.Variable, int]]:
        """The variables that are frozen at first, and the step before which they are."""
        return [
            (variable, epochs * self.objective.steps)
            for name, epochs in self.frozen_epochs.items()
            for variable in self.model.get_layer(name).trainable_variables
        ]

    def _stalled(self) -> bool:
        """Whether it is time to stop: epochs in which layers are still frozen do not count."""
        patience, thawed = self.settings.patience, max(self.frozen_epochs.values(), default=0)
        return 0 < patience <= self.state.epoch - 1 - max(self.state.best_epoch, thawed)

    def _freeze(self) -> None:
        """Freeze and free layers for this epoch."""
        changed = self._step is None
        for name, epochs in self.frozen_epochs.items():
            layer, frozen = self.model.get_layer(name), epochs == -1 or self.state.epoch < epochs
            if layer.trainable == frozen:
                layer.trainable = not frozen
                changed = True
        if changed:
            self._step = self.objective.make_step(self.optimizer)

    def _run_epoch(self) -> None:
        state = self.state
        for batch in self.objective.batches(epoch=state.epoch, skip=state.step):
            rate = self._set_learning_rate()
            loss = self._train_step(batch)
            state.step += 1
            state.seen += batch.texts
            state.loss_sum += loss * batch.texts
            self._steps_done += 1
            self._tokens_done += batch.token_count
            self.on_event(self._event(rate))
            self._save_if_due()

    def _set_learning_rate(self) -> float:
        settings, state = self.settings, self.state
        done = state.epoch * self.objective.steps + state.step
        factor = rate_factor(settings.schedule, done, settings.epochs * self.objective.steps)
        if settings.schedule == "plateau":
            factor *= state.plateau[0]
        rate = settings.learning_rate * factor
        self.optimizer.learning_rate = rate
        return rate

    def _train_step(self, batch: Any) -> float:
        assert self._step is not None
        loss = self._step(batch)
        if not math.isfinite(loss):
            raise TrainingError(
                f"training diverged at a learning rate of {self.settings.learning_rate:g}: the "
                f"loss became {loss} in epoch {self.state.epoch + 1}, step {self.state.step + 1}; "
                "try a lower rate or a smaller clip norm"
            )
        self._averages.update(self.state.epoch * self.objective.steps + self.state.step)
        return loss

    def _finish_epoch(self) -> None:
        state = self.state
        with self._averages.in_place():
            loss, score = self.objective.validate()
            rank = score if self.objective.higher_is_better else -score
            if self.settings.best_by == "loss":
                rank = -loss
            if (rank, -loss) > (state.best_rank, -state.best_loss_nats):
                state.best_rank, state.best_score, state.best_loss_nats = rank, score, loss
                state.best_epoch = state.epoch
            if math.isfinite(rank) and math.isfinite(loss):
                self._keep(rank, -loss)
        if self.settings.schedule == "plateau":
            plateau = Plateau(
                self.settings.plateau_epochs, factor=state.plateau[0], best=state.plateau[1]
            )
            plateau.waited = int(state.plateau[2])
            state.plateau = [plateau.update(loss), plateau.best, float(plateau.waited)]
        record = {
            "epoch": state.epoch + 1,
            "learning_rate": float(ops.convert_to_numpy(self.optimizer.learning_rate)),
            "loss_nats": state.loss_sum / max(state.seen, 1),
            "validation_loss_nats": loss,
            f"validation_{self.objective.score_name}": score,
            "elapsed_s": self.clock.total_s,
        }
        state.history.append(record)
        self.on_event(self._event(record["learning_rate"], None if self._fold else record))
        state.epoch, state.step, state.seen, state.loss_sum = state.epoch + 1, 0, 0, 0.0
        # Epochs of few texts and a large network would else take less time than their checkpoints.
        if self.clock.elapsed_s - self._saved_s >= _LEAST_WORK * self._saving_s:
            self.save()

    def _keep(self, rank: float, second: float) -> None:
        """Keep the weights of now where they are among the best epochs'."""
        ranks, most = self.state.kept, self.settings.average_epochs
        place = sum((best, next_best) >= (rank, second) for best, next_best, _ in ranks)
        if place < most:
            weights = [ops.convert_to_numpy(v).copy() for v in self.model.weights]
            self.kept.insert(place, weights)
            ranks.insert(place, (rank, second, self.state.epoch))
            del self.kept[most:], ranks[most:]

    def save(self) -> None:
        """Write the checkpoint, where there is a file for it."""
        began_s, self.state.elapsed_s = self.clock.elapsed_s, self.clock.total_s
        if self.checkpoint is None:
            return
        groups = {
            "model": [ops.convert_to_numpy(v) for v in self.model.variables],
            "optimizer": [ops.convert_to_numpy(v) for v in self.optimizer.variables],
            "averages": [ops.convert_to_numpy(v) for v in self._averages.variables],
            "carried": [ops.convert_to_numpy(v) for v in self.objective.carried],
            "best": [weight for weights in self.kept for weight in weights],
        }
        save_checkpoint(self.checkpoint, self.state, groups)
        self._saved_s = self.clock.elapsed_s
        self._saving_s = self._saved_s - began_s

    def _save_if_due(self) -> None:
        minutes = self.settings.checkpoint_minutes
        if minutes and self.clock.elapsed_s - self._saved_s >= 60 * minutes:
            self.save()

    def _event(self, rate: float, record: dict[str, float] | None = None) -> TrainingEvent:
        state = self.state
        elapsed_s = self.clock.elapsed_s
        taken_s = max(elapsed_s - self._began_s, 1e-9)
        done = state.epoch * self.objective.steps + state.step
        left = self.settings.epochs * self.objective.steps - done + self._steps_after
        return TrainingEvent(
            fold=self._fold,
            folds=self._folds,
            epoch=state.epoch + 1,
            epochs=self.settings.epochs,
            step=state.step,
            steps=self.objective.steps,
            loss_nats=state.loss_sum / max(state.seen, 1),
            learning_rate=rate,
            tokens_per_s=self._tokens_done / taken_s,
            elapsed_s=elapsed_s,
            eta_s=left * taken_s / max(self._steps_done, 1),
            record=record,
        )

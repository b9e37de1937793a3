"""Learning to forecast: batches of windows, the loss of their errors, the mean squared error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.forecaster.rolling import Run
from textrnn.training.forecaster.batches import ForecastBatch, SeriesWindows
from textrnn.training.forecaster.losses import forecast_loss
from textrnn.training.loop.backend import compile_step, value_and_gradients, with_penalties
from textrnn.training.loop.batches import steps_per_epoch
from textrnn.training.loop.step import Inputs, Pass, make_step
from textrnn.training.settings import TrainingSettings

_VALIDATION_BATCH = 512  # windows


class ForecastLoss:
    """A term (:class:`textrnn.training.loop.step.Term`): the mean loss of the errors of a forecast,
    and the penalties of the layers on their weights. It reads what a :class:`ForecastBatch` holds.

    Args:
        model: from :func:`textrnn.training.forecaster.model.build_forecaster`.
        network: its description.
        loss: see :func:`forecast_loss`.
    """

    state = ()

    def __init__(self, model: keras.Model, network: ForecasterNetwork, loss: str) -> None:
        self._model, self._network, self._loss = model, network, loss
        targets = len(network.targets)
        self.inputs: Inputs = {
            "windows": ((None, network.window, network.inputs), "float32"),
            "truth": ((None, network.steps, targets), "float32"),
            "spread": ((None, 1, targets), "float32"),
        }

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterator[Pass]:
        """One pass over the windows."""

        def loss_of() -> tuple[Any, None]:
            forecast = self._model(batch["windows"], training=True)
            loss = self.of(forecast, batch["truth"], batch["spread"])
            return with_penalties(loss, self._model), None

        loss, _, gradients = value_and_gradients(loss_of, variables)
        yield loss, gradients

    def of(self, forecast: Any, truth: Any, spread: Any) -> Any:
        """The mean loss of forecasts (B, S, K, Q)."""
        errors = (truth[..., None] - forecast) * spread[..., None]
        return forecast_loss(errors, self._loss, self._network.head.quantiles)


def make_run(model: keras.Model, network: ForecasterNetwork) -> Run:
    """A function from windows (B, W, I) to forecasts (B, S, K, Q), dropout off."""
    windows = ((None, network.window, network.inputs), "float32")
    run = compile_step(lambda inputs: model(inputs, training=False), [windows], model.variables)
    return lambda inputs: np.asarray(run(inputs))


class ForecastingObjective:
    """What a forecaster learns: see :class:`textrnn.training.loop.objective.Objective`.

    Args:
        model: from :func:`textrnn.training.forecaster.model.build_forecaster`.
        network: its description.
        train: windows to learn from.
        validation: those to choose the best epoch by.
        settings: how to train.
        loss: what is made small.
    """

    score_name = "mse"
    higher_is_better = False
    carried = ()

    def __init__(
        self,
        model: keras.Model,
        network: ForecasterNetwork,
        train: SeriesWindows,
        validation: SeriesWindows,
        settings: TrainingSettings,
        loss: str,
    ) -> None:
        self.model, self.network = model, network
        self.train, self.validation, self.settings = train, validation, settings
        self.steps = steps_per_epoch(len(train), settings.batch_size)
        self._loss = ForecastLoss(model, network, loss)
        self._run = make_run(model, network)

    def batches(self, *, epoch: int, skip: int) -> Iterator[ForecastBatch]:
        """The batches of an epoch but the first ``skip``."""
        return self.train.training_batches(
            self.network,
            batch_size=self.settings.batch_size,
            seed=(self.settings.random_state, epoch),
            skip=skip,
        )

    def make_step(self, optimizer: keras.optimizers.Optimizer) -> Callable[[ForecastBatch], float]:
        """A function that trains on one batch and returns its mean loss."""
        step = make_step(self.model, optimizer, [self._loss])
        return lambda batch: step(vars(batch))

    def validate(self) -> tuple[float, float]:
        """The mean loss, and the mean squared error of scaled values; of a recursive network both
        are those of its next step.
        """
        loss, squared, count = 0.0, 0.0, len(self.validation)
        for start in range(0, count, _VALIDATION_BATCH):
            numbers = np.arange(start, min(start + _VALIDATION_BATCH, count))
            batch = self.validation.batch(self.network, numbers)
            forecast = self._run(batch.windows)
            mean = float(self._loss.of(forecast, batch.truth, batch.spread))
            loss += len(numbers) * mean
            point = forecast[..., self.network.point]
            squared += len(numbers) * float(np.mean(((batch.truth - point) * batch.spread) ** 2))
        return loss / count, squared / count

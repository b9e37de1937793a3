"""Training a forecaster from series to a bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.manifest import Manifest
from textrnn.configuration import to_dict
from textrnn.corpora.series.series import Series
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.heads.forecaster.baselines import RIDGE, Baselines, fit_baselines, season_note
from textrnn.heads.forecaster.graph import compile_forecaster
from textrnn.heads.forecaster.intervals import fit_intervals
from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.runtime.graph import Weights
from textrnn.runtime.session import Session
from textrnn.training.forecaster.batches import SeriesWindows
from textrnn.training.forecaster.defaults import describe, season_of, settled
from textrnn.training.forecaster.mixing import best_share, mixed
from textrnn.training.forecaster.model import build_forecaster
from textrnn.training.forecaster.objective import ForecastingObjective
from textrnn.training.forecaster.plan import BESIDE, ForecasterPlan
from textrnn.training.forecaster.split import Split
from textrnn.training.forecaster.validated import Validated
from textrnn.training.loop.backend import seed_everything
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import Values, changed
from textrnn.training.run import Run
from textrnn.training.weights.files import pack_weights
from textrnn.training.weights.named import export_weights

_FEW = 20  # windows to learn from


def run_forecaster(
    train: Iterable[Series],
    *,
    out: str | Path,
    validation: Iterable[Series] | None = None,
    plan: ForecasterPlan | None = None,
    changes: Values | None = None,
    info: ModelInfo | None = None,
    resume: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> Manifest:
    """Train a forecaster and write its bundle.

    Args:
        train: the series to learn from, all with the same columns and step.
        out: the folder that becomes the bundle; while training, state lies in ``<out>.training``.
        validation: series to choose the best epoch by and to measure intervals on; by default the
            end of each series of ``train``.
        plan: all settings; what it leaves open follows from the series
            (:mod:`textrnn.training.forecaster.defaults`).
        changes: where there is no ``plan``, what is otherwise in the default one, by the paths of
            its settings, as ``{("series", "horizon"): 48}``.
        info: what the bundle says of itself.
        resume: go on from the state of a run that was stopped; start anew where there is none.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens before and after.
        clock: of the call; by default it begins with the run.

    Returns:
        What the bundle says of itself.

    Raises:
        ConfigurationError: a setting is wrong, or there is nothing to validate on.
        InputError: the series are too short, or unlike one another.
        TrainingError: the loss is not a number any more, or the checkpoint is damaged.
    """
    series = list(train)
    held = None if validation is None else list(validation)
    if not series or held == []:
        raise InputError(f"there are no {'validation' if series else 'training'} series")
    plan = changed(ForecasterPlan(), changes or {}) if plan is None else plan
    run = _ForecasterRun(
        out, settled(plan, series), info=info, precision="float32", say=on_message, clock=clock
    )
    with run.folder.held(resume=resume):
        run.begin((), ())
        run.data.require_same(training_series=_parts(series), validation_series=_parts(held or ()))
        run.read(series, held)
        run.fit_simple()
        run.build(on_event=on_event)
        run.fit.run()
        return run.write()


class _ForecasterRun(Run[ForecasterPlan]):
    """A forecaster's run, step by step; each step uses what the earlier ones left here."""

    task = "forecaster"
    series: Sequence[Series]  # to learn from and, by their ends, to validate
    split: Split
    network: ForecasterNetwork
    baselines: Baselines
    linear: NDArray[np.float32]  # of the ridge that all targets share, (W + 1, H)
    model: keras.Model

    def read(self, series: Sequence[Series], validation: Sequence[Series] | None) -> None:
        """Settle which steps train and which validate, and describe the network."""
        self.series = series
        self.split = Split.of(series, validation, self.plan, self.say)
        self.network = describe(self.plan, series[0], self.split.calendar)
        self.train = self._windows(self.split.train, self.network.steps)
        self.validation = self._windows(self.split.validation, self.network.steps)
        training, head = self.plan.training, self.network.head
        cut = f" in segments of {head.segment}" if head.segment else ""
        self.say(
            f"{counted(len(self.train), 'training window')}, "
            f"{counted(len(self.validation), 'validation window')}: "
            f"{counted(self.network.window, 'step')} read{cut}, {self.network.horizon} forecast; "
            f"{counted(training.epochs, 'epoch')} of batches of {training.batch_size}, "
            f"{training.optimizer} at {training.learning_rate:g} ({training.schedule})"
        )
        if len(self.train) < _FEW:
            self.say(
                f"note: {counted(len(self.train), 'window')} can teach next to nothing: give "
                "longer series, or a smaller window=… and horizon=…"
            )

    def fit_simple(self) -> None:
        """Fit the simple methods on what trains."""
        window, targets = self.network.window, len(self.network.targets)
        self.baselines, self.linear = fit_baselines(
            [one.values[:, :targets] for one in self.split.train],
            [one.values[:, :targets] for one in self.split.validation],
            window=window,
            horizon=self.network.horizon,
            season=season_of(self.series) or None,
        )
        if note := season_note(self.baselines.season, window):
            self.say(f"note: {note}")

    def _windows(self, series: Sequence[Any], steps: int) -> SeriesWindows:
        return SeriesWindows(series, window=self.network.window, steps=steps)

    def build(self, *, on_event: OnEvent | None) -> None:
        """Build the network and what trains it."""
        settings = self.plan.training
        seed_everything(settings.random_state)
        self.model = build_forecaster(self.network, l1=settings.l1, l2=settings.l2)
        if self.network.head.linear:
            kernel = self.linear[:, : self.network.steps]
            # A bias is in scaled values, which windows relative to their deviation are not.
            bias = kernel[-1] * (self.network.normalize != "mean")
            self.model.get_layer("linear").set_weights([kernel[:-1], bias])
        objective = ForecastingObjective(
            self.model, self.network, self.train, self.validation, settings, self.plan.head.loss
        )
        self.prepare(self.model, objective, on_event=on_event)

    def write(self) -> Manifest:
        """Compile the graph, fit what intervals need, and write the bundle."""
        network, first = self.network, self.series[0]
        weights: Weights = export_weights(self.model, network)
        if self.plan.head.linear == BESIDE:
            network, weights = self._mixed(weights)
        graph = compile_forecaster(network, weights)
        validated = self._validated(network, graph, self.baselines)
        if note := validated.note():
            self.say(f"note: {note}")
        return self.finish(
            network,
            serving={
                "time": first.time or None,
                "group": first.group or None,
                "step": None if first.step is None else str(first.step),
                "season": self.baselines.season,
                "scaling": to_dict(self.split.scaling),
            },
            texts=len(self.train),
            validation_texts=len(self.validation),
            measured=validated.measured(),
            scores=validated.scores(),
            files={
                "model.onnx": graph,
                "weights.npz": pack_weights(weights),
                "baselines.npz": self.baselines.to_bytes(),
                "intervals.npz": fit_intervals(
                    validated.read,
                    validated.truth,
                    validated.forecast,
                    network,
                    self.baselines.season,
                ).to_bytes(),
            },
        )

    def _mixed(self, weights: Weights) -> tuple[ForecasterNetwork, Weights]:
        """The network with the ridge regression beside it, mixed as fits the validation windows."""
        ridge = Baselines(0, self.linear[None], 0.0)
        alone = self._validated(self.network, compile_forecaster(self.network, weights), ridge)
        forecast = alone.forecast[..., alone.point]
        share = best_share(alone.truth, forecast, alone.simple[RIDGE])
        self.say(f"mixed: {share:.0%} of the network, the rest of a ridge regression")
        return mixed(self.network, weights, self.linear[:, : self.network.steps], share)

    def _validated(self, network: ForecasterNetwork, graph: bytes, simple: Baselines) -> Validated:
        """What a graph, as it is served, and simple methods forecast of the validation windows."""
        session = Session(graph, threads=1)
        return Validated.by(
            network,
            lambda windows: session.run({"windows": windows})["forecast"],
            self._windows(self.split.validation, network.horizon),
            simple,
        )


def _parts(series: Sequence[Series]) -> Iterator[tuple[Any, ...]]:
    """What tells series from others."""
    for one in series:
        times = None if one.times is None else one.times[:1].tolist()
        yield one.name, one.columns, one.targets, times, one.values.shape, one.values.tobytes()

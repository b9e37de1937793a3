"""Distillation: a smaller network learns to answer as the whole one does (Hinton et al. 2015)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.network import Network
from textrnn.training.loop.events import OnEvent
from textrnn.training.loop.fit import Fit
from textrnn.training.loop.objective import Objective
from textrnn.training.settings import TrainingSettings
from textrnn.training.weights.named import export_weights, import_weights

Weights = dict[str, NDArray[np.float32]]
HELD_OUT = 0.05  # of what is learned from: by this is seen whether it helped
_FEWEST = 2


@dataclass(frozen=True)
class Distilled:
    """What came of a distillation.

    Attributes:
        weights: of the best epoch, or those that were there before where no epoch was better.
        measure: what the scores are.
        before: the score of what was held out, before anything was learned.
        after: the same of these weights.
        helped: whether an epoch was better.
    """

    weights: Weights
    measure: str
    before: float
    after: float
    helped: bool


def held_out(count: int, random_state: int) -> NDArray[np.bool_]:
    """Which of so many examples are held out, (N,): one at least, and not all.

    Raises:
        InputError: there is one alone, or none.
    """
    if count < _FEWEST:
        raise InputError(
            f"train: {counted(count, 'text')} to distil from; {_FEWEST} are needed at least, and "
            "thousands are of use"
        )
    chosen = np.zeros(count, np.bool_)
    order = np.random.default_rng(random_state).permutation(count)
    chosen[order[: max(1, round(HELD_OUT * count))]] = True
    return chosen


def distil(
    model: keras.Model,
    network: Network,
    weights: Mapping[str, NDArray[np.float32]],
    objective: Callable[[], Objective],
    settings: TrainingSettings,
    *,
    measure: str,
    on_event: OnEvent | None,
) -> Distilled:
    """Train a network from the weights that it has, and keep what is better.

    Args:
        model: of the network.
        network: its description.
        weights: to begin with.
        objective: makes what is learned, once the model has its weights.
        settings: how to train.
        measure: what the objective's score is.
        on_event: called after each step and epoch.
    """
    import_weights(model, network, weights)
    learned = objective()
    before = learned.validate()
    fit = Fit(model, learned, settings, on_event=on_event)
    state = fit.run()
    better = _rank(learned, state.best_loss_nats, state.best_score) > _rank(learned, *before)
    found: dict[str, Any] = export_weights(model, network) if better else dict(weights)
    after = state.best_score if better else before[1]
    return Distilled(found, measure, before[1], after, better)


def _rank(objective: Objective, loss: float, score: float) -> tuple[float, float]:
    return (score if objective.higher_is_better else -score, -loss)

"""What a training run tells of its course."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingEvent:
    """What a progress display needs; one after each step, and one after each epoch.

    Few texts validate one another: then the trainings without each fold tell of their steps, too.

    Attributes:
        fold: the fold that is left out, from 1; 0 where all is learned.
        folds: how many there are; 0 where there are none, or all is learned.
        epoch: the epoch under way, from 1.
        epochs: the most epochs there will be.
        step: steps done in this epoch.
        steps: steps an epoch.
        loss_nats: mean training loss of the epoch so far.
        learning_rate: the rate of the last step.
        tokens_per_s: training speed since the run (or its resumption) began.
        elapsed_s: since the first second of the call, in which texts were read, too.
        eta_s: seconds until the last epoch would end, those of the folds that are left included;
            what writes the model comes after that.
        record: on the last event of an epoch in which all is learned the line of ``history.csv``,
            else None.
    """

    fold: int
    folds: int
    epoch: int
    epochs: int
    step: int
    steps: int
    loss_nats: float
    learning_rate: float
    tokens_per_s: float
    elapsed_s: float
    eta_s: float
    record: dict[str, float] | None = None


OnEvent = Callable[[TrainingEvent], None]

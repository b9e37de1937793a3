"""What a training run tells of its course."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


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

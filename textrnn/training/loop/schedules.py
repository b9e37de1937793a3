"""Learning-rate schedules, as factors of the highest rate."""

from __future__ import annotations

import math

_WARM_SHARE = 0.3  # of one-cycle's steps go up
_COLD_START = 0.04  # where one-cycle begins: 1/25 of its peak, Smith 2018's usual choice


def rate_factor(schedule: str, step: int, steps: int) -> float:
    """The factor for a step.

    Args:
        schedule: ``constant``, ``plateau`` (whose halvings depend on validation and are kept by
            :class:`Plateau`), ``cosine`` or ``one-cycle``.
        step: steps done, from 0.
        steps: steps in all.

    Returns:
        A factor from 0 to 1.

    Example:
        >>> [round(rate_factor("cosine", step, 4), 2) for step in range(5)]
        [1.0, 0.85, 0.5, 0.15, 0.0]
    """
    done = min(step / max(steps, 1), 1.0)
    if schedule == "cosine":
        return _half_cosine(done)
    if schedule == "one-cycle":
        if done < _WARM_SHARE:
            return 1.0 - (1.0 - _COLD_START) * _half_cosine(done / _WARM_SHARE)
        return _half_cosine((done - _WARM_SHARE) / (1.0 - _WARM_SHARE))
    return 1.0


class Plateau:
    """Halves a factor when the validation loss has stood still for ``patience`` epochs."""

    def __init__(self, patience: int, *, factor: float = 1.0, best: float = math.inf) -> None:
        self.patience = patience
        self.factor = factor
        self.best = best
        self.waited = 0

    def update(self, loss: float) -> float:
        """Note an epoch's validation loss and return the factor for the next."""
        if loss < self.best:
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        if self.waited >= self.patience:
            self.factor, self.waited = self.factor / 2, 0
        return self.factor


def _half_cosine(done: float) -> float:
    """From 1 to 0 as ``done`` goes from 0 to 1."""
    return 0.5 * (1.0 + math.cos(math.pi * done))

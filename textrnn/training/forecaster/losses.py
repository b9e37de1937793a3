"""What a forecaster's training makes small.

Shapes: B windows, S steps, K targets, Q levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import ops


def forecast_loss(errors: Any, loss: str, quantiles: Sequence[float]) -> Any:
    """The mean loss of the errors.

    Args:
        errors: truth less forecast, in scaled values, (B, S, K, Q).
        loss: ``mse``, ``mae``, ``huber`` (Huber 1964, border 1) or ``quantiles``, twice the pinball
            loss (Koenker & Bassett 1978), which of the median is the mean absolute error.
        quantiles: the levels, where there are such.
    """
    if loss == "quantiles":
        levels = ops.convert_to_tensor(quantiles, dtype="float32")
        return 2.0 * ops.mean(ops.maximum(levels * errors, (levels - 1.0) * errors))
    if loss == "mse":
        return ops.mean(ops.square(errors))
    sizes = ops.abs(errors)
    if loss == "mae":
        return ops.mean(sizes)
    return ops.mean(ops.where(sizes <= 1.0, 0.5 * ops.square(errors), sizes - 0.5))

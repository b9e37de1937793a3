"""A linear forecast beside a network's: fitted before, and left as it is.

Shapes: B windows, W steps of a window, K targets, S steps that are forecast.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.configuration import require


@keras.saving.register_keras_serializable("textrnn")
class LinearForecast(keras.layers.Layer):  # type: ignore[misc]
    """Windows (B, W, K) to (B, S, K): the last value, and what a matrix (W, S) and a bias make of
    the window less that (NLinear, Zeng et al. 2023). Training does not change them.

    Args:
        steps: S.
    """

    def __init__(self, steps: int, **options: Any) -> None:
        require(steps >= 1, f"steps must be at least 1. Received: steps={steps}")
        super().__init__(**options)
        self.steps = steps

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for windows of shape (B, W, K)."""
        self.kernel, self.bias = (
            self.add_weight(shape=shape, initializer="zeros", trainable=False, name=name)
            for name, shape in (("kernel", (input_shape[1], self.steps)), ("bias", (self.steps,)))
        )

    def call(self, windows: Any) -> Any:
        """Forecast."""
        last = windows[:, -1:]
        moved = ops.transpose(windows - last, (0, 2, 1))  # (B, K, W)
        return last + ops.transpose(ops.matmul(moved, self.kernel) + self.bias, (0, 2, 1))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """(B, S, K)."""
        return input_shape[0], self.steps, input_shape[2]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "steps": self.steps}

"""Scores of the next token, tied to the embedding or not."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.training.layers.recurrence import product


@keras.saving.register_keras_serializable("textrnn")
class NextToken(keras.layers.Layer):  # type: ignore[misc]
    """The output layer: from what was read (B, T, U) to the logits of the next token (B, T, V).

    Args:
        size: V.
        tied: whether the matrix is the embedding's, transposed, which :meth:`call` is then given.
        compute: the numbers that the factors of the product are in, ``float32`` or ``bfloat16``.
    """

    def __init__(self, size: int, *, tied: bool, compute: str = "float32", **options: Any) -> None:
        super().__init__(**options)
        self.size, self.tied, self.compute = size, tied, compute

    def build(self, inputs_shape: tuple[int | None, ...], **_: Any) -> None:
        """Create the weights for inputs (B, T, U)."""
        units = inputs_shape[-1]
        if not self.tied:
            self.kernel = self.add_weight(
                shape=(units, self.size), initializer="glorot_uniform", name="kernel"
            )
        self.bias = self.add_weight(shape=(self.size,), initializer="zeros", name="bias")

    def call(self, inputs: Any, table: Any = None) -> Any:
        """Map ``inputs`` (B, T, U) to logits (B, T, V); ``table`` (V, U) is the embedding."""
        return product(inputs, ops.transpose(self.rows(table)), self.compute) + self.bias

    def rows(self, table: Any) -> Any:
        """The matrix, a token a row, (V, U)."""
        return table if self.tied else ops.transpose(self.kernel)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        names = ("size", "tied", "compute")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

"""From the tokens of a text to one vector: attention, mean, maximum, convolutions.

Shapes: B texts in a batch, T tokens (padded), U units, A attention units. A mask is boolean,
(B, T), true where a token is; every layer here gives zeros for a text without tokens.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.configuration import require


class Pooling(keras.layers.Layer):  # type: ignore[misc]
    """A layer that joins the tokens of each text, and so uses the mask up."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """There is no time axis left to mask."""


@keras.saving.register_keras_serializable("textrnn")
class AttentionPooling(Pooling):
    """Additive attention with a learned query, as pooling over time.

    ``e_t = v . tanh(W h_t + b)``, ``a = softmax(e)`` over the real tokens, output ``sum_t a_t h_t``
    (Bahdanau et al. 2015, section A.1.2, with the learned query of Yang et al. 2016, eq. 5-7).

    Args:
        units: size A of the hidden layer.
    """

    def __init__(self, units: int, **options: Any) -> None:
        require(units >= 1, f"units must be at least 1. Received: units={units}")
        super().__init__(**options)
        self.units = units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for inputs of shape (B, T, U)."""
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.query = self.add_weight(
            shape=(self.units, 1), initializer="glorot_uniform", name="query"
        )

    def call(self, inputs: Any, mask: Any) -> tuple[Any, Any]:
        """Pool ``inputs`` (B, T, U) under ``mask`` (B, T).

        Returns:
            The pooled vectors (B, U) and the weights (B, T), which sum to 1 over the tokens.
        """
        hidden = ops.tanh(ops.matmul(inputs, self.kernel) + self.bias)  # (B, T, A)
        energy = ops.squeeze(ops.matmul(hidden, self.query), axis=-1)  # (B, T)
        present = ops.cast(mask, energy.dtype)
        energy = energy - ops.max(ops.where(mask, energy, -1e9), axis=1, keepdims=True)
        share = ops.exp(ops.minimum(energy, 0.0)) * present
        weights = share / ops.maximum(ops.sum(share, axis=1, keepdims=True), 1e-9)
        return ops.sum(inputs * weights[..., None], axis=1), weights

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """(B, U) and (B, T)."""
        return (input_shape[0], input_shape[-1]), tuple(input_shape[:2])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("textrnn")
class MeanPooling(Pooling):
    """The mean over the real tokens: (B, T, U) with mask (B, T) to (B, U)."""

    def call(self, inputs: Any, mask: Any) -> Any:
        """Average ``inputs`` over time."""
        present = ops.cast(mask, inputs.dtype)[..., None]
        return ops.sum(inputs * present, axis=1) / ops.maximum(ops.sum(present, axis=1), 1.0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """(B, U)."""
        return input_shape[0], input_shape[-1]


@keras.saving.register_keras_serializable("textrnn")
class MaxPooling(Pooling):
    """The largest value of each unit over the real tokens: (B, T, U) to (B, U)."""

    def call(self, inputs: Any, mask: Any) -> Any:
        """Take the maximum of ``inputs`` over time."""
        highest = ops.max(ops.where(mask[..., None], inputs, -1e9), axis=1)
        return ops.where(ops.any(mask, axis=1, keepdims=True), highest, 0.0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """(B, U)."""
        return input_shape[0], input_shape[-1]


@keras.saving.register_keras_serializable("textrnn")
class Convolution(Pooling):
    """A convolution over a sequence, ReLU, and the maximum over the sequence.

    Of a word's characters (Ma & Hovy 2016, section 2.1, with ReLU) or a text's tokens (Kim 2014).
    Padding counts as zeros and never as a maximum.

    Args:
        units: filters, and so numbers a sequence.
        width: members of the sequence that a filter sees.
    """

    def __init__(self, units: int, width: int, **options: Any) -> None:
        require(units >= 1, f"units must be at least 1. Received: units={units}")
        require(width >= 1, f"width must be at least 1. Received: width={width}")
        super().__init__(**options)
        self.units = units
        self.width = width

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for inputs of shape (B, T, E)."""
        shape = (self.width, input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs: Any, mask: Any) -> Any:
        """Map sequences (B, T, E) under ``mask`` (B, T) to (B, units)."""
        present = ops.cast(mask, inputs.dtype)[..., None]
        found = ops.conv(inputs * present, self.kernel, padding="same", data_format="channels_last")
        return ops.max(ops.relu(found + self.bias) * present, axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """(B, units)."""
        return input_shape[0], self.units

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "units": self.units, "width": self.width}

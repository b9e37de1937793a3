"""Keras layers of our own, written with ``keras.ops`` so that every backend runs them.

Shapes: B texts in a batch, T tokens (padded), U units, A attention units. A mask is boolean,
(B, T), true where a token is; every layer here gives zeros for a text without tokens.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.configuration import require, require_rate


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
class WordDropout(keras.layers.Layer):  # type: ignore[misc]
    """Replaces a share of the tokens by ``<unk>`` while training.

    The network learns not to lean on single words, and the row of unknown words is trained
    (Dai & Le 2015, section 4; Iyyer et al. 2015, section 3.1, drop the words altogether).

    Args:
        rate: share of tokens replaced.
        unknown: id of ``<unk>``; ids of padding (0) are left alone.
    """

    def __init__(self, rate: float, *, unknown: int, seed: int | None = None, **options: Any):
        require_rate("rate", rate)
        super().__init__(**options)
        self.rate = rate
        self.unknown = unknown
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, tokens: Any, training: bool = False) -> Any:
        """Map ``tokens`` (B, T) to (B, T)."""
        if not training or self.rate == 0.0:
            return tokens
        draw = keras.random.uniform(ops.shape(tokens), seed=self.seed_generator)
        dropped = ops.logical_and(draw < self.rate, tokens != 0)
        return ops.where(dropped, ops.cast(self.unknown, tokens.dtype), tokens)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """The shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"rate": self.rate, "unknown": self.unknown, "seed": self.seed}
        return {**super().get_config(), **own}


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


@keras.saving.register_keras_serializable("textrnn")
class AlignedBidirectional(keras.layers.Bidirectional):  # type: ignore[misc]
    """A bidirectional recurrent layer that needs no mask within its steps, where padding is on the
    right: a text is turned round within its own length for the layer that reads backward.

    What it gives for a text's tokens is what ``keras.layers.Bidirectional`` gives; what it gives
    for padding means nothing. cuDNN, to which Keras hands a layer on an accelerator, takes no mask.
    Both layers read from left to right: with ``go_backwards`` Keras 3.15 returns an LSTM's outputs
    in the order read where JAX computes them and in the order written where cuDNN does.
    It merges by ``concat`` and returns the outputs (B, T, 2 U) and the last outputs of both
    directions (B, U).
    """

    def __init__(self, layer: keras.layers.Layer, **options: Any) -> None:
        super().__init__(layer, **options)
        self.backward_layer.go_backwards = False

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = None
    ) -> Any:
        """Read ``sequences`` (B, T, D) under ``mask`` (B, T), from states of zero."""
        steps = ops.arange(ops.shape(sequences)[1], dtype="int32")[None, :]
        lengths = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)  # (B, 1)
        turned = ops.where(steps < lengths, lengths - 1 - steps, steps)[..., None]  # (B, T, 1)
        forward, *_ = self.forward_layer(sequences, training=training)
        backward, *_ = self.backward_layer(
            ops.take_along_axis(sequences, turned, axis=1), training=training
        )
        backward = ops.take_along_axis(backward, turned, axis=1)
        last = ops.take_along_axis(forward, ops.maximum(lengths - 1, 0)[..., None], axis=1)
        merged = ops.concatenate([forward, backward], axis=-1)
        some = ops.cast(lengths > 0, merged.dtype)  # a text without tokens leaves no state
        return merged, ops.squeeze(last, axis=1) * some, backward[:, 0] * some

    def compute_output_shape(
        self, sequences_shape: tuple[int | None, ...], initial_state_shape: Any = None
    ) -> Any:
        """(B, T, 2 U) and twice (B, U)."""
        batch, time, _ = sequences_shape
        units = self.forward_layer.units
        return (batch, time, 2 * units), (batch, units), (batch, units)

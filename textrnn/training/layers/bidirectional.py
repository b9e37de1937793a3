"""A recurrent layer in both directions whose outputs stay with their tokens."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


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

"""Recurrent layers from the description of an encoder."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.network import Encoder
from textrnn.training.layers.bidirectional import AlignedBidirectional
from textrnn.training.loop.backend import is_jax

_CELLS = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def encode_sequence(
    encoder: Encoder, name: str, inputs: Any, mask: Any, penalty: Any
) -> tuple[Any, Any]:
    """The encoder's outputs (B, T, U) and final states (B, U)."""
    options: dict[str, Any] = {
        "dropout": encoder.dropout,
        "recurrent_dropout": encoder.recurrent_dropout,
        "kernel_regularizer": penalty,
        "recurrent_regularizer": penalty,
        "return_sequences": True,
        "return_state": True,
    }
    if is_jax():  # cuDNN's LSTM, as JAX has it, knows no bfloat16
        options["dtype"] = "float32"
    if not encoder.bidirectional:
        outputs, final, *_ = _CELLS[encoder.cell](encoder.units, name=name, **options)(
            inputs, mask=mask
        )
        return outputs, final
    kind = keras.layers.Bidirectional
    if is_jax() and encoder.merge == "concat":
        kind = AlignedBidirectional
    layer = kind(
        _CELLS[encoder.cell](encoder.units, **options), merge_mode=encoder.merge, name=name
    )
    outputs, *states = layer(inputs, mask=mask)
    forward, backward = states[0], states[len(states) // 2]
    return outputs, _merge(encoder.merge, forward, backward)


def _merge(merge: str, forward: Any, backward: Any) -> Any:
    if merge == "concat":
        return ops.concatenate([forward, backward], axis=-1)
    if merge == "mul":
        return forward * backward
    return (forward + backward) * (0.5 if merge == "ave" else 1.0)

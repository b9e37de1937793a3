"""From a forecaster's description to a Keras model; the letters are those of
:mod:`textrnn.heads.forecaster.network`.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.training.layers.encode import encode_sequence
from textrnn.training.layers.linear_forecast import LinearForecast
from textrnn.training.layers.pooling import AttentionPooling
from textrnn.training.layers.queries import Queries

_MOST_UNROLLED = 64  # segments


def build_forecaster(
    network: ForecasterNetwork, *, l1: float = 0.0, l2: float = 0.0
) -> keras.Model:
    """The Keras model of ``network``.

    Args:
        network: the description.
        l1: L1 penalty on the kernels.
        l2: L2 penalty on the same.

    Returns:
        A model from windows (B, W, I) to forecasts (B, S, K, Q), both float32.
    """
    penalty = keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None
    windows = keras.Input((network.window, network.inputs), name="windows")
    build = _segments if network.head.architecture == "segments" else _steps
    forecast = build(network, windows, penalty)
    if network.head.linear:
        own = windows[..., : len(network.targets)]
        forecast = forecast + LinearForecast(network.steps, name="linear")(own)[..., None]
    return keras.Model(windows, forecast)


def _segments(network: ForecasterNetwork, windows: Any, penalty: Any) -> Any:
    """SegRNN: segments, one recurrent layer that reads them and decodes all that follow."""
    (encoder,), head, targets = network.encoders, network.head, len(network.targets)
    segments = keras.layers.Dense(
        encoder.units, activation="relu", kernel_regularizer=penalty, name="segments"
    )(_cut(network, windows))  # (B K, n, D)
    kind = keras.layers.GRU if encoder.cell == "gru" else keras.layers.SimpleRNN
    layer = kind(
        encoder.units,
        dropout=encoder.dropout,
        recurrent_dropout=encoder.recurrent_dropout,
        kernel_regularizer=penalty,
        recurrent_regularizer=penalty,
        unroll=network.segments_read <= _MOST_UNROLLED,
        name="encoder_0",
    )
    queries, begin = Queries(network.segments_forecast, targets, name="queries")(layer(segments))
    decoded = keras.layers.Dropout(head.dropout)(layer(queries, initial_state=begin))
    output = keras.layers.Dense(
        head.segment * network.levels,
        kernel_initializer=_first(network),
        kernel_regularizer=penalty,
        name="output",
    )
    steps = network.segments_forecast * head.segment
    forecast = ops.reshape(output(decoded), (-1, targets, steps, network.levels))
    return ops.transpose(forecast[:, :, : network.horizon], (0, 2, 1, 3))


def _cut(network: ForecasterNetwork, windows: Any) -> Any:
    """Windows (B, W, I) to the segments of each target, (B K, n, L (1 + beside))."""
    count, segment, targets = network.segments_read, network.head.segment, len(network.targets)
    cut = ops.reshape(windows, (-1, count, segment, network.inputs))
    parts = ops.transpose(cut[..., :targets], (0, 3, 1, 2))  # (B, K, n, L)
    if network.beside:
        beside = ops.reshape(cut[..., targets:], (-1, 1, count, segment * network.beside))
        parts = ops.concatenate([parts, ops.repeat(beside, targets, axis=1)], axis=-1)
    return ops.reshape(parts, (-1, count, segment * (1 + network.beside)))


def _steps(network: ForecasterNetwork, windows: Any, penalty: Any) -> Any:
    """One step after the other, then the last state, or attention over all outputs."""
    head, encoded, final = network.head, windows, None
    for number, encoder in enumerate(network.encoders):
        encoded, final = encode_sequence(encoder, f"encoder_{number}", encoded, None, penalty)
    if head.pooling == "attention":
        mask = ops.ones_like(encoded[..., 0], dtype="bool")
        final, _ = AttentionPooling(head.attention_units, name="attention")(encoded, mask=mask)
    shape = (network.steps, len(network.targets), network.levels)
    output = keras.layers.Dense(
        shape[0] * shape[1] * shape[2],
        kernel_initializer=_first(network),
        kernel_regularizer=penalty,
        name="output",
    )
    forecast = output(keras.layers.Dropout(head.dropout)(final))
    return keras.layers.Reshape(shape)(forecast)


def _first(network: ForecasterNetwork) -> str:
    """What the last layer begins with: nothing where a linear forecast begins in its place."""
    return "zeros" if network.head.linear else "glorot_uniform"

"""The names, shapes and order of a network's weights: what training and serving agree on.

Gates lie side by side in the last axis, in Keras' order: LSTM i, f, c, o; GRU z, r, h.
"""

from __future__ import annotations

from textrnn.network import Encoder, Network

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def weight_shapes(network: Network) -> dict[str, tuple[int, ...]]:
    """Each weight of ``network`` with its shape.

    ``embedding`` (V, E); for each encoder and direction ``encoder_0/forward/kernel`` (inputs,
    gates x units), ``.../recurrent`` (units, gates x units) and ``.../bias`` (gates x units), for
    GRU (2, gates x units): input bias, then recurrent bias; ``attention/kernel|bias|query``;
    ``hidden/kernel|bias``; ``output/kernel|bias``.
    """
    shapes: dict[str, tuple[int, ...]] = {
        "embedding": (network.vocabulary_size, network.embedding.units)
    }
    inputs = network.embedding.units
    for number, encoder in enumerate(network.encoders):
        shapes |= _encoder_shapes(encoder, number, inputs)
        inputs = encoder.output_units
    head = network.head
    if network.has_attention:
        shapes["attention/kernel"] = (inputs, head.attention_units)
        shapes["attention/bias"] = (head.attention_units,)
        shapes["attention/query"] = (head.attention_units, 1)
    pooled = inputs * len(head.pooling)
    if head.hidden_units:
        shapes["hidden/kernel"] = (pooled, head.hidden_units)
        shapes["hidden/bias"] = (head.hidden_units,)
        pooled = head.hidden_units
    shapes["output/kernel"] = (pooled, len(head.labels))
    shapes["output/bias"] = (len(head.labels),)
    return shapes


def _encoder_shapes(encoder: Encoder, number: int, inputs: int) -> dict[str, tuple[int, ...]]:
    width = GATES[encoder.cell] * encoder.units
    shapes: dict[str, tuple[int, ...]] = {}
    for direction in directions(encoder):
        prefix = f"encoder_{number}/{direction}"
        shapes[f"{prefix}/kernel"] = (inputs, width)
        shapes[f"{prefix}/recurrent"] = (encoder.units, width)
        shapes[f"{prefix}/bias"] = (2, width) if encoder.cell == "gru" else (width,)
    return shapes


def directions(encoder: Encoder) -> tuple[str, ...]:
    """``("forward", "backward")``, or the first alone."""
    return ("forward", "backward") if encoder.bidirectional else ("forward",)

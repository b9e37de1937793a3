"""Small translators, and their network written out in NumPy, a sentence and a token at a time.

It follows the equations of :class:`textrnn.heads.translator.network.TranslatorHead`, with nothing
batched, padded or shared with what it is compared to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from textrnn.heads.translator.network import TranslatorHead, TranslatorNetwork
from textrnn.network import Embedding, Encoder

Array = np.ndarray

NETWORKS = {
    "multiplicative, tied": TranslatorNetwork(
        12, embedding=Embedding(units=6), encoders=(Encoder("gru", 5),),
        decoders=(Encoder("gru", 7, bidirectional=False),),
    ),
    "additive, fed, two vocabularies, untied": TranslatorNetwork(
        12, 9, Embedding(units=6), (Encoder("lstm", 4), Encoder("lstm", 5)),
        (Encoder("lstm", 7, bidirectional=False),),
        TranslatorHead("additive", 5, input_feeding=True, tied=False),
    ),
    "two decoder layers, copying": TranslatorNetwork(
        12, embedding=Embedding(units=6), encoders=(Encoder("gru", 5),),
        decoders=(Encoder("lstm", 7, bidirectional=False), Encoder("gru", 4, bidirectional=False)),
        head=TranslatorHead(copying=True),
    ),
    "additive, copying, one direction": TranslatorNetwork(
        12, embedding=Embedding(units=6), encoders=(Encoder("lstm", 5, bidirectional=False),),
        decoders=(Encoder("gru", 7, bidirectional=False),),
        head=TranslatorHead("additive", 4, copying=True, input_feeding=True),
    ),
}  # fmt: skip


def sigmoid(values: Array) -> Array:
    return 1 / (1 + np.exp(-values))


def softmax(values: Array) -> Array:
    shares = np.exp(values - values.max())
    return np.asarray(shares / shares.sum())


def step(
    cell: Encoder, weights: Mapping[str, Array], name: str, given: Array, state: list[Array]
) -> list[Array]:
    """The new state, h and for LSTM c (Keras' order of the gates)."""
    kernel, recurrent, bias = (
        weights[f"{name}/{part}"] for part in ("kernel", "recurrent", "bias")
    )
    h = state[0]
    if cell.cell == "lstm":
        i, f, c, o = np.split(given @ kernel + h @ recurrent + bias, 4)
        memory = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(c)
        return [sigmoid(o) * np.tanh(memory), memory]
    x_z, x_r, x_h = np.split(given @ kernel + bias[0], 3)
    h_z, h_r, h_h = np.split(h @ recurrent + bias[1], 3)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return [z * h + (1 - z) * np.tanh(x_h + r * h_h)]


def run(
    cell: Encoder, weights: Mapping[str, Array], name: str, sequence: Sequence[Array]
) -> list[Array]:
    """The outputs of one direction."""
    state, outputs = [np.zeros(cell.units)] * (2 if cell.cell == "lstm" else 1), []
    for given in sequence:
        state = step(cell, weights, name, given, state)
        outputs.append(state[0])
    return outputs


def encode(
    network: TranslatorNetwork, weights: Mapping[str, Array], source: Sequence[int]
) -> tuple[Array, dict[str, list[Array]]]:
    """The values (S, K), and the decoder's first states."""
    table = weights["embedding" if network.is_joint else "source_embedding"]
    sequence = [table[token] for token in source]
    last: list[Array] = []
    for number, encoder in enumerate(network.encoders):
        outputs = [run(encoder, weights, f"encoder_{number}/forward", sequence)]
        if encoder.bidirectional:
            backward = run(encoder, weights, f"encoder_{number}/backward", sequence[::-1])
            outputs.append(backward[::-1])
        last = [outputs[0][-1], *(side[0] for side in outputs[1:])]
        sequence = [np.concatenate(both) for both in zip(*outputs, strict=True)]
    bridged = np.tanh(np.concatenate(last) @ weights["bridge/kernel"] + weights["bridge/bias"])
    states: dict[str, list[Array]] = {}
    begin = 0
    for name, units in network.bridged_units.items():
        states.setdefault(name.split("/")[0], []).append(bridged[begin : begin + units])
        begin += units
    return np.stack(sequence), states


def decode(
    network: TranslatorNetwork,
    weights: Mapping[str, Array],
    source: Sequence[int],
    written: Sequence[int],
) -> tuple[Array, Array]:
    """The probabilities (T, V) of each token after those written, and the attention (T, S)."""
    values, states = encode(network, weights, source)
    feed = np.zeros(network.embedding.units)
    shares, looked = [], []
    for token in written:
        given = weights["embedding"][token]
        if network.head.input_feeding:
            given = np.concatenate([given, feed])
        top, context, attention = given, None, np.zeros(0)
        for number, cell in enumerate(network.decoders):
            read = top if context is None else np.concatenate([top, context])
            name = f"state_{number}"
            states[name] = step(cell, weights, f"decoder_{number}/forward", read, states[name])
            top = states[name][0]
            if context is None:
                attention = attend(network, weights, values, top)
                context = attention @ values
        joined = np.concatenate([top, context])
        feed = np.tanh(joined @ weights["attentional/kernel"] + weights["attentional/bias"])
        matrix = weights["embedding"].T if network.head.tied else weights["output/kernel"]
        share = softmax(feed @ matrix + weights["output/bias"])
        if network.head.copying:
            reader = np.concatenate([feed, context])
            gate = sigmoid(reader @ weights["gate/kernel"] + weights["gate/bias"])[0]
            share = gate * share
            for place, known in enumerate(source):
                share[known] += (1 - gate) * attention[place]
        shares.append(share)
        looked.append(attention)
    return np.stack(shares), np.stack(looked)


def attend(
    network: TranslatorNetwork, weights: Mapping[str, Any], values: Array, top: Array
) -> Array:
    """The weights (S,) of source tokens."""
    memory = weights["attention/memory"]
    if network.head.attention == "multiplicative":
        return softmax(np.array([top @ (h @ memory) for h in values]))
    query, bias = top @ weights["attention/query"], weights["attention/bias"]
    scores = [np.tanh(h @ memory + bias + query) @ weights["attention/score"] for h in values]
    return softmax(np.array(scores)[:, 0])

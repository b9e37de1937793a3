"""Attention written out: which token a classifier or a translator weighs how much.

Shapes: S tokens of what is read, T of what is written, K numbers of an encoded token, U units of a
decoder, A attention units.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.lab.cells.cell import Array
from textrnn.lab.trained import cell_of, encode
from textrnn.text.tokenizer import Tokenizer

Ids = NDArray[np.int32]
ByName = Mapping[str, Array]


def softmax(scores: Array) -> Array:
    """Shares that sum to 1, over the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def classifier_attention(network: ClassifierNetwork, weights: ByName, ids: Ids) -> Array:
    """How much a classifier weighs each token, (S,): ``softmax(q . tanh(M h + b))`` of the encoded
    tokens ``h`` (Bahdanau et al. 2015, with a learned query as in Yang et al. 2016, eq. 5 and 6).
    """
    encoded = encode(network.encoders, weights, weights["embedding"][ids][:, None])[-1].outputs
    hidden = np.tanh(encoded[:, 0] @ weights["attention/kernel"] + weights["attention/bias"])
    return softmax((hidden @ weights["attention/query"])[:, 0])


def translator_attention(
    network: TranslatorNetwork, weights: ByName, source: Ids, target: Ids
) -> Array:
    """How much a translator looked at each token of a source when it wrote each of a target's,
    (T, S); the equations stand at :class:`textrnn.heads.translator.network.TranslatorHead`.
    """
    table = weights["embedding" if network.is_joint else "source_embedding"]
    last = encode(network.encoders, weights, table[source][:, None])[-1]
    values = last.outputs[:, 0]  # (S, K)
    keys = values @ weights["attention/memory"] + weights.get("attention/bias", 0.0)  # (S, A)
    final = np.concatenate([reading.state[0][0] for reading in last.readings.values()])
    first = np.tanh(final @ weights["bridge/kernel"] + weights["bridge/bias"])
    ends = np.cumsum(list(network.bridged_units.values()))[:-1]
    parts = dict(zip(network.bridged_units, np.split(first[None], ends, axis=1), strict=True))
    states = [
        tuple(parts[f"state_{number}/{part}"] for part in ("hc" if one.cell == "lstm" else "h"))
        for number, one in enumerate(network.decoders)
    ]
    cells = [
        cell_of(one, weights, f"decoder_{number}/forward")
        for number, one in enumerate(network.decoders)
    ]
    attentional = np.zeros((1, network.embedding.units))
    looks, context = [], np.zeros((1, network.values))
    for token in [Tokenizer.START, *target[:-1].tolist()]:
        top = weights["embedding"][token][None]
        if network.head.input_feeding:
            top = np.concatenate([top, attentional], axis=1)
        for number, cell in enumerate(cells):
            read = np.concatenate([top, context], axis=1) if number else top
            states[number], _ = cell.step(read, states[number])
            top = states[number][0]  # (1, U)
            if number == 0:
                looks.append(softmax(_scores(network, weights, top[0], keys)))
                context = looks[-1][None] @ values
        joined = np.concatenate([top, context], axis=1)
        attentional = np.tanh(joined @ weights["attentional/kernel"] + weights["attentional/bias"])
    return np.stack(looks)


def _scores(network: TranslatorNetwork, weights: ByName, query: Array, keys: Array) -> Array:
    """What the attention makes of a decoder's output (U,) and each token's key (S, A): (S,)."""
    if network.head.attention == "multiplicative":
        return keys @ query
    hidden = np.tanh(keys + query @ weights["attention/query"])
    scores: Array = (hidden @ weights["attention/score"])[:, 0]
    return scores

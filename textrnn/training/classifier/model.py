"""From a classifier's description to a Keras model.

Shapes: B texts in a batch, T tokens (padded with id 0), U units, L labels.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.layers.dropout import WordDropout
from textrnn.training.layers.encode import encode_sequence
from textrnn.training.layers.pooling import AttentionPooling, Convolution, MaxPooling, MeanPooling


def build_classifier(
    network: ClassifierNetwork, *, l1: float = 0.0, l2: float = 0.0, compute: str = "float32"
) -> keras.Model:
    """The Keras model of ``network``.

    Args:
        network: the description.
        l1: L1 penalty on the kernels (not on embeddings or biases).
        l2: L2 penalty on the same.
        compute: the numbers that it computes with, ``float32`` or ``bfloat16``. The weights and the
            output layer are in float32 (Micikevicius et al. 2018, section 3.1; Kalamkar et al. 2019
            for bfloat16).

    Returns:
        A model from token ids (B, T), int32, to logits (B, L).
    """
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if compute == "bfloat16" else policy)
    try:
        return _build(network, l1=l1, l2=l2)
    finally:
        keras.config.set_dtype_policy(policy)


def _build(network: ClassifierNetwork, *, l1: float, l2: float) -> keras.Model:
    penalty = keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None
    tokens = keras.Input((None,), dtype="int32", name="tokens")  # (B, T)
    mask = ops.not_equal(tokens, Tokenizer.PAD)  # (B, T)
    embedding = network.embedding
    kept = WordDropout(embedding.word_dropout, unknown=Tokenizer.UNK)(tokens)
    table = keras.layers.Embedding(network.vocabulary_size, embedding.units, name="embedding")
    embedded = keras.layers.SpatialDropout1D(embedding.dropout)(table(kept))  # (B, T, E)
    encoded, final = embedded, None  # (B, T, U)
    for number, encoder in enumerate(network.encoders):
        encoded, final = encode_sequence(encoder, f"encoder_{number}", encoded, mask, penalty)
    pooled = _pool(network.head, embedded, encoded, final, mask)  # (B, U')
    return keras.Model(tokens, _classify(network.head, pooled, penalty))


def _pool(head: ClassifierHead, embedded: Any, encoded: Any, final: Any, mask: Any) -> Any:
    pooled: list[Any] = []
    for kind in head.pooling:
        if kind == "attention":
            layer = AttentionPooling(head.attention_units, name="attention")
            pooled.append(layer(encoded, mask=mask)[0])
        elif kind == "mean":
            pooled.append(MeanPooling()(encoded, mask=mask))
        elif kind == "max":
            pooled.append(MaxPooling()(encoded, mask=mask))
        elif kind == "ngrams":
            for width in head.ngram_widths:
                layer = Convolution(head.ngram_units, width, name=f"ngrams_{width}")
                pooled.append(layer(embedded, mask=mask))
        else:
            pooled.append(final)
    return pooled[0] if len(pooled) == 1 else ops.concatenate(pooled, axis=-1)


def _classify(head: ClassifierHead, pooled: Any, penalty: Any) -> Any:
    pooled = keras.layers.Dropout(head.dropout)(pooled)
    if head.hidden_units:
        hidden = keras.layers.Dense(
            head.hidden_units, activation="relu", kernel_regularizer=penalty, name="hidden"
        )
        pooled = keras.layers.Dropout(head.dropout)(hidden(pooled))
    output = keras.layers.Dense(
        len(head.labels), kernel_regularizer=penalty, dtype="float32", name="output"
    )
    return output(pooled)

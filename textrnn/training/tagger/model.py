"""From a plan to a tagger's description, and from that to a Keras model.

Shapes: N distinct words in a batch, C characters of a word, B sentences, T tokens (padded), L
tags, K words of the lexicon in the fullest set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from textrnn.heads.tagger.features import FIRST, PAD, UNK, Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.network import CharacterEncoder, TaggerNetwork
from textrnn.text.words import SHAPES
from textrnn.training.layers.crf import CRF
from textrnn.training.layers.dropout import WordDropout
from textrnn.training.layers.encode import encode_sequence
from textrnn.training.layers.pooling import Convolution
from textrnn.training.tagger.plan import TaggerPlan

_FLOATS = ("shares", "gazetteer")


def describe(
    plan: TaggerPlan, features: Features, labels: Sequence[str], gazetteer: Gazetteer | None
) -> TaggerNetwork:
    """The network that a plan, the vocabularies, the labels and lists of names make."""
    settings = plan.features

    def count(table: dict[str, int]) -> int:
        return len(table) + FIRST if table else 0

    return TaggerNetwork(
        vocabulary_size=len(features.words) + FIRST,
        head=plan.head.with_labels(tuple(labels)),
        embedding=plan.embedding,
        characters=settings.characters,
        character_count=count(features.characters),
        shape_units=settings.shape_units,
        bigram_count=count(features.bigrams),
        bigram_units=settings.bigram_units,
        lexicon_count=count(features.lexicon),
        lexicon_units=settings.lexicon_units,
        gazetteer_kinds=len(gazetteer.kinds) if gazetteer else 0,
        context_dropout=settings.context_dropout,
        dropout=settings.dropout,
        encoders=plan.encoders,
    )


def build_tagger(network: TaggerNetwork, *, l1: float = 0.0, l2: float = 0.0) -> keras.Model:
    """The Keras model of ``network``.

    What depends on a word alone is computed once for each distinct word of a batch.

    Args:
        network: the description.
        l1: L1 penalty on the kernels of encoders and output.
        l2: L2 penalty on the same.

    Returns:
        A model from a dictionary to emissions (B, T, L). It takes ``words`` (N,), ``characters``
        (N, C) and ``shapes`` (N,), of which the first word is padding, and ``tokens`` (B, T), each
        token's place among the words; where the network has them, also ``bigrams`` (B, T),
        ``lexicon`` (B, T, 4, K) and its ``shares``, and ``gazetteer`` (B, T, 4 x kinds), the last
        two float32. All others are int32.
    """
    penalty = keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None
    inputs = _inputs(network)
    tokens = inputs["tokens"]
    mask = ops.not_equal(tokens, PAD)  # (B, T)
    parts = [ops.take(_words(network, inputs), tokens, axis=0)]  # (B, T, units)
    if network.bigram_count:
        count, units = network.bigram_count, network.bigram_units
        table = keras.layers.Embedding(count, units, name="bigrams_table")
        kept = WordDropout(network.context_dropout, unknown=UNK)(inputs["bigrams"])
        parts.append(table(kept))
    if network.lexicon_count:
        parts.append(_lexicon(network, inputs))
    if network.gazetteer_kinds:
        parts.append(inputs["gazetteer"])
    encoded = parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)
    encoded = keras.layers.Dropout(network.dropout)(encoded)  # (B, T, F)
    for number, encoder in enumerate(network.encoders):
        encoded, _ = encode_sequence(encoder, f"encoder_{number}", encoded, mask, penalty)
    head = network.head
    encoded = keras.layers.Dropout(head.dropout)(encoded)
    output = keras.layers.Dense(len(head.tags), kernel_regularizer=penalty, name="output")
    emissions = output(encoded)  # (B, T, L)
    if head.decoder == "crf":
        emissions = CRF(head.tags, name="crf")(emissions)
    return keras.Model(inputs, emissions)


def _inputs(network: TaggerNetwork) -> dict[str, Any]:
    shapes: dict[str, tuple[int | None, ...]] = {
        "words": (None,),
        "characters": (None, None),
        "shapes": (None,),
        "tokens": (None, None),
    }
    if network.bigram_count:
        shapes["bigrams"] = (None, None)
    if network.lexicon_count:
        shapes["lexicon"] = shapes["shares"] = (None, None, 4, None)
    if network.gazetteer_kinds:
        shapes["gazetteer"] = (None, None, 4 * network.gazetteer_kinds)
    return {
        name: keras.Input(
            batch_shape=shape, dtype="float32" if name in _FLOATS else "int32", name=name
        )
        for name, shape in shapes.items()
    }


def _words(network: TaggerNetwork, inputs: dict[str, Any]) -> Any:
    """Embedding, spelling and shape of each distinct word, (N, units)."""
    embedding = network.embedding
    kept = WordDropout(embedding.word_dropout, unknown=UNK)(inputs["words"])
    table = keras.layers.Embedding(network.vocabulary_size, embedding.units, name="embedding")
    parts = [keras.layers.Dropout(embedding.dropout)(table(kept))]
    if network.characters is not None:
        parts.append(_spell(network.characters, network.character_count, inputs["characters"]))
    if network.shape_units:
        table = keras.layers.Embedding(len(SHAPES), network.shape_units, name="shapes_table")
        parts.append(table(inputs["shapes"]))
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)


def _spell(encoder: CharacterEncoder, count: int, characters: Any) -> Any:
    """The encoded spelling of each distinct word, (N, units)."""
    table = keras.layers.Embedding(count, encoder.embedding_units, name="characters_table")
    rows = keras.layers.Dropout(encoder.dropout)(table(characters))  # (N, C, e)
    mask = ops.not_equal(characters, PAD)  # (N, C)
    if encoder.kind == "cnn":
        layer = Convolution(encoder.units, encoder.width, name="characters_encoder")
        return layer(rows, mask=mask)
    layer = keras.layers.Bidirectional(keras.layers.LSTM(encoder.units), name="characters_encoder")
    return layer(rows, mask=mask)


def _lexicon(network: TaggerNetwork, inputs: dict[str, Any]) -> Any:
    """The weighted sums of the four sets of matching words (Ma et al. 2020, eq. 7), (B, T, 4u)."""
    count, units = network.lexicon_count, network.lexicon_units
    table = keras.layers.Embedding(count, units, name="lexicon_table")
    kept = WordDropout(network.context_dropout, unknown=UNK)(inputs["lexicon"])
    rows = table(kept)  # (B, T, 4, K, u)
    sums = ops.sum(rows * inputs["shares"][..., None], axis=3)
    return keras.layers.Reshape((-1, 4 * units))(sums)

"""From a translator's description to a Keras model; the letters are those of
:mod:`textrnn.heads.translator.network`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.layers.attention import Attention
from textrnn.training.layers.both_ways import BothWays
from textrnn.training.layers.carried_rnn import CarriedRNN
from textrnn.training.layers.dropout import WordDropout
from textrnn.training.layers.next_token import NextToken

Found = dict[str, Any]  # tensors by name


class TranslationModel(keras.Model):  # type: ignore[misc]
    """An encoder, and a decoder that attends to it.

    Args:
        network: the description.
        compute: the numbers that the factors of products are in, ``float32`` or ``bfloat16``.

    Attributes:
        network: the same.
    """

    def __init__(self, network: TranslatorNetwork, *, compute: str = "float32") -> None:
        super().__init__(name="translator")
        self.network = network
        head, units = network.head, network.embedding.units
        self.embedding = _embedding(network.vocabulary_size, units, "embedding")
        self.source_embedding = None
        if not network.is_joint:
            size = network.source_vocabulary_size
            self.source_embedding = _embedding(size, units, "source_embedding")
        self.word_dropout = WordDropout(network.embedding.word_dropout, unknown=Tokenizer.UNK)
        self.embedding_dropout = _same_for_all_tokens(network.embedding.dropout)
        self.encoders = [
            BothWays(
                encoder.cell,
                encoder.units,
                bidirectional=encoder.bidirectional,
                recurrent_dropout=encoder.recurrent_dropout,
                compute=compute,
                name=f"encoder_{number}",
            )
            for number, encoder in enumerate(network.encoders)
        ]
        self.encoder_dropouts = [_same_for_all_tokens(e.dropout) for e in network.encoders]
        bridged = sum(network.bridged_units.values())
        self.bridge = keras.layers.Dense(bridged, activation="tanh", name="bridge")
        self.decoders = [
            CarriedRNN(
                decoder.cell,
                decoder.units,
                recurrent_dropout=decoder.recurrent_dropout,
                compute=compute,
                name=f"decoder_{number}",
            )
            for number, decoder in enumerate(network.decoders)
        ]
        self.decoder_dropouts = [_same_for_all_tokens(d.dropout) for d in network.decoders]
        asks = network.keys if head.attention == "additive" else 0
        self.attention = Attention(asks, compute=compute, name="attention")
        self.attentional = keras.layers.Dense(units, activation="tanh", name="attentional")
        self.gate = keras.layers.Dense(1, name="gate") if head.copying else None
        self.output_dropout = _same_for_all_tokens(head.dropout)
        self.output_layer = NextToken(
            network.vocabulary_size, tied=head.tied, compute=compute, name="output"
        )

    def build(self, *_: Any, **__: Any) -> None:
        """Create all weights: their shapes do not depend on the inputs."""
        network = self.network
        units, values = network.embedding.units, network.values
        for table in (self.embedding, self.source_embedding):
            if table is not None:
                table.build((None, None))
        inputs = units
        for layer, encoder in zip(self.encoders, network.encoders, strict=True):
            layer.build((None, None, inputs))
            inputs = encoder.output_units
        self.bridge.build((None, values))
        inputs = units * (2 if network.head.input_feeding else 1)
        for decoder in self.decoders:
            decoder.build((None, None, inputs))
            inputs = decoder.units + values
        self.attention.build((None, None, network.decoders[0].units), (None, None, values))
        self.attentional.build((None, None, inputs))
        if self.gate is not None:
            self.gate.build((None, None, units + values))
        self.output_layer.build((None, None, units))
        self.built = True

    def encode(self, source: Any, training: bool = False) -> Found:
        """Read sources (B, S), int32, padded with 0 on the right.

        Returns:
            ``values`` (B, S, K), ``keys`` (B, S, A), ``mask`` (B, S), and the decoder's first
            states as ``state_units`` names them.
        """
        mask = ops.not_equal(source, Tokenizer.PAD)
        table = self.source_embedding or self.embedding
        read = table(self.word_dropout(source, training=training))
        values, last = self.embedding_dropout(read, training=training), None
        for layer, drop in zip(self.encoders, self.encoder_dropouts, strict=True):
            values, last = layer(drop(values, training=training), mask, training=training)
        found = {"values": values, "keys": self.attention.keys(values), "mask": mask}
        states, begin = self.bridge(last), 0
        for name, units in self.network.bridged_units.items():
            found[name] = states[:, begin : begin + units]
            begin += units
        if self.network.head.input_feeding:
            units = self.network.embedding.units
            found["attentional"] = ops.zeros((ops.shape(source)[0], units))
        return found

    def decode(self, target: Any, encoded: Found, training: bool = False) -> Found:
        """Read targets (B, T), int32, from ``<s>`` on.

        Returns:
            ``hidden`` (B, T, E), ``logits`` (B, T, V), ``attention`` (B, T, S), the new states,
            and with copying ``gate`` (B, T), before the sigmoid.
        """
        read = self.embedding_dropout(self.embedding(target), training=training)
        decode = self._fed if self.network.head.input_feeding else self._decode
        found = decode(read, encoded, self._dropped(ops.shape(read)[0], training))
        hidden, contexts = found.pop("hidden"), found.pop("contexts")
        hidden = self.output_dropout(hidden, training=training)
        if self.gate is not None:
            gate = self.gate(ops.concatenate([hidden, contexts], axis=-1))
            found["gate"] = gate[..., 0]
        found["logits"] = self.output_layer(hidden, self.embedding.embeddings)
        return {**found, "hidden": hidden}

    def call(self, source: Any, target: Any, training: bool = False) -> Found:
        """What comes after each token of ``target`` (B, T), of sources (B, S): see
        :meth:`decode`.
        """
        return self.decode(target, self.encode(source, training), training)

    def _dropped(self, batch: Any, training: bool) -> list[tuple[Any, Any]]:
        """Of each decoder layer what its inputs (B, T, width) are multiplied by, (B, 1, width), and
        its recurrent matrix: the same for all tokens of a sentence (Gal & Ghahramani 2016).
        """
        pairs = zip(self.decoders, self.decoder_dropouts, strict=True)
        return [
            (
                drop(ops.ones((batch, 1, layer.kernel.shape[0])), training=training),
                layer.recurrent_matrix(training),
            )
            for layer, drop in pairs
        ]

    def _decode(self, read: Any, encoded: Found, dropped: Sequence[tuple[Any, Any]]) -> Found:
        """All steps of a layer at once, of what the bottom one reads, (B, T, E): the attentional
        vectors ``hidden`` (B, T, E), the ``contexts`` (B, T, K), ``attention`` and new states.
        """
        found: Found = {}
        keep = ops.ones_like(read[..., 0])
        for number, (layer, (mask, matrix)) in enumerate(zip(self.decoders, dropped, strict=True)):
            names = [name for name in encoded if name.startswith(f"state_{number}/")]
            states = [encoded[name] for name in names]
            read, new = layer(read * mask, keep, states, matrix)
            found |= dict(zip(names, new, strict=True))
            if number == 0:
                found["contexts"], found["attention"] = self.attention(
                    read, encoded["values"], encoded["keys"], encoded["mask"]
                )
            read = ops.concatenate([read, found["contexts"]], axis=-1)
        return {**found, "hidden": self.attentional(read)}

    def _fed(self, read: Any, encoded: Found, dropped: Sequence[tuple[Any, Any]]) -> Found:
        """The same step after step, since each reads the attentional vector of the one before."""
        import tensorflow as tf

        states = self.network.state_units

        def step(before: Found, token: Any) -> Found:
            fed = ops.concatenate([token, before["attentional"]], axis=-1)[:, None]
            found = self._decode(fed, {**encoded, **before}, dropped)
            one = {name: found[name][:, 0] for name in ("contexts", "attention")}
            hidden = found["hidden"][:, 0]
            return {name: found.get(name, hidden) for name in states} | one

        begin = {name: encoded[name] for name in states}
        begin["contexts"] = ops.zeros_like(encoded["values"][:, 0])
        begin["attention"] = ops.zeros_like(encoded["values"][..., 0])
        steps = tf.scan(step, ops.transpose(read, (1, 0, 2)), begin)
        parts = {name: ops.transpose(steps[name], (1, 0, 2)) for name in steps}
        found = {name: parts[name][:, -1] for name in states}
        more = {name: parts[name] for name in ("contexts", "attention")}
        return {**found, **more, "hidden": parts["attentional"]}


def build_translator(network: TranslatorNetwork, *, compute: str = "float32") -> TranslationModel:
    """The Keras model of ``network``, its weights created."""
    model = TranslationModel(network, compute=compute)
    model.build()
    return model


def _embedding(rows: int, units: int, name: str) -> keras.layers.Layer:
    """Rows of length 1 or so, however many units they have."""
    scale = math.sqrt(3.0 / units)
    uniform = keras.initializers.RandomUniform(-scale, scale)
    return keras.layers.Embedding(rows, units, embeddings_initializer=uniform, name=name)


def _same_for_all_tokens(rate: float) -> keras.layers.Layer:
    """Dropout with one mask for all the tokens of a sentence (Gal & Ghahramani 2016)."""
    return keras.layers.SpatialDropout1D(rate)

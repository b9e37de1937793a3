"""From a generator's description to a Keras model.

Shapes: B streams of text, T tokens, E embedding units, U units of an encoder, V tokens of the
vocabulary.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.network import Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.layers.carried_rnn import CarriedRNN
from textrnn.training.layers.dropout import RowDropout
from textrnn.training.layers.next_token import NextToken

States = dict[str, Any]


class LanguageModel(keras.Model):  # type: ignore[misc]
    """A recurrent language model: what was read so far lies in states that go in and come out.

    Args:
        network: the description.
        compute: the numbers that the factors of products are in, but for the logits';
            ``float32`` or ``bfloat16``.

    Attributes:
        network: the same.
    """

    def __init__(self, network: GeneratorNetwork, *, compute: str = "float32") -> None:
        super().__init__(name="generator")
        self.network, self.compute = network, compute
        size, embedding, head = network.vocabulary_size, network.embedding, network.head
        self.embedding = keras.layers.Embedding(
            size,
            embedding.units,
            embeddings_initializer=keras.initializers.RandomUniform(-0.1, 0.1),
            name="embedding",
        )
        self.row_dropout = RowDropout(embedding.word_dropout, rows=size, name="row_dropout")
        self.embedding_dropout = _same_for_all_tokens(embedding.dropout)
        self.input_dropouts = [_same_for_all_tokens(e.dropout) for e in network.encoders]
        self.encoders = [
            _recurrent_layer(encoder, f"encoder_{number}", compute)
            for number, encoder in enumerate(network.encoders)
        ]
        self.output_dropout = _same_for_all_tokens(head.dropout)
        self.projection = None
        if network.projects:
            self.projection = keras.layers.Dense(
                embedding.units,
                use_bias=False,
                dtype="mixed_bfloat16" if compute == "bfloat16" else compute,
                name="projection",
            )
        self.output_layer = NextToken(size, tied=head.tied, name="output")

    def build(self, *_: Any, **__: Any) -> None:
        """Create all weights: their shapes do not depend on the inputs."""
        units = self.network.embedding.units
        self.embedding.build((None, None))
        for layer in self.encoders:
            layer.build((None, None, units))
            units = layer.units
        if self.projection is not None:
            self.projection.build((None, None, units))
            units = self.network.embedding.units
        self.output_layer.build((None, None, units))
        self.built = True

    def call(self, tokens: Any, states: States, training: bool = False) -> dict[str, Any]:
        """Read a window.

        Args:
            tokens: (B, T), int32; ``<s>`` sets the states to zero before it is read.
            states: as the network's ``state_units`` names them, (B, U).
            training: whether to drop.

        Returns:
            ``logits`` (B, T, V); ``hidden`` (B, T, E), from which they are made, in the numbers
            ``compute``; the new states.
        """
        keep = ops.cast(ops.not_equal(tokens, Tokenizer.START), "float32")  # (B, T)
        outputs = self.row_dropout(self.embedding(tokens), tokens, training=training)
        outputs = self.embedding_dropout(outputs, training=training)
        found: dict[str, Any] = {}
        for number, (layer, drop) in enumerate(
            zip(self.encoders, self.input_dropouts, strict=True)
        ):
            names = [name for name in states if name.startswith(f"state_{number}/")]
            outputs, new = layer(
                drop(outputs, training=training),
                keep,
                [states[name] for name in names],
                training=training,
            )
            found |= dict(zip(names, new, strict=True))
        hidden = self.output_dropout(outputs, training=training)
        if self.projection is not None:
            hidden = self.projection(hidden)
        hidden = ops.cast(hidden, self.compute)
        logits = self.output_layer(hidden, self.embedding.embeddings)
        return {"logits": logits, "hidden": hidden, **found}


def build_generator(network: GeneratorNetwork, *, compute: str = "float32") -> LanguageModel:
    """The Keras model of ``network``, its weights created."""
    model = LanguageModel(network, compute=compute)
    model.build()
    return model


def zero_states(network: GeneratorNetwork, streams: int) -> States:
    """The states before anything was read, (B, U) each."""
    return {name: ops.zeros((streams, units)) for name, units in network.state_units.items()}


def _recurrent_layer(encoder: Encoder, name: str, compute: str) -> CarriedRNN:
    return CarriedRNN(
        encoder.cell,
        encoder.units,
        recurrent_dropout=encoder.recurrent_dropout,
        weight_dropout=encoder.weight_dropout,
        compute=compute,
        name=name,
    )


def _same_for_all_tokens(rate: float) -> keras.layers.Layer:
    """Dropout with one mask for all the tokens of a window (Gal & Ghahramani 2016)."""
    return keras.layers.SpatialDropout1D(rate)

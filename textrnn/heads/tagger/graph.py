"""From a tagger's description and its trained weights to ONNX graphs.

``words.onnx`` encodes the spelling of distinct words: ``characters`` (N, C), int32, padded with 0,
and ``lengths`` (N,), int32, to ``encoded`` (N, U). It is there for networks with a character
encoder. ``model.onnx`` encodes sentences: ``features`` (T, B, F), float32, and ``lengths`` (B,),
int32, to ``emissions`` (B, T, L). Between the two the rows of the tables are looked up in NumPy
(:mod:`textrnn.heads.tagger.word_vectors`), so that what depends on a word alone is computed once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from onnx import TensorProto

from textrnn.configuration import require
from textrnn.heads.tagger.network import CharacterEncoder, TaggerNetwork, table_shapes
from textrnn.network import Encoder
from textrnn.runtime.graph import Weights
from textrnn.runtime.pins import usual_bound
from textrnn.runtime.recurrent import RecurrentGraph, Vectors

# A set of the lexicon's words can weigh four times what a word does; above twice is rare.
_LEXICON_SHARE = 2.0
# Hardly a window of characters has at each place the one that a unit of the convolution likes best.
_WINDOW_SHARE = 2 / 3


def compile_tagger(
    network: TaggerNetwork, weights: Weights, *, precision: str = "int8"
) -> dict[str, bytes]:
    """Write the ONNX graphs of ``network``.

    Args:
        network: the description.
        weights: arrays by the names of :meth:`~textrnn.network.Network.weight_shapes`.
        precision: ``int8`` or ``float32``.

    Returns:
        The serialised models by file name.

    Raises:
        ConfigurationError: the precision is unknown, or the network has self-attention.
    """
    require(
        network.head.attention_heads == 0,
        "networks with self-attention are served, and no longer made",
    )
    graphs = {"model.onnx": _SentenceGraph(network, weights, precision).serialize()}
    if network.characters is not None:
        graphs["words.onnx"] = _WordGraph(network, weights, precision).serialize()
    return graphs


class _TaggerGraph(RecurrentGraph):
    def __init__(self, network: TaggerNetwork, weights: Weights, precision: str) -> None:
        super().__init__(weights, precision)
        self.network = network


class _SentenceGraph(_TaggerGraph):
    """Encoders, output."""

    def serialize(self) -> bytes:
        """The whole graph."""
        head = self.network.head
        sequence = self._features()
        for number, encoder in enumerate(self.network.encoders):
            sequence, _ = self.encode(encoder, f"encoder_{number}", sequence)
        batch_first = self.node("Transpose", [sequence.tensor], perm=[1, 0, 2])  # (B, T, U)
        spread = replace(sequence, tensor=batch_first).spread(self.weights["output/kernel"])
        kernel = self.constant("output/kernel", spread)
        bias = self.constant("output/bias", self.weights["output/bias"])
        scores = self.node("MatMul", [batch_first, kernel])
        self.node("Add", [scores, bias], output="emissions")
        return self.model(
            [
                ("features", TensorProto.FLOAT, ["time", "batch", self.network.feature_units]),
                ("lengths", TensorProto.INT32, ["batch"]),
            ],
            [("emissions", TensorProto.FLOAT, ["batch", "time", len(head.tags)])],
        )

    def _features(self) -> Vectors:
        """What the first encoder reads, and what it rarely exceeds."""
        bounds = [1.0] if self.network.gazetteer_kinds else []
        for name in table_shapes(self.network):
            bound = usual_bound(self.weights[name])
            bounds.append(_LEXICON_SHARE * bound if name == "lexicon" else bound)
        if self.network.characters is not None:
            bounds.append(self._spelling_bound(self.network.characters))
        return Vectors.plain("features", self.network.feature_units, max(bounds))

    def _spelling_bound(self, encoder: CharacterEncoder) -> float:
        if encoder.kind == "lstm":
            return 1.0
        kernel, bias = (self.weights[f"characters/{name}"] for name in ("kernel", "bias"))
        shares = np.einsum("ce,weu->wcu", self.weights["characters/embedding"], kernel)
        largest = shares.max(axis=1).clip(min=0.0).sum(axis=0) + bias  # for each unit
        return _WINDOW_SHARE * float(largest.max())


class _WordGraph(_TaggerGraph):
    """The character encoder."""

    def serialize(self) -> bytes:
        """The whole graph."""
        encoder = self.network.characters
        assert encoder is not None
        table = self.constant("characters", self.weights["characters/embedding"])
        rows = self.node("Gather", [table, "characters"])  # (N, C, e)
        turned = self.node("Transpose", [rows], perm=[1, 0, 2])  # (C, N, e)
        if encoder.kind == "lstm":
            bound = usual_bound(self.weights["characters/embedding"])
            spelled = Vectors.plain(turned, encoder.embedding_units, bound)
            _, final = self.encode(Encoder(units=encoder.units), "characters", spelled)
            self.node("Identity", [self.unpinned(final)], output="encoded")
        else:
            mask = self.mask("characters", axis=1)  # (C, N, 1)
            self.convolve("characters", turned, mask, output="encoded")
        return self.model(
            [
                ("characters", TensorProto.INT32, ["words", "longest"]),
                ("lengths", TensorProto.INT32, ["words"]),
            ],
            [("encoded", TensorProto.FLOAT, ["words", encoder.output_units])],
        )

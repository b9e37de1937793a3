"""From a classifier's description and its trained weights to an ONNX graph.

The graph's inputs are ``tokens`` (B, T), int32, padded with 0, and ``lengths`` (B,), int32; its
outputs are ``logits`` (B, L) and, where the network has attention, ``attention`` (B, T), both
float32. Within the graph time comes first up to the last encoder: T tokens, B texts, U units.

With ``precision="int8"`` the embedding is stored in 8 bits a number with a scale for each row;
for the recurrent layers see :mod:`textrnn.runtime.recurrent`; the convolutions of n-grams have 7
bits, with a scale for each column. Attention and dense layers, under 2% of the size, stay float32.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from onnx import TensorProto

from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.runtime.graph import Tensor, Weights
from textrnn.runtime.pins import usual_bound
from textrnn.runtime.quantize import quantize
from textrnn.runtime.recurrent import RecurrentGraph, Vectors


def compile_classifier(
    network: ClassifierNetwork, weights: Weights, *, precision: str = "int8"
) -> bytes:
    """Write the ONNX graph of ``network``.

    Args:
        network: the description.
        weights: arrays by the names that ``ClassifierNetwork.weight_shapes`` gives.
        precision: ``int8`` or ``float32``.

    Returns:
        The serialised model.

    Raises:
        ConfigurationError: the precision is unknown.
    """
    return _ClassifierGraph(network, weights, precision).serialize()


class _ClassifierGraph(RecurrentGraph):
    """Embedding, encoders, pooling, output."""

    def __init__(self, network: ClassifierNetwork, weights: Weights, precision: str) -> None:
        super().__init__(weights, precision)
        self.network = network
        self._bound = usual_bound(weights["embedding"])

    def serialize(self) -> bytes:
        """The whole graph."""
        embedded = self.embed(self.weights["embedding"])
        mask = self.mask("tokens", axis=1)
        sequence = Vectors.plain(embedded, self.network.embedding.units, self._bound)
        *before, last = enumerate(self.network.encoders)
        for number, encoder in before:
            sequence, _ = self.encode(encoder, f"encoder_{number}", sequence)
        number, encoder = last
        weighs = not set(self.network.head.pooling).isdisjoint(("attention", "max", "mean"))
        sequence, final = self.encode(encoder, f"encoder_{number}", sequence, texts_first=weighs)
        pooled = self._pool(sequence, final, mask)
        if "ngrams" in self.network.head.pooling:
            pooled["ngrams"] = self._ngrams(embedded, mask)
        parts = [part for kind in self.network.head.pooling for part in pooled[kind]]
        vector = parts[0] if len(parts) == 1 else self.node("Concat", parts, axis=1)
        if self.network.head.hidden_units:
            vector = self.node("Relu", [self.dense("hidden", vector)])
        self.node("Identity", [self.dense("output", vector)], output="logits")
        inputs: list[Tensor] = [
            ("tokens", TensorProto.INT32, ["batch", "time"]),
            ("lengths", TensorProto.INT32, ["batch"]),
        ]
        labels = len(self.network.head.labels)
        outputs: list[Tensor] = [("logits", TensorProto.FLOAT, ["batch", labels])]
        if self.network.has_attention:
            outputs.append(("attention", TensorProto.FLOAT, ["batch", "time"]))
        return self.model(inputs, outputs)

    def _ngrams(self, embedded: str, mask: str) -> list[str]:
        """The convolutions of embeddings (T, B, E), ReLU and the maximum over the real tokens:
        (B, units) for each width.

        In whole numbers the embeddings get one scale, by the bound of their table. The maximum is
        taken of whole numbers: scales are positive.
        """
        names = {width: f"ngrams_{width}" for width in self.network.head.ngram_widths}
        if not self.int8:
            return [self.convolve(name, embedded, mask) for name in names.values()]
        unit = np.array(self._bound / 127 or 1.0, np.float32)
        zero = self.constant("ngrams/zero", np.array(128, np.uint8))
        masked = self.node("Mul", [embedded, mask])
        scale = self.constant("ngrams/scale", unit)
        whole = self.node("QuantizeLinear", [masked, scale, zero])
        before, behind = (max(names) - 1) // 2, max(names) // 2
        pads = self.integers(before, 0, 0, behind, 0, 0)
        padded = self.node("Pad", [whole, pads, zero])
        present = self.node("Cast", [mask], to=TensorProto.BOOL)
        lowest = self.constant("lowest", np.array(np.iinfo(np.int32).min, np.int32))
        pooled = []
        for width, name in names.items():
            kernel = self.weights[f"{name}/kernel"]  # (width, E, units)
            flat = kernel.reshape(-1, kernel.shape[-1])
            matrix, column_scale = quantize(flat, axis=0, bits=7)
            first = before - (width - 1) // 2
            shifted = [
                self._shifted(padded, first + offset, before + behind) for offset in range(width)
            ]
            windows = shifted[0] if width == 1 else self.node("Concat", shifted, axis=2)
            summed = self.node(
                "MatMulInteger", [windows, self.constant(f"{name}/kernel", matrix), zero]
            )
            highest = self.node(
                "ReduceMax",
                [self.node("Where", [present, summed, lowest])],
                axes=[0],
                keepdims=0,
            )
            scales = self.constant(f"{name}/scale", unit * column_scale)
            product = self.node("Mul", [self.node("Cast", [highest], to=TensorProto.FLOAT), scales])
            bias = self.constant(f"{name}/bias", self.weights[f"{name}/bias"])
            pooled.append(self.node("Relu", [self.node("Add", [product, bias])]))
        return pooled

    def _shifted(self, padded: str, begin: int, more: int) -> str:
        """The rows of ``padded`` (T + more, B, E) from ``begin`` on, (T, B, E)."""
        end = begin - more or np.iinfo(np.int64).max
        return self.node(
            "Slice", [padded, self.integers(begin), self.integers(end), self.integers(0)]
        )

    def _pool(self, sequence: Vectors, final: Vectors, mask: str) -> dict[str, list[str]]:
        """What the head asks for of outputs (B, T, U) and final states (B, U), (B, U) each."""
        present = self.node("Transpose", [self.node("Squeeze", [mask, self.integers(2)])])  # (B, T)
        some = self.node("ReduceMax", [present], axes=[1], keepdims=1)  # 1.0: there are tokens
        pooled = self._weighted_means(sequence, present)
        if "max" in self.network.head.pooling:
            highest = self.node("ReduceMax", [sequence.tensor], axes=[1], keepdims=0)
            highest = self.unpinned(replace(sequence, tensor=highest))
            pooled["max"] = [self.node("Mul", [highest, some])]
        if "last" in self.network.head.pooling:
            # ONNX Runtime 1.23 leaves a state behind in RNN even where it read nothing.
            pooled["last"] = [self.node("Mul", [self.unpinned(final), some])]
        return pooled

    def _weighted_means(self, sequence: Vectors, present: str) -> dict[str, list[str]]:
        """The poolings that weigh tokens, of outputs (B, T, U): (B, U) each, all by one product.

        Args:
            sequence: (B, T, U).
            present: (B, T), 1.0 where a token is.
        """
        shares = {}
        if "mean" in self.network.head.pooling:
            count = self.node("ReduceSum", [present, self.integers(1)], keepdims=1)
            one = self.constant("one", np.array(1.0, np.float32))
            shares["mean"] = self.node("Div", [present, self.node("Max", [count, one])])
        if "attention" in self.network.head.pooling:
            shares["attention"] = self._attention(sequence, present)
        if not shares:
            return {}
        rows = [self.node("Unsqueeze", [share, self.integers(1)]) for share in shares.values()]
        weights = self.node("Concat", rows, axis=1)  # (B, kinds, T)
        means = self.node("MatMul", [weights, sequence.tensor])  # (B, kinds, U)
        means = self.unpinned(replace(sequence, tensor=means))
        found = {}
        for number, kind in enumerate(shares):
            row = self.node("Gather", [means, self.integers(number)], axis=1)
            found[kind] = [self.node("Squeeze", [row, self.integers(1)])]
        return found

    def _attention(self, sequence: Vectors, present: str) -> str:
        """The output ``attention`` (B, T): shares that sum to 1; 0 for a text without tokens."""
        weights = self.weights
        matrix = sequence.spread(weights["attention/kernel"])
        kernel = self.constant("attention/kernel", matrix)
        hidden = self.node("MatMul", [sequence.tensor, kernel])
        bias = self.constant("attention/bias", weights["attention/bias"])
        hidden = self.node("Tanh", [self.node("Add", [hidden, bias])])
        query = self.constant("attention/query", weights["attention/query"])
        energy = self.node("MatMul", [hidden, query])  # (B, T, 1)
        lowest = self.constant("lowest", np.array(-1e9, np.float32))
        real = self.node(
            "Where",
            [
                self.node("Cast", [present], to=TensorProto.BOOL),
                self.node("Squeeze", [energy, self.integers(2)]),
                lowest,
            ],
        )
        share = self.node("Softmax", [real], axis=1)
        return self.node("Mul", [share, present], output="attention")

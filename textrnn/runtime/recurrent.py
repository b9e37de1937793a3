"""The recurrent layers of ONNX graphs.

They become ONNX's own ``RNN``, ``LSTM`` and ``GRU`` operators, which read sequence lengths and turn
each text round at its own end; a generic converter would write loops. Up to the last encoder time
comes first: T tokens, B texts, U units, D directions.

With ``precision="int8"`` LSTM weights take 7 bits with a scale for each column and run in whole
numbers (the operator ``DynamicQuantizeLSTM`` of ONNX Runtime), with pins
(:mod:`textrnn.runtime.pins`), so that no text's answer depends on the texts that share its batch.
ONNX Runtime has no such operator for GRU and RNN: their weights are stored in 8 bits and unpacked
to float32 when the graph is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from textrnn.network import Encoder, directions
from textrnn.runtime.graph import Array, Graph, Weights
from textrnn.runtime.pins import pin_bias, pin_columns, pin_memory, pin_rows, pinned_units
from textrnn.runtime.quantize import quantize


@dataclass(frozen=True)
class Vectors:
    """A tensor whose last axis may hold pins beside the numbers that weights read.

    Attributes:
        tensor: its name.
        places: where on the last axis the numbers are that weights read.
        width: of the last axis.
        bound: no number, or hardly one, is larger, with or without its sign.
        pinned: whether ``bound`` and its negative are among the numbers of each token.
    """

    tensor: str
    places: NDArray[np.int64]
    width: int
    bound: float
    pinned: bool = False

    @classmethod
    def plain(cls, tensor: str, units: int, bound: float) -> Vectors:
        """Without pins."""
        return cls(tensor, np.arange(units), units, bound)

    def spread(self, matrix: Array) -> Array:
        """The rows of ``matrix`` (units, columns) at their places among zeros, (width, columns)."""
        wide = np.zeros((self.width, matrix.shape[1]), np.float32)
        wide[self.places] = matrix
        return wide


class RecurrentGraph(Graph):
    """Adds recurrent layers to a graph."""

    def __init__(self, weights: Weights, precision: str) -> None:
        super().__init__(weights, precision)
        self._matrices: dict[str, list[str]] = {}  # of layers, which may be run twice

    def embed(self, table: Array) -> str:
        """The rows (T, B, E) of the input ``tokens`` (B, T) in a table (V, E)."""
        tokens = self.node("Transpose", ["tokens"], perm=[1, 0])
        if not self.int8:
            return self.node("Gather", [self.constant("embedding", table), tokens])
        whole, scale = quantize(table, axis=1)
        rows = self.node("Gather", [self.constant("embedding", whole), tokens])
        scales = self.node("Gather", [self.constant("embedding/scale", scale), tokens])
        return self.node("Mul", [self.node("Cast", [rows], to=TensorProto.FLOAT), scales])

    def encode(
        self,
        encoder: Encoder,
        name: str,
        sequence: Vectors,
        *,
        texts_first: bool = False,
        lengths: str = "lengths",
        begin: str = "",
    ) -> tuple[Vectors, Vectors]:
        """(T, B, inputs) to the outputs (T, B, U) and the final states (B, U).

        With ``texts_first`` the outputs are (B, T, U), and behind its end a text has its last
        output again, so that a maximum over time needs no mask.

        Args:
            encoder: the description.
            name: of its weights.
            sequence: what it reads.
            texts_first: the order of the outputs' axes.
            lengths: the tensor of the lengths, (B,), int32.
            begin: the states before anything is read, (D, B, U), of float32 layers without memory
                cells; zeros where none are named.
        """
        whole = encoder.cell == "lstm" and self.int8
        place = f"{begin}/{name}" if begin else name  # a layer may be run twice
        outputs, final = f"{place}/outputs", f"{place}/final"
        if whole:
            operator, inputs = self._integer_lstm(encoder, name, self._pinned(sequence))
        else:
            operator, inputs = self._float_layer(encoder, name, sequence)
            inputs += [lengths, begin][: 2 if begin else 1]
        width = pinned_units(encoder.units) if whole else encoder.units
        layer = helper.make_node(
            operator,
            inputs,
            [outputs, final],
            domain="com.microsoft" if whole else "",
            hidden_size=width,
            direction="bidirectional" if encoder.bidirectional else "forward",
        )
        if encoder.cell == "gru":
            layer.attribute.append(helper.make_attribute("linear_before_reset", 1))
        self.nodes.append(layer)
        final = self._join(encoder, final, axis=0)
        if texts_first:
            outputs = self._texts_first(encoder, outputs, width)
        else:
            outputs = self._join(encoder, outputs, axis=1)
        return _encoded(encoder, outputs, width), _encoded(encoder, final, width)

    def unpinned(self, vectors: Vectors) -> str:
        """The numbers that weights read, without the pins."""
        if len(vectors.places) == vectors.width:
            return vectors.tensor
        return self.node("Gather", [vectors.tensor, self.integers(*vectors.places)], axis=-1)

    def _pinned(self, sequence: Vectors) -> Vectors:
        """(T, B, inputs) with two numbers more for each token, at the bounds, and none beyond."""
        if sequence.pinned:
            return sequence
        ends = np.array([[[sequence.bound, -sequence.bound]]], np.float32)
        sizes = self.node("Shape", [sequence.tensor], end=2)
        shape = self.node("Concat", [sizes, self.integers(1)], axis=0)
        pins = self.node("Expand", [self.constant("pins", ends), shape])
        wide = self.node("Concat", [sequence.tensor, pins], axis=2)
        limits = [self.constant("bound", end) for end in (ends[0, 0, 1], ends[0, 0, 0])]
        cut = self.node("Clip", [wide, *limits])
        return replace(sequence, tensor=cut, width=sequence.width + 2, pinned=True)

    def _integer_lstm(
        self, encoder: Encoder, name: str, sequence: Vectors
    ) -> tuple[str, list[str]]:
        """``DynamicQuantizeLSTM`` and its inputs."""
        kernel, recurrent, bias = self._weights_of(encoder, name, sequence)
        units, matrices, scales = encoder.units, [], []
        for kind, matrix in (("kernel", kernel), ("recurrent", pin_rows(recurrent, units))):
            whole, scale = quantize(pin_columns(matrix, units), axis=1, bits=7)
            scale = np.squeeze(scale, axis=1)  # (D, gates x units)
            matrices.append(self.constant(kind, whole))
            scales.append(self.constant(f"{kind}/scale", scale))
            scales.append(self.constant(f"{kind}/zero", np.zeros(scale.shape, np.int8)))
        one = self.integers(1)
        shape = self.node("Concat", [one, self.node("Shape", ["lengths"]), one], axis=0)
        memory = self.constant("memory", pin_memory(len(bias), units))
        memory = self.node("Expand", [memory, shape])  # (D, B, U)
        tail = [self.constant("bias", pin_bias(bias, units)), "lengths"]
        absent = ""  # initial outputs, peepholes
        inputs = [sequence.tensor, *matrices, *tail, absent, memory, absent, *scales]
        return "DynamicQuantizeLSTM", inputs

    def _float_layer(self, encoder: Encoder, name: str, sequence: Vectors) -> tuple[str, list[str]]:
        """ONNX's operator and its inputs, up to the bias."""
        if name not in self._matrices:
            kernel, recurrent, bias = self._weights_of(encoder, name, sequence)
            # ONNX wants (D, gates x units, inputs); one scale for each gate's unit, as above.
            turned = [np.swapaxes(matrix, 1, 2) for matrix in (kernel, recurrent)]
            matrices = [self.stored("recurrence", matrix, axis=2) for matrix in turned]
            self._matrices[name] = [*matrices, self.constant("bias", bias)]
        operator = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}[encoder.cell]
        return operator, [sequence.tensor, *self._matrices[name]]

    def _weights_of(
        self, encoder: Encoder, name: str, sequence: Vectors
    ) -> tuple[Array, Array, Array]:
        """Kernels (D, inputs, gates x units), (D, units, gates x units) and biases, for ONNX."""
        names = [f"{name}/{direction}" for direction in directions(encoder)]
        kernel = _stack([sequence.spread(self.weights[f"{n}/kernel"]) for n in names], encoder)
        recurrent = _stack([self.weights[f"{n}/recurrent"] for n in names], encoder)
        bias = np.stack([_onnx_bias(self.weights[f"{n}/bias"], encoder) for n in names])
        return kernel, recurrent, bias

    def _texts_first(self, encoder: Encoder, outputs: str, width: int) -> str:
        """Outputs (T, D, B, width) to (B, T, D x width), or (B, T, width) where the directions are
        merged.

        One look at each row moves it to its place, and puts a text's last row into
        those behind its end.
        """
        sides = 2 if encoder.bidirectional and encoder.merge == "concat" else 1
        if encoder.bidirectional and sides == 1:
            outputs = self._join(encoder, outputs, axis=1)  # (T, B, U)
        zero, one = self.integers(0), self.integers(1)
        last = self.node("Sub", [self.node("Cast", ["lengths"], to=TensorProto.INT64), one])
        last = self.node("Unsqueeze", [self.node("Max", [last, zero]), one])  # (B, 1)
        times = self.node("Min", [self.numbers(outputs, axis=0), last])  # (B, T)
        # Row (time x D + side) x B + text, (B, T, D).
        rows = self.node("Mul", [times, self.integers(sides)])
        side = self.constant("side", np.arange(sides, dtype=np.int64))
        rows = self.node("Add", [self.node("Unsqueeze", [rows, self.integers(2)]), side])
        rows = self.node("Mul", [rows, self.node("Shape", ["lengths"])])
        texts = self.node("Unsqueeze", [self.numbers("lengths", axis=0), self.integers(1, 2)])
        rows = self.node("Add", [rows, texts])
        flat = self.node("Reshape", [outputs, self.integers(-1, width)])
        return self.node(
            "Reshape",
            [self.node("Gather", [flat, rows]), self.integers(0, 0, sides * width)],
        )

    def _join(self, encoder: Encoder, tensor: str, *, axis: int) -> str:
        """Join the directions, which lie on ``axis``: outputs (T, D, B, U), states (D, B, U)."""
        if not encoder.bidirectional:
            return self.node("Squeeze", [tensor, self.integers(axis)])
        if encoder.merge == "concat":
            perm = [0, 2, 1, 3] if axis else [1, 0, 2]
            shape = self.integers(*([0, 0, -1] if axis else [0, -1]))
            return self.node("Reshape", [self.node("Transpose", [tensor], perm=perm), shape])
        if encoder.merge == "sum":
            return self.node("ReduceSum", [tensor, self.integers(axis)], keepdims=0)
        operator = {"mul": "ReduceProd", "ave": "ReduceMean"}[encoder.merge]
        return self.node(operator, [tensor], axes=[axis], keepdims=0)


def _encoded(encoder: Encoder, tensor: str, width: int) -> Vectors:
    """The outputs or the final states of a layer whose directions have ``width`` units each."""
    sides = 2 if encoder.bidirectional and encoder.merge == "concat" else 1
    places = np.concatenate([side * width + np.arange(encoder.units) for side in range(sides)])
    bound = 2.0 if encoder.bidirectional and encoder.merge == "sum" else 1.0
    return Vectors(tensor, places, sides * width, bound, pinned=width > encoder.units)


def _stack(matrices: Sequence[Array], encoder: Encoder) -> Array:
    """Matrices (inputs, gates x units), one a direction, to (D, inputs, gates x units) in ONNX's
    order of the gates.
    """
    return np.stack([_onnx_gates(matrix, encoder) for matrix in matrices])


def _onnx_gates(matrix: Array, encoder: Encoder) -> Array:
    """Reorder the last axis: for LSTM Keras has i, f, c, o and ONNX i, o, f, c."""
    if encoder.cell != "lstm":
        return matrix
    entry, forget, candidate, output = np.split(matrix, 4, axis=-1)
    return np.concatenate([entry, output, forget, candidate], axis=-1)


def _onnx_bias(bias: Array, encoder: Encoder) -> Array:
    """The input bias and the recurrent bias, end to end; only GRU has a recurrent one."""
    if encoder.cell == "gru":
        return bias.reshape(-1)
    ordered = _onnx_gates(bias, encoder)
    return np.concatenate([ordered, np.zeros_like(ordered)])

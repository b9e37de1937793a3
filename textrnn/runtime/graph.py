"""The parts that ONNX graphs of every head are made of.

The recurrent layers become ONNX's own ``RNN``, ``LSTM`` and ``GRU`` operators, which read
sequence lengths and turn each text round at its own end; a generic converter would write loops.
Up to the last encoder time comes first: T tokens, B texts, U units, D directions.

With ``precision="int8"`` LSTM weights take 7 bits with a scale for each column and run in whole
numbers (the operator ``DynamicQuantizeLSTM`` of ONNX Runtime). ONNX Runtime has no such operator
for GRU and RNN: their weights are stored in 8 bits and unpacked to float32 when the graph is
loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from textrnn.configuration import require_choice
from textrnn.network import Encoder
from textrnn.runtime.quantize import check_finite, quantize
from textrnn.runtime.weights import directions

PRECISIONS = ("int8", "float32")
OPSET = 17
IR_VERSION = 8

Array = NDArray[np.float32]
Weights = Mapping[str, Array]
Tensor = tuple[str, int, list[str | int]]


class Graph:
    """Collects nodes and initialisers; most methods return the name of a tensor.

    Args:
        weights: arrays by the names of :mod:`textrnn.runtime.weights`.
        precision: ``int8`` or ``float32``.

    Raises:
        ConfigurationError: the precision is unknown.
        TrainingError: a weight is not finite.
    """

    def __init__(self, weights: Weights, precision: str) -> None:
        require_choice("precision", precision, PRECISIONS)
        check_finite(weights)
        self.weights = weights
        self.int8 = precision == "int8"
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def node(
        self, operator: str, inputs: Sequence[str], *, output: str = "", **attributes: object
    ) -> str:
        """Add a node of one output."""
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Add an initialiser."""
        name = f"{name}_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, *values: int) -> str:
        """Add an int64 vector, as shapes and axes are."""
        return self.constant("integers", np.array(values, np.int64))

    def stored(self, name: str, value: Array, *, axis: int) -> str:
        """Add a float32 matrix that takes one byte a number on disk where int8 is asked for."""
        if not self.int8:
            return self.constant(name, value)
        whole, scale = quantize(value, axis=axis)
        unpacked = self.node("Cast", [self.constant(name, whole)], to=TensorProto.FLOAT)
        return self.node("Mul", [unpacked, self.constant(f"{name}/scale", scale)])

    def mask(self, padded: str, *, axis: int) -> str:
        """(T, B, 1), 1.0 where a token is; T is the length of ``padded`` along ``axis``."""
        column = self.node("Unsqueeze", [self.numbers(padded, axis=axis), self.integers(1)])
        lengths = self.node("Cast", ["lengths"], to=TensorProto.INT64)
        present = self.node("Less", [column, lengths])  # (T, B)
        mask = self.node("Cast", [present], to=TensorProto.FLOAT)
        return self.node("Unsqueeze", [mask, self.integers(2)])

    def numbers(self, tensor: str, *, axis: int) -> str:
        """0, 1, … up to the length of ``tensor`` along ``axis``, int64."""
        length = self.node("Gather", [self.node("Shape", [tensor]), self.integers(axis)])
        scalar = self.node("Squeeze", [length, self.integers(0)])
        zero, one = (self.constant("number", np.array(n, np.int64)) for n in (0, 1))
        return self.node("Range", [zero, scalar, one])

    def encode(
        self, encoder: Encoder, name: str, sequence: str, *, texts_first: bool = False
    ) -> tuple[str, str]:
        """(T, B, inputs) to the outputs (T, B, U) and the final states (B, U).

        With ``texts_first`` the outputs are (B, T, U), and behind its end a text has its last
        output again, so that a maximum over time needs no mask.
        """
        names = [f"{name}/{direction}" for direction in directions(encoder)]
        kernel = _stack([self.weights[f"{n}/kernel"] for n in names], encoder)
        recurrent = _stack([self.weights[f"{n}/recurrent"] for n in names], encoder)
        bias = np.stack([_onnx_bias(self.weights[f"{n}/bias"], encoder) for n in names])
        outputs, final = f"{name}/outputs", f"{name}/final"
        attributes: dict[str, object] = {
            "hidden_size": encoder.units,
            "direction": "bidirectional" if encoder.bidirectional else "forward",
        }
        tail = [self.constant("bias", bias), "lengths"]
        if encoder.cell == "lstm" and self.int8:
            inputs, attributes["domain"] = self._integer_lstm(kernel, recurrent, tail)
            operator = "DynamicQuantizeLSTM"
        else:
            # ONNX wants (D, gates x units, inputs); one scale for each gate's unit, as above.
            matrices = [np.swapaxes(kernel, 1, 2), np.swapaxes(recurrent, 1, 2)]
            inputs = [self.stored("recurrence", matrix, axis=2) for matrix in matrices] + tail
            operator = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}[encoder.cell]
        if encoder.cell == "gru":
            attributes["linear_before_reset"] = 1
        self.nodes.append(
            helper.make_node(operator, [sequence, *inputs], [outputs, final], **attributes)
        )
        final = self._join(encoder, final, axis=0)
        if texts_first:
            return self._texts_first(encoder, outputs), final
        return self._join(encoder, outputs, axis=1), final

    def _texts_first(self, encoder: Encoder, outputs: str) -> str:
        """Outputs (T, D, B, U) to (B, T, D x U), or (B, T, U) where the directions are merged.

        One look at each row of U numbers moves it to its place, and puts a text's last row into
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
        flat = self.node("Reshape", [outputs, self.integers(-1, encoder.units)])
        return self.node(
            "Reshape",
            [self.node("Gather", [flat, rows]), self.integers(0, 0, sides * encoder.units)],
        )

    def _integer_lstm(
        self, kernel: Array, recurrent: Array, tail: list[str]
    ) -> tuple[list[str], str]:
        """Inputs after the sequence, and the domain, of ``DynamicQuantizeLSTM``."""
        matrices, scales = [], []
        for name, matrix in (("kernel", kernel), ("recurrent", recurrent)):
            whole, scale = quantize(matrix, axis=1, bits=7)
            scale = np.squeeze(scale, axis=1)  # (D, gates x units)
            matrices.append(self.constant(name, whole))
            scales.append(self.constant(f"{name}/scale", scale))
            scales.append(self.constant(f"{name}/zero", np.zeros(scale.shape, np.int8)))
        absent = ["", "", ""]  # initial h, initial c, peepholes
        return matrices + tail + absent + scales, "com.microsoft"

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

    def dense(self, name: str, vector: str) -> str:
        """``vector`` (B, U) through the matrix and bias of that name."""
        kernel = self.constant(f"{name}/kernel", self.weights[f"{name}/kernel"])
        bias = self.constant(f"{name}/bias", self.weights[f"{name}/bias"])
        return self.node("Gemm", [vector, kernel, bias])

    def convolve(self, name: str, sequence: str, mask: str, *, output: str = "") -> str:
        """A convolution, ReLU and the maximum over the real members: (T, B, E) to (B, U).

        Args:
            name: of the kernel (width, E, U) and the bias.
            sequence: (T, B, E).
            mask: (T, B, 1), 1.0 where a member is.
            output: the tensor's name.
        """
        kernel = self.weights[f"{name}/kernel"]
        width = len(kernel)
        present = self.node("Transpose", [mask], perm=[1, 2, 0])  # (B, 1, T)
        channels = self.node("Transpose", [sequence], perm=[1, 2, 0])  # (B, E, T)
        convolved = self.node(
            "Conv",
            [
                self.node("Mul", [channels, present]),
                self.constant(f"{name}/kernel", np.transpose(kernel, (2, 1, 0))),
                self.constant(f"{name}/bias", self.weights[f"{name}/bias"]),
            ],
            pads=[(width - 1) // 2, width // 2],
        )
        positive = self.node("Mul", [self.node("Relu", [convolved]), present])
        return self.node("ReduceMax", [positive], output=output, axes=[2], keepdims=0)

    def model(self, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> bytes:
        """The serialised model.

        Args:
            inputs: name, element type and shape of each input; so for the outputs.
        """
        graph = helper.make_graph(
            self.nodes,
            "textrnn",
            [helper.make_tensor_value_info(*tensor) for tensor in inputs],
            [helper.make_tensor_value_info(*tensor) for tensor in outputs],
            self.initializers,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        made = helper.make_model(
            graph, producer_name="textrnn", opset_imports=opsets, ir_version=IR_VERSION
        )
        return bytes(made.SerializeToString())


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

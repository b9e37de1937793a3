"""From a network's description and its trained weights to an ONNX graph.

The recurrent layers become ONNX's own ``RNN``, ``LSTM`` and ``GRU`` operators, which read
sequence lengths and turn each text round at its own end; a generic converter would write loops.

The graph's inputs are ``tokens`` (B, T), int32, padded with 0, and ``lengths`` (B,), int32; its
outputs are ``logits`` (B, L) and, where the network has attention, ``attention`` (B, T), both
float32. Within the graph time comes first: T tokens, B texts, U units, D directions.

With ``precision="int8"`` the embedding is stored in 8 bits a number with a scale for each row.
LSTM weights take 7 bits with a scale for each column and run in whole numbers (the operator
``DynamicQuantizeLSTM`` of ONNX Runtime). ONNX Runtime has no such operator for GRU and RNN:
their weights are stored in 8 bits and unpacked to float32 when the graph is loaded. Attention
and dense layers, under 2% of the size, stay float32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from textrnn.configuration import require_choice
from textrnn.network import Encoder, Network
from textrnn.runtime.quantize import quantize
from textrnn.runtime.weights import directions

PRECISIONS = ("int8", "float32")
OPSET = 17
IR_VERSION = 8

Array = NDArray[np.float32]
Weights = Mapping[str, Array]


def compile_network(network: Network, weights: Weights, *, precision: str = "int8") -> bytes:
    """Write the ONNX graph of ``network``.

    Args:
        network: the description.
        weights: arrays by the names of :func:`textrnn.runtime.weights.weight_shapes`.
        precision: ``int8`` or ``float32``.

    Returns:
        The serialised model.

    Raises:
        ConfigurationError: the precision is unknown.
    """
    require_choice("precision", precision, PRECISIONS)
    return _Graph(network, weights, precision).serialize()


class _Graph:
    """Collects nodes and initialisers; every method returns the name of a tensor."""

    def __init__(self, network: Network, weights: Weights, precision: str) -> None:
        self.network = network
        self.weights = weights
        self.int8 = precision == "int8"
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def serialize(self) -> bytes:
        """The whole graph: embedding, encoders, pooling, output."""
        sequence, mask = self._embed(), self._mask()
        final = ""
        for number, encoder in enumerate(self.network.encoders):
            sequence, final = self._encode(encoder, number, sequence)
        pooled = [self._pool(kind, sequence, final, mask) for kind in self.network.head.pooling]
        vector = pooled[0] if len(pooled) == 1 else self.node("Concat", pooled, axis=1)
        if self.network.head.hidden_units:
            vector = self.node("Relu", [self._dense("hidden", vector)])
        self.node("Identity", [self._dense("output", vector)], output="logits")
        return bytes(self._model().SerializeToString())

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

    def _embed(self) -> str:
        """(B, T) token ids to (T, B, E) vectors."""
        tokens = self.node("Transpose", ["tokens"], perm=[1, 0])
        table = self.weights["embedding"]
        if not self.int8:
            return self.node("Gather", [self.constant("embedding", table), tokens])
        whole, scale = quantize(table, axis=1)
        rows = self.node("Gather", [self.constant("embedding", whole), tokens])
        scales = self.node("Gather", [self.constant("embedding/scale", scale), tokens])
        return self.node("Mul", [self.node("Cast", [rows], to=TensorProto.FLOAT), scales])

    def _mask(self) -> str:
        """(T, B, 1), 1.0 where a token is."""
        time = self.node("Gather", [self.node("Shape", ["tokens"]), self.integers(1)])
        scalar = self.node("Squeeze", [time, self.integers(0)])
        zero = self.constant("zero", np.array(0, np.int64))
        one = self.constant("one", np.array(1, np.int64))
        positions = self.node("Range", [zero, scalar, one])
        column = self.node("Unsqueeze", [positions, self.integers(1)])
        lengths = self.node("Cast", ["lengths"], to=TensorProto.INT64)
        present = self.node("Less", [column, lengths])  # (T, B)
        mask = self.node("Cast", [present], to=TensorProto.FLOAT)
        return self.node("Unsqueeze", [mask, self.integers(2)])

    def _encode(self, encoder: Encoder, number: int, sequence: str) -> tuple[str, str]:
        """(T, B, inputs) to the outputs (T, B, U) and the final states (B, U)."""
        names = [f"encoder_{number}/{direction}" for direction in directions(encoder)]
        kernel = _stack([self.weights[f"{n}/kernel"] for n in names], encoder)
        recurrent = _stack([self.weights[f"{n}/recurrent"] for n in names], encoder)
        bias = np.stack([_onnx_bias(self.weights[f"{n}/bias"], encoder) for n in names])
        outputs, final = f"outputs_{number}", f"final_{number}"
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
        return self._join(encoder, outputs, axis=1), self._join(encoder, final, axis=0)

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

    def _pool(self, kind: str, sequence: str, final: str, mask: str) -> str:
        """(T, B, U) to (B, U)."""
        if kind == "last":
            # ONNX Runtime 1.23 leaves a state behind in RNN even where it read nothing.
            return self.node("Mul", [final, self._some(mask)])
        if kind == "max":
            return self._max(sequence, mask)
        share = mask if kind == "mean" else self._attention(sequence, mask)
        total = self.node("ReduceSum", [share, self.integers(0)], keepdims=0)
        weighted = self.node("Mul", [sequence, share])
        summed = self.node("ReduceSum", [weighted, self.integers(0)], keepdims=0)
        least = self.constant("least", np.array(1.0 if kind == "mean" else 1e-9, np.float32))
        return self.node("Div", [summed, self.node("Max", [total, least])])

    def _max(self, sequence: str, mask: str) -> str:
        """The maximum over the real tokens; 0 for a text without tokens."""
        lowest = self.constant("lowest", np.array(-1e9, np.float32))
        present = self.node("Cast", [mask], to=TensorProto.BOOL)
        highest = self.node(
            "ReduceMax", [self.node("Where", [present, sequence, lowest])], axes=[0], keepdims=0
        )
        return self.node("Mul", [highest, self._some(mask)])

    def _some(self, mask: str) -> str:
        """(B, 1), 1.0 where a text has tokens."""
        return self.node("ReduceMax", [mask], axes=[0], keepdims=0)

    def _attention(self, sequence: str, mask: str) -> str:
        """Unnormalised attention (T, B, 1); writes the normalised one as an output (B, T)."""
        weights = self.weights
        kernel = self.constant("attention/kernel", weights["attention/kernel"])
        hidden = self.node("MatMul", [sequence, kernel])
        bias = self.constant("attention/bias", weights["attention/bias"])
        hidden = self.node("Tanh", [self.node("Add", [hidden, bias])])
        query = self.constant("attention/query", weights["attention/query"])
        energy = self.node("MatMul", [hidden, query])  # (T, B, 1)
        lowest = self.constant("lowest", np.array(-1e9, np.float32))
        present = self.node("Cast", [mask], to=TensorProto.BOOL)
        real = self.node("Where", [present, energy, lowest])
        highest = self.node("ReduceMax", [real], axes=[0], keepdims=1)
        share = self.node("Mul", [self.node("Exp", [self.node("Sub", [real, highest])]), mask])
        total = self.node("ReduceSum", [share, self.integers(0)], keepdims=1)
        least = self.constant("least", np.array(1e-9, np.float32))
        normal = self.node("Div", [share, self.node("Max", [total, least])])
        flat = self.node("Squeeze", [normal, self.integers(2)])
        self.node("Transpose", [flat], output="attention", perm=[1, 0])
        return share

    def _dense(self, name: str, vector: str) -> str:
        kernel = self.constant(f"{name}/kernel", self.weights[f"{name}/kernel"])
        bias = self.constant(f"{name}/bias", self.weights[f"{name}/bias"])
        return self.node("Gemm", [vector, kernel, bias])

    def _model(self) -> onnx.ModelProto:
        inputs = [
            helper.make_tensor_value_info("tokens", TensorProto.INT32, ["batch", "time"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
        ]
        labels = len(self.network.head.labels)
        outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", labels])]
        if self.network.has_attention:
            outputs.append(
                helper.make_tensor_value_info("attention", TensorProto.FLOAT, ["batch", "time"])
            )
        graph = helper.make_graph(self.nodes, "textrnn", inputs, outputs, self.initializers)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(
            graph, producer_name="textrnn", opset_imports=opsets, ir_version=IR_VERSION
        )


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

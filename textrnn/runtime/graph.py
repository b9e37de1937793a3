"""The parts that ONNX graphs of every head are made of.

For the recurrent layers see :mod:`textrnn.runtime.recurrent`. B texts, E inputs, T tokens, U units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from textrnn.bundle.serving_settings import PRECISIONS
from textrnn.configuration import require_choice
from textrnn.runtime.quantize import check_finite, quantize

OPSET = 17
IR_VERSION = 8

Array = NDArray[np.float32]
Weights = Mapping[str, Array]
Tensor = tuple[str, int, list[str | int]]


class Graph:
    """Collects nodes and initialisers; most methods return the name of a tensor.

    Args:
        weights: arrays by the names that the head gives its weights.
        precision: ``int8`` or ``float32``.

    Raises:
        ConfigurationError: the precision is unknown.
        TrainingError: a weight is not finite.
    """

    def __init__(self, weights: Weights, precision: str) -> None:
        require_choice("precision", precision, PRECISIONS)
        check_finite(weights)
        self.weights = weights
        self.int8: bool = precision == "int8"
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def node(
        self, operator: str, inputs: Sequence[str], *, output: str = "", **attributes: object
    ) -> str:
        """Add a node of one output."""
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        return self.several(operator, inputs, [output], **attributes)[0]

    def several(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: object
    ) -> list[str]:
        """Add a node of several outputs."""
        self.nodes.append(helper.make_node(operator, list(inputs), list(outputs), **attributes))
        return list(outputs)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Add an initialiser."""
        name = f"{name}_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
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

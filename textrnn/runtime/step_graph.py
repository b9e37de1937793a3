"""ONNX graphs that are one step: a token of each text, states in and out; B texts, U units.

With ``precision="int8"`` matrices take 7 bits with a scale for each column. What they are
multiplied with is brought to 8 bits, with a scale for each text, so that sums are whole numbers and
a text's numbers do not depend on which texts share its batch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from textrnn.network import Encoder
from textrnn.runtime.graph import Array, Graph, Tensor, Weights
from textrnn.runtime.quantize import quantize
from textrnn.text.tokenizer import Tokenizer

_ZERO = 128  # what stands for 0 in unsigned 8 bits
_BITS = 7  # of weights: two products with 8 bits fit a sum of 16, as the quickest kernels have it


class StepGraph(Graph):
    """A graph that handles one token of each text at a time."""

    def __init__(self, weights: Weights, precision: str) -> None:
        super().__init__(weights, precision)
        self._table = ""
        self._scale = np.ones((1, 1), np.float32)

    def embed(self, tokens: str, name: str = "embedding") -> str:
        """The rows of ``tokens`` (B,) in the table of that name, (B, E)."""
        table = self.weights[name]
        if not self.int8:
            self._table = self.constant(name, table)
            return self.node("Gather", [self._table, tokens])
        whole, self._scale = quantize(table, axis=1, bits=_BITS)  # (V, E), (V, 1)
        self._table = self.constant(name, whole)
        rows = self.node("Cast", [self.node("Gather", [self._table, tokens])], to=TensorProto.FLOAT)
        scale = self.constant(f"{name}/scale", self._scale)
        return self.node("Mul", [rows, self.node("Gather", [scale, tokens])])

    def keep(self, tokens: str) -> str:
        """(B, 1), 0.0 where a document begins, else 1.0."""
        start = self.constant("start", np.array(Tokenizer.START, np.int32))
        begins = self.node("Equal", [tokens, start])
        kept = self.node("Cast", [self.node("Not", [begins])], to=TensorProto.FLOAT)
        return self.node("Unsqueeze", [kept, self.integers(1)])

    def step(self, encoder: Encoder, name: str, state: str, rows: str, keep: str = "") -> str:
        """One step of a recurrent layer, (B, inputs) to (B, U); the new states become outputs.

        Args:
            encoder: its description.
            name: of its weights.
            state: what the names of its states begin with.
            rows: what it reads.
            keep: what its states are multiplied with before, (B, 1), if anything.
        """
        name = f"{name}/forward"
        hidden = self.node("Mul", [f"{state}/h", keep]) if keep else f"{state}/h"
        kernel, recurrent = self.weights[f"{name}/kernel"], self.weights[f"{name}/recurrent"]
        bias = self.weights[f"{name}/bias"]
        if encoder.cell == "gru":
            return self._gru(encoder, name, state, rows, hidden)
        both = self.node("Concat", [rows, hidden], axis=1)
        product = self.product(both, name, np.concatenate([kernel, recurrent]))
        gates = self.node("Add", [product, self.constant("bias", bias)])
        if encoder.cell == "rnn":
            return self.node("Tanh", [gates], output=f"new/{state}/h")
        entry, forget, candidate, output = self._split(gates, 4)
        memory = self.node("Mul", [f"{state}/c", keep]) if keep else f"{state}/c"
        kept = self.node("Mul", [self.node("Sigmoid", [forget]), memory])
        entering = self.node("Mul", [self.node("Sigmoid", [entry]), self.node("Tanh", [candidate])])
        memory = self.node("Add", [kept, entering], output=f"new/{state}/c")
        shown = self.node("Tanh", [memory])
        return self.node("Mul", [self.node("Sigmoid", [output]), shown], output=f"new/{state}/h")

    def _gru(self, encoder: Encoder, name: str, state: str, rows: str, hidden: str) -> str:
        bias = self.weights[f"{name}/bias"]
        own = self.product(hidden, f"{name}/recurrent", self.weights[f"{name}/recurrent"])
        own = self.node("Add", [own, self.constant("bias", bias[1])])
        given = self.product(rows, f"{name}/kernel", self.weights[f"{name}/kernel"])
        given = self.node("Add", [given, self.constant("bias", bias[0])])
        own_update, own_reset, own_candidate = self._split(own, 3)
        update, reset, candidate = self._split(given, 3)
        kept = self.node("Sigmoid", [self.node("Add", [update, own_update])])
        opened = self.node("Sigmoid", [self.node("Add", [reset, own_reset])])
        recalled = self.node("Mul", [opened, own_candidate])
        new = self.node("Tanh", [self.node("Add", [candidate, recalled])])
        change = self.node("Mul", [kept, self.node("Sub", [hidden, new])])
        return self.node("Add", [new, change], output=f"new/{state}/h")

    def _split(self, gates: str, count: int) -> list[str]:
        """The gates, which lie side by side."""
        names = [f"{gates}/{number}" for number in range(count)]
        return self.several("Split", [gates], names, axis=1)

    def product(self, rows: str, name: str, matrix: Array) -> str:
        """``rows`` (B, inputs) times ``matrix`` (inputs, outputs)."""
        if not self.int8:
            return self.node("MatMul", [rows, self.constant(name, matrix)])
        whole, scale = quantize(matrix, axis=0, bits=_BITS)
        return self._whole_product(rows, self.constant(name, whole), scale)

    def tied_product(self, rows: str) -> str:
        """``rows`` (B, E) times the table of :meth:`embed`, transposed: (B, V)."""
        columns = self.node("Transpose", [self._table], perm=[1, 0])
        if not self.int8:
            return self.node("MatMul", [rows, columns])
        return self._whole_product(rows, columns, self._scale)

    def _whole_product(self, rows: str, columns: str, scale: Array) -> str:
        """Rows brought to 8 bits, times columns (inputs, outputs) of 7 bits and a scale each."""
        largest = self.node("ReduceMax", [self.node("Abs", [rows])], axes=[1], keepdims=1)
        floor = self.number(1e-8)  # a row of zeros stays one
        unit = self.node("Div", [self.node("Max", [largest, floor]), self.number(float(_ZERO - 1))])
        whole = self.node("Round", [self.node("Div", [rows, unit])])
        shifted = self.node("Add", [whole, self.number(float(_ZERO))])
        unsigned = self.node("Cast", [shifted], to=TensorProto.UINT8)
        zero = self.constant("zero", np.array(_ZERO, np.uint8))
        scales = [self.number(1.0), self.constant("scale", scale.reshape(-1))]
        inputs = [unsigned, columns, *scales, zero]
        summed = self.node("MatMulIntegerToFloat", inputs, domain="com.microsoft")
        return self.node("Mul", [summed, unit])

    def optional(self, name: str, value: NDArray[np.generic], shape: list[str | int]) -> Tensor:
        """An input that has this value where it is not given."""
        self.initializers.append(numpy_helper.from_array(value, name))
        return name, helper.np_dtype_to_tensor_dtype(value.dtype), shape

    def number(self, value: float) -> str:
        """Add a float32 number."""
        return self.constant("number", np.array(value, np.float32))

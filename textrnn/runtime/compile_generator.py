"""From a generator's weights to the ONNX graph that writes: one step, states in and out.

The graph reads one token of each text, (B,), and the states, (B, U), and gives the logits of the
next tokens, (B, V), and the new states: a token costs the same however long the text is.

With ``precision="int8"`` matrices take 8 bits with a scale for each column. What they are
multiplied with is brought to 8 bits too, with a scale for each text, so that sums are whole numbers
and a text's logits do not depend on which texts share its batch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from textrnn.network import Encoder, GeneratorNetwork
from textrnn.runtime.graph import Array, Graph, Tensor, Weights
from textrnn.runtime.quantize import quantize
from textrnn.tokenization import Tokenizer

_ZERO = 128  # what stands for 0 in unsigned 8 bits, whose products ONNX Runtime adds exactly


def compile_generator(
    network: GeneratorNetwork, weights: Weights, *, precision: str = "int8"
) -> bytes:
    """The serialised step.

    Args:
        network: the description.
        weights: arrays by the names of :mod:`textrnn.runtime.weights`.
        precision: ``int8`` or ``float32``.

    Returns:
        An ONNX model with inputs ``tokens`` (B,), int32, and the states by their names; outputs
        ``logits`` (B, V) and the new states, named ``new/…``.

    Raises:
        ConfigurationError: the precision is unknown.
    """
    graph = _StepGraph(weights, precision)
    rows = graph.embed("tokens")  # (B, E)
    outputs: list[Tensor] = [("logits", TensorProto.FLOAT, ["batch", network.vocabulary_size])]
    inputs: list[Tensor] = [("tokens", TensorProto.INT32, ["batch"])]
    for name, units in network.state_units.items():
        inputs.append((name, TensorProto.FLOAT, ["batch", units]))
        outputs.append((f"new/{name}", TensorProto.FLOAT, ["batch", units]))
    keep = graph.keep("tokens")
    for number, encoder in enumerate(network.encoders):
        rows = graph.step(encoder, f"encoder_{number}", f"state_{number}", rows, keep)
    if network.projects:
        rows = graph.product(rows, "projection", weights["projection/kernel"])
    if network.head.tied:
        logits = graph.tied_product(rows)
    else:
        logits = graph.product(rows, "output", weights["output/kernel"])
    graph.node("Add", [logits, graph.constant("bias", weights["output/bias"])], output="logits")
    return graph.model(inputs, outputs)


class _StepGraph(Graph):
    """A graph that handles one token at a time; B texts, U units."""

    def __init__(self, weights: Weights, precision: str) -> None:
        super().__init__(weights, precision)
        self._table = self._scale = ""

    def embed(self, tokens: str) -> str:
        """The embedding's rows of ``tokens`` (B,), (B, E)."""
        table = self.weights["embedding"]
        if not self.int8:
            self._table = self.constant("embedding", table)
            return self.node("Gather", [self._table, tokens])
        whole, scale = quantize(table, axis=1)
        self._table = self.constant("embedding", _unsigned(whole))
        self._scale = self.constant("embedding/scale", scale)  # (V, 1)
        rows = self.node("Gather", [self._table, tokens])
        whole_rows = self.node("Cast", [rows], to=TensorProto.FLOAT)
        shifted = self.node("Sub", [whole_rows, self._number(float(_ZERO))])
        return self.node("Mul", [shifted, self.node("Gather", [self._scale, tokens])])

    def keep(self, tokens: str) -> str:
        """(B, 1), 0.0 where a document begins, else 1.0."""
        start = self.constant("start", np.array(Tokenizer.START, np.int32))
        begins = self.node("Equal", [tokens, start])
        kept = self.node("Cast", [self.node("Not", [begins])], to=TensorProto.FLOAT)
        return self.node("Unsqueeze", [kept, self.integers(1)])

    def step(self, encoder: Encoder, name: str, state: str, rows: str, keep: str) -> str:
        """One step of a recurrent layer, (B, inputs) to (B, U); the new states become outputs."""
        name = f"{name}/forward"
        hidden = self.node("Mul", [f"{state}/h", keep])
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
        memory = self.node("Mul", [f"{state}/c", keep])
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
        self.nodes.append(helper.make_node("Split", [gates], names, axis=1))
        return names

    def product(self, rows: str, name: str, matrix: Array) -> str:
        """``rows`` (B, inputs) times ``matrix`` (inputs, outputs)."""
        if not self.int8:
            return self.node("MatMul", [rows, self.constant(name, matrix)])
        whole, scale = quantize(matrix, axis=0)
        columns = self.constant(name, _unsigned(whole))
        return self._whole_product(rows, columns, self.constant(f"{name}/scale", scale))

    def tied_product(self, rows: str) -> str:
        """``rows`` (B, E) times the embedding, transposed: (B, V)."""
        columns = self.node("Transpose", [self._table], perm=[1, 0])
        if not self.int8:
            return self.node("MatMul", [rows, columns])
        return self._whole_product(
            rows, columns, self.node("Transpose", [self._scale], perm=[1, 0])
        )

    def _whole_product(self, rows: str, columns: str, scale: str) -> str:
        """Rows brought to 8 bits, times columns of 8 bits (inputs, outputs)."""
        largest = self.node("ReduceMax", [self.node("Abs", [rows])], axes=[1], keepdims=1)
        floor = self._number(1e-8)  # a row of zeros stays one
        unit = self.node(
            "Div", [self.node("Max", [largest, floor]), self._number(float(_ZERO - 1))]
        )
        whole = self.node("Round", [self.node("Div", [rows, unit])])
        shifted = self.node("Add", [whole, self._number(float(_ZERO))])
        unsigned = self.node("Cast", [shifted], to=TensorProto.UINT8)
        zero = self.constant("zero", np.array(_ZERO, np.uint8))
        sums = self.node("MatMulInteger", [unsigned, columns, zero, zero])
        floats = self.node("Cast", [sums], to=TensorProto.FLOAT)
        return self.node("Mul", [self.node("Mul", [floats, unit]), scale])

    def _number(self, value: float) -> str:
        return self.constant("number", np.array(value, np.float32))


def _unsigned(whole: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Integers -127 to 127 as 1 to 255."""
    return (whole.astype(np.int16) + _ZERO).astype(np.uint8)

"""From a generator's weights to the ONNX graph that writes: one step, states in and out.

The graph reads one token of each text, (B,), and the states, (B, U), and gives the logits of the
next tokens, (B, V), and the new states: a token costs the same however long the text is. It can
also draw the next tokens, so that the logits need not leave it.

With ``precision="int8"`` matrices take 7 bits with a scale for each column. What they are
multiplied with is brought to 8 bits, with a scale for each text, so that sums are whole numbers and
a text's logits do not depend on which texts share its batch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from textrnn.decoding.sampling import BLOCK
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.network import Encoder
from textrnn.runtime.graph import Array, Graph, Tensor, Weights
from textrnn.runtime.quantize import quantize
from textrnn.text.tokenizer import Tokenizer

_ZERO = 128  # what stands for 0 in unsigned 8 bits
_BITS = 7  # of weights: two products with 8 bits fit a sum of 16, as the quickest kernels have it


def compile_generator(
    network: GeneratorNetwork, weights: Weights, *, precision: str = "int8"
) -> bytes:
    """The serialised step.

    Args:
        network: the description.
        weights: arrays by the names that the head gives its weights.
        precision: ``int8`` or ``float32``.

    Returns:
        An ONNX model with inputs ``tokens`` (B,), int32, and the states by their names; outputs
        ``logits`` (B, V) and the new states, named ``new/…``. It draws where an optional input
        gives it ``points`` (B,), float64, from 0 to below 1: the output ``drawn`` (B,), int64, has
        the tokens at which the running sum of a text's probabilities passes its point, and
        ``log_probabilities`` (B,) what the logits make of them. Two more may be given: ``mask``
        (B or 1, V), minus infinity for tokens that must not come and else 0, and ``sharpness`` (),
        one over the temperature.

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
    graph.draw(network.vocabulary_size)
    inputs += [
        graph.optional("mask", np.zeros((1, 1), np.float32), ["rows", "columns"]),
        graph.optional("sharpness", np.array(1.0, np.float32), []),
        graph.optional("points", np.zeros(0, np.float64), ["drawing"]),
    ]
    outputs += [
        ("drawn", TensorProto.INT64, ["drawing"]),
        ("log_probabilities", TensorProto.FLOAT, ["drawing"]),
    ]
    return graph.model(inputs, outputs)


class _StepGraph(Graph):
    """A graph that handles one token at a time; B texts, U units."""

    def __init__(self, weights: Weights, precision: str) -> None:
        super().__init__(weights, precision)
        self._table = ""
        self._scale = np.ones((1, 1), np.float32)

    def embed(self, tokens: str) -> str:
        """The embedding's rows of ``tokens`` (B,), (B, E)."""
        table = self.weights["embedding"]
        if not self.int8:
            self._table = self.constant("embedding", table)
            return self.node("Gather", [self._table, tokens])
        whole, self._scale = quantize(table, axis=1, bits=_BITS)  # (V, E), (V, 1)
        self._table = self.constant("embedding", whole)
        rows = self.node("Cast", [self.node("Gather", [self._table, tokens])], to=TensorProto.FLOAT)
        scale = self.constant("embedding/scale", self._scale)
        return self.node("Mul", [rows, self.node("Gather", [scale, tokens])])

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
        whole, scale = quantize(matrix, axis=0, bits=_BITS)
        return self._whole_product(rows, self.constant(name, whole), scale)

    def tied_product(self, rows: str) -> str:
        """``rows`` (B, E) times the embedding, transposed: (B, V)."""
        columns = self.node("Transpose", [self._table], perm=[1, 0])
        if not self.int8:
            return self.node("MatMul", [rows, columns])
        return self._whole_product(rows, columns, self._scale)

    def _whole_product(self, rows: str, columns: str, scale: Array) -> str:
        """Rows brought to 8 bits, times columns (inputs, outputs) of 7 bits and a scale each."""
        largest = self.node("ReduceMax", [self.node("Abs", [rows])], axes=[1], keepdims=1)
        floor = self._number(1e-8)  # a row of zeros stays one
        unit = self.node(
            "Div", [self.node("Max", [largest, floor]), self._number(float(_ZERO - 1))]
        )
        whole = self.node("Round", [self.node("Div", [rows, unit])])
        shifted = self.node("Add", [whole, self._number(float(_ZERO))])
        unsigned = self.node("Cast", [shifted], to=TensorProto.UINT8)
        zero = self.constant("zero", np.array(_ZERO, np.uint8))
        scales = [self._number(1.0), self.constant("scale", scale.reshape(-1))]
        inputs = [unsigned, columns, *scales, zero]
        summed = self.node("MatMulIntegerToFloat", inputs, domain="com.microsoft")
        return self.node("Mul", [summed, unit])

    def optional(self, name: str, value: NDArray[np.generic], shape: list[str | int]) -> Tensor:
        """An input that has this value where it is not given."""
        self.initializers.append(numpy_helper.from_array(value, name))
        return name, helper.np_dtype_to_tensor_dtype(value.dtype), shape

    def draw(self, width: int) -> None:
        """From ``logits`` (B, V) to ``drawn`` and ``log_probabilities``, both (B,).

        Without points there is nothing to draw: then the rows are cut away first, so that those who
        ask for the logits do not pay for it.
        """
        zero = self.integers(0)
        logits = self.node("Slice", ["logits", zero, self.node("Shape", ["points"]), zero])
        sharp = self.node("Mul", [self.node("Add", [logits, "mask"]), "sharpness"])
        tokens = self._drawn(self.node("Softmax", [sharp], axis=1), width)
        self.node("Squeeze", [tokens, self.integers(1)], output="drawn")
        logs = self.node("LogSoftmax", [logits], axis=1)
        own = self.node("GatherElements", [logs, tokens], axis=1)
        self.node("Squeeze", [own, self.integers(1)], output="log_probabilities")

    def _drawn(self, shares: str, width: int) -> str:
        """From shares (B, V) to tokens (B, 1), as :func:`textrnn.decoding.sampling.draw` does it.

        The place is looked for among the sums of blocks first, then inside the block, in 64 bits.
        """
        blocks = -(-width // BLOCK)
        filled = self.node("Pad", [shares, self.integers(0, 0, 0, blocks * BLOCK - width)])
        grid = self.node("Reshape", [filled, self.integers(-1, blocks, BLOCK)])
        sums = self.node("ReduceSum", [grid, self.integers(2)], keepdims=0)
        wide = self.node("Cast", [sums], to=TensorProto.DOUBLE)  # (B, blocks)
        running = self.node("CumSum", [wide, self.integers(1)])
        total = self.node("Gather", [running, self.integers(blocks - 1)], axis=1)
        points = self.node("Unsqueeze", ["points", self.integers(1)])
        goals = self.node("Mul", [total, points])
        block = self._passed(wide, running, goals)  # (B, 1)
        reached = self.node("GatherElements", [running, block], axis=1)
        before = self.node("Sub", [reached, self.node("GatherElements", [wide, block], axis=1)])
        # Rounding can take the rest below 0.
        none = self.constant("none", np.zeros((1, 1), np.float64))
        rest = self.node("Max", [self.node("Sub", [goals, before]), none])
        found = self.node("GatherND", [grid, block], batch_dims=1)  # (B, tokens of the block)
        inside = self.node("Cast", [found], to=TensorProto.DOUBLE)
        place = self._passed(inside, self.node("CumSum", [inside, self.integers(1)]), rest)
        return self.node("Add", [self.node("Mul", [block, self.integers(BLOCK)]), place])

    def _passed(self, shares: str, running: str, goals: str) -> str:
        """The first place at which a row's running sum is above its goal, (B, 1).

        Where rounding took the goal up to the sum itself, the last place that has a share.
        """
        short = self.node("LessOrEqual", [running, goals])
        counted = self.node("Cast", [short], to=TensorProto.INT64)
        place = self.node("ReduceSum", [counted, self.integers(1)], keepdims=1)
        none = self.constant("none", np.zeros((1, 1), np.float64))
        some = self.node("Cast", [self.node("Greater", [shares, none])], to=TensorProto.FLOAT)
        last = self.node("ArgMax", [some], axis=1, keepdims=1, select_last_index=1)
        return self.node("Min", [place, last])

    def _number(self, value: float) -> str:
        return self.constant("number", np.array(value, np.float32))

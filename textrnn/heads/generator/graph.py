"""From a generator's weights to the ONNX graph that writes: one step, states in and out.

The graph reads one token of each text, (B,), and the states, (B, U), and gives the logits of the
next tokens, (B, V), and the new states: a token costs the same however long the text is. It can
also draw the next tokens, so that the logits need not leave it.

For the numbers of ``precision="int8"`` see :mod:`textrnn.runtime.step_graph`.
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from textrnn.decoding.sampling import BLOCK
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.runtime.graph import Tensor, Weights
from textrnn.runtime.step_graph import StepGraph


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
    graph = _GeneratorGraph(weights, precision)
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


class _GeneratorGraph(StepGraph):
    """A step that can also draw."""

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

"""From a forecaster's description and its trained weights to an ONNX graph, in float32.

The graph reads ``windows`` (B, W, I) and gives ``forecast`` (B, S, K, Q), both float32: see
:mod:`textrnn.heads.forecaster.network`, whose letters these are.
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.runtime.graph import Weights
from textrnn.runtime.recurrent import RecurrentGraph, Vectors

_NO_BOUND = float(np.finfo(np.float32).max)  # of numbers that no layer of whole numbers reads


def compile_forecaster(network: ForecasterNetwork, weights: Weights) -> bytes:
    """Write the ONNX graph of ``network``.

    Args:
        network: the description.
        weights: arrays by the names that ``ForecasterNetwork.weight_shapes`` gives.

    Returns:
        The serialised model.
    """
    return _ForecasterGraph(network, weights).serialize()


class _ForecasterGraph(RecurrentGraph):
    def __init__(self, network: ForecasterNetwork, weights: Weights) -> None:
        super().__init__(weights, "float32")
        self.network = network

    def serialize(self) -> bytes:
        """The whole graph."""
        network = self.network
        is_cut = network.head.architecture == "segments"
        forecast = self._forecast_segments() if is_cut else self._forecast_steps()
        if network.head.linear:
            forecast = self.node("Add", [forecast, self._forecast_linearly()])
        self.node("Identity", [forecast], output="forecast")
        targets, levels = len(network.targets), network.levels
        return self.model(
            [("windows", TensorProto.FLOAT, ["batch", network.window, network.inputs])],
            [("forecast", TensorProto.FLOAT, ["batch", network.steps, targets, levels])],
        )

    def _forecast_segments(self) -> str:
        """(B, S, K, Q)."""
        network, head = self.network, self.network.head
        (encoder,) = network.encoders
        segments = self.node("Relu", [self._linear("segments", self._cut())])  # (n, B K, D)
        self._lengths(segments, network.segments_read, output="lengths")
        sequence = Vectors.plain(segments, encoder.units, _NO_BOUND)
        _, states = self.encode(encoder, "encoder_0", sequence)
        queries, begin = self._queries(states.tensor)  # (1, B K m, D) both
        _, decoded = self.encode(
            encoder,
            "encoder_0",
            Vectors.plain(queries, encoder.units, _NO_BOUND),
            lengths=self._lengths(queries, 1, output="one"),
            begin=begin,
        )
        forecast = self.dense("output", decoded.tensor)  # (B K m, L Q)
        targets, steps = len(network.targets), network.segments_forecast * head.segment
        shape = self.integers(-1, targets, steps, network.levels)
        forecast = self.node("Reshape", [forecast, shape])  # (B, K, m L, Q)
        first, last, axis = (self.integers(n) for n in (0, network.horizon, 2))
        forecast = self.node("Slice", [forecast, first, last, axis])
        return self.node("Transpose", [forecast], perm=[0, 2, 1, 3])

    def _cut(self) -> str:
        """Windows (B, W, I) to the segments of each target, (n, B K, L (1 + beside))."""
        network = self.network
        count, segment, targets = network.segments_read, network.head.segment, len(network.targets)
        cut = self.node("Reshape", ["windows", self.integers(0, count, segment, network.inputs)])
        axis = self.integers(3)
        own = self.node("Slice", [cut, self.integers(0), self.integers(targets), axis])
        own = self.node("Transpose", [own], perm=[1, 0, 3, 2])  # (n, B, K, L)
        if network.beside:
            end = self.integers(network.inputs)
            beside = self.node("Slice", [cut, self.integers(targets), end, axis])
            beside = self.node("Transpose", [beside], perm=[1, 0, 2, 3])  # (n, B, L, beside)
            flat = self.integers(0, 0, 1, segment * network.beside)
            beside = self.node("Reshape", [beside, flat])
            every = self.integers(1, 1, targets, 1)
            own = self.node("Concat", [own, self.node("Expand", [beside, every])], axis=3)
        numbers = segment * (1 + network.beside)
        return self.node("Reshape", [own, self.integers(0, -1, numbers)])

    def _queries(self, states: str) -> tuple[str, str]:
        """States (B K, D) to what the layer reads to decode, and where it begins from."""
        network, units = self.network, self.network.encoders[0].units
        count, targets = network.segments_forecast, len(network.targets)
        asked = np.concatenate(
            [
                np.tile(self.weights["queries/positions"], (targets, 1)),
                np.repeat(self.weights["queries/targets"], count, axis=0),
            ],
            axis=1,
        )  # (K m, D)
        batch = self.node("Shape", ["windows"], end=1)
        shape = self.node("Concat", [batch, self.integers(1, 1)], axis=0)
        queries = self.node("Expand", [self.constant("queries", asked), shape])  # (B, K m, D)
        flat = self.integers(1, -1, units)
        apart = self.node("Unsqueeze", [states, self.integers(1)])
        begin = self.node("Expand", [apart, self.integers(1, count, 1)])  # (B K, m, D)
        return (
            self.node("Reshape", [queries, flat]),
            self.node("Reshape", [begin, flat], output="states"),
        )

    def _forecast_steps(self) -> str:
        """(B, S, K, Q)."""
        network = self.network
        turned = self.node("Transpose", ["windows"], perm=[1, 0, 2])  # (W, B, I)
        self._lengths(turned, network.window, output="lengths")
        sequence = Vectors.plain(turned, network.inputs, _NO_BOUND)
        for number, encoder in enumerate(network.encoders):
            sequence, final = self.encode(encoder, f"encoder_{number}", sequence)
        attends = network.head.pooling == "attention"
        pooled = self._attention(sequence.tensor) if attends else final.tensor
        forecast = self.dense("output", pooled)
        shape = self.integers(-1, network.steps, len(network.targets), network.levels)
        return self.node("Reshape", [forecast, shape])

    def _forecast_linearly(self) -> str:
        """(B, S, K, 1)."""
        window, axes = self.network.window, self.integers(1, 2)
        starts, targets = self.integers(0, 0), self.integers(window, len(self.network.targets))
        own = self.node("Slice", ["windows", starts, targets, axes])
        last = self.node(
            "Slice", [own, self.integers(window - 1), self.integers(window), self.integers(1)]
        )
        moved = self.node("Transpose", [self.node("Sub", [own, last])], perm=[0, 2, 1])  # (B, K, W)
        forecast = self.node("Transpose", [self._linear("linear", moved)], perm=[0, 2, 1])
        return self.node("Unsqueeze", [self.node("Add", [forecast, last]), self.integers(3)])

    def _attention(self, sequence: str) -> str:
        """Outputs (W, B, U) to their mean, weighed by what they say, (B, U)."""
        outputs = self.node("Transpose", [sequence], perm=[1, 0, 2])
        hidden = self.node("Tanh", [self._linear("attention", outputs)])
        query = self.constant("attention/query", self.weights["attention/query"])
        energy = self.node("MatMul", [hidden, query])  # (B, W, 1)
        shares = self.node("Transpose", [self.node("Softmax", [energy], axis=1)], perm=[0, 2, 1])
        pooled = self.node("MatMul", [shares, outputs])  # (B, 1, U)
        return self.node("Squeeze", [pooled, self.integers(1)])

    def _linear(self, name: str, tensor: str) -> str:
        """The last axis of a tensor through the matrix and bias of that name."""
        kernel, bias = (
            self.constant(f"{name}/{what}", self.weights[f"{name}/{what}"])
            for what in ("kernel", "bias")
        )
        return self.node("Add", [self.node("MatMul", [tensor, kernel]), bias])

    def _lengths(self, sequence: str, length: int, *, output: str) -> str:
        """(B,), int32, for a tensor (T, B, inputs) all of whose rows have one length."""
        batch = self.node("Shape", [sequence], start=1, end=2)
        return self.node(
            "Expand", [self.constant("length", np.array([length], np.int32)), batch], output=output
        )

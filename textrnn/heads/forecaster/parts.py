"""What the graph of a forecaster's bundle must be like."""

from __future__ import annotations

from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.runtime.graph_check import ExpectedGraph, count_weights, layer_units, widest
from textrnn.runtime.onnx_file import FLOAT


def expected_graph(network: ForecasterNetwork) -> ExpectedGraph:
    """What a forecaster's graph must be like: its weights are used for each step of a window or,
    where it is read in segments, for each segment of each target, and in decoding once more.
    """
    shapes, targets = network.weight_shapes(), len(network.targets)
    layers, uses = layer_units(network.encoders), network.window
    if network.head.architecture == "segments":
        layers, uses = 2 * layers, targets * (network.segments_read + network.segments_forecast)
    return ExpectedGraph(
        {"windows": (FLOAT, ("B", network.window, network.inputs))},
        {"forecast": (FLOAT, ("B", network.steps, targets, network.levels))},
        {},
        layers,
        max(network.inputs, widest(shapes)),
        count_weights(shapes),
        uses=uses,
    )

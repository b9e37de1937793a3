"""What a generator's graph must be like."""

from __future__ import annotations

from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.runtime.graph_check import ExpectedGraph, Lengths, count_weights, widest
from textrnn.runtime.onnx_file import DOUBLE, FLOAT, INT32, INT64


def expected_graph(network: GeneratorNetwork) -> ExpectedGraph:
    """What a generator's graph must be like; it need not be able to draw."""
    shapes, size = network.weight_shapes(), network.vocabulary_size
    inputs: dict[str, tuple[int, Lengths]] = {"tokens": (INT32, ("B",))}
    outputs: dict[str, tuple[int, Lengths]] = {"logits": (FLOAT, ("B", size))}
    for name, units in network.state_units.items():
        inputs[name] = outputs[f"new/{name}"] = (FLOAT, ("B", units))
    draws_from: dict[str, tuple[int, Lengths]] = {
        "mask": (FLOAT, ("B", size)),
        "sharpness": (FLOAT, ()),
    }
    draws_from["points"] = (DOUBLE, ("B",))
    drawn: dict[str, tuple[int, Lengths]] = {
        "drawn": (INT64, ("B",)),
        "log_probabilities": (FLOAT, ("B",)),
    }
    return ExpectedGraph(
        inputs | draws_from,
        outputs | drawn,
        {"tokens": size},
        [],
        size + widest(shapes),
        count_weights(shapes),
        optional=frozenset(draws_from | drawn),
    )

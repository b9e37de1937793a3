"""What a generator's graph must be like, and what its bundle may keep besides."""

from __future__ import annotations

from textrnn.bundle.bundle import Bundle
from textrnn.heads.generator.fingerprint import Fingerprint
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.heads.parts import named
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


def read_fingerprint(bundle: Bundle) -> Fingerprint | None:
    """Which n-grams the training text had; None where the bundle keeps no fingerprint.

    Raises:
        BundleError: it is damaged.
    """
    if "fingerprint.npz" not in bundle.manifest.files:
        return None
    return named(bundle, lambda: Fingerprint.from_bytes(bundle.read("fingerprint.npz")))

"""The graphs that translate: against the network's equations, and as they are checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy_translator
import pytest
from numpy_translator import NETWORKS
from small_bundles import random_weights

from textrnn.errors import BundleError
from textrnn.heads.translator.graph import compile_translator
from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.heads.translator.parts import expected_graphs
from textrnn.runtime.graph_check import check_graph
from textrnn.runtime.session import Session, pad

SOURCES = [[4, 5, 6, 5], [7], [4, 4, 8]]
WRITTEN = [2, 5, 4, 11]
ROWS = 3  # of each sentence


def probabilities(
    network: TranslatorNetwork, weights: Any, precision: str
) -> tuple[np.ndarray, np.ndarray]:
    """What the graphs give of WRITTEN after each of SOURCES: (B, T, V) and (B, T, S). Each sentence
    has several rows, of which the others write something else.
    """
    graphs = compile_translator(network, weights, precision=precision)
    encoder, decoder = (
        Session(graphs[f"{name}.onnx"], threads=1) for name in ("encoder", "decoder")
    )
    tokens, lengths = pad([np.array(source, np.int32) for source in SOURCES])
    found = encoder.run({"tokens": tokens, "lengths": lengths})
    states = {
        name: np.repeat(found[f"first/{name}"], ROWS, axis=0) if f"first/{name}" in found
        else np.zeros((ROWS * len(SOURCES), units), np.float32)
        for name, units in network.state_units.items()
    }  # fmt: skip
    given = {"keys": found["keys"], "values": found["values"], "lengths": lengths}
    given["candidates"] = np.zeros(network.vocabulary_size, np.int64)
    if network.head.copying:
        given["copied"] = tokens
    shares, looked = [], []
    for number, token in enumerate(WRITTEN):
        row = np.array([(token + shift * number) % 12 for shift in range(ROWS)], np.int32)
        out = decoder.run({"tokens": np.tile(row, len(SOURCES)), **states, **given})
        ordered = np.zeros_like(out["log_probabilities"])
        np.put_along_axis(ordered, out["next"], out["log_probabilities"], axis=1)
        shares.append(np.exp(ordered[::ROWS]))
        looked.append(out["attention"][::ROWS])
        states = {name: out[f"new/{name}"] for name in states}
    return np.stack(shares, axis=1), np.stack(looked, axis=1)


@pytest.mark.parametrize("name", NETWORKS)
def test_graphs_follow_the_equations(name: str) -> None:
    network = NETWORKS[name]
    weights = random_weights(network.weight_shapes())
    shares, looked = probabilities(network, weights, "float32")
    rough, _ = probabilities(network, weights, "int8")
    for row, source in enumerate(SOURCES):
        right, attention = numpy_translator.decode(network, weights, source, WRITTEN)
        np.testing.assert_allclose(shares[row], right, atol=1e-5)
        np.testing.assert_allclose(looked[row, :, : len(source)], attention, atol=1e-5)
        assert not looked[row, :, len(source) :].any()
        np.testing.assert_allclose(rough[row], right, atol=0.02)
    assert np.ptp(shares) > 0.1


@pytest.mark.parametrize("precision", ["int8", "float32"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_bundle_s_graphs_are_those_of_its_network(name: str, precision: str) -> None:
    network = NETWORKS[name]
    graphs = compile_translator(
        network, random_weights(network.weight_shapes()), precision=precision
    )
    expected = expected_graphs(network)
    for file in ("encoder.onnx", "decoder.onnx"):
        check_graph(graphs[file], expected[file])
    other = expected_graphs(replace(network, vocabulary_size=13))
    with pytest.raises(BundleError, match="its inputs do not fit"):
        check_graph(graphs["decoder.onnx"], other["decoder.onnx"])
    with pytest.raises(BundleError, match="it has the inputs"):
        check_graph(graphs["decoder.onnx"], expected["encoder.onnx"])


def test_a_mask_decides_which_tokens_are_chosen() -> None:
    network = NETWORKS["two decoder layers, copying"]
    graphs = compile_translator(
        network, random_weights(network.weight_shapes()), precision="float32"
    )
    decoder = Session(graphs["decoder.onnx"], threads=1)
    states = {n: np.zeros((1, units), np.float32) for n, units in network.state_units.items()}
    given = {
        "tokens": np.array([2], np.int32),
        "keys": np.ones((1, network.keys, 2), np.float32),
        "values": np.ones((1, 2, network.values), np.float32),
        "lengths": np.array([2], np.int32),
        "copied": np.array([[5, 6]], np.int32),
        "candidates": np.zeros(3, np.int64),
        **states,
    }
    first = decoder.run(given)
    mask = np.zeros((1, 12), np.float32)
    mask[0, first["next"][0, 0]] = -1e8
    second = decoder.run({**given, "mask": mask})
    assert second["next"][0, :2].tolist() == first["next"][0, 1:].tolist()
    np.testing.assert_allclose(
        second["log_probabilities"][0, :2], first["log_probabilities"][0, 1:], atol=1e-6
    )

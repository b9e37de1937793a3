"""A cell's values, held against the graphs that serve and against their own equations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from small_bundles import random_weights, small_tagger

from textrnn import lab
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.lab.trained import TrainedModel, encode
from textrnn.network import Embedding, Encoder
from textrnn.runtime.session import Session

TEXT = "It was not good at all, but I loved the music."


def served_outputs(graph: bytes, ids: np.ndarray, name: str) -> np.ndarray:
    """What an encoder of a graph gives for one text, (T, directions, U)."""
    model = onnx.load_model_from_string(graph)
    model.graph.output.append(
        onnx.helper.make_tensor_value_info(f"{name}/outputs", onnx.TensorProto.FLOAT, None)
    )
    session = Session(model.SerializeToString(), threads=1)
    inputs = {"tokens": ids[None], "lengths": np.array([len(ids)], np.int32)}
    found: np.ndarray = session.run(inputs)[f"{name}/outputs"][:, :, 0]
    return found


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave"])
def test_each_encoder_gives_what_the_served_graph_gives(cell: str, merge: str) -> None:
    encoders = (Encoder(cell=cell, units=5, merge=merge), Encoder(cell=cell, units=4))
    head = ClassifierHead(labels=("a", "b"), pooling=("last",))
    network = ClassifierNetwork(12, head, Embedding(units=6), encoders)
    weights = random_weights(network.weight_shapes())
    ids = np.array([3, 7, 1, 11, 5, 5, 2], np.int32)
    layers = encode(encoders, weights, weights["embedding"][ids][:, None])
    graph = compile_classifier(network, weights, precision="float32")
    for number, layer in enumerate(layers):
        served = served_outputs(graph, ids, f"encoder_{number}")
        np.testing.assert_allclose(layer.readings["forward"].outputs[:, 0], served[:, 0], atol=1e-5)
        backward = layer.readings["backward"].outputs[::-1, 0]
        np.testing.assert_allclose(backward, served[:, 1], atol=1e-5)


def test_the_shipped_network_gives_what_its_graph_gives() -> None:
    """To the rounding of 7 and 8 bits, which the graph has and the lab has not."""
    model = TrainedModel.open("sentiment-en")
    _, ids = model.tokens(TEXT)
    graph = Bundle.open(model_path("sentiment-en")).read("model.onnx")
    served = served_outputs(graph, ids, "encoder_0")
    units = model.network.encoders[0].units
    readings = model.encode(ids)[0].readings
    for side, outputs in enumerate(
        (readings["forward"].outputs[:, 0], readings["backward"].outputs[::-1, 0])
    ):
        difference = outputs - served[:, side, :units]
        assert np.sqrt(np.mean(difference**2)) < 0.05
        assert np.corrcoef(outputs.ravel(), served[:, side, :units].ravel())[0, 1] > 0.99


def test_the_values_obey_their_equations() -> None:
    found = lab.cell(TEXT, model="sentiment-en", num=3)
    assert found.tokens[:4] == ("It", "was", "not", "good")
    assert (found.cell, found.units, len(found.shown)) == ("lstm", 512, 3)
    for unit in found.shown:
        i, f, g, o, c, h = (np.array(unit.values[name]) for name in "ifgoch")
        before = np.concatenate([[0.0], c[:-1]])
        np.testing.assert_allclose(c, f * before + i * g, atol=1e-5)
        np.testing.assert_allclose(h, o * np.tanh(c), atol=1e-5)
    swings = [np.ptp([0.0, *unit.values["c"]]) for unit in found.shown]
    assert swings == sorted(swings, reverse=True)


def test_a_generator_begins_as_its_texts_did() -> None:
    found = lab.cell("床前明月光", model="poetry-zh", num=1)
    assert found.tokens == ("<s>", "床", "前", "明", "月", "光")
    assert len(found.moved) == len(found.path) == 6


def test_the_backward_encoder_reads_from_the_end() -> None:
    found = lab.cell("It was good", model="sentiment-en", num=1, backward=True)
    assert found.tokens == ("good", "was", "It")
    assert found.source == "sentiment-en, encoder 1 backward"


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_small_network_reads_words(kind: str) -> None:
    found = lab.cell("Not bad, not good. 不错", kind, units=4)
    assert found.tokens == ("Not", "bad", ",", "not", "good", ".", "不", "错")
    assert set(found.means) == {"rnn": set(), "lstm": {"i", "f", "o"}, "gru": {"z", "r"}}[kind]
    again = lab.cell("Not bad, not good. 不错", kind, units=4)
    assert again.as_dict() == found.as_dict()
    steps = np.array([unit.values["h"] for unit in found.shown]).T  # all four units
    before = np.concatenate([np.zeros((1, 4)), steps[:-1]])
    np.testing.assert_allclose(found.moved, np.linalg.norm(steps - before, axis=1))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        ({"text": " "}, InputError, "no words"),
        ({"text": "", "model": "sentiment-en"}, InputError, "no words"),
        ({"text": "a", "kind": "gru", "model": "sentiment-en"}, ConfigurationError, "is lstm, not"),
        ({"text": "a", "layer": 2, "model": "sentiment-en"}, ConfigurationError, "from 1 to 1"),
        ({"text": "a", "backward": True, "model": "prose-en"}, ConfigurationError, "backward"),
        ({"text": "a", "kind": "cnn"}, ConfigurationError, "rnn, lstm, gru"),
    ],
)
def test_what_there_is_not_is_refused(call: dict[str, Any], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        lab.cell(**call)


def test_a_tagger_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is a tagger; the lab looks into"):
        lab.cell("a", model=small_tagger(tmp_path / "names"))

"""Attention in NumPy against what the served graphs answer; and before training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_bundles import random_weights, small_translator

import textrnn
from textrnn import lab
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.translator.graph import compile_translator
from textrnn.heads.translator.network import TranslatorHead, TranslatorNetwork
from textrnn.lab.attention_equations import translator_attention
from textrnn.network import Embedding, Encoder
from textrnn.runtime.session import Session
from textrnn.text.tokenizer import Tokenizer

TEXT = "It was not good at all, but I loved the music."


def test_a_classifier_looks_where_its_graph_looks() -> None:
    found = lab.attention("sentiment-en", TEXT)
    served = textrnn.load("sentiment-en").classify([TEXT], token_weights=True)[0].token_weights
    assert found.source == tuple(token.text for token in served)
    np.testing.assert_allclose(found.after[0], [token.weight for token in served], atol=0.03)
    assert found.target == ()


def test_before_training_it_looks_everywhere_alike() -> None:
    found = lab.attention("sentiment-en", TEXT)
    np.testing.assert_allclose(found.before[0], 1 / len(found.source), rtol=0.05)
    assert sum(found.before[0]) == pytest.approx(1.0)
    assert "Before training it looks at 13.0 of 13 tokens" in found.findings()[1]
    other = lab.attention("sentiment-en", TEXT, random_state=1)
    assert (other.before != found.before, other.after) == (True, found.after)


def test_a_translator_looks_where_its_graph_looked(tmp_path: Path) -> None:
    model = small_translator(tmp_path / "small")
    found = lab.attention(model, "a fine film")
    (translation,) = textrnn.load(model).translate(["a fine film"])
    sentence = translation.sentences[0]
    assert "".join(found.source) == "a fine film"
    assert "".join(found.target) == translation.text
    rows = len(found.target)
    np.testing.assert_allclose(found.after, sentence.attention[:rows], atol=2e-3)
    assert np.shape(found.before) == np.shape(found.after)


@pytest.mark.parametrize("attention", ["additive", "multiplicative"])
@pytest.mark.parametrize("feeding", [True, False])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_every_attention_of_a_translator_is_that_of_its_graph(
    cell: str, feeding: bool, attention: str
) -> None:
    """Of two layers each, step by step with the graph's own states."""
    network = TranslatorNetwork(
        9, 8, Embedding(units=6), (Encoder(cell, 5), Encoder(cell, 4)),
        (Encoder(cell, 7, bidirectional=False), Encoder(cell, 5, bidirectional=False)),
        TranslatorHead(attention, attention_units=3, input_feeding=feeding),
    )  # fmt: skip
    weights = random_weights(network.weight_shapes())
    source, target = np.array([4, 7, 5, 1], np.int32), np.array([8, 4, 6], np.int32)
    graphs = compile_translator(network, weights, precision="float32")
    encoder, decoder = (Session(graphs[f"{n}.onnx"], threads=1) for n in ("encoder", "decoder"))
    lengths = np.array([4], np.int32)
    read = encoder.run({"tokens": source[None], "lengths": lengths})
    states = {
        name: read.get(f"first/{name}", np.zeros((1, units), np.float32))
        for name, units in network.state_units.items()
    }
    looks = []
    for token in (Tokenizer.START, *target[:-1]):
        given = {
            "tokens": np.array([token], np.int32), "candidates": np.zeros(1, np.int64),
            "keys": read["keys"], "values": read["values"], "lengths": lengths,
        }  # fmt: skip
        step = decoder.run({**given, **states})
        states = {name: step[f"new/{name}"] for name in states}
        looks.append(step["attention"][0])
    found = translator_attention(network, weights, source, target)
    np.testing.assert_allclose(found, looks, atol=1e-5)


def test_what_does_not_look_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="prose-en has no attention"):
        lab.attention("prose-en", "a")
    with pytest.raises(InputError, match="no words"):
        lab.attention("sentiment-en", " ")

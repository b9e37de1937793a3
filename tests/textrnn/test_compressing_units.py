"""Recurrent units removed whole: what has no weights changes nothing when it goes, in any cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_bundles import random_weights

from textrnn.compressing.classifier import pooled_readers
from textrnn.compressing.units import Reader, prune_units, units_left
from textrnn.errors import ConfigurationError
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.network import CELLS, GATES, MERGES, Embedding, Encoder, directions
from textrnn.runtime.session import Session

TOKENS = np.array([[2, 3, 4, 5, 6, 7], [7, 5, 0, 0, 0, 0]], np.int32)
FED = {"tokens": TOKENS, "lengths": np.array([6, 2], np.int32)}
IDLE = {"forward": [1, 4], "backward": [0, 2]}  # of five units


def network(cell: str, merge: str, *, bidirectional: bool = True, hidden: int = 0) -> Any:
    """Two encoders of five units, and every pooling that reads the second."""
    encoder = Encoder(cell, 5, bidirectional=bidirectional, merge=merge)
    head = ClassifierHead(
        labels=("bad", "so", "good"), pooling=("last", "ngrams", "attention", "mean", "max"),
        attention_units=3, ngram_units=2, hidden_units=hidden,
    )  # fmt: skip
    return ClassifierNetwork(8, head, Embedding(units=4), (encoder, encoder))


def idle_units(found: Any, readers: Sequence[Reader]) -> dict[str, Any]:
    """Random weights in which some units of every encoder have none."""
    weights = random_weights(found.weight_shapes())
    for number, encoder in enumerate(found.encoders):
        apart = encoder.units if encoder.merge == "concat" else 0
        ours = readers
        if number == 0:
            ours = [Reader(f"encoder_1/{way}/kernel") for way in directions(encoder)]
        for place, way in enumerate(directions(encoder)):
            units = IDLE[way if encoder.merge == "concat" else "forward"]
            for part in ("kernel", "recurrent", "bias"):
                value = weights[f"encoder_{number}/{way}/{part}"]
                gates = value.reshape(*value.shape[:-1], GATES[encoder.cell], encoder.units)
                gates[..., units] = 0.0
            weights[f"encoder_{number}/{way}/recurrent"][units] = 0.0
            for reader in ours:
                for unit in units:
                    weights[reader.name][reader.first + place * apart + unit] = 0.0
    return weights


@pytest.mark.parametrize("merge", MERGES)
@pytest.mark.parametrize("cell", CELLS)
def test_units_without_weights_go_and_nothing_changes(cell: str, merge: str) -> None:
    whole = network(cell, merge)
    readers = pooled_readers(whole)
    weights = idle_units(whole, readers)
    pruned, encoders = prune_units(weights, whole.encoders, readers, 0.4)
    smaller = replace(whole, encoders=encoders)
    assert [encoder.units for encoder in encoders] == [3, 3]
    assert {name: value.shape for name, value in pruned.items()} == smaller.weight_shapes()
    before, after = (
        Session(compile_classifier(net, arrays, precision="float32"), threads=1).run(FED)
        for net, arrays in ((whole, weights), (smaller, pruned))
    )
    for name, expected in before.items():
        np.testing.assert_allclose(after[name], expected, atol=1e-5)
    assert np.abs(before["logits"]).max() > 0.1


def test_a_hidden_layer_is_what_reads_the_pooled(tmp_path: Path) -> None:
    whole = network("lstm", "concat", bidirectional=False, hidden=3)
    weights = idle_units(whole, pooled_readers(whole))
    pruned, encoders = prune_units(weights, whole.encoders, pooled_readers(whole), 0.4)
    smaller = replace(whole, encoders=encoders)
    assert {name: value.shape for name, value in pruned.items()} == smaller.weight_shapes()


def test_the_least_by_all_of_their_weights_go_and_the_given_ones_stay_as_they_are() -> None:
    encoder = Encoder("rnn", 3, bidirectional=False)
    weights = {
        "encoder_0/forward/kernel": np.array([[1.0, 1.0, 1.0]], np.float32),
        "encoder_0/forward/recurrent": np.zeros((3, 3), np.float32),
        "encoder_0/forward/bias": np.array([7.0, 8.0, 9.0], np.float32),
        "output/kernel": np.array([[0.0], [3.0], [-2.0]], np.float32),
    }
    pruned, (smaller,) = prune_units(weights, [encoder], [Reader("output/kernel")], 0.3)
    assert smaller.units == 2
    assert pruned["encoder_0/forward/bias"].tolist() == [8.0, 9.0]
    assert pruned["output/kernel"].tolist() == [[3.0], [-2.0]]
    assert weights["output/kernel"].shape == (3, 1)
    # By the outgoing weights alone the second would be the strongest; by all it is the first.
    weights["encoder_0/forward/kernel"][0, 0] = 5.0
    pruned, _ = prune_units(weights, [encoder], [Reader("output/kernel")], 0.6)
    assert pruned["encoder_0/forward/bias"].tolist() == [7.0]


def test_one_unit_stays() -> None:
    assert units_left(5, 0.3) == 4  # round half to even: 3.5
    assert units_left(200, 0.3) == 140
    assert units_left(5, 0.8) == 1
    with pytest.raises(ConfigurationError, match=r"0.95 leaves none of the 5 units.*0.8 leaves"):
        units_left(5, 0.95)
    with pytest.raises(ConfigurationError, match="none of the 1 unit of an encoder; leave it out"):
        units_left(1, 0.5)

"""A language model beside the labels: its loss by hand, whom it teaches, and off is off."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest

from made_up import made_up_reviews
from textrnn.errors import ConfigurationError
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.network import Embedding, Encoder
from textrnn.training.classifier.auxiliary import LabelsAndNeighbours
from textrnn.training.classifier.losses import Labels
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.plan import (
    AuxiliarySettings,
    ClassifierPlan,
    ConsistencySettings,
    check_auxiliary,
)
from textrnn.training.classifier.run import run_classifier
from textrnn.training.loop.sampled_softmax import Candidates
from textrnn.training.loop.step import make_step
from textrnn.training.settings import TrainingSettings

pytestmark = pytest.mark.train

V, E = 12, 5
TOKENS = np.array([[4, 5, 6, 7], [8, 9, 0, 0], [10, 4, 11, 0]], np.int32)
OTHERS = np.array([[7, 6, 5, 11, 8], [6, 9, 4, 0, 0]], np.int32)
TARGETS = np.eye(2, dtype=np.float32)[[0, 1, 1]]
ONES = np.ones(3, np.float32)
COUNTS = np.arange(1, V + 1)
FREQUENCIES = (COUNTS / COUNTS.sum()).astype(np.float32)
NETWORK = ClassifierNetwork(
    V,
    ClassifierHead(labels=("a", "b"), pooling=("max",), dropout=0.0),
    Embedding(units=E),
    (Encoder(units=E),),
)


def model(network: ClassifierNetwork = NETWORK, compute: str = "float32") -> keras.Model:
    keras.utils.set_random_seed(3)
    network = replace(
        network,
        embedding=replace(network.embedding, dropout=0.0),
        head=replace(network.head, dropout=0.0),
    )
    return build_classifier(network, compute=compute)


@cache
def steps(
    network: ClassifierNetwork = NETWORK, *, compute: str = "float32", with_others: bool = False
) -> dict[float, tuple[float, dict[str, np.ndarray]]]:
    """For weights of the language model: the loss of a step of plain descent at rate 1, and what
    the step took from each layer.
    """
    built = model(network, compute)
    before = {layer.name: layer.get_weights() for layer in built.layers}
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build(built.trainable_variables)
    candidates = Candidates(COUNTS, V - 1)
    term = LabelsAndNeighbours(built, candidates, FREQUENCIES, reads_plain=with_others)
    run = make_step(built, optimizer, [term])
    batch = {
        "tokens": TOKENS, "targets": TARGETS, "weights": ONES, "plain": OTHERS,
        "candidates": candidates.draw(np.random.default_rng(0)),
    }  # fmt: skip
    found = {}
    for weight in (0.0, 2.0):
        for name, old in before.items():
            built.get_layer(name).set_weights(old)
        loss = run({**batch, "weight": np.float32(weight)})
        taken = {
            name: np.concatenate([(a - b).ravel() for a, b in zip(old, new, strict=True)])
            for name, old in before.items()
            if old
            for new in [built.get_layer(name).get_weights()]
        }
        found[weight] = loss, taken
    return found


def added_loss(network: ClassifierNetwork = NETWORK) -> float:
    """What the language model, counted once, adds to the loss of the labels."""
    found = steps(network)
    return (found[2.0][0] - found[0.0][0]) / 2.0


def neighbour_losses(built: keras.Model, tokens: np.ndarray = TOKENS) -> tuple[float, float]:
    """The mean loss of predicting the next token, and the one before, from the states."""
    states = np.array(keras.Model(built.input, built.get_layer("encoder_0").output[0])(tokens))
    units = built.get_layer("encoder_0").output[1].shape[-1]
    table = built.get_layer("embedding").get_weights()[0]
    candidates = Candidates(COUNTS, V - 1)
    drawn = candidates.draw(np.random.default_rng(0))

    def loss_of(state: np.ndarray, token: int) -> float:
        logits = (
            table @ state.reshape(-1, E).sum(axis=0) + np.log(FREQUENCIES) - candidates.log_expected
        )
        among = np.union1d(drawn, [token])
        return float(np.log(np.exp(logits[among]).sum()) - logits[token])

    ahead, behind = [], []
    for b, length in enumerate(np.count_nonzero(tokens, axis=1)):
        for t in range(length - 1):
            ahead.append(loss_of(states[b, t, :units], tokens[b, t + 1]))
            behind.append(loss_of(states[b, t + 1, -units:], tokens[b, t]))
    return float(np.mean(ahead)), float(np.mean(behind))


def test_the_loss_by_hand() -> None:
    """Forward states predict the next token, backward states the one before; padding nothing."""
    ahead, behind = neighbour_losses(model())
    assert added_loss() == pytest.approx((ahead + behind) / 2, rel=1e-4)


def test_states_of_several_times_the_units_are_cut_up_and_added() -> None:
    wide = replace(NETWORK, encoders=(Encoder("rnn", units=3 * E),))
    ahead, behind = neighbour_losses(model(wide))
    assert added_loss(wide) == pytest.approx((ahead + behind) / 2, rel=1e-4)


def test_further_texts_are_predicted_too_and_teach_no_labels() -> None:
    ahead, behind = neighbour_losses(model(), OTHERS)
    alone, taken = steps()[2.0]
    found, more = steps(with_others=True)[2.0]
    assert found - alone == pytest.approx(ahead + behind, rel=1e-4)
    assert more["output"] == pytest.approx(taken["output"], abs=1e-6)
    assert not np.allclose(more["encoder_0"], taken["encoder_0"], atol=1e-4)


def test_one_direction_predicts_ahead_alone() -> None:
    one = replace(NETWORK, encoders=(Encoder(units=E, bidirectional=False),))
    ahead, _ = neighbour_losses(model(one))
    assert added_loss(one) == pytest.approx(ahead, rel=1e-4)


def test_with_no_weight_it_is_the_plain_step() -> None:
    built = model()
    before = [np.array(v) for v in built.trainable_variables]
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build(built.trainable_variables)
    batch = {"tokens": TOKENS, "targets": TARGETS, "weights": ONES}
    loss = make_step(built, optimizer, [Labels(built)])(batch)
    plain = [old - np.array(v) for old, v in zip(before, built.trainable_variables, strict=True)]
    found, taken = steps()[0.0]
    assert found == pytest.approx(loss, abs=1e-6)
    assert np.concatenate(list(taken.values())) == pytest.approx(
        np.concatenate([gradient.ravel() for gradient in plain]), abs=1e-6
    )


def test_it_teaches_embedding_and_encoder_and_not_the_head() -> None:
    _, plain = steps()[0.0]
    _, taken = steps()[2.0]
    for name in ("embedding", "encoder_0"):
        assert not np.allclose(taken[name], plain[name], atol=1e-4)
    assert taken["output"] == pytest.approx(plain["output"], abs=1e-6)


def test_numbers_of_16_bits_come_near() -> None:
    loss, taken = steps()[2.0]
    half_loss, half = steps(compute="bfloat16")[2.0]
    assert half_loss == pytest.approx(loss, rel=0.02)
    for name, gradient in taken.items():
        scale = np.abs(gradient).max()
        assert half[name] == pytest.approx(gradient, abs=0.05 * float(scale)), name
    built = model(compute="bfloat16")
    assert {v.dtype for v in built.trainable_variables} == {"float32"}
    assert keras.config.dtype_policy().name == "float32"  # as it was before


def test_networks_that_cannot_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="multiple of them; received 6"):
        check_auxiliary(Encoder(units=E + 1), Embedding(units=E))
    with pytest.raises(ConfigurationError, match="merge concat; received sum"):
        check_auxiliary(Encoder(units=E, merge="sum"), Embedding(units=E))
    beside = AuxiliarySettings(language_model=1.0)
    with pytest.raises(ConfigurationError, match="received 5 and 100"):
        ClassifierPlan(auxiliary=beside, encoders=(Encoder(units=E),))
    with pytest.raises(ConfigurationError, match="no language model reads unlabelled texts"):
        AuxiliarySettings(unlabelled_batch=8)
    with pytest.raises(ConfigurationError, match="one of the two"):
        ClassifierPlan(auxiliary=beside, consistency=ConsistencySettings(entropy=1.0))
    with pytest.raises(ConfigurationError, match="float32 alone"):
        ClassifierPlan(
            training=TrainingSettings(compute="bfloat16"),
            consistency=ConsistencySettings(adversarial=1.0),
        )


def test_a_language_model_of_further_texts_needs_some(tmp_path: Path) -> None:
    plan = ClassifierPlan(
        embedding=Embedding(units=6),
        encoders=(Encoder(units=6),),
        auxiliary=AuxiliarySettings(language_model=1.0, unlabelled_batch=4),
    )
    with pytest.raises(ConfigurationError, match="no unlabelled texts for the language model"):
        run_classifier(made_up_reviews(32), out=tmp_path / "m", plan=plan)

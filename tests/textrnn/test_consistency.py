"""Adversarial and virtual adversarial steps, entropy: sizes, gradients, and off is off."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from made_up import made_up_reviews
from textrnn.bundle.bundle import Bundle
from textrnn.errors import ConfigurationError
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork, HeadSettings
from textrnn.network import Embedding, Encoder
from textrnn.training.classifier.batches import plain_batches
from textrnn.training.classifier.consistency import (
    AdversarialLabels,
    SplitClassifier,
    UnlabelledAnswers,
    divergence,
    embedding_spread,
    mean_entropy,
    perturbation,
)
from textrnn.training.classifier.losses import Labels
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.plan import ClassifierPlan, ConsistencySettings
from textrnn.training.classifier.run import run_classifier
from textrnn.training.loop.step import Term, make_step
from textrnn.training.settings import TokenizerSettings, TrainingSettings
from textrnn.training.weights.files import read_weights

pytestmark = pytest.mark.train

V, E, L = 12, 5, 3
RNG = np.random.default_rng(0)
TOKENS = np.array([[4, 5, 6, 7], [8, 9, 0, 0], [10, 4, 11, 0]], np.int32)
TARGETS = np.eye(L, dtype=np.float32)[[0, 1, 2]]
ONES = np.ones(3, np.float32)
SHARES = np.full(V, 1.0 / V, np.float32)

PLAN = ClassifierPlan(
    tokenizer=TokenizerSettings(min_frequency=2),
    embedding=Embedding(units=6, dropout=0.1),
    encoders=(Encoder(units=4, bidirectional=False),),
    head=HeadSettings(pooling=("last",), dropout=0.1),
    training=TrainingSettings(
        epochs=2, patience=0, batch_size=16, learning_rate=0.02, validation_split=0.2
    ),
)
MIXED = ConsistencySettings(
    adversarial=1.0, virtual_adversarial=1.0, entropy=0.5, unlabelled_batch=8
)


def network(**changes: object) -> ClassifierNetwork:
    head = ClassifierHead(labels=("a", "b", "c"), pooling=("last", "max"), dropout=0.0)
    plain = ClassifierNetwork(
        V, head, Embedding(units=E), (Encoder("rnn", 4, bidirectional=False),)
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def model() -> keras.Model:
    keras.utils.set_random_seed(3)
    return build_classifier(network())


def terms(settings: ConsistencySettings, built: keras.Model) -> list[Term]:
    """What is learned where it is asked for."""
    found: list[Term] = [Labels(built)]
    if settings.adversarial:
        found = [AdversarialLabels(built, settings.adversarial, SHARES)]
    if settings.needs_unlabelled:
        found.append(UnlabelledAnswers(built, settings, SHARES, keras.random.SeedGenerator(5)))
    return found


def step(
    built: keras.Model, learned: list[Term], **batch: np.ndarray
) -> tuple[float, list[np.ndarray]]:
    """The loss of one step of plain descent at rate 1, and what it took from each weight."""
    before = [np.array(v) for v in built.trainable_variables]
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build(built.trainable_variables)
    arrays = {"tokens": TOKENS, "targets": TARGETS, "weights": ONES, "plain": TOKENS[:2], **batch}
    loss = make_step(built, optimizer, learned)(arrays)
    after = [np.array(v) for v in built.trainable_variables]
    return loss, [old - new for old, new in zip(before, after, strict=True)]


def test_the_spread_is_weighted_by_how_often_tokens_occur() -> None:
    table = np.array([[0.0, 1.0], [4.0, 1.0], [8.0, 1.0]], np.float32)
    found = np.array(embedding_spread(table, np.array([0.25, 0.75, 0.0], np.float32)))
    assert found == pytest.approx([math.sqrt(0.25 * 9 + 0.75 * 1), 0.0], abs=1e-5)


@pytest.mark.parametrize("size", [1.0, 1e-9, 1e9])
def test_a_step_has_the_stated_norm_whatever_the_gradient(size: float) -> None:
    gradient = (size * RNG.normal(size=(3, 4, E))).astype(np.float32)
    spread = np.array([0.5, 1.0, 2.0, 0.1, 3.0], np.float32)
    present = (TOKENS != 0).astype(np.float32)
    found = np.array(perturbation(gradient, spread, present, 5.0))
    assert not found[TOKENS == 0].any()
    norms = np.sqrt(np.square(found / spread).sum(axis=(1, 2)))  # in normalised embeddings
    assert norms == pytest.approx([5.0, 5.0, 5.0], rel=1e-3)


def test_a_step_goes_along_the_gradient_of_normalised_embeddings() -> None:
    gradient = RNG.normal(size=(1, 4, E)).astype(np.float32)
    spread = np.array([0.5, 1.0, 2.0, 0.1, 3.0], np.float32)
    found = np.array(perturbation(gradient, spread, np.ones((1, 4), np.float32), 2.0)) / spread
    along = gradient * spread
    assert found == pytest.approx(2.0 * along / np.sqrt(np.square(along).sum()), abs=1e-5)


def test_divergence_and_entropy_by_hand() -> None:
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.2, 0.6])
    logits, changed = (np.log(x)[None].astype(np.float32) + 7.0 for x in (p, q))
    assert float(divergence(logits, changed)) == pytest.approx((p * np.log(p / q)).sum(), abs=1e-5)
    assert float(divergence(logits, logits)) == pytest.approx(0.0, abs=1e-6)
    assert float(mean_entropy(logits)) == pytest.approx(-(p * np.log(p)).sum(), abs=1e-5)


def test_the_two_parts_make_the_whole() -> None:
    built = model()
    split = SplitClassifier(built)
    embedded = split.embed(TOKENS, training=False)
    found = split.answer(keras.ops.convert_to_tensor(TOKENS), embedded, training=False)
    assert np.array(found) == pytest.approx(np.array(built(TOKENS)), abs=1e-6)


def test_the_adversarial_step_raises_the_loss_more_than_random_ones() -> None:
    built = model()
    settings = ConsistencySettings(adversarial=2.0)
    plain = float(np.array(_cross_entropy(built(TOKENS))))
    moved = model()
    loss, _ = step(moved, terms(settings, moved))
    adversarial = loss - plain
    split = SplitClassifier(built)
    embedded = split.embed(TOKENS, training=False)
    spread = embedding_spread(built.get_layer("embedding").embeddings, SHARES)
    present = (TOKENS != 0).astype(np.float32)
    for _ in range(20):
        noise = RNG.normal(size=embedded.shape).astype(np.float32)
        away = perturbation(noise, spread, present, 2.0)
        moved = split.answer(keras.ops.convert_to_tensor(TOKENS), embedded + away, training=False)
        assert float(np.array(_cross_entropy(moved))) < adversarial
    assert adversarial > plain


def test_gradients_reach_every_weight() -> None:
    for settings in (
        ConsistencySettings(adversarial=1.0),
        ConsistencySettings(virtual_adversarial=1.0),
        ConsistencySettings(entropy=1.0),
        MIXED,
    ):
        built = model()
        _, taken = step(built, terms(settings, built))
        assert all(np.abs(change).max() > 0 for change in taken)


def test_unlabelled_texts_alone_move_the_rows_of_their_words() -> None:
    built = model()
    table = built.get_layer("embedding").embeddings
    before = np.array(table)
    settings = ConsistencySettings(virtual_adversarial=1.0)
    nothing = np.zeros(1, np.float32)  # what the label weighs
    step(built, terms(settings, built), tokens=TOKENS[:1], targets=TARGETS[:1], weights=nothing,
         plain=TOKENS[1:2])  # fmt: skip
    moved = np.abs(np.array(table) - before).max(axis=1) > 0
    assert set(np.flatnonzero(moved)) == {8, 9}


def test_the_entropy_is_that_of_the_unlabelled_texts() -> None:
    built = model()
    plain = float(np.array(_cross_entropy(built(TOKENS))))
    entropy = float(mean_entropy(built(TOKENS[:2])))
    loss, _ = step(built, terms(ConsistencySettings(entropy=0.5), built))
    assert loss == pytest.approx(plain + 0.5 * entropy, abs=1e-5)


def test_terms_are_added_up() -> None:
    """Their losses, and what they take from the weights: nothing else is done by them together."""
    settings = ConsistencySettings(virtual_adversarial=1.0, entropy=0.5)
    found = []
    for chosen in (slice(0, 1), slice(1, 2), slice(0, 2)):
        built = model()
        found.append(step(built, terms(settings, built)[chosen]))
    (loss, taken), (other_loss, other), (both_loss, both) = found
    assert both_loss == pytest.approx(loss + other_loss, abs=1e-6)
    for one, two, together in zip(taken, other, both, strict=True):
        assert together == pytest.approx(one + two, abs=1e-6)
        assert np.abs(two).max() > 0


def weights(out: Path) -> dict[str, np.ndarray]:
    return read_weights(Bundle.open(out))


def test_turned_off_it_gives_the_plain_run_bit_for_bit(tmp_path: Path) -> None:
    reviews = made_up_reviews(64)
    off = replace(PLAN, consistency=ConsistencySettings(unlabelled_batch=3))
    texts = ["the soup was fine", "a song"]
    run_classifier(reviews, out=tmp_path / "plain", plan=PLAN, unlabelled=texts)
    run_classifier(reviews, out=tmp_path / "off", plan=off, unlabelled=texts)
    first, second = weights(tmp_path / "plain"), weights(tmp_path / "off")
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_plain_batches_go_on_for_ever_and_start_anywhere() -> None:
    texts = [np.arange(4, 5 + i, dtype=np.int32) for i in range(7)]

    def take(count: int, skip: int = 0) -> list[np.ndarray]:
        batches = plain_batches(texts, batch_size=3, max_tokens=4, seed=(1, 2), skip=skip)
        return [batch for batch, _ in zip(batches, range(count), strict=False)]

    whole = take(8)
    assert sum(len(batch) for batch in whole[:3]) == 7
    assert max(batch.shape[1] for batch in whole) == 4
    for skip in (1, 3, 5):
        for one, other in zip(whole[skip:], take(8 - skip, skip), strict=True):
            assert np.array_equal(one, other)


@pytest.mark.parametrize("name", ["adversarial", "virtual_adversarial", "entropy"])
def test_settings_are_checked(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} must be 0 or more"):
        ConsistencySettings(**{name: -1.0})


def _cross_entropy(logits: object) -> object:
    return keras.losses.CategoricalCrossentropy(from_logits=True)(TARGETS, logits)

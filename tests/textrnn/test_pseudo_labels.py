"""Texts without labels, learned with the answers of the model that a run begins with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import textrnn
from made_up import made_up_reviews
from textrnn.bundle import Bundle
from textrnn.errors import ConfigurationError, TrainingError
from textrnn.network import ClassifierHead, Embedding, Encoder, Network
from textrnn.training import classifier as run
from textrnn.training.batches import EncodedTexts, training_batches
from textrnn.training.build import build_model
from textrnn.training.classification import ClassificationObjective
from textrnn.training.classifier import ClassifierPlan, train_classifier
from textrnn.training.fit import TrainingEvent
from textrnn.training.optimizers import make_optimizer
from textrnn.training.pseudo_labels import pseudo_label
from textrnn.training.settings import (
    AuxiliarySettings,
    BagSettings,
    ConsistencySettings,
    HeadSettings,
    PseudoLabelSettings,
    TrainingSettings,
)
from textrnn.training.weight_files import read_weights

pytestmark = pytest.mark.train

LABELS = ("negative", "positive")
TEXTS = [f"{example.text} once more" for example in made_up_reviews(40, random_state=5)]
PLAN = ClassifierPlan(
    embedding=Embedding(units=8),
    encoders=(Encoder(units=6),),
    head=HeadSettings(pooling=("attention", "max"), attention_units=4, dropout=0.1),
    training=TrainingSettings(epochs=1, max_tokens=12, window_overlap=3, batch_size=16),
)


def test_sure_answers_alone_are_learned(tiny_bundle: Path) -> None:
    texts = [*TEXTS, "nothing that was ever seen"]
    answers = textrnn.load(tiny_bundle).classify(texts)
    border = sorted(answer.probability for answer in answers)[10]
    settings = PseudoLabelSettings(min_probability=border)
    found, probabilities = pseudo_label(texts, tiny_bundle, LABELS, settings, random_state=0)
    sure = [answer for answer in answers if answer.probability >= border]
    assert found == [answer.text for answer in sure]
    expected = [[answer.probabilities[label] for label in LABELS] for answer in sure]
    assert probabilities == pytest.approx(np.array(expected), abs=1e-6)
    assert len(found) < len(texts)


def test_so_many_are_drawn_at_random_in_their_order(tiny_bundle: Path) -> None:
    settings = PseudoLabelSettings(min_probability=1e-9, texts=7)
    draws = [
        pseudo_label(TEXTS, tiny_bundle, LABELS, settings, random_state=state)[0]
        for state in (0, 0, 1)
    ]
    assert draws[0] == draws[1] != draws[2]
    assert [text for text in TEXTS if text in draws[0]] == draws[0]
    assert len(draws[0]) == 7


def test_other_labels_are_refused(tiny_bundle: Path) -> None:
    settings = PseudoLabelSettings(min_probability=0.9)
    with pytest.raises(ConfigurationError, match="its labels are negative, positive; those of"):
        pseudo_label(TEXTS, tiny_bundle, ("bad", "good"), settings, random_state=0)


def test_they_train_beside_the_labelled_ones(tiny_bundle: Path, tmp_path: Path) -> None:
    """What has a label, or is to validate, is left out, whatever the model says of it."""
    reviews = made_up_reviews(60)
    plan = replace(PLAN, pseudo_labels=PseudoLabelSettings(min_probability=1e-9))
    said: list[str] = []
    train_classifier(
        reviews[:40],
        validation=reviews[40:],
        unlabelled=[*TEXTS, reviews[1].text, reviews[41].text],
        init_from=[tiny_bundle],
        out=tmp_path / "more",
        plan=plan,
        on_message=said.append,
    )
    manifest = Bundle.open(tmp_path / "more").manifest
    assert manifest.training["texts"] == 40
    assert manifest.training["pseudo_labelled_texts"] == len(TEXTS)
    assert manifest.training["pseudo_labels"]["min_probability"] == 1e-9
    assert any(line.startswith("40 texts more") for line in said)


def test_without_a_classifier_to_begin_with_there_are_none(tmp_path: Path) -> None:
    plan = replace(PLAN, pseudo_labels=PseudoLabelSettings(min_probability=0.9))
    with pytest.raises(ConfigurationError, match="begin with one"):
        train_classifier(made_up_reviews(40), unlabelled=TEXTS, out=tmp_path / "x", plan=plan)


def test_soft_labels_are_the_probabilities(
    tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network learns them as they are, the bag by how far the first is ahead."""
    seen: dict[str, Any] = {}
    make, train_one = run.ClassificationObjective, run.train_bag

    def objective(model: Any, train: EncodedTexts, *rest: Any, **options: Any) -> Any:
        seen["train"] = train
        return make(model, train, *rest, **options)

    def bag(*given: Any, **options: Any) -> Any:
        seen["weights"] = options["weights"]
        return train_one(*given, **options)

    monkeypatch.setattr(run, "ClassificationObjective", objective)
    monkeypatch.setattr(run, "train_bag", bag)
    reviews = made_up_reviews(60)
    plan = replace(
        PLAN,
        pseudo_labels=PseudoLabelSettings(min_probability=0.5, soft=True),
        bag=BagSettings(longest=1),
    )
    train_classifier(
        reviews[:40],
        validation=reviews[40:],
        unlabelled=TEXTS,
        init_from=[tiny_bundle],
        out=tmp_path / "soft",
        plan=plan,
    )
    targets = seen["train"].targets
    certain = np.eye(2)[[LABELS.index(e.label) for e in reviews[:40]]]
    assert np.array_equal(targets[:40], certain)
    answers = textrnn.load(tiny_bundle).classify(TEXTS)
    expected = [[answer.probabilities[label] for label in LABELS] for answer in answers]
    assert targets[40:] == pytest.approx(np.array(expected), abs=0.01)
    assert seen["weights"] == pytest.approx(np.abs(targets[:, 1] - targets[:, 0]))
    (batch,) = training_batches(seen["train"], batch_size=80, max_tokens=12, seed=(0,))
    assert batch.targets is not None
    assert np.array_equal(batch.labels, batch.targets.argmax(axis=1))


def test_soft_needs_answers() -> None:
    with pytest.raises(ConfigurationError, match="soft, needs a min_probability above 0"):
        PseudoLabelSettings(soft=True)


class InterruptionError(Exception):
    """Stands for a power cut in the middle of training."""


def test_a_run_goes_on_with_the_answers_that_it_had(tiny_bundle: Path, tmp_path: Path) -> None:
    """They are not asked for again: other answers would be another run."""
    reviews = made_up_reviews(60)
    plan = replace(
        PLAN,
        pseudo_labels=PseudoLabelSettings(min_probability=0.5, soft=True),
        training=replace(PLAN.training, epochs=2, patience=0, checkpoint_minutes=1e-9),
    )

    def train(out: str, resume: bool = False, on_event: Any = None) -> dict[str, np.ndarray]:
        train_classifier(
            reviews[:40],
            validation=reviews[40:],
            unlabelled=TEXTS,
            init_from=[tiny_bundle],
            out=tmp_path / out,
            plan=plan,
            resume=resume,
            on_event=on_event,
        )
        return read_weights(Bundle.open(tmp_path / out))

    def interrupt(event: TrainingEvent) -> None:
        if (event.epoch, event.step) == (2, 2) and event.record is None:
            raise InterruptionError

    whole = train("whole")
    with pytest.raises(InterruptionError):
        train("parts", on_event=interrupt)
    answers = np.load(tmp_path / "parts.training" / "pseudo_labels.npy")
    assert answers.shape == (len(TEXTS), 2)
    parts = train("parts", resume=True)
    for name, value in whole.items():
        np.testing.assert_array_equal(value, parts[name], err_msg=name)
    with pytest.raises(InterruptionError):
        train("other", on_event=interrupt)
    np.save(tmp_path / "other.training" / "pseudo_labels.npy", answers[:, ::-1])
    with pytest.raises(TrainingError, match=r"pseudo_labels\.npy: not as it was when"):
        train("other", resume=True)
    (tmp_path / "other.training" / "checkpoint.npz").unlink()  # then there is nothing to go on with
    again = train("other", resume=True)
    for name, value in whole.items():
        np.testing.assert_array_equal(value, again[name], err_msg=name)


def test_probabilities_are_what_the_loss_is_taken_of() -> None:
    """On each way of learning: alone, beside adversarial steps, beside a language model."""
    texts = [np.array(ids, np.int32) for ids in ([2, 3, 4], [3, 5], [6, 2, 5, 4])]
    targets = np.array([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]], np.float32)
    train = EncodedTexts(texts, targets.argmax(axis=1), targets)
    network = Network(
        8,
        ClassifierHead(LABELS, pooling=("max",), dropout=0.0),
        Embedding(units=4, dropout=0.0),
        (Encoder(units=4),),
    )
    settings = TrainingSettings(batch_size=3)
    for options in (
        {},
        {"consistency": ConsistencySettings(adversarial=1e-6)},
        {"auxiliary": AuxiliarySettings(language_model=1e-9)},
    ):
        model = build_model(network)
        objective = ClassificationObjective(model, train, train, settings, labels=LABELS, **options)
        (batch,) = objective.batches(epoch=0, skip=0)
        logits = np.array(model(batch.tokens))
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        expected = -(batch.targets * logs).sum(axis=1).mean()
        optimizer = make_optimizer(settings)
        optimizer.build(model.trainable_variables)
        loss = objective.make_step(optimizer)(batch)
        times = 2 if "consistency" in options else 1  # the text, and the text moved by nothing
        assert loss == pytest.approx(times * expected, rel=1e-3)

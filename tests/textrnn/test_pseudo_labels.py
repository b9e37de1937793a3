"""Texts without labels, learned with the answers of the model that a run begins with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import textrnn
from made_up import made_up_reviews
from textrnn.bundle import Bundle
from textrnn.errors import ConfigurationError
from textrnn.network import Embedding, Encoder
from textrnn.training.classifier import ClassifierPlan, train_classifier
from textrnn.training.pseudo_labels import pseudo_label
from textrnn.training.settings import (
    HeadSettings,
    PseudoLabelSettings,
    TrainingSettings,
)

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
    found = pseudo_label(texts, tiny_bundle, LABELS, settings, random_state=0)
    expected = [(a.text, a.label) for a in answers if a.probability >= border]
    assert [(example.text, example.label) for example in found] == expected
    assert len(found) < len(texts)


def test_so_many_are_drawn_at_random_in_their_order(tiny_bundle: Path) -> None:
    settings = PseudoLabelSettings(min_probability=1e-9, texts=7)
    draws = [
        [e.text for e in pseudo_label(TEXTS, tiny_bundle, LABELS, settings, random_state=state)]
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

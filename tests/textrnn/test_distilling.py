"""A smaller model learns what the whole one answers, from texts without labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compressible import compressible

import textrnn
from made_up import made_up_reviews, made_up_sentences, made_up_verses
from textrnn.bundle.bundle import Bundle
from textrnn.errors import InputError

pytestmark = pytest.mark.train


def shares(model: Any, texts: list[str]) -> Any:
    """What a classifier gives each label, (texts, L)."""
    found = model.classify(texts)
    return np.array([[result.probabilities[label] for label in model.labels] for result in found])


def test_a_classifier_comes_nearer_to_the_whole_one(tiny_bundle: Path, tmp_path: Path) -> None:
    texts = [example.text for example in made_up_reviews(160)]
    options: dict[str, Any] = {"prune": 0.7, "vocabulary": 25}
    cut = textrnn.compress(tiny_bundle, out=tmp_path / "cut", **options)
    taught = textrnn.compress(
        tiny_bundle, out=tmp_path / "taught", train=texts, epochs=10, **options
    )
    held = [example.text for example in made_up_reviews(40, random_state=7)]
    wanted = shares(textrnn.load(tiny_bundle), held)
    cut_off, taught_off = (
        np.abs(shares(found.model, held) - wanted).mean() for found in (cut, taught)
    )
    assert taught_off < cut_off
    assert taught.model.tokenizer.vocabulary_size == 25
    manifest = Bundle.open(tmp_path / "taught").manifest
    assert manifest.corpora[-1] == {"name": "texts given", "use": "distillation", "texts": 160}
    assert "accuracy against the whole model's answers" in taught.steps[-1]
    begun = textrnn.train_classifier(
        made_up_reviews(40), out=tmp_path / "begun", init_from=tmp_path / "taught", epochs=1
    )
    assert begun.bundle.manifest.network["encoders"][0]["units"] == 2


def test_a_tagger_of_few_words(tiny_tagger: Path, tmp_path: Path) -> None:
    sentences = made_up_sentences(60, random_state=5)
    lines = [" ".join(sentence.words) for sentence in sentences]
    (tmp_path / "news.txt").write_text("\n".join(lines), "utf-8")
    found = textrnn.compress(
        tiny_tagger, out=tmp_path / "small", prune=0.5, vocabulary=20, train=tmp_path / "news.txt",
        epochs=3, evaluate=sentences,
    )  # fmt: skip
    cut = textrnn.compress(
        tiny_tagger, out=tmp_path / "cut", prune=0.5, vocabulary=20, evaluate=sentences
    )
    assert found.after.scores["F1"] >= cut.after.scores["F1"]
    assert "distilled from 60 texts in 3 epochs" in found.steps[-1]
    assert Bundle.open(tmp_path / "small").manifest.corpora[-1]["name"] == "news.txt"


def test_a_generator_foresees_better(tiny_generator: Path, tmp_path: Path) -> None:
    verses = made_up_verses(80, random_state=3)
    held = made_up_verses(20, random_state=8)
    cut = textrnn.compress(tiny_generator, out=tmp_path / "cut", prune=0.5, evaluate=held)
    taught = textrnn.compress(
        tiny_generator, out=tmp_path / "taught", prune=0.5, train=verses, epochs=4, evaluate=held
    )
    name = "perplexity of a token"
    assert taught.after.scores[name] < cut.after.scores[name]


def test_one_text_is_too_little(tmp_path: Path) -> None:
    whole = compressible("classifier", tmp_path / "whole")
    with pytest.raises(InputError, match="1 text to distil from; 2 are needed at least"):
        textrnn.compress(whole, out=tmp_path / "o", prune=0.4, train=["a film"])
    with pytest.raises(InputError, match="there are no texts"):
        textrnn.compress(whole, out=tmp_path / "o", prune=0.4, train=[" "])
    assert not (tmp_path / "o").exists()

"""A classifier's answers in JavaScript, held against Python's."""

from __future__ import annotations

from dataclasses import asdict
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from small_bundles import put, put_manifest, small_classifier

from in_node import browser_answers, hard_texts
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import load
from textrnn.heads.classifier.bag import BagOfNgrams, text_ngrams
from textrnn.heads.classifier.classifier import Classifier

CLOSE = 1e-3


def check_answers(heads: list[Classifier], texts: list[str], folder: Path) -> None:
    """See that a browser answers as Python does."""
    answers = browser_answers([(head, [(text, {}) for text in texts]) for head in heads], folder)
    rights = [right for head in heads for right in head.classify(texts, token_weights=True)]
    for found, right in zip(chain.from_iterable(answers), rights, strict=True):
        for name in ("text", "label", "tokens", "windows", "answered_by"):
            assert found[name] == getattr(right, name), (name, right.text)
        assert list(found["probabilities"]) == list(right.probabilities)
        assert found["probabilities"] == pytest.approx(dict(right.probabilities), abs=CLOSE)
        weights = [token.pop("weight") for token in found["token_weights"]]
        assert weights == pytest.approx([token.weight for token in right.token_weights], abs=CLOSE)
        tokens = [asdict(token) for token in right.token_weights]
        assert found["token_weights"] == [
            {name: token[name] for name in ("start", "end", "text")} for token in tokens
        ]


def with_bag(path: Path, texts: list[str], *, ending: int) -> Classifier:
    """A classifier whose bag knows a third of the texts' n-grams, and weighs them heavily."""
    tokenizer = Classifier.load(path).tokenizer
    ids = [text.ids for text in tokenizer.encode_batch(texts)]
    hashes = np.unique(text_ngrams(ids, longest=3, ending=ending)[1])[::3]
    weights = np.random.default_rng(3).normal(0, 2, (len(hashes), 2)).astype(np.float32)
    bag = BagOfNgrams(3, hashes, weights, np.array([0.1, -0.2], np.float32), ending=ending)
    put(path, "bag.npz", bag.to_bytes())
    serving = {
        **Bundle.open(path).manifest.serving,
        "temperature_growth": 0.3,
        "bag_share_growth": -0.4,
    }
    put_manifest(path, {"serving": serving})
    return Classifier.load(path)


def test_two_hundred_texts_are_answered_as_in_python(tmp_path: Path) -> None:
    texts = hard_texts(200)
    heads = []
    for level, ending in (("word", 0), ("bpe", 5)):
        path = tmp_path / level
        small_classifier(path, precision="int8", texts=texts[::2], level=level)
        heads.append(with_bag(path, texts, ending=ending))
    check_answers(heads, texts, tmp_path)


def test_the_shipped_models_answer_as_in_python(tmp_path: Path) -> None:
    texts = [text for text in hard_texts(60, longest=12) if len(text) < 60]
    heads = [load(name, threads=1) for name in ("sentiment-en", "sentiment-zh")]
    check_answers(heads, texts, tmp_path)


def test_what_is_not_probable_enough_is_uncertain(tmp_path: Path) -> None:
    head = Classifier.load(small_classifier(tmp_path / "small"))
    (right,) = head.classify(["a fine film"])
    least = right.probability + 0.01
    ((found,),) = browser_answers([(head, [("a fine film", {"abstain": least})])], tmp_path)
    assert found["label"] == "uncertain"
    assert found["probability"] == pytest.approx(right.probability, abs=CLOSE)

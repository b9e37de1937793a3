"""The classifier as a user of the library meets it, on a tiny model that was really trained."""

from __future__ import annotations

import json
import math
import pickle
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import textrnn
from textrnn.bundle.bundle import write_bundle
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError
from textrnn.heads.classifier.classifier import Classifier

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def classifier(tiny_bundle: Path) -> Classifier:
    return textrnn.load(tiny_bundle, threads=1)


def test_it_learned_the_words(classifier: Classifier) -> None:
    results = classifier.classify(["the soup was awful", "what a superb garden"])
    assert [result.label for result in results] == ["negative", "positive"]
    assert all(result.probability > 0.8 for result in results)


def test_probabilities_are_sorted_and_sum_to_one(classifier: Classifier) -> None:
    result = classifier.classify(["a charming , bright song !"])[0]
    values = list(result.probabilities.values())
    assert values == sorted(values, reverse=True)
    assert sum(values) == pytest.approx(1.0)
    assert result.probabilities[result.label] == result.probability == values[0]
    assert result.top(1) == [("positive", result.probability)]


def test_it_says_uncertain_under_the_probability_asked_for(classifier: Classifier) -> None:
    texts = ["the soup was awful", "what a superb garden", "a story"]
    plain = classifier.classify(texts)
    border = sorted(result.probability for result in plain)[1]
    answers = classifier.classify(texts, abstain=border)
    for result, answer in zip(plain, answers, strict=True):
        sure = result.probability >= border
        assert answer.label == (result.label if sure else "uncertain")
        assert (answer.probability, answer.probabilities) == (
            result.probability,
            result.probabilities,
        )
        assert answer.top(2) == [(answer.label, answer.probability), result.top(2)[1]]
    with pytest.raises(ConfigurationError, match="abstain must be from 0 to 1"):
        classifier.classify(texts, abstain=1.5)


def test_the_temperature_is_the_one_of_least_cross_entropy(
    tiny_bundle: Path, tmp_path: Path, classifier: Classifier
) -> None:
    """A bundle with another temperature gives flatter or steeper probabilities."""
    bundle = textrnn.Bundle.open(tiny_bundle)
    temperature = bundle.manifest.serving["temperature"]
    assert 0.5 <= temperature <= 4.0
    flat = replace(bundle.manifest, serving={**bundle.manifest.serving, "temperature": 4.0})
    write_bundle(tmp_path / "m", flat, {name: bundle.read(name) for name in flat.files})
    text = ["a lovely story"]
    steep = classifier.classify(text)[0].probabilities
    found = textrnn.load(tmp_path / "m").classify(text)[0].probabilities
    odds = math.log(steep["positive"] / steep["negative"])
    other = math.log(found["positive"] / found["negative"])
    assert odds * temperature == pytest.approx(other * 4.0, abs=0.02)


def test_token_weights_point_into_the_text(classifier: Classifier) -> None:
    text = "What a  DREADFUL film!!"
    weights = classifier.classify([text], token_weights=True)[0].token_weights
    assert [weight.text for weight in weights] == ["What", "a", "DREADFUL", "film", "!!"]
    assert all(text[w.start : w.end] == w.text for w in weights)
    assert sum(weight.weight for weight in weights) == pytest.approx(1.0, abs=1e-5)


def test_token_weights_are_like_any_sequence(classifier: Classifier) -> None:
    weights = classifier.classify(["the soup was awful"], token_weights=True)[0].token_weights
    listed = list(weights)
    assert [token.text for token in listed] == ["the", "soup", "was", "awful"]
    assert weights[-1] == listed[-1]
    assert weights[1:3] == tuple(listed[1:3])
    assert weights == tuple(listed)
    assert weights != listed[:-1]
    assert repr(weights) == repr(tuple(listed))
    with pytest.raises(IndexError):
        _ = weights[4]
    (result,) = classifier.classify(["the soup was awful"], token_weights=True)
    again = pickle.loads(pickle.dumps(result))
    assert again.token_weights == weights


def test_token_weights_come_where_they_are_asked_for(classifier: Classifier) -> None:
    result = next(classifier.classify_stream(["dull"]))
    assert result.token_weights == ()
    assert result.label == "negative"


def test_an_empty_text_gets_an_answer(classifier: Classifier) -> None:
    result = classifier.classify([""])[0]
    assert (result.tokens, result.windows, result.token_weights) == (0, 1, ())
    assert 0.5 <= result.probability <= 1.0


def test_a_long_text_is_read_to_its_end(classifier: Classifier) -> None:
    """The words that decide stand where a model that cuts would never look."""
    filler = "the story was the story " * 40
    end = "dreadful boring clumsy awful dull " * 40
    result = classifier.classify([filler + end], token_weights=True)[0]
    assert result.windows > 1
    assert result.tokens == 400
    assert result.label == "negative"
    assert len(result.token_weights) == result.tokens
    assert sum(weight.weight for weight in result.token_weights) == pytest.approx(1.0, abs=1e-4)


def test_results_come_in_input_order(classifier: Classifier) -> None:
    words = ["dull", "superb song", "", "a boring , awful film ! " * 9, "what a bright hotel"]
    texts = [words[i % 5] + " x" * (i % 7) for i in range(150)]
    assert [r.text for r in classifier.classify_stream(texts, batch_size=4)] == texts


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_unicode_is_classified(classifier: Classifier, texts: list[str]) -> None:
    for text, result in zip(texts, classifier.classify(texts, token_weights=True), strict=True):
        assert result.text == text
        assert 0.5 <= result.probability <= 1.0
        for weight in result.token_weights:
            assert text[weight.start : weight.end] == weight.text


def test_a_single_string_is_refused(classifier: Classifier) -> None:
    with pytest.raises(ConfigurationError, match="put a single one in a list"):
        classifier.classify("a lovely song")


def test_a_batch_size_of_zero_is_refused(classifier: Classifier) -> None:
    with pytest.raises(ConfigurationError, match="batch_size must be at least 1; received 0"):
        classifier.classify(["x"], batch_size=0)


def test_unknown_models_are_named_with_the_known() -> None:
    with pytest.raises(ModelNotFoundError, match=r"no model 'sentiment-xx'.*shipped: "):
        textrnn.load("sentiment-xx")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_flipped_byte_of_the_manifest_is_noticed(
    tiny_bundle: Path, data: st.DataObject
) -> None:
    content = bytearray((tiny_bundle / "bundle.json").read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "bundle.json").write_bytes(content)
        with pytest.raises(BundleError):
            textrnn.Bundle.open(folder)


def test_a_manifest_without_a_checksum_of_its_own_is_read(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(tiny_bundle, tmp_path / "copy")
    manifest = json.loads((copy / "bundle.json").read_text("utf-8"))
    del manifest["sha256"]
    (copy / "bundle.json").write_text(json.dumps(manifest), "utf-8")
    assert textrnn.Bundle.open(copy).name == manifest["name"]


def test_a_newer_format_is_refused(tiny_bundle: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_bundle, tmp_path / "copy")
    manifest = json.loads((copy / "bundle.json").read_text("utf-8"))
    (copy / "bundle.json").write_text(json.dumps({**manifest, "format_version": 2}), "utf-8")
    with pytest.raises(
        BundleError,
        match=r"bundle format 2, written by textrnn [\d.]+; this textrnn reads format 1",
    ):
        textrnn.load(copy)


def test_a_manifest_that_points_elsewhere_is_refused(tiny_bundle: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_bundle, tmp_path / "copy")
    manifest = json.loads((copy / "bundle.json").read_text("utf-8"))
    manifest["files"]["../secret"] = {"sha256": "0", "bytes": 1}
    (copy / "bundle.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(BundleError, match=r"names a file outside the bundle: '\.\./secret'"):
        textrnn.load(copy)


def test_the_card_says_what_the_model_is(tiny_bundle: Path) -> None:
    card = textrnn.Bundle.open(tiny_bundle).card()
    assert card.startswith("# tiny\n")
    assert "bidirectional LSTM 6 (concat)" in card
    assert "CC0-1.0" in card


def test_training_leaves_its_course_in_the_bundle(tiny_bundle: Path) -> None:
    lines = (tiny_bundle / "history.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith("epoch,learning_rate,loss_nats,validation_loss_nats")
    assert 2 <= len(lines) <= 9
    assert (tiny_bundle / "training.png").read_bytes().startswith(b"\x89PNG")
    assert not tiny_bundle.with_name("tiny.training").exists()

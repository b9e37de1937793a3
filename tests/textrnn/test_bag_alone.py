"""A bag of n-grams that answers by itself what it is sure of, and the network the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_bundles import TEXTS, small_classifier

import textrnn
from calling import textrnn_in
from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.configuration import to_dict
from textrnn.corpora import LabelledText
from textrnn.errors import ConfigurationError, InputError
from textrnn.explaining.explainer import Explainer
from textrnn.heads.classifier.bag import BagOfNgrams, text_ngrams
from textrnn.heads.classifier.bag_alone import BagAlone
from textrnn.heads.classifier.calibration import softmax
from textrnn.heads.classifier.classifier import Classifier
from textrnn.training.classifier.adapt import adapt_model
from textrnn.training.classifier.bag_alone import (
    FEWEST_TEXTS,
    LEAST_TOKENS,
    MOST_LOSS,
    fit_bag_alone,
)

RNG = np.random.default_rng(4)
GOOD, BAD = "a fine and quiet film", "a dull song"
UNSURE = "what a film !"
ALONE = BagAlone((0,), (1.0,), ((0.0, 0.0),), (0.9,))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier with random weights, whose bag knows two words."""
    path = small_classifier(tmp_path_factory.mktemp("models") / "small")
    bundle = Bundle.open(path)
    (fine, dull) = Classifier.load(path).tokenizer.encode_batch(["fine", "dull"])
    hashes = text_ngrams([fine.ids, dull.ids], longest=1)[1]
    order = np.argsort(hashes)
    weights = np.array([[-9.0, 9.0], [9.0, -9.0]], np.float32)[order]
    bag = BagOfNgrams(1, hashes[order], weights, np.zeros(2, np.float32))
    files = {name: bundle.read(name) for name in bundle.manifest.files} | {
        "bag.npz": bag.to_bytes()
    }
    # Beside the network it counts for little, so that the two answers differ.
    serving = {**bundle.manifest.serving, "bag_share": 0.01, "bag_alone": to_dict(ALONE)}
    write_bundle(path, replace(bundle.manifest, serving=serving), files)
    return path


@pytest.fixture(scope="module")
def model(path: Path) -> Classifier:
    return Classifier.load(path, threads=2)


def test_the_bag_answers_what_it_is_sure_of_and_the_network_the_rest(model: Classifier) -> None:
    texts = [GOOD, UNSURE, BAD, ""] * 200
    exact, found = model.classify(texts, mode="exact"), model.classify(texts, batch_size=2)
    assert [answer.text for answer in found] == texts
    assert [answer.answered_by for answer in found[:4]] == ["bag", "network", "bag", "network"]
    assert [answer.label for answer in found[:3:2]] == ["good", "bad"]
    assert {answer.answered_by for answer in exact} == {"network"}
    assert found[1::4] == exact[1::4]
    assert found[3::4] == exact[3::4]
    assert found[0].probability > 0.9 > exact[0].probability
    assert (found[0].tokens, found[0].windows) == (5, 1)
    assert found[:4] == model.classify(texts[:4], mode="adaptive")  # whatever is beside them
    assert found[0].as_dict()["answered_by"] == "bag"


def test_the_bags_answers_are_its_own_probabilities(model: Classifier) -> None:
    (found,) = model.classify([GOOD], mode="fast")
    # Of five different words one is known, with a weight of 9.
    odds = 2 * 9 / np.sqrt(5)
    assert found.probabilities["good"] == pytest.approx(1 / (1 + np.exp(-odds)), abs=2e-3)
    (unsure,) = model.classify([UNSURE], mode="fast")
    assert (unsure.answered_by, unsure.probability) == ("bag", 0.5)


def test_many_texts_that_need_no_network(model: Classifier) -> None:
    texts = [GOOD, BAD] * 300
    for threads in (1, 3):
        with Classifier.load(model.bundle.path, threads=threads) as one:
            for mode in ("fast", "adaptive"):
                found = list(one.answer(iter(texts), mode=mode))
                assert [answer.label for answer in found] == ["good", "bad"] * 300


def test_a_long_text_is_the_bags_as_a_whole(model: Classifier) -> None:
    text = f"{UNSURE} " * 30 + "fine"
    (found,), (exact,) = model.classify([text]), model.classify([text], mode="exact")
    assert (found.answered_by, found.tokens) == ("bag", 121)
    assert (found.windows, exact.windows > 1) == (1, True)


def test_who_asks_for_more_than_the_bag_is_sure_of_asks_the_network(model: Classifier) -> None:
    (sure,) = model.classify([GOOD], abstain=0.99)
    assert sure.answered_by == "bag"
    (asked,) = model.classify([GOOD], abstain=1.0)
    assert (asked.answered_by, asked.label) == ("network", "uncertain")
    (fast,) = model.classify([UNSURE], abstain=0.6, mode="fast")
    assert (fast.answered_by, fast.label) == ("bag", "uncertain")


def test_attention_is_the_networks(model: Classifier) -> None:
    (found,) = model.classify([GOOD], token_weights=True)
    assert (found.answered_by, len(found.token_weights)) == ("network", 5)
    with pytest.raises(ConfigurationError, match="a bag of n-grams has no attention"):
        model.classify([GOOD], mode="fast", token_weights=True)


def test_explanations_are_of_the_network_and_the_bag_beside_it(model: Classifier) -> None:
    (why,) = Explainer(model).explain(GOOD, label="good")
    (exact,) = model.classify([GOOD], mode="exact")
    assert why.probability == pytest.approx(exact.probabilities["good"], abs=1e-6)


def test_evaluation_measures_the_mode_that_is_asked_for(model: Classifier) -> None:
    examples = [LabelledText(GOOD, "good"), LabelledText(BAD, "bad")]
    exact = model.classify([GOOD, BAD], mode="exact")
    assert model.evaluate(examples).accuracy == 1.0
    assert model.evaluate(examples, mode="fast").accuracy == 1.0
    right = np.mean([a.label == e.label for a, e in zip(exact, examples, strict=True)])
    assert model.evaluate(examples, mode="exact").accuracy == right < 1.0


def test_models_without_a_bag_and_bags_that_were_not_fitted(tmp_path: Path) -> None:
    old = Classifier.load(small_classifier(tmp_path / "old"))
    assert old.classify(TEXTS) == old.classify(TEXTS, mode="exact")
    with pytest.raises(ConfigurationError, match="of small was not fitted to answer by itself"):
        old.classify(TEXTS, mode="fast")
    with pytest.raises(ConfigurationError, match="small has no bag of n-grams; leave mode='fast'"):
        without_bag(old.bundle, tmp_path / "none").answer([GOOD], mode="fast")
    with pytest.raises(ConfigurationError, match="mode must be one of adaptive, exact, fast"):
        old.classify(TEXTS, mode="quick")


def without_bag(bundle: Bundle, path: Path) -> Classifier:
    """The same model, with its network alone."""
    files = {name: bundle.read(name) for name in bundle.manifest.files if name != "bag.npz"}
    write_bundle(path, bundle.manifest, files)
    return Classifier.load(path)


def test_the_command_has_a_flag_for_each_mode(path: Path, tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text(f"{GOOD}\n{UNSURE}\n", "utf-8")
    call = ["classify", "texts.txt", "--model", str(path), "--format", "jsonl"]

    def answered_by(*options: str) -> list[str]:
        done = textrnn_in(tmp_path, *call, *options)
        assert done.returncode == 0, done.stderr
        return [json.loads(line)["answered_by"] for line in done.stdout.splitlines()]

    assert answered_by() == ["bag", "network"]
    assert answered_by("--exact") == ["network", "network"]
    assert answered_by("--fast") == ["bag", "bag"]
    refused = textrnn_in(tmp_path, "classify", "--text", GOOD, "--model", "sentiment-zh", "--fast")
    assert refused.returncode != 0
    assert "sentiment-zh has no bag of n-grams; leave --fast out" in refused.stderr
    wrong = textrnn_in(tmp_path, "evaluate", "ner-en", "texts.txt", "--exact")
    assert "--exact means nothing to a tagger" in wrong.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"from_tokens": [1]}, "from_tokens must rise from 0"),
        ({"from_tokens": [0, 5]}, "not all have 2 ranges"),
        ({"from_tokens": []}, "from 1 to 100 ranges; received 0"),
        ({"sure_above": [1.5]}, "sure_above must be from 0 to 1; received 1.5"),
        ({"sharpness": [1e9]}, "sharpness must be from 0 to 100; received 1e"),
        ({"bias": [[0.0, 0.0, 0.0]]}, "bias: not 2 labels"),
        ({"bias": [["a", 0.0]]}, "expected float, received 'a'"),
        ({"often": 1}, "often"),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    path: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    bundle = Bundle.open(path)
    files = {name: bundle.read(name) for name in bundle.manifest.files}
    told = {**bundle.manifest.serving["bag_alone"], **change}
    wrong = replace(bundle.manifest, serving={**bundle.manifest.serving, "bag_alone": told})
    write_bundle(tmp_path / "wrong", wrong, files)
    with pytest.raises(textrnn.errors.BundleError, match=message):
        Classifier.load(tmp_path / "wrong")


def made(texts: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A bag's scores of short and long texts, logits that know more, lengths and right labels."""
    numbers = RNG.integers(0, 2, texts)
    lengths = RNG.choice([15, 200], texts)
    side = 2.0 * numbers - 1.0
    odds = side * np.where(lengths > 100, 2.0, 0.2) + RNG.normal(size=texts)
    scores = np.stack([-odds, odds], axis=1).astype(np.float32)
    better = 6 * side + 1.5 * RNG.normal(size=texts)
    return scores, np.stack([-better, better], axis=1) / 2, lengths, numbers


def test_it_leaves_to_the_bag_what_costs_no_more_than_it_may() -> None:
    scores, together, lengths, numbers = made(8000)
    alone = fit_bag_alone(scores, together, lengths, numbers)
    assert alone is not None
    assert alone.from_tokens == (0, 20)
    probabilities = alone.probabilities(scores, lengths)
    given, exact = probabilities.argmax(axis=1), together.argmax(axis=1)
    sure, shares = alone.is_sure(probabilities, lengths), softmax(together)
    places = np.arange(len(numbers))
    long = lengths >= 20
    loss = (shares[places, exact] - shares[places, given])[long]
    confidence = probabilities.max(axis=1)[long]
    assert loss[sure[long]].sum() / long.sum() <= MOST_LOSS
    more = loss[confidence > alone.sure_above[1] - 0.02]
    assert more.sum() / long.sum() > MOST_LOSS / 2  # hardly any more could be left to it
    assert sure[lengths >= 20].mean() > 0.5
    assert not sure[lengths < LEAST_TOKENS].any()
    # What it says of itself holds: of answers that are 80% sure four in five are right.
    middling = long & (probabilities.max(axis=1) > 0.6) & (probabilities.max(axis=1) < 0.9)
    right = (given == numbers)[middling].mean()
    assert right == pytest.approx(probabilities.max(axis=1)[middling].mean(), abs=0.1)


def test_few_texts_say_nothing() -> None:
    assert fit_bag_alone(*made(FEWEST_TEXTS - 1)) is None


def test_a_finished_model_is_adapted(path: Path, tmp_path: Path) -> None:
    """Its bag is right whenever it knows a word."""
    before, out = Classifier.load(path), tmp_path / "adapted"
    texts = [f"{word} {text}" for word in ("fine", "dull") for text in TEXTS] * 60
    examples = [LabelledText(t, "good" if t.startswith("fine") else "bad") for t in texts]
    said: list[str] = []
    adapt_model(path, out, validation=examples, on_message=said.append)
    after = Classifier.load(out)
    assert after.classify(texts[:18], mode="exact") == before.classify(texts[:18], mode="exact")
    assert after.bundle.manifest.serving["temperature"] == 1.5
    assert "by itself: accuracy" in said[0]
    assert after.bundle.card() == "# small\n"  # no card that says how it was trained
    with pytest.raises(ConfigurationError, match="are too few to say when the bag is sure enough"):
        adapt_model(path, tmp_path / "few", validation=examples[:50])
    with pytest.raises(ConfigurationError, match="a model is there already"):
        adapt_model(path, out, validation=examples)
    with pytest.raises(InputError, match="'ugly'"):
        adapt_model(path, tmp_path / "m", validation=[LabelledText("a film", "ugly")])
    with pytest.raises(ConfigurationError, match="it has no bag of n-grams beside its network"):
        adapt_model("sentiment-zh", tmp_path / "m", validation=examples)

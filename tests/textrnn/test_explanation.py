"""Explanations: each method by what it promises, the curve, the page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

import textrnn
from calling import textrnn_in
from textrnn.bundle.bundle import write_bundle
from textrnn.corpora import LabelledText
from textrnn.errors import ConfigurationError
from textrnn.explaining.explainer import Explainer, log_odds
from textrnn.explaining.explanation import METHODS, Explanation
from textrnn.explaining.page import explanation_page
from textrnn.heads.classifier.classifier import Classifier
from textrnn.heads.classifier.network import HeadSettings
from textrnn.heads.classifier.result import TokenWeight
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.plan import BagSettings, ClassifierPlan
from textrnn.training.classifier.run import run_classifier
from textrnn.training.settings import TrainingSettings

pytestmark = pytest.mark.train

TEXT = "the soup was awful and the Garden dull !"
LONG = " ".join(["a superb story ,"] * 4 + ["a dull song !"] * 4)  # more than a window of 12 tokens


@pytest.fixture(scope="module")
def classifier(tiny_bundle: Path) -> Classifier:
    return textrnn.load(tiny_bundle, threads=1)


def by_method(
    classifier: Classifier, text: str, *, methods: Sequence[str] = METHODS, label: str | None = None
) -> dict[str, Explanation]:
    found = Explainer(classifier).explain(text, methods=methods, label=label)
    return {explanation.method: explanation for explanation in found}


def odds(classifier: Classifier, ids: np.ndarray, number: int) -> float:
    """A label's log-odds in a text that one window holds."""
    logits = classifier.calibrate(classifier.run([ids])[0], [ids])
    return float(log_odds(logits[0], number))


@pytest.mark.parametrize("text", [TEXT, LONG])
def test_weights_point_into_the_text(classifier: Classifier, text: str) -> None:
    for explanation in by_method(classifier, text).values():
        assert [w.text for w in explanation.weights] == text.split()
        assert all(text[w.start : w.end] == w.text for w in explanation.weights)
        assert explanation.text == text


def test_attention_is_the_classifiers(classifier: Classifier) -> None:
    for text in (TEXT, LONG):
        found = by_method(classifier, text)["attention"]
        expected = classifier.classify([text], token_weights=True)[0].token_weights
        assert [w.weight for w in found.weights] == pytest.approx([w.weight for w in expected])


def test_occlusion_is_what_the_log_odds_lose(classifier: Classifier) -> None:
    found = by_method(classifier, TEXT)["occlusion"]
    number = classifier.labels.index(found.label)
    ids = classifier.tokenizer.encode(TEXT).ids
    whole = odds(classifier, ids, number)
    for position, weight in enumerate(found.weights):
        without = ids.copy()
        without[position] = Tokenizer.UNK
        lost = whole - odds(classifier, without, number)
        assert weight.weight == pytest.approx(lost, abs=0.05)  # 8-bit sums depend on the batch


def test_the_words_that_decide_are_found(classifier: Classifier) -> None:
    for method in ("occlusion", "gradients"):
        found = by_method(classifier, TEXT)[method]
        assert found.label == "negative"
        heaviest = sorted(found.weights, key=lambda w: -w.weight)[:2]
        assert {w.text for w in heaviest} == {"awful", "dull"}
        against = by_method(classifier, TEXT, label="positive")[method]
        assert against.label == "positive"
        lightest = sorted(against.weights, key=lambda w: w.weight)[:2]
        assert {w.text for w in lightest} == {"awful", "dull"}


def test_gradients_add_up_to_the_difference_from_unknown_words(classifier: Classifier) -> None:
    found = by_method(classifier, TEXT)["gradients"]
    number = classifier.labels.index(found.label)
    ids = classifier.tokenizer.encode(TEXT).ids
    nothing = np.full_like(ids, Tokenizer.UNK)
    difference = odds(classifier, ids, number) - odds(classifier, nothing, number)
    total = sum(w.weight for w in found.weights)
    assert total == pytest.approx(difference, rel=0.1, abs=0.1)  # the graph has 8 bits


def test_gradients_add_up_with_three_labels_a_bag_and_a_temperature(tmp_path: Path) -> None:
    words = {"good": "a", "bad": "b", "so": "c"}
    examples = [
        LabelledText(f"{thing} {word} {number % 7}", label)
        for number in range(40)
        for word, label in words.items()
        for thing in ("film", "song")
    ]
    plan = ClassifierPlan(
        embedding=Embedding(units=8),
        encoders=(Encoder(units=6, bidirectional=False),),
        head=HeadSettings(pooling=("max",)),
        training=TrainingSettings(epochs=1, patience=0, validation_split=0.2),
        bag=BagSettings(longest=2),
    )
    run_classifier(examples, out=tmp_path / "three", plan=plan, precision="float32")
    bundle = textrnn.Bundle.open(tmp_path / "three")
    serving = {**bundle.manifest.serving, "temperature": 1.7, "temperature_growth": 0.3}
    manifest = replace(bundle.manifest, serving={**serving, "bag_share": 0.8})
    write_bundle(tmp_path / "m", manifest, {name: bundle.read(name) for name in manifest.files})
    classifier = textrnn.load(tmp_path / "m", threads=1)
    text = "song bad 3 film good"
    ids = classifier.tokenizer.encode(text).ids
    nothing = np.full_like(ids, Tokenizer.UNK)
    for number, label in enumerate(classifier.labels):
        found = by_method(classifier, text, label=label, methods=("gradients",))["gradients"]
        total = sum(w.weight for w in found.weights)
        difference = odds(classifier, ids, number) - odds(classifier, nothing, number)
        assert total == pytest.approx(difference, abs=0.02), label


def test_the_curve_takes_the_heaviest_away_first(classifier: Classifier) -> None:
    found = by_method(classifier, TEXT)["occlusion"]
    number = classifier.labels.index(found.label)
    ids = classifier.tokenizer.encode(TEXT).ids
    order = np.argsort([-w.weight for w in found.weights], kind="stable")
    assert len(found.curve) == len(found.random_curve) == 11
    for step, value in enumerate(found.curve):
        without = ids.copy()
        without[order[: round(len(ids) * step / 10)]] = Tokenizer.UNK
        share = odds(classifier, without, number)
        assert value == pytest.approx(1 / (1 + np.exp(-share)), abs=0.02)
    assert found.curve[0] == pytest.approx(found.random_curve[0], abs=0.01)
    assert found.curve[-1] == pytest.approx(found.random_curve[-1], abs=0.01)
    assert found.faithfulness == pytest.approx(
        np.mean(found.random_curve) - np.mean(found.curve), abs=1e-9
    )
    assert found.faithfulness > 0  # a little: this network is very sure of itself


def test_wrong_calls_are_named(classifier: Classifier) -> None:
    with pytest.raises(ConfigurationError, match="method must be one of attention"):
        Explainer(classifier).explain(TEXT, methods=["tea leaves"])
    with pytest.raises(ConfigurationError, match="unknown label 'x'; known: negative"):
        Explainer(classifier).explain(TEXT, label="x")


def test_an_empty_text_has_no_weights(classifier: Classifier) -> None:
    for explanation in by_method(classifier, "").values():
        assert explanation.weights == ()
        assert explanation.faithfulness == pytest.approx(0.0, abs=0.01)


def test_tokens_that_share_a_character_are_one() -> None:
    """Bytes of rare characters are read as unknown together; their attention is summed."""
    classifier = textrnn.load("sentiment-zh", threads=1)
    text = "房间很好👍，老板人超nice😊龘"
    tokens = classifier.tokenizer.encode(text)
    assert len(tokens.ids) > len({tuple(pair) for pair in tokens.offsets.tolist()})
    found = by_method(classifier, text, methods=("attention", "occlusion"))
    attended = classifier.classify([text], token_weights=True)[0].token_weights
    for weights in (attended, *(explanation.weights for explanation in found.values())):
        assert "".join(weight.text for weight in weights) == text
        assert "👍" in [weight.text for weight in weights]
    assert sum(weight.weight for weight in attended) == pytest.approx(1)
    assert [w.weight for w in found["attention"].weights] == pytest.approx(
        [w.weight for w in attended]
    )
    assert "".join(explanation_page([list(found.values())])).count("👍") == 2


def test_long_texts_are_weighed_in_stretches() -> None:
    """All of it is covered; every token by itself would take hundreds of runs of 1,000 tokens."""
    classifier = textrnn.load("sentiment-en", threads=1)
    text = "dull " + "it was about a town and its people . " * 44 + "superb"
    explainer = Explainer(classifier)
    read: list[tuple[int, int]] = []
    explainer.on_tokens = lambda count, total: read.append((count, total))
    (found,) = explainer.explain(text)
    assert found.together > 1
    assert found.as_dict()["together"] == found.together
    assert "".join(w.text for w in found.weights).replace(" ", "") == text.replace(" ", "")
    assert {len(w.text.split()) for w in found.weights[:-1]} == {found.together}
    assert sum(count for count, _ in read) < 180_000
    assert all(count <= total for count, total in read)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.marks: list[tuple[str, str]] = []
        self.addresses: list[str] = []
        self._style = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [given[name] or "" for name in ("src", "href") if name in given]
        self._style = (given.get("style") or "") if tag == "mark" else ""

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._style:
            self.marks.append((data, self._style))
            self._style = ""


def test_the_page_holds_texts_as_they_are() -> None:
    text = "<b>good</b> & bad\x00"
    weights = (TokenWeight(3, 7, "good", 2.0), TokenWeight(14, 17, "bad", -1.0))
    curve = tuple(1 - i / 10 for i in range(11))
    explanation = Explanation(text, "<fine>", 0.9, "occlusion", weights, curve, curve)
    page = "".join(explanation_page([[explanation]]))
    reader = _Reader()
    reader.feed(page)
    shown = "".join(reader.text)
    assert "<b>good</b> & bad\\u0000" in shown
    assert "<fine>" in shown
    assert reader.marks[-2:] == [
        ("good", "--hue:140;--share:0.60"),
        ("bad", "--hue:5;--share:0.30"),
    ]
    assert reader.addresses == []  # it needs nothing else
    assert "faithfulness +0.00" in shown


def call(folder: Path, *arguments: str) -> CompletedProcess[str]:
    return textrnn_in(folder, "explain", *arguments)


def test_the_command(tiny_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text(f"{TEXT}\n\na superb garden\n", "utf-8")
    model = ("--model", str(tiny_bundle))
    done = call(tmp_path, "texts.txt", *model, "--method", "all")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["line"], r["method"]) for r in records] == [(n, m) for n in (1, 3) for m in METHODS]
    assert [w["text"] for w in records[0]["weights"]] == TEXT.split()
    done = call(tmp_path, "texts.txt", *model, "--output", "why.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "why.html").read_text("utf-8")
    assert page.count("<article>") == 2
    done = call(tmp_path, "--text", TEXT, *model, "--format", "text", "--label", "positive")
    assert TEXT in done.stdout
    assert "positive 0.0" in done.stdout
    assert "occlusion · faithfulness" in done.stdout
    weights = {w["text"]: w["weight"] for w in records[1]["weights"]}  # by occlusion
    first = max(weights, key=lambda word: abs(weights[word]))
    assert re.search(rf"^{first} [+-]\d\.\d\d · ", done.stdout, re.MULTILINE)
    done = call(tmp_path, "--text", TEXT, *model, "--label", "x")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("textrnn: error: unknown label 'x'; known: ")
    assert call(tmp_path, "--text", TEXT, "--model", "ner-en").returncode == 2

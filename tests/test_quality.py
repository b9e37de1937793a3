"""The guard of the shipped models' quality: its samples, its comparison, its way to fail."""

from __future__ import annotations

import importlib.util
import json
import re
from collections import Counter
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import textrnn

FOLDER = Path(__file__).parents[1] / "quality"


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure", FOLDER / "measure.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_shipped_model_has_samples_and_scores(measure: ModuleType) -> None:
    recorded = json.loads((FOLDER / "scores.json").read_text("utf-8"))
    assert set(textrnn.shipped_models()) - set(measure.measured_models()) == {"town-load"}
    for name in measure.measured_models():
        texts = [record["text"] for record in measure.records(name)]
        assert len(set(texts)) == len(texts)
        task = textrnn.Bundle.open(textrnn.catalog.model_path(name)).manifest.task
        sentences = sum(text.count(mark) for text in texts for mark in ".，。")
        least = 30 if task == "translator" else 200
        assert (sentences if task == "generator" else len(texts)) >= least, name
        assert recorded[name]["all"] > 0.0


@pytest.mark.parametrize("name", ["sentiment-en", "sentiment-zh"])
def test_labels_are_balanced_and_irony_is_hard(measure: ModuleType, name: str) -> None:
    records = measure.records(name)
    labels = Counter(record["label"] for record in records)
    assert set(labels) == {"positive", "negative", "neutral"}
    poles = labels["positive"] + labels["negative"]
    assert min(labels["positive"], labels["negative"]) >= 0.4 * poles
    assert labels["neutral"] >= 200
    for record in records:
        assert (record["label"] == "neutral") == record["kind"].startswith("neutral/"), record
    assert all(record["hard"] for record in records if record["kind"] == "irony")


@pytest.mark.parametrize("name", ["sentiment-en", "sentiment-zh"])
def test_each_negation_stands_beside_its_opposite(measure: ModuleType, name: str) -> None:
    pairs: dict[int, list[dict[str, Any]]] = {}
    for record in measure.records(name):
        assert ("pair" in record) == record["kind"].startswith("negation"), record
        if "pair" in record:
            pairs.setdefault(record["pair"], []).append(record)
    assert len(pairs) >= 100
    for number, pair in pairs.items():
        assert {record["label"] for record in pair} == {"positive", "negative"}, number
        assert [record["kind"] for record in pair] == ["negation", "negation-pair"], number


@pytest.mark.parametrize("name", ["ner-en", "ner-zh"])
def test_marked_sentences_are_read(measure: ModuleType, name: str) -> None:
    labels = textrnn.load(name).labels
    for record in measure.records(name):
        assert "](" not in record["text"]
        assert {entity["label"] for entity in record["entities"]} <= set(labels)
    assert measure.marked("[Ada](PER) met [Bo Li](PER).") == {
        "text": "Ada met Bo Li.",
        "entities": [
            {"start": 0, "end": 3, "label": "PER"},
            {"start": 8, "end": 13, "label": "PER"},
        ],
    }


def test_a_translation_has_one_of_each_group_of_words(measure: ModuleType) -> None:
    sample = {"text": "汝何不早言？", "has": [["你", "您"], ["说"]], "lacks": ["汝"]}
    assert measure.has_right_words(sample, "您为什么不早说呢？")
    assert not measure.has_right_words(sample, "您为什么不早讲呢？")
    assert not measure.has_right_words(sample, "汝，你为什么不早说呢？")
    for record in chain.from_iterable(map(measure.records, ("classical-zh", "en-zh", "zh-en"))):
        assert record["has"], record
        assert not measure.has_right_words(record, ""), record


@pytest.mark.parametrize("language", ["en", "zh"])
def test_templates_are_grammatical_with_every_filler(language: str) -> None:
    fairness = json.loads((FOLDER / f"fairness-{language}.json").read_text("utf-8"))
    assert len(set(fairness["templates"])) == 100
    for fillers in fairness["fillers"].values():
        assert len(set(fillers)) == 30
    slots = Counter()
    for template in fairness["templates"]:
        (slot,) = re.findall(r"\{(\w+)\}", template)
        slots[slot] += 1
        assert not re.search(r"\b[Aa]n? \{", template), template  # a or an, as the filler begins
    assert slots == dict.fromkeys(fairness["fillers"], 20)


def test_a_label_that_the_model_lacks_is_a_wrong_answer(measure: ModuleType) -> None:
    samples = [
        {"text": "What a wonderful, lovely film!", "label": "positive"},
        {"text": "A dreadful, boring mess.", "label": "negative"},
        {"text": "A dreadful, boring mess!", "label": "positive"},
        {"text": "Nobody knows.", "label": "other"},
    ]
    model = textrnn.load("sentiment-en")
    assert measure._score(model, samples, []) == ("accuracy", 0.5)
    assert measure._score(model, samples, ["negative"]) == ("accuracy", 0.25)
    assert measure._score(model, samples[2:], ["positive", "other"]) == ("accuracy", 0.5)


def test_a_template_is_scored_by_its_most_frequent_label(measure: ModuleType) -> None:
    fairness = {
        "templates": ["What a {word} film!", "A {word} book."],
        "fillers": {"word": ["wonderful", "lovely", "superb", "dreadful"]},
    }
    found = measure.keeps_label(textrnn.load("sentiment-en"), fairness)
    assert found == {measure.KEEPS_LABEL: 0.75, "a template's label is neutral": 0.0}


def test_scores_count_kinds_apart(measure: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = "What a wonderful, lovely film!", "A dreadful, boring mess."
    samples = [
        {"text": good, "label": "positive", "kind": "plain", "hard": False},
        {"text": bad, "label": "positive", "kind": "irony", "hard": True},
        {"text": bad, "label": "negative", "kind": "negation", "hard": False, "pair": 1},
        {"text": good, "label": "positive", "kind": "negation-pair", "hard": False, "pair": 1},
        {"text": good, "label": "positive", "kind": "negation", "hard": False, "pair": 2},
        {"text": good, "label": "negative", "kind": "negation-pair", "hard": False, "pair": 2},
        {"text": bad, "label": "neutral", "kind": "neutral/news", "hard": False},
    ]
    monkeypatch.setattr(measure, "keeps_label", lambda *of: {})
    lower, found = measure.measure("sentiment-en", samples)
    assert not lower
    assert found == {
        "all": 0.8,
        "plain": 1.0,
        "hard": 0.0,
        "negation": 1.0,
        "negation-pair": 0.5,
        "neutral": 0.0,
        "neutral/news": 0.0,
        "both of a pair": 0.5,
    }
    _, poles = measure.measure("sentiment-en", samples[:-1], ["negative", "positive"])
    assert poles == {kind: share for kind, share in found.items() if "neutral" not in kind}


def test_a_worse_score_fails(measure: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert measure.worse(0.89, 0.90, lower_is_better=False)
    assert not measure.worse(0.899, 0.90, lower_is_better=False)
    assert measure.worse(51.0, 50.0, lower_is_better=True)
    assert not measure.worse(49.0, 50.0, lower_is_better=True)
    monkeypatch.delenv("TEXTRNN_DATA", raising=False)
    monkeypatch.setattr("sys.argv", ["measure.py"])
    monkeypatch.setattr(measure, "measure", lambda *of: (False, {"all": 0.01, "neutral": 1.0}))
    said = r"worse than recorded:\n(.*\n)*sentiment-en: all: 0\.0100; recorded"
    with pytest.raises(SystemExit, match=said):
        measure.main()

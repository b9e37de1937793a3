"""The guard of the shipped models' quality: its samples, its comparison, its way to fail."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

import textrnn
from textrnn.corpora import Span

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
    for name in textrnn.shipped_models():
        texts = [record["text"] for record in measure.records(name)]
        assert len(set(texts)) == len(texts)
        generator = (
            textrnn.Bundle.open(textrnn.catalog.model_path(name)).manifest.task == "generator"
        )
        sentences = sum(text.count(mark) for text in texts for mark in ".，。")
        assert (sentences if generator else len(texts)) >= 200, name
        assert recorded[name]["all"] > 0.0


@pytest.mark.parametrize("name", ["sentiment-en", "sentiment-zh"])
def test_labels_are_balanced_and_irony_is_hard(measure: ModuleType, name: str) -> None:
    records = measure.records(name)
    labels = Counter(record["label"] for record in records)
    assert set(labels) == {"positive", "negative"}
    assert min(labels.values()) >= 0.4 * len(records)
    assert all(record["hard"] for record in records if record["kind"] == "irony")


@pytest.mark.parametrize("name", ["ner-en", "ner-zh"])
def test_marked_sentences_are_read(measure: ModuleType, name: str) -> None:
    labels = textrnn.load(name).labels
    for record in measure.records(name):
        read = measure.marked_text(record["text"])
        assert "](" not in read.text
        assert {span.label for span in read.spans} <= set(labels)
    read = measure.marked_text("[Ada](PER) met [Bo Li](PER).")
    assert read.text == "Ada met Bo Li."
    assert read.spans == (Span(0, 3, "PER"), Span(8, 13, "PER"))


def test_a_worse_score_fails(measure: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert measure.worse(0.89, 0.90, lower_is_better=False)
    assert not measure.worse(0.899, 0.90, lower_is_better=False)
    assert measure.worse(51.0, 50.0, lower_is_better=True)
    assert not measure.worse(49.0, 50.0, lower_is_better=True)
    monkeypatch.delenv("TEXTRNN_DATA", raising=False)
    monkeypatch.setattr("sys.argv", ["measure.py"])
    monkeypatch.setattr(measure, "measure", lambda name: (False, {"all": 0.01}))
    with pytest.raises(SystemExit, match=r"worse than recorded:\n(.*\n)*sentiment-en: 0\.0100"):
        measure.main()

"""Bundles that textrnn 0.1.0 wrote are read, and answer as they did.

``tests/bundles/0.1.0`` holds one of each task, trained by 0.1.0 on made-up texts, and in
``answers.json`` what 0.1.0 said with them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import textrnn
from textrnn.bundle.bundle import Bundle

FOLDER = Path(__file__).parents[1] / "bundles" / "0.1.0"
ANSWERS: dict[str, list[list[Any]]] = json.loads((FOLDER / "answers.json").read_text("utf-8"))


def close_to(expected: Any) -> Any:
    """The same, but for what sums in 8 bits may differ by between processors."""
    if isinstance(expected, dict):
        return {key: close_to(value) for key, value in expected.items()}
    if isinstance(expected, list):
        return [close_to(value) for value in expected]
    return pytest.approx(expected, abs=0.01) if isinstance(expected, float) else expected


def test_a_classifier_of_0_1_0() -> None:
    model = textrnn.load(FOLDER / "classifier.zip")
    results = model.classify([text for text, _ in ANSWERS["classifier"]])
    answers = [close_to({**each, "answered_by": "network"}) for _, each in ANSWERS["classifier"]]
    assert [result.as_dict_of_top(1) for result in results] == answers


def test_a_tagger_of_0_1_0() -> None:
    model = textrnn.load(FOLDER / "tagger.zip")
    results = model.tag([text for text, _ in ANSWERS["tagger"]])
    assert [r.as_dict() for r in results] == [close_to(each) for _, each in ANSWERS["tagger"]]


def test_a_generator_of_0_1_0() -> None:
    model = textrnn.load(FOLDER / "generator.zip")
    for seed, expected in ANSWERS["generator"]:
        (written,) = model.generate(seed, length=30, random_state=5)
        assert written.as_dict() == close_to(expected)


@pytest.mark.parametrize("task", ANSWERS)
def test_their_files_are_whole(task: str) -> None:
    bundle = Bundle.open(FOLDER / f"{task}.zip")
    assert bundle.manifest.textrnn_version == "0.1.0"
    assert all(check.ok for check in bundle.verify())
    assert "Made-up" in bundle.card()

"""Scores against scikit-learn and against sums done by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from small_bundles import small_classifier

from textrnn.corpora import LabelledText
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.classifier.classifier import Classifier
from textrnn.heads.classifier.report import ClassificationReport
from textrnn.heads.classifier.scores import score_classification
from textrnn.reports.folder import write_report
from textrnn.reports.reliability import expected_calibration_error, reliability

LABELS = ("bad", "good", "odd")


def report(gold: list[str], predicted: list[str]) -> ClassificationReport:
    rows = [{label: 0.9} for label in predicted]
    return score_classification(gold, rows, labels=LABELS)


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1))
def test_scores_equal_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, predicted = [list(side) for side in zip(*pairs, strict=True)]
    found = report(gold, predicted)
    for i, average in ((None, None), (found.macro, "macro"), (found.weighted, "weighted")):
        # by itself scikit-learn averages over the labels that some text has or is given
        labels = None if average == "macro" else LABELS
        expected = precision_recall_fscore_support(
            gold, predicted, labels=labels, average=average, zero_division=0
        )
        scores = found.classes if i is None else (i,)
        for row, *numbers in zip(scores, *map(np.atleast_1d, expected[:3]), strict=True):
            assert (row.precision, row.recall, row.f1) == pytest.approx(tuple(numbers))
    np.testing.assert_array_equal(found.confusion, confusion_matrix(gold, predicted, labels=LABELS))
    assert found.accuracy == pytest.approx(np.mean([a == b for a, b in pairs]))


def test_calibration_error_by_hand() -> None:
    """Four texts at 0.95 of which 3 are right, and one wrong at 0.55, in fifteen bins."""
    bins = reliability([0.95] * 4 + [0.55], [True, True, True, False, False])
    assert [(b.texts, b.accuracy) for b in bins if b.texts] == [(1, 0.0), (4, 0.75)]
    assert expected_calibration_error(bins) == pytest.approx((4 * 0.2 + 0.55) / 5)


def test_borders_belong_to_the_lower_bin() -> None:
    bins = reliability([0.0, 0.2, 1.0], [True, True, True], bins=5)
    assert [b.texts for b in bins] == [2, 0, 0, 0, 1]


@given(st.integers(1, 40))
def test_every_border_belongs_to_the_bin_it_closes(count: int) -> None:
    """Also where a product such as 0.6 * 15 does not come out whole."""
    highs = [i / count for i in range(1, count + 1)]
    bins = reliability(highs, [True] * count, bins=count)
    assert [(b.texts, b.high, b.confidence) for b in bins] == [(1, h, h) for h in highs]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())))
def test_calibration_error_is_a_share(rows: list[tuple[float, bool]]) -> None:
    bins = reliability([p for p, _ in rows], [right for _, right in rows])
    assert sum(b.texts for b in bins) == len(rows)
    assert 0 <= expected_calibration_error(bins) <= 1


def test_nothing_to_score() -> None:
    with pytest.raises(ConfigurationError, match="there are no texts to score"):
        report([], [])


def test_evaluating_a_model(tiny_bundle: Path) -> None:
    classifier = Classifier.load(tiny_bundle, threads=1)
    examples = [
        LabelledText("the soup was awful", "negative"),
        LabelledText("a superb song", "negative"),  # the label is wrong on purpose
        LabelledText("what a lovely garden", "positive"),
    ]
    seen: list[int] = []
    found = classifier.evaluate(examples, on_progress=seen.append)
    assert (found.texts, seen) == (3, [1, 1, 1])
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.confusion == ((1, 1), (0, 1))
    assert [(m.text, m.gold, m.predicted) for m in found.mistakes] == [
        ("a superb song", "negative", "positive")
    ]


def test_a_label_the_model_lacks(tiny_bundle: Path) -> None:
    classifier = Classifier.load(tiny_bundle, threads=1)
    with pytest.raises(InputError, match="label '1' is not one of the model's: negative, positive"):
        classifier.evaluate([LabelledText("fine", "1")])


def test_measured_among_some_labels_alone(tmp_path: Path) -> None:
    """As a model would be that has no others: each answer by its probabilities over their sum."""
    classifier = Classifier.load(small_classifier(tmp_path / "m", labels=("bad", "good", "so")))
    texts = ["a fine film", "a dull song", "what a song !", "quiet and dull", "so so"]
    examples = [LabelledText(text, "good") for text in texts] + [LabelledText("a film", "so")]
    shares = [answer.probabilities for answer in classifier.classify(texts)]
    right = [share["good"] > share["bad"] for share in shares]
    sure = [max(share["good"], share["bad"]) / (share["good"] + share["bad"]) for share in shares]
    notes: list[str] = []
    found = classifier.evaluate(examples, among=["good", "bad"], on_note=notes.append)
    assert found.labels == ("bad", "good")
    assert found.confusion == ((0, 0), (right.count(False), right.count(True)))
    expected = expected_calibration_error(reliability(sure, right))
    assert found.calibration_error == pytest.approx(expected)
    assert notes == ["1 text has another label than bad, good: left out"]
    assert classifier.evaluate(examples).texts == 6
    with pytest.raises(ConfigurationError, match="unknown label 'great'; known: bad"):
        classifier.evaluate(examples, among=["good", "great"])
    with pytest.raises(ConfigurationError, match="labels: two or more; received good alone"):
        classifier.evaluate(examples, among=["good"])


def test_the_report_folder(tmp_path: Path) -> None:
    found = report(["bad", "good", "good"], ["bad", "good", "bad"])
    write_report(found, tmp_path / "new" / "report", title="tiny on three texts")
    folder = tmp_path / "new" / "report"
    numbers = json.loads((folder / "report.json").read_text("utf-8"))
    assert numbers["confusion"] == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert "| good | 1.0000 | 0.5000 | 0.6667 | 2 |" in (folder / "report.md").read_text("utf-8")
    page = (folder / "report.html").read_text("utf-8")
    assert "<td>good</td><td class=number>1.0000</td><td class=number>0.5000</td>" in page
    for name in ("confusion.png", "reliability.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG")

"""Calibration by length: applied by hand, fitted to what it was made from, kept in a manifest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_bundles import WINDOWS, put_manifest, small_classifier

from textrnn.bundle.bundle import Bundle
from textrnn.heads.classifier.calibration import MOST_BAG_SHARE, Calibration
from textrnn.heads.classifier.parts import read_calibration
from textrnn.training.classifier.calibration import fit_calibration
from textrnn.training.classifier.validation import accuracy

RNG = np.random.default_rng(0)
LENGTHS = RNG.choice([10, 100, 1000], 6000)


def test_by_hand() -> None:
    calibration = Calibration(2.0, 0.5, bag_share=3.0, bag_share_growth=-1.0)
    logits = np.array([[1.0, 2.0], [1.0, 2.0], [4.0, 0.0]], np.float32)
    scores = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], np.float32)
    found = calibration.apply(logits, np.array([100, 400, 0]), scores)
    assert found[0] == pytest.approx([(1 + 3) / 2, 2 / 2])
    assert found[1] == pytest.approx([(1 + 3 / 4) / 4, 2 / 4])
    ten = 2 * 0.1**0.5  # nothing counts as ten tokens do, and ten thousand as a thousand
    assert found[2] == pytest.approx([4 / ten, 30 / ten])
    ends = calibration.divisor(np.array([3, 10, 1000, 10_000]))
    assert ends.tolist() == pytest.approx([ten, ten, 2 * 10**0.5, 2 * 10**0.5])
    assert calibration.apply(logits, np.array([100] * 3)) == pytest.approx(logits / 2)


def test_a_manifest_keeps_it() -> None:
    calibration = Calibration(1.5, bag_share=0.25)
    assert calibration.as_dict() == {"temperature": 1.5, "bag_share": 0.25}
    assert Calibration.from_dict({**calibration.as_dict(), "precision": "int8"}) == calibration
    assert Calibration.from_dict({}) == Calibration()


def drawn(calibration: Calibration, logits: np.ndarray, scores: np.ndarray | None) -> np.ndarray:
    """Labels as probable as a calibration says."""
    odds = np.diff(calibration.apply(logits, LENGTHS, scores), axis=1)[:, 0]
    return (RNG.random(len(odds)) < 1 / (1 + np.exp(-odds))).astype(np.int64)


def test_it_finds_what_made_the_labels() -> None:
    true = Calibration(2.0, -0.2, bag_share=0.8, bag_share_growth=0.3)
    logits, scores = (RNG.normal(size=(len(LENGTHS), 2)).astype("f4") * 4 for _ in range(2))
    found = fit_calibration(logits, LENGTHS, drawn(true, logits, scores), scores)
    assert found.temperature == pytest.approx(2.0, rel=0.1)
    assert found.temperature_growth == pytest.approx(-0.2, abs=0.06)
    assert found.bag_share == pytest.approx(0.8, rel=0.1)
    assert found.bag_share_growth == pytest.approx(0.3, abs=0.06)


def test_without_a_bag_its_share_stays_nothing() -> None:
    true = Calibration(1.5, 0.25)
    logits = RNG.normal(size=(len(LENGTHS), 2)).astype("f4") * 4
    found = fit_calibration(logits, LENGTHS, drawn(true, logits, None))
    assert found.temperature == pytest.approx(1.5, rel=0.1)
    assert found.temperature_growth == pytest.approx(0.25, abs=0.06)
    assert found.bag_share == found.bag_share_growth == 0.0


def test_few_texts_leave_the_growths_near_nothing() -> None:
    """Four texts could be told apart by any growth; the prior keeps it small."""
    logits = np.array([[0, 3], [3, 0], [0, 3], [0, 3]], np.float32)
    lengths, numbers = np.array([10, 12, 500, 600]), np.array([1, 0, 0, 1])
    found = fit_calibration(logits, lengths, numbers)
    assert abs(found.temperature_growth) < 0.45  # without the prior 1, where the search ends
    assert found.divisor(np.array([256]))[0] > 1.0  # at their median


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_classifier(tmp_path_factory.mktemp("models") / "small")


@pytest.mark.parametrize("texts", [2, 20, 800, 3000])
@pytest.mark.parametrize("network", ["at chance", "perfect", "too sure"])
@pytest.mark.parametrize("bag", ["at chance", "perfect", "too modest"])
def test_whatever_is_fitted_can_be_read(model: Path, texts: int, network: str, bag: str) -> None:
    rng = np.random.default_rng(texts)
    numbers, lengths = rng.integers(0, 2, texts), rng.integers(1, 2000, texts)
    right = np.eye(2)[numbers]
    kinds = {
        "at chance": rng.normal(size=(texts, 2)) * 4,
        "perfect": right * 10,
        "too sure": right * 30 + rng.normal(size=(texts, 2)) * 40,
        "too modest": right * 0.1,
    }
    logits, scores = kinds[network].astype("f4"), kinds[bag].astype("f4")
    fitted = fit_calibration(logits, lengths, numbers, scores)
    put_manifest(model, {"serving": {**WINDOWS, **fitted.as_dict()}})
    assert read_calibration(Bundle.open(model)) == fitted


@pytest.mark.parametrize("texts", [800, 1000, 3000])
def test_a_good_bag_answers_for_a_network_at_chance(texts: int) -> None:
    rng = np.random.default_rng(texts)
    numbers, lengths = rng.integers(0, 2, texts), np.full(texts, 100)
    logits = (rng.normal(size=(texts, 2)) * 4).astype("f4")
    scores = (np.eye(2)[numbers] + rng.normal(size=(texts, 2)) * 0.3).astype("f4")
    found = fit_calibration(logits, lengths, numbers, scores)
    assert 50 < found.bag_share <= MOST_BAG_SHARE
    together = accuracy(found.apply(logits, lengths, scores), numbers)
    assert together == pytest.approx(accuracy(scores, numbers), abs=0.01)
    assert together > 0.95


@pytest.mark.parametrize("tokens", [10, 100])
def test_short_texts_all_right_do_not_make_every_answer_certain(tokens: int) -> None:
    rng = np.random.default_rng(0)
    numbers, lengths = rng.integers(0, 3, 90), rng.integers(tokens * 0.7, tokens * 1.3, 90)
    logits = (np.eye(3)[numbers] * 8 + rng.normal(size=(90, 3))).astype("f4")
    scores = (np.eye(3)[numbers] * 3 + rng.normal(size=(90, 3)) * 0.5).astype("f4")
    found = fit_calibration(logits, lengths, numbers, scores)
    assert accuracy(scores, numbers) == 1.0

    def surest(logits: np.ndarray, scores: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        odds = np.exp(found.apply(logits, lengths, scores))
        return np.asarray((odds / odds.sum(axis=1, keepdims=True)).max(axis=1))

    of_none = np.array([[2, 0, -1]], np.float32), np.array([[0.5, 0, 0]], np.float32)
    assert surest(*of_none, np.array([tokens]))[0] < 0.75
    assert 0.95 < np.median(surest(logits, scores, lengths)) < 0.995
    at = np.array([tokens])
    assert found.share(at)[0] / found.divisor(at)[0] == pytest.approx(1.0, abs=0.3)
    assert abs(found.temperature_growth) < 0.05

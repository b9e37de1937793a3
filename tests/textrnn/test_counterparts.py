"""Texts made of training texts, so that length says nothing of the label."""

from __future__ import annotations

import random

import pytest

from textrnn.corpora import LabelledText
from textrnn.training.classifier.counterparts import length_counterparts


def reviews() -> list[LabelledText]:
    """Short complaints and long praise: whoever counts characters knows the label."""
    rng = random.Random(3)
    bad, good = ["dull", "torn", "late", "cheap"], ["bright", "solid", "quick", "warm"]
    short = [LabelledText(", ".join(rng.choices(bad, k=2)) + ".", "-") for _ in range(60)]
    long = [LabelledText(" ".join(rng.choices(good, k=25)) + "!", "+") for _ in range(60)]
    return short + long


def test_length_says_nothing_of_the_label() -> None:
    examples = reviews()
    made = length_counterparts(examples, times=2, random_state=0)
    assert len(made) == 2 * len(examples)
    for example, counterpart in zip(examples * 2, made, strict=True):
        assert 0.8 * len(example.text) <= len(counterpart.text) <= 1.5 * len(example.text) + 10
    for wanted in ("-", "+"):
        long = [e for e in made if len(e.text) > 60]
        short = [e for e in made if len(e.text) <= 60]
        for texts in (long, short):
            assert 0.35 < sum(e.label == wanted for e in texts) / len(texts) < 0.65


def test_a_counterpart_is_made_of_texts_of_its_label() -> None:
    words = {label: {"-": "dull torn late cheap", "+": "bright solid quick warm"}[label].split()
             for label in "-+"}  # fmt: skip
    for made in length_counterparts(reviews(), times=1, random_state=1):
        assert made.text == made.text.strip()
        assert set(made.text.replace(",", " ").replace(".", " ").replace("!", " ").split()) <= set(
            words[made.label]
        )


def test_pieces_end_at_marks() -> None:
    long = LabelledText("字很小。纸很薄，封面也破了。不值这个价！以后再也不买了。", "-")
    pieces = {e.text for e in length_counterparts([long, LabelledText("很好。", "+")], times=40,
                                                  random_state=0) if e.label == "-"}  # fmt: skip
    short = {piece for piece in pieces if len(piece) < 10}
    assert len(short) > 2
    assert all(piece in long.text and piece[-1] in "。，！" for piece in short)


def test_the_same_state_gives_the_same_texts() -> None:
    examples = reviews()
    first, again, other = (
        length_counterparts(examples, times=1, random_state=state) for state in (5, 5, 6)
    )
    assert first == again != other


@pytest.mark.parametrize("examples", [[], [LabelledText("  ", "-")]])
def test_nothing_is_made_of_nothing(examples: list[LabelledText]) -> None:
    assert length_counterparts(examples, times=3, random_state=0) == []

"""What is weighed as one: no character, as it is seen, is cut in pieces."""

from __future__ import annotations

import numpy as np
import pytest

import textrnn
from textrnn.explaining.explainer import Explainer
from textrnn.heads.classifier.result import TokenWeights
from textrnn.text.units import shared_units

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
THUMB = "\U0001f44d\U0001f3fd"
FLAGS = ["\U0001f1ef\U0001f1f5", "\U0001f1ec\U0001f1e7"]


def shown(text: str) -> list[str]:
    """What is weighed of a text that is read a code point at a time."""
    places = np.arange(len(text), dtype=np.int32)
    offsets = np.stack([places, places + 1], axis=1)
    return [weight.text for weight in TokenWeights(text, offsets, np.ones(len(text), np.float32))]


@pytest.mark.parametrize(
    "parts",
    [
        ["a", FAMILY, "b"],
        [THUMB, THUMB],
        ["e\u0301", "t", "e\u0301\u0323"],
        [*FLAGS, FLAGS[0], "x"],
        ["1\ufe0f\u20e3", "2\u20e3"],
        ["\u2764\ufe0f", "!"],
        ["\U0001f469\U0001f3fd\u200d\u2764\ufe0f\u200d\U0001f469", "\U0001f44d"],
        ["क\u093f", "त"],
        ["\u1112\u1161\u11ab", "\u1100\u1173\u11af"],
        ["好", "吃", "!"],
        ["\U0001f44d", "\U0001f44d"],
    ],
)
def test_a_character_as_it_is_seen_is_one(parts: list[str]) -> None:
    assert shown("".join(parts)) == parts


def test_bytes_of_an_emoji_and_tokens_apart() -> None:
    text = "a \u0301"  # a token that leaves the blank out does not touch the mark
    assert shared_units(np.array([[0, 1], [2, 3]], np.int32), text).tolist() == [0, 1]
    text = f"{THUMB}a"
    offsets = np.array([[0, 1], [0, 1], [1, 2], [1, 2], [2, 3]], np.int32)
    assert shared_units(offsets, text).tolist() == [0, 0, 0, 0, 1]


def test_weights_and_explanations_keep_characters_whole() -> None:
    text = f"lovely {FAMILY} {FLAGS[0]} {THUMB} cafe\u0301 food"
    classifier = textrnn.load("sentiment-en", threads=1)
    (result,) = classifier.classify([text], token_weights=True)
    (why,) = Explainer(classifier).explain(text, methods=["occlusion"])
    for weights in (result.token_weights, why.weights):
        pieces = [weight.text.strip() for weight in weights]
        assert {FAMILY, FLAGS[0], THUMB} <= set(pieces)
        assert not any(piece.startswith("\u0301") for piece in pieces)
        assert "".join(pieces) == text.replace(" ", "")

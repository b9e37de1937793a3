"""A translator's answers in JavaScript, held against Python's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_bundles import small_translator

from in_node import browser_answers, hard_texts
from textrnn.heads.translator.translator import Translator

CLOSE = 1e-3
SENTENCES = [
    'Mr. Wu came. He left!\n他来了。他走了。 \r\n\n 1. One; two, three. "So?" he said.  ',
    "A long one, with commas, and no end, " * 6 + "he said...he went. U.S. law vs. etc. No.",
    "。。。！？ ... --- \u2028 !?他 。”来） e.g. this.",
]


@pytest.mark.parametrize(
    ("level", "options", "full_stop"),
    [("word", {}, "."), ("bpe", {"beam": 2}, "。"), ("word", {"length_reward": 0.7}, "")],
)
def test_two_hundred_texts_are_answered_as_in_python(
    level: str, options: dict[str, Any], full_stop: str, tmp_path: Path
) -> None:
    texts = [*SENTENCES, *hard_texts(200, longest=8)]
    texts = [text for text in texts if "\ud800" not in text and len(text) < 250]
    path = small_translator(tmp_path / "small", texts=texts[::2], level=level, full_stop=full_stop)
    head = Translator.load(path)
    asked: list[tuple[str, dict[str, Any]]] = [(text, options) for text in texts]
    (answers,) = browser_answers([(head, asked)], tmp_path)
    aligned = 0
    for found, result in zip(answers, head.translate(texts, **options), strict=True):
        right = result.as_dict()
        assert (found["text"], found["translation"]) == (right["text"], right["translation"])
        assert found["score"] == pytest.approx(result.score, abs=CLOSE)
        weights = [token.pop("weight") for token in found["alignment"]]
        assert weights == pytest.approx([token.weight for token in result.alignment], abs=CLOSE)
        assert found["alignment"] == [
            {name: value for name, value in token.items() if name != "weight"}
            for token in right["alignment"]
        ]
        aligned += len(weights)
    assert aligned > 200

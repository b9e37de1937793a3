"""Where sentences end, and where long ones are cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.text.sentences import cut_long, find_sentences
from textrnn.text.tokenizer import Tokenizer


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in find_sentences(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \n\t\n", []),
        ("no end", ["no end"]),
        ("One. Two", ["One.", "Two"]),
        ("He said: “Go!” Then he went.", ["He said: “Go!”", "Then he went."]),
        ("“Why?” he asked. Nobody knew.", ["“Why?” he asked.", "Nobody knew."]),
        ("J. Smith of the U.S. army met Dr. No.", ["J. Smith of the U.S. army met Dr. No."]),
        ("It is 3.5 m. That is long.", ["It is 3.5 m. That is long."]),  # m. may be an initial
        ("Pages 3.5 and 4.0 matter. Yes.", ["Pages 3.5 and 4.0 matter.", "Yes."]),
        ("1. First. 2. Second.", ["1. First.", "2. Second."]),
        ("Wait... What?", ["Wait...", "What?"]),
        ("see www.a.org/b.html for more", ["see www.a.org/b.html for more"]),
        ("学而时习之，不亦说乎？不亦乐乎？", ["学而时习之，不亦说乎？", "不亦乐乎？"]),
        ("他说：「走！」我走了。", ["他说：「走！」", "我走了。"]),
        ("真的吗？！是的。", ["真的吗？！", "是的。"]),
        ("真的吗?是的!好", ["真的吗?", "是的!", "好"]),
        ("　　床前明月光，\r\n　　疑是地上霜。\n\n举头", ["床前明月光，", "疑是地上霜。", "举头"]),
    ],
)  # fmt: skip
def test_sentences_end_at_their_marks(text: str, found: list[str]) -> None:
    assert sentences(text) == found


@given(st.text(alphabet="aB1.!? \n。？”，\"'　一", max_size=40))
def test_nothing_but_blanks_lies_between(text: str) -> None:
    spans = find_sentences(text)
    found = "".join(text[a:b] for a, b in spans)
    assert "".join(found.split()) == "".join(text.split())
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
    assert spans == sorted(spans)


@pytest.mark.parametrize("mark", [".", "!", "?.", "!."])
def test_long_rows_of_marks_take_no_more_than_their_length(mark: str) -> None:
    text = mark * 50_000  # which took minutes where each mark was looked at from
    assert find_sentences(text) == [(0, len(text))]


def pieces(text: str, most: int) -> list[str]:
    tokens = Tokenizer.train([text], level="character", min_frequency=1).encode(text)
    cuts = cut_long(text, tokens.offsets, most)
    return [text[tokens.offsets[a, 0] : tokens.offsets[b - 1, 1]] for a, b in cuts]


def test_a_long_sentence_is_cut_where_it_hurts_least() -> None:
    assert pieces("一二三，四五六", 10) == ["一二三，四五六"]
    assert pieces("一二三，四五六，七八九", 6) == ["一二三，", "四五六，", "七八九"]
    assert pieces("ab cd ef gh", 6) == ["ab cd", " ef gh"]
    assert pieces("abcdefgh", 3) == ["abc", "def", "gh"]
    assert pieces("一二，，三四五", 4) == ["一二，，", "三四五"]


@given(st.text(alphabet="ab ,，一", min_size=1, max_size=60), st.integers(1, 12))
def test_pieces_are_short_and_nothing_is_lost(text: str, most: int) -> None:
    offsets = np.array([[i, i + 1] for i in range(len(text))], np.int32)
    cuts = cut_long(text, offsets, most)
    assert [token for start, end in cuts for token in range(start, end)] == list(range(len(text)))
    assert all(0 < end - start <= most for start, end in cuts)

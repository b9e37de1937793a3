"""Copies of a text are told, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.corpora import NearCopies, text_key, word_runs

FEW_TEXTS = st.sampled_from(["a", "A", " a!", "b b", "bb", "...", "!", "", "é", "e\u0301", "Ａ"])


def test_keys_see_through_tokenisation() -> None:
    assert text_key("It 's n't GOOD , is it ?") == text_key("it's n't good, is it?")
    assert text_key("ＡＢ é") == text_key("ab e\u0301")
    assert text_key("!!!") != text_key("???")


def test_runs_of_words_are_found_whatever_is_between_them() -> None:
    text = "The end -- when it comes -- COMES late."
    assert len(word_runs(text, words=3)) == 5
    assert word_runs("when it, comes", words=3) <= word_runs(text, words=3)
    assert word_runs("it comes late", words=3).isdisjoint(word_runs(text, words=3))
    assert word_runs("the end", words=3) == set()


def test_near_copies_are_told_by_the_runs_they_share() -> None:
    near = NearCopies(["前台很热情，房间也干净，就是早餐少了点", "好书"], characters=4)
    assert near.overlap("前台 很热情！房间也干净。就是早餐少了点") == 1.0
    # Seven characters, four runs, of which the last has another word: 3 of 4.
    assert near.overlap("房间也干净就好") == pytest.approx(3 / 4)
    # What quotes a short text whole is no copy of it: it is too short to tell.
    assert near.overlap("这是一本好书") == 0.0
    assert near.overlap("好书！") == 1.0
    assert NearCopies([]).overlap("好书") == 0.0


@given(st.lists(FEW_TEXTS), FEW_TEXTS)
def test_copies_overlap_whole(texts: list[str], text: str) -> None:
    overlap = NearCopies(texts, characters=2).overlap(text)
    assert 0 <= overlap <= 1
    if text_key(text) in map(text_key, texts):
        assert overlap == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nice 👍", "nice 👎"), ("so :)", "so :("), ("so:-)", "so:-("), ("★★★★☆", "★☆☆☆☆"),
        ("3.5 stars", "35 stars"), ("1/2", "12"), ("-1", "1"), ("love C", "love C#"), ("C++", "C"),
        ("costs $5", "costs 5"), ("कि", "का"), ("好😀", "好😡"), ("I <3 it", "I 3 it"),
    ],
)  # fmt: skip
def test_keys_keep_what_carries_meaning(one: str, other: str) -> None:
    assert text_key(one) != text_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Don't go -- no, really!", "do n't go , no really"), ("nice 👍🏽", "NICE👍"),
        ("很好 ， 下次 再来", "很好，下次再来！"), ("so : ) yes", "So :) yes"),
        ("(see: this)", "see this"),
    ],
)  # fmt: skip
def test_keys_leave_out_what_does_not(one: str, other: str) -> None:
    assert text_key(one) == text_key(other)

"""Scripts and languages by their letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.language import detect_language, detect_script, is_han


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("The garden was lovely — 很好.", "latin"),
        ("这部电影很好看。OK", "han"),
        ("Очень хорошо", "cyrillic"),
        ("한국어 영화", "hangul"),
        ("ひらがな", "hiragana"),
        ("ＦＵＬＬ ａｎｄ ｗｉｄｅ", "latin"),
        ("naïve élan", "latin"),
        ("42 : 7 = 6 👍🏽 …", "unknown"),
        ("", "unknown"),
    ],
)
def test_scripts(text: str, script: str) -> None:
    assert detect_script(text) == script


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["It rained all day."], "en"),
        (["很好看，推荐。"], "zh"),
        (["看完 Titanic 了，很感动"], "zh"),
        (["The word 好 means good, and that is all I remember."], "en"),
        (["One line is English.", "这一行是中文，而且比较长。"], "zh"),
        (["12:30", "…", "👍🏽"], "en"),
        ([], "en"),
    ],
)
def test_languages(texts: list[str], language: str) -> None:
    assert detect_language(texts) == language


def test_texts_may_be_an_iterator() -> None:
    assert detect_language(iter(["好", "看"])) == "zh"


def test_a_fifth_of_the_letters_is_enough() -> None:
    assert detect_language(["好abcd"]) == "zh"
    assert detect_language(["好abcde"]) == "en"


@pytest.mark.parametrize("char", ["一", "龥", "㐀", "𠀀", "豈"])
def test_chinese_characters(char: str) -> None:
    assert is_han(char)


@pytest.mark.parametrize("char", ["a", "の", "カ", "한", "。", "1", "\n", "\ud83d"])
def test_others(char: str) -> None:
    assert not is_han(char)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert detect_language([text]) in {"en", "zh"}
    assert detect_script(text).islower()

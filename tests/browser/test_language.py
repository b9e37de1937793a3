"""The language of a text in JavaScript, as Python tells it where it is Chinese or English."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from in_node import run_script
from textrnn import text
from textrnn.text.language import language_of

ENGLISH = json.loads((Path(text.__file__).parent / "languages.json").read_text("utf-8"))["english"]
TEXTS = (
    "Great film (臥虎藏龍)", "Great film (臥虎藏龍，很好)", "Titanic (泰坦尼克号)",
    "【重慶森林】 by Wong Kar-wai", "A film 《重慶森林》 of 1994", "A film （重慶森林",
    "重慶森林 (a film)", "It ( 臥虎 ) and « 藏龍 » it", "I love 北京烤鸭 it was great",
    "I love 北京烤鸭, it's great", "I love 北京烤鸭, it’s great", "hotel good, 房间干净",
    "it was good and 房间很干净", "OK，房间很 nice and warm", "好abcd", "好abcde",
    "泰坦尼克号 (it was good and fun)", "THE Food 北京饭店大堂 IS Good AND Great",
    "Naïve café ½ (臥虎藏龍)", "5 stars (臥虎藏龍臥虎藏龍)", "12:30", "👍🏽", "", "很好看，推荐。",
    "The word 好 means good.", "[[[[[[ good food 北京饭店大堂 here",
    "很好 https://www.example.com/a?b=c", "www.example.com/很好", "@ada_l：很好", "ada@example.com",
    "#good #好", "90后不要看", "120kg 5 km 好", "https://example.com", "好 a_1b",
    f"the good food {'北京' * 1000}的{'北京' * 1000}",  # between the places that are looked at
    f"It goes on ({'臥' * 200}) and on", f"It goes on ({'臥' * 201}) and on",
)  # fmt: skip


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, str | None]]:
    """What JavaScript says of texts."""
    texts = [*TEXTS, *map(among_chinese, ENGLISH.split())]
    return dict(zip(texts, run_script("languages.mjs", texts), strict=True))


def among_chinese(word: str) -> str:
    """A text that is English if a word is one of the common ones."""
    return f"the food {word if word not in ('the', 'food') else 'and'} 北京烤鸭店北京烤鸭店"


def test_chinese_and_english_are_told_as_in_python(told: dict[str, dict[str, str | None]]) -> None:
    right = {given: language_of(given) or None for given in TEXTS}
    assert {given: told[given]["language"] for given in TEXTS} == right
    assert set(right.values()) == {"zh", "en", None}
    models = {given: told[given]["model"] for given in TEXTS}
    assert models == {given: code or "en" for given, code in right.items()}


def test_the_same_words_are_english(told: dict[str, dict[str, str | None]]) -> None:
    found = {word: told[among_chinese(word)]["language"] for word in ENGLISH.split()}
    assert found == {word: language_of(among_chinese(word)) for word in ENGLISH.split()}
    assert set(found.values()) == {"zh", "en"}

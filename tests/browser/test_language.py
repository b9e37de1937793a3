"""The language of a text in JavaScript, and the model that reads it, as Python tells them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_bundles import put_manifest, small_classifier, small_translator

from in_node import run_script
from textrnn import Classifier, Router, Translator, load, text
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


# What Python tells by the script alone.
SCRIPTS = (
    "東京大学", "鲜の每日，好喝", "部屋はきれいでしたが、朝食は冷たかった。", "東京タワー",
    "カタカナ", "ﾊﾝｶｸ ｶﾅ", "寿司が好きです", "방은 깨끗했지만 아침은 식었다.", "호텔 was good",
    "Номер чистый",
    "Її кімната чиста", "България е хубава, къде си", "подъезд", "Құдай", "Џез", "الغرفة نظيفة",
    "اتاق تمیز بود، ولی چای سرد", "کمرہ صاف تھا، بڑا", "Το δωμάτιο ήταν καθαρό", "החדר היה נקי",
    "ห้องสะอาด", "कमरा साफ था", "ᎠᏓᏅᏙ ᎤᏬᏚ", "I like Москва a lot", "Tokyo (東京タワー) is a place",
    "ㄅㄆㄇ", "Սենյակը մաքուր է", "ოთახი სუფთაა", "µ ª 𝐚𝐛𝐜 ｆｕｌｌ", "¯\\_(ツ)_/¯ good",
    "12 ー ー",
)  # fmt: skip
# The languages of models that are served, in their order.
ORDERS = [
    ["zh", "en"],
    ["en", "zh"],
    ["ja", "zh", "en"],
    ["de", "en"],
    ["ru", "zh"],
    ["zh"],
    ["de"],
]


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """What JavaScript says of texts."""
    texts = [*TEXTS, *SCRIPTS, *map(among_chinese, ENGLISH.split())]
    models = [
        [{"name": name, "task": task, "language": name} for name in names]
        for task in ("classifier", "translator")
        for names in ORDERS
    ]
    given = {"texts": texts, "models": models}
    return dict(zip(texts, run_script("languages.mjs", given), strict=True))


@pytest.fixture(scope="module")
def routers(tmp_path_factory: pytest.TempPathFactory) -> list[Router[Any]]:
    """Those of Python for the same models, named by their languages."""
    folder = tmp_path_factory.mktemp("models")
    found = list[Router[Any]]()
    for kind, small in ((Classifier, small_classifier), (Translator, small_translator)):
        heads = {}
        for code in {code for order in ORDERS for code in order}:
            path = small(folder / f"{kind.task}-{code}")
            put_manifest(path, {"name": code, "language": code})
            heads[code] = load(str(path))
        found += [Router(kind, models=[heads[code] for code in order]) for order in ORDERS]
    return found


def among_chinese(word: str) -> str:
    """A text that is English if a word is one of the common ones."""
    return f"the food {word if word not in ('the', 'food') else 'and'} 北京烤鸭店北京烤鸭店"


def test_languages_are_told_as_in_python(told: dict[str, dict[str, Any]]) -> None:
    right = {given: language_of(given) or None for given in (*TEXTS, *SCRIPTS)}
    assert {given: told[given]["language"] for given in right} == right
    assert {"zh", "en", "ja", "ko", "ru", "uk", "und", None} < set(right.values())


def test_the_model_is_python_s_whatever_the_order(
    told: dict[str, dict[str, Any]], routers: list[Router[Any]]
) -> None:
    for given in (*TEXTS, *SCRIPTS):
        code = language_of(given)
        for router, found in zip(routers, told[given]["read"], strict=True):
            name = router.model_for(code or "en")
            foreign = bool(code) and router.is_foreign(code, name)
            assert found == {"name": name, "isForeign": foreign}, (given, router.names)


def test_the_same_words_are_english(told: dict[str, dict[str, Any]]) -> None:
    found = {word: told[among_chinese(word)]["language"] for word in ENGLISH.split()}
    assert found == {word: language_of(among_chinese(word)) for word in ENGLISH.split()}
    assert set(found.values()) == {"zh", "en"}

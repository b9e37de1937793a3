"""Scripts and languages by their letters."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.errors import ConfigurationError
from textrnn.text.language import (
    NEUTRAL,
    detect_language,
    language_codes,
    language_name,
    language_of,
    require_language,
)


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["It rained all day."], "en"),
        (["很好看，推荐。"], "zh"),
        (["看完 Titanic 了，很感动"], "zh"),
        (["The word 好 means good, and that is all I remember."], "en"),
        (["Great film (臥虎藏龍)"], "en"),
        (["I love 北京烤鸭 it was great"], "en"),
        (["泰坦尼克号 (it was good and fun)"], "zh"),
        (["Titanic (泰坦尼克号)"], "zh"),  # a word is no sentence
        (["hotel good, 房间干净"], "zh"),
        (["it was good and 房间很干净"], "zh"),
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
    assert language_of(char) == "zh"


@pytest.mark.parametrize("char", ["a", "の", "カ", "한", "。", "1", "\n", "\ud83d"])
def test_others(char: str) -> None:
    assert language_of(char) != "zh"


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert detect_language([text]) == (language_of(text) or "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The waiter was kind and the fare was cheap.", "en"),
        ("good", "en"),
        ("OK", "en"),
        ("REAL MADRID 2 DEPORTIVO LA CORUNA 0", "en"),
        ("Der Spiegel and Le Monde reported on Los Angeles, Rio de Janeiro and São Paulo", "en"),
        ("Müller", "en"),
        ("Das Zimmer war sauber, aber das Frühstück leider kalt.", "de"),
        ("Sehr gut", "de"),
        ("La chambre était propre mais le petit déjeuner était froid.", "fr"),
        ("C’est très bien !", "fr"),
        ("La habitación estaba limpia, pero el desayuno estaba frío.", "es"),
        ("La camera era pulita ma la colazione era fredda, peccato davvero.", "it"),
        ("O quarto estava limpo, mas o café da manhã estava frio.", "pt"),
        ("De kamer was schoon, maar het ontbijt was helaas koud.", "nl"),
        ("Rummet var rent men frukosten var tyvärr kall.", "sv"),
        ("Pokój był czysty, ale śniadanie było zimne.", "pl"),
        ("Oda temizdi ama kahvaltı çok soğuktu.", "tr"),
        ("Phòng rất sạch nhưng bữa sáng thì nguội.", "vi"),
        ("房间很干净，早餐不错。", "zh"),
        ("這家飯店的早餐還不錯", "zh"),
        ("東京大学", "zh"),  # Chinese characters alone
        ("鲜の每日，好喝", "zh"),  # an ornament
        ("部屋はきれいでしたが、朝食は冷たかった。", "ja"),
        ("東京タワー", "ja"),
        ("방은 깨끗했지만 아침은 식었다.", "ko"),
        ("Номер чистый, завтрак холодный.", "ru"),
        ("Її кімната чиста", "uk"),
        ("България е хубава, къде си", "bg"),
        ("الغرفة نظيفة", "ar"),
        ("اتاق تمیز بود، ولی چای سرد", "fa"),
        ("Το δωμάτιο ήταν καθαρό", "el"),
        ("החדר היה נקי", "he"),
        ("ห้องสะอาด", "th"),
        ("कमरा साफ था", "hi"),
        ("ᎠᏓᏅᏙ ᎤᏬᏚ", "und"),  # Cherokee
    ],
)
def test_the_language_of_one_text(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "5 km, 12 kg",
        "👍🏽 …",
        "http://a.de/wie-ist-das 3",
        "@maria #heute",
        "a@b.fr",
        "A4",
    ],
)
def test_what_is_of_no_language(text: str) -> None:
    assert language_of(text) == NEUTRAL


def test_numbers_do_not_hide_the_chinese_around_them() -> None:
    assert language_of("90后不要看") == "zh"
    assert language_of("@张三：今天天气不错") == "zh"


def test_a_long_text_is_sampled_to_its_end() -> None:
    assert language_of("A short preface in English. " * 20 + "这是一本很长的书。" * 100_000) == "zh"


def test_of_a_stream_no_more_is_read_than_is_needed() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "这是一本很长的书。" * 1000

    assert detect_language(endless()) == "zh"


@pytest.mark.parametrize("unit", ["a", "A.A.", "1/", "@a", "é", "汉", "a1"])
def test_the_time_does_not_grow_with_the_text(unit: str) -> None:
    started = time.process_time()
    for _ in range(20):
        detect_language([unit * 2_000_000])
    assert time.process_time() - started < 2.0


def test_names_of_languages() -> None:
    assert (language_name("de"), language_name("xx")) == ("German", "xx")


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        ("german", "; did you mean 'de'?"),
        ("Chinese", "; did you mean 'zh'?"),
        ("EN", "; did you mean 'en'?"),
        ("zh-CN", "; did you mean 'zh'?"),
        ("pt_BR", "; did you mean 'pt'?"),
        ("eng", "; did you mean 'en'?"),
        ("xx", ", as 'en' and 'zh' are"),
        ("-", ", as 'en' and 'zh' are"),
    ],
)
def test_what_is_no_language_is_refused(code: str, nearest: str) -> None:
    message = re.escape(f"language {code!r}: no ISO 639-1 code{nearest}")
    with pytest.raises(ConfigurationError, match=message):
        require_language(code)


def test_every_language_may_be_a_models() -> None:
    assert {"de", "cy", "eo", "nb", "zu", "und"} <= set(language_codes())
    for code in language_codes():
        require_language(code)

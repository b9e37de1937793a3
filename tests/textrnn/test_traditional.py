"""Simplified characters in traditional form, and a seed's script kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import textrnn
from textrnn.errors import ConfigurationError
from textrnn.heads.generator.generator import Generator
from textrnn.text.simplify import simplify
from textrnn.text.traditional import TraditionalWriter, is_traditional, traditionalize


@pytest.fixture(scope="module")
def poet() -> Generator:
    model: Generator = textrnn.load("poetry-zh", threads=1)
    return model


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("白发三千丈，缘愁似个长", "白髮三千丈，緣愁似個長"),
        ("出发之后", "出發之後"),
        ("皇后与太后", "皇后與太后"),
        ("千里江陵，梦里云归", "千里江陵，夢裏雲歸"),
        ("阑干十二，泪始干，老干", "闌干十二，淚始乾，老幹"),
        ("斗酒相逢，斗鸡走马", "斗酒相逢，鬥雞走馬"),
        ("只在此山中，形单影只", "只在此山中，形單影隻"),
        ("五谷丰登，空谷", "五穀豐登，空谷"),
        ("plain ASCII", "plain ASCII"),
    ],
)
def test_words_decide_where_a_character_has_two_forms(simplified: str, traditional: str) -> None:
    assert traditionalize(simplified) == traditional


@given(st.text("白发后里云干斗只山，\n鬓千", max_size=30), st.data())
def test_pieces_become_what_the_whole_does(text: str, data: st.DataObject) -> None:
    writer, parts, begin = TraditionalWriter(), [], 0
    while begin < len(text):
        end = data.draw(st.integers(begin + 1, len(text)))
        parts.append(writer.write(text[begin:end]))
        begin = end
    assert "".join([*parts, writer.write("", is_last=True)]) == traditionalize(text)
    assert simplify(traditionalize(text)) == simplify(text)


def test_scripts_are_told_apart() -> None:
    assert is_traditional("國破山河在")
    assert not is_traditional("国破山河在")
    assert not is_traditional("山中")
    assert not is_traditional("云")  # which traditional text has, too


def test_a_traditional_seed_goes_on_in_traditional_characters(poet: Generator) -> None:
    (simplified,) = poet.generate("国破山河在，", form="五律", rhyme=True, random_state=2)
    (traditional,) = poet.generate("國破山河在，", form="五律", rhyme=True, random_state=2)
    assert traditional.text == "國破山河在，" + traditionalize(simplified.text)[6:]
    assert simplify(traditional.text) == simplified.text != traditional.text
    assert (traditional.unknown, traditional.log_probability) == ((), simplified.log_probability)
    streamed = poet.generate_stream("國破山河在，", form="五律", rhyme=True, random_state=2)
    assert "".join(news.piece for news in streamed) == traditional.continuation


def test_the_script_can_be_chosen(poet: Generator) -> None:
    options = {"length": 40, "random_state": 5}
    (plain,) = poet.generate("国破", **options)
    (wanted,) = poet.generate("国破", script="traditional", **options)
    assert wanted.continuation == traditionalize(plain.text)[2:]
    (kept,) = poet.generate("國破", script="simplified", **options)
    assert kept.text == "國破" + plain.continuation
    with pytest.raises(ConfigurationError, match="script must be one of"):
        poet.generate("国破", script="cursive")
    with pytest.raises(ConfigurationError, match="writes no Chinese characters"):
        textrnn.load("prose-en", threads=1).generate("The", script="traditional")


def test_an_acrostic_keeps_its_characters(poet: Generator) -> None:
    (result,) = poet.generate(acrostic="髮雲后", random_state=2)
    verses = [verse for verse in result.text.replace("\n", "，").split("，") if verse]
    assert [verse[0] for verse in verses] == ["髮", "雲", "后"]


def test_stop_and_ban_hold_in_either_script(poet: Generator) -> None:
    for result in poet.generate("國破", num=20, ban=["風", "云"], length=60, random_state=3):
        assert not set("風风雲云") & set(result.continuation)
    (result,) = poet.generate("國破", stop=["為"], length=200, random_state=1)
    assert not set("為为") & set(result.continuation)

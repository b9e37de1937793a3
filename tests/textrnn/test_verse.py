"""Verse in a form: lengths, rhymes and acrostics hold in every text, whatever the seed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.errors import ConfigurationError
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.verse import FORMS, VerseForm, cut_verses, rhymes
from textrnn.text.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def writer(tiny_generator: Path) -> Generator:
    return Generator.load(tiny_generator)


def verses(text: str) -> list[str]:
    return [verse for verse in re.split("[，。？！；\n]", text) if verse]


@pytest.mark.parametrize("form", ["五绝", "七绝", "五律", "七律"])
@pytest.mark.parametrize("seed", ["", "山", "山来月照光", "山来月照光，"])
def test_forms_hold(writer: Generator, form: str, seed: str) -> None:
    count, length = FORMS[form]
    if length == 7 and seed.endswith("，"):
        seed = "山来月照花落光，"
    for result in writer.generate(seed, num=8, form=form, temperature=2.0, random_state=0):
        assert result.finish == "end"
        assert [len(verse) for verse in verses(result.text)] == [length] * count
        lines = result.text.split("\n")
        assert len(lines) == count // 2
        assert all(re.fullmatch(r".+[，？！；].+[。？！]", line) for line in lines)


@pytest.mark.parametrize("form", ["五绝", "七律"])
def test_even_verses_rhyme_and_never_with_themselves(writer: Generator, form: str) -> None:
    table = rhymes()
    for result in writer.generate(
        "", num=20, form=form, rhyme=True, temperature=1.5, random_state=1
    ):
        ends = [verse[-1] for verse in verses(result.text)[1::2]]
        assert len({table[end] for end in ends}) == 1
        assert table[ends[0]].endswith("平")
        assert len(set(ends)) == len(ends)


def test_a_seed_s_rhyme_is_kept(writer: Generator) -> None:
    seed = "山来月照起，江入水生香。"
    for result in writer.generate(seed, num=10, form="五绝", rhyme=True, random_state=1):
        assert rhymes()[verses(result.text)[3][-1]] == rhymes()["香"]


@pytest.mark.parametrize("form", ["五绝", "七绝", "free"])
@pytest.mark.parametrize("acrostic", ["山水", "春夏秋冬"])
def test_acrostics(writer: Generator, form: str, acrostic: str) -> None:
    """Also with characters that the model does not know."""
    for result in writer.generate("", num=8, form=form, acrostic=acrostic, random_state=3):
        found = verses(result.text)
        assert "".join(verse[0] for verse in found)[: len(acrostic)] == acrostic
        assert "<unk>" not in result.text
        if form == "free":
            assert len(found) <= len(acrostic)
            assert result.finish == "length" or len(found) == len(acrostic)


def test_free_verse_rhymes_wherever_an_even_verse_ends(writer: Generator) -> None:
    table = rhymes()
    for result in writer.generate("", num=20, rhyme=True, length=120, random_state=3):
        ends = [verse[-1] for verse in cut_verses(result.text).finished[1::2]]
        assert ends
        assert len({table[end] for end in ends}) == 1


def test_long_verses_of_free_rhyme_take_rhyming_characters_alone(writer: Generator) -> None:
    table = rhymes()
    for result in writer.generate(
        "", num=30, rhyme=True, length=150, temperature=3.0, ban=["。", "？", "！"], random_state=0
    ):
        found = cut_verses(result.text)
        rhymed = [*found.finished, found.current][1::2]
        group = None
        for verse in rhymed:
            groups = {table[char] for char in verse[6:]}
            assert len(groups) <= 1 or group is None
            group = table[verse[-1]] if len(verse) > 6 else group


def test_a_form_and_a_beam(writer: Generator) -> None:
    (result,) = writer.generate("山来", form="五绝", rhyme=True, beam=4)
    assert [len(verse) for verse in verses(result.text)] == [5] * 4


@pytest.mark.parametrize(
    ("seed", "controls", "complaint"),
    [
        ("山来月照光花", {"form": "五绝"}, "verse 1 of the seed, '山来月照光花', has 6 characters"),
        ("山来，", {"form": "五绝"}, "has 2 characters; 五绝 has 5"),
        ("山b", {"form": "五绝"}, "takes Chinese characters"),
        ("山来月照光，" * 5, {"form": "五绝"}, "the seed has 5 verses; 五绝 has 4"),
        ("山来月照光", {"form": "五绝", "acrostic": "水"}, "does not begin with '水'"),
        ("", {"form": "五绝", "acrostic": "一二三四五"}, "5 characters for 4 verses"),
        ("", {"acrostic": "ab"}, "Chinese characters alone"),
        ("", {"form": "六绝"}, "form must be one of 五绝"),
        ("山来月照光，水来月照山。江来月照光，水来月照香。", {"rhyme": True}, "do not rhyme"),
        ("山来月照光，水来月照𠀀", {"form": "五绝", "rhyme": True}, "not in the table"),
        (
            "山来月照光，水来月照霜。江来月照光，水来月照山",
            {"form": "五绝", "rhyme": True},
            "'霜' and '山' in the seed do not rhyme",
        ),
    ],
)
def test_what_cannot_be_is_told(
    writer: Generator, seed: str, controls: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        writer.generate(seed, **controls)


def test_only_models_of_characters_write_verse() -> None:
    words = Tokenizer.train(["one two"], level="word", min_frequency=1)
    with pytest.raises(ConfigurationError, match="need a model of characters"):
        VerseForm(words, name="五绝")


@given(st.lists(st.text("山水月风花", min_size=1, max_size=9), min_size=1, max_size=9), st.data())
def test_cutting_is_undone_by_joining(parts: list[str], data: st.DataObject) -> None:
    marks = [data.draw(st.sampled_from(["，", "。\n", "？", "；"])) for _ in parts[1:]]
    text = parts[0] + "".join(m + p for m, p in zip(marks, parts[1:], strict=True))
    found = cut_verses(text)
    assert [*found.finished, found.current] == parts


def test_the_table_of_rhymes() -> None:
    table = rhymes()
    assert len(table) > 20_000
    groups = {group[0] for group in table.values()}
    assert groups == set("麻波皆开微豪尤寒文唐庚齐支姑")
    for one, other in ("光霜", "流楼", "花家", "知诗", "风中", "人春"):
        assert table[one] == table[other]
    assert (table["月"], table["乡"], table["知"]) == ("皆仄", "唐平", "支平")


@pytest.mark.parametrize(
    ("text", "finished", "current"),
    [
        ("山来月照光,水来月照香.江", ("山来月照光", "水来月照香"), "江"),
        ("山来月照光\n水来", ("山来月照光",), "水来"),
        (r"山来月照光\n水来", ("山来月照光",), "水来"),
        ("山来；水去! 花开? 月", ("山来", "水去", "花开"), "月"),
        ("山　来，\r\n水", ("山来",), "水"),
    ],
)
def test_western_marks_and_line_ends_divide_verses(
    text: str, finished: tuple[str, ...], current: str
) -> None:
    found = cut_verses(text)
    assert (found.finished, found.current) == (finished, current)


@pytest.mark.parametrize(
    "seed", ["山来月照光,水来月照香.", "山来月照光\n水来月照香", "山来月照光, 水来月照香. "]
)
def test_a_seed_with_western_marks_begins_a_poem(writer: Generator, seed: str) -> None:
    (result,) = writer.generate(seed, form="五绝", rhyme=True, random_state=2)
    assert result.text.startswith(seed)
    assert result.finish == "end"
    assert [len(verse) for verse in cut_verses(result.text).finished] == [5] * 4


@pytest.mark.parametrize("acrostic", ["山", "山水月", "山水月风花"])
def test_an_odd_acrostic_ends_with_a_full_stop(writer: Generator, acrostic: str) -> None:
    results = writer.generate("", num=20, acrostic=acrostic, temperature=2.0, random_state=0)
    ended = [result for result in results if result.finish == "end"]
    assert len(ended) > 10
    assert all(result.text.endswith("。") for result in ended)
    assert all(len(verses(result.text)) == len(acrostic) for result in ended)


@pytest.mark.parametrize("name", ["五絕", "五言绝句", "五言絕句"])
def test_forms_have_names_in_both_scripts(writer: Generator, name: str) -> None:
    (plain,) = writer.generate("山", form="五绝", random_state=4)
    (found,) = writer.generate("山", form=name, random_state=4)
    assert found.text == plain.text

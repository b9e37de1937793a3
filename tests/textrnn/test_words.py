"""Words for tagging, what a vocabulary knows them by, and lists of known names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.tagger.features import UNK, Features, find_matches
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.result import TaggedText
from textrnn.text.words import MAX_TOKEN, SHAPES, find_words, word_key, word_shape


def words(text: str, level: str = "word") -> list[str]:
    return [text[start:end] for start, end in find_words(text, level=level)]


@given(st.text(), st.sampled_from(["word", "character"]))
def test_tokens_cover_all_but_white_space_in_order(text: str, level: str) -> None:
    end = 0
    for start, stop in find_words(text, level=level):
        assert end <= start < stop
        assert not text[end:start].strip()
        assert not any(char.isspace() for char in text[start:stop])
        end = stop
    assert not text[end:].strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Clinton's U.S. visit", ["Clinton", "'s", "U.S.", "visit"]),
        ("They can't, don’t.", ["They", "ca", "n't", ",", "do", "n’t", "."]),
        ("CAN'T O'Brien AT&T", ["CA", "N'T", "O'Brien", "AT&T"]),
        ("Mr. J. Smith left. He ran.", ["Mr.", "J.", "Smith", "left", ".", "He", "ran", "."]),
        ("on 1996-08-22 at 2:29.34", ["on", "1996-08-22", "at", "2:29.34"]),
        ("C$1,000.50 (10%)", ["C$", "1,000.50", "(", "10", "%", ")"]),
        ("a one-day, U.S.-led event", ["a", "one-day", ",", "U.S.-led", "event"]),
        ("see https://a.org/b?c=1. @you #tag", ["see", "https://a.org/b?c=1", ".", "@you", "#tag"]),
        ("wow!!! well ... yes -- no", ["wow", "!!!", "well", "...", "yes", "--", "no"]),
        ("在北京 go", ["在", "北", "京", "go"]),
        ("cafe\u0301 naïve हिन्दी", ["cafe\u0301", "naïve", "हिन्दी"]),
        ("ok 👍🏽👍🏽 👩‍👧!", ["ok", "👍🏽", "👍🏽", "👩\u200d👧", "!"]),
        ("", []),
        (" \t\n", []),
    ],
)
def test_english(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("level", ["word", "character"])
def test_an_emoji_is_one_token(level: str) -> None:
    """Families, professions, flags of countries and regions, skin tones and keycaps."""
    emoji = [
        "👨‍👩‍👧",
        "👩🏽‍🚀",
        "👩‍⚕️",
        "🏳️‍🌈",
        "❤️‍🔥",
        "🇩🇪",
        "🇫🇷",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "👍🏽",
        "1️⃣",
        "2️⃣",
        "#️⃣",
        "*⃣",
        "🇩",
    ]
    assert words("".join(emoji), level) == emoji
    assert words("a👩\u200da", level) == ["a", "👩\u200d", "a"]


def test_characters() -> None:
    assert words("我 在ab1。e\u0301", "character") == ["我", "在", "a", "b", "1", "。", "e\u0301"]


@given(st.text(alphabet="aé北١1A", min_size=1))
def test_keys_have_no_digits_but_zeros(word: str) -> None:
    key = word_key(word)
    assert key == word_key(key)
    assert not set(key) & set("123456789")


@given(st.text(min_size=1))
def test_every_word_has_a_shape(word: str) -> None:
    assert 0 <= word_shape(word) < len(SHAPES)


def test_features_of_words() -> None:
    features = Features("word", ["the", "0000"], characters="the")
    rows, characters, shapes = features.word_arrays(["The", "1996", "cat"])
    assert rows.tolist() == [2, 3, UNK]
    assert characters.tolist() == [[UNK, 3, 4, 0], [UNK] * 4, [UNK, UNK, 2, 0]]
    assert [SHAPES[shape] for shape in shapes] == ["title", "digits", "lower"]


def test_long_words_are_spelled_by_their_ends() -> None:
    features = Features("word", [], characters="abz")
    assert features.spelling("a" * 20 + "b" * 50 + "z" * 20) == [2] * 12 + [4] * 12


def test_matches_of_a_lexicon() -> None:
    features = Features("character", [], lexicon={"北京": 3, "京": 1, "北京大学": 6})
    text = list("在北京大学")
    assert find_matches(text, features.lexicon) == [(1, 3), (1, 5), (2, 3)]
    found = features.matches(text)
    # 4 x place + begins, inside, ends or alone; the rows in the lexicon's order.
    pairs = list(zip(found.places.tolist(), found.words.tolist(), strict=True))
    assert pairs == [(4, 2), (4, 4), (9, 4), (10, 2), (11, 3), (13, 4), (18, 4)]
    # Of 京, 北京 (3), 京 (1) and 北京大学 (6) share four in proportion.
    np.testing.assert_allclose(found.shares, [4 / 3, 8 / 3, 2.4, 1.2, 0.4, 4.0, 4.0], rtol=1e-6)


@given(st.lists(st.text(min_size=1), unique=True, max_size=5))
def test_features_come_back_from_json(keys: list[str]) -> None:
    features = Features("word", keys, characters=keys, bigrams=keys, lexicon=dict.fromkeys(keys, 2))
    again = Features.from_json(features.to_json())
    assert again.words == features.words
    assert again.bigrams == features.bigrams
    assert again.lexicon_counts == features.lexicon_counts


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"level": "word", "words": [], "more": 1}'])
def test_damaged_features_are_named(text: str) -> None:
    with pytest.raises(BundleError, match=r"features\.json is damaged"):
        Features.from_json(text)


def test_unknown_levels_are_named() -> None:
    with pytest.raises(ConfigurationError, match="level must be one of word, character"):
        Features("syllable", [])


def test_a_gazetteer_marks_names() -> None:
    gazetteer = Gazetteer.build({"city": ["New York City", "York"], "team": ["York", "the Jets"]})
    marks = gazetteer.look_up(
        [["In", "New"], ["York"], ["In", "New", "York", "City", "the", "Jets"]]
    )[3:].reshape(6, 4, 2)
    begin, inside, end, whole = range(4)
    assert np.argwhere(marks).tolist() == [
        [1, begin, 0],
        [2, inside, 0],
        [2, whole, 0],
        [2, whole, 1],
        [3, end, 0],
    ]  # "the Jets" begins with a small letter in the sentence
    assert len(gazetteer) == 3
    again = Gazetteer.from_bytes(gazetteer.to_bytes())
    assert again.kinds == ("city", "team")
    np.testing.assert_array_equal(again.look_up([["York"]]), gazetteer.look_up([["York"]]))


def test_a_gazetteer_of_characters() -> None:
    gazetteer = Gazetteer.build({"place": ["北京"]})
    assert gazetteer.look_up([list("在北京")]).tolist() == [[0] * 4, [1, 0, 0, 0], [0, 0, 1, 0]]
    assert gazetteer.look_up([[]]).shape == (0, 4)
    with pytest.raises(BundleError, match=r"gazetteer\.npz is damaged"):
        Gazetteer.from_bytes(b"nothing")


@pytest.mark.parametrize("text", ["A." * 40_000 + "b", "A.-" * 30_000, "1/" * 40_000, "a" * 80_000])
def test_a_giant_word_is_cut_and_takes_no_longer_than_its_length(text: str) -> None:
    """Of a pattern that goes back from each character 80,000 of them would take half a minute."""
    spans = find_words(text)
    assert max(end - start for start, end in spans) <= MAX_TOKEN
    assert "".join(text[start:end] for start, end in spans) == text


def test_abbreviations_stay_whole_up_to_twelve_letters() -> None:
    assert [text[a:b] for text in ["in U.S.S.R. now"] for a, b in find_words(text)] == [
        "in", "U.S.S.R.", "now",
    ]  # fmt: skip
    assert find_words("A." * 12) == [(0, 24)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [("short", 0), ("a" * 1000, 0), ("a" * 1001, 1), ("a" * 5000 + " b " + "c" * 2500, 2)],
)
def test_words_that_were_cut_are_counted(text: str, cut: int) -> None:
    assert TaggedText(text, (), tuple(find_words(text))).cut_words == cut

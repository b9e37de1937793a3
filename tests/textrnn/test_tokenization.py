"""Tokenizers: what a token is, where it stood, and how to get back."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from textrnn.errors import BundleError, ConfigurationError, InputError
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.tokenizer_parts import LEVELS

TEXTS = [
    "The soup wasn't cold, it was frozen!!!",
    "Wasn’t it lovely… <br />Wasn't it?",
    "这部电影很好看。 I liked it.",
    "naïve café, ﬁne ＦＵＬＬ width 👍🏽",
]


def trained(level: str, **options: object) -> Tokenizer:
    return Tokenizer.train(TEXTS, level=level, vocabulary_size=500, min_frequency=1, **options)  # type: ignore[arg-type]


# What reviews hold, and what is hard: an accent apart from its letter, hearts made red, jamo.
# One kind of accent: NFC may swap two, and the library points at them in the order they end up in.
REVIEW = st.lists(
    st.sampled_from([
        *"aEéö_ 39!.,-'‘’“”…\t\n好影のカー한❤<", "\u0301", "\ufe0f", "\u200d", "\u3000",
        "👍🏽", "<br />", "<BR>", "don’t", "\u1112\u1161\u11ab",
    ]),
    max_size=25,
).map("".join)  # fmt: skip

ALL = {level: trained(level) for level in LEVELS}
WORDS = trained("word", lowercase=True, normalization="NFKC")


def pieces(tokenizer: Tokenizer, text: str) -> list[str]:
    return [text[start:end] for start, end in tokenizer.encode(text).offsets]


def test_words() -> None:
    text = "Don't stop!!! It’s 3.5/10 — well-made<br/>l'été 好看 カナ a_b"
    assert pieces(WORDS, text) == [
        "Don't", "stop", "!!!", "It’s", "3", ".", "5", "/", "10", "—", "well", "-", "made",
        "l'été", "好", "看", "カ", "ナ", "a_b",
    ]  # fmt: skip


def test_known_words_are_found_whatever_their_case_or_apostrophe() -> None:
    vocabulary = WORDS.vocabulary()
    ids = WORDS.encode("WASN’T wasn't ＦＵＬＬ ﬁne unheard").ids.tolist()
    assert ids == [vocabulary[w] for w in ("wasn't", "wasn't", "full", "fine")] + [Tokenizer.UNK]


def test_characters() -> None:
    tokenizer = ALL["character"]
    assert pieces(tokenizer, "a好\n👍🏽") == ["a", "好", "\n", "👍", "🏽"]
    assert tokenizer.decode(tokenizer.encode("soup wasn't").ids) == "soup wasn't"


def test_special_tokens_come_first() -> None:
    for tokenizer in ALL.values():
        assert [tokenizer.token(i) for i in range(4)] == ["<pad>", "<unk>", "<s>", "</s>"]


@pytest.mark.parametrize("level", LEVELS)
def test_special_strings_in_a_text_are_ordinary(level: str) -> None:
    ids = ALL[level].encode("<pad> </s> <s>").ids
    assert not {Tokenizer.PAD, Tokenizer.START, Tokenizer.END} & set(ids.tolist())


@pytest.mark.parametrize("level", LEVELS)
@given(text=st.text(max_size=60))
def test_offsets_lie_in_the_text_and_in_order(level: str, text: str) -> None:
    encoded = ALL[level].encode(text)
    assert encoded.ids.dtype == encoded.offsets.dtype == np.int32
    assert encoded.offsets.shape == (len(encoded.ids), 2)
    starts, ends = encoded.offsets.T
    assert (starts >= 0).all()
    assert (ends <= len(text)).all()
    assert (starts <= ends).all()
    assert (np.diff(starts) >= 0).all()


@given(text=REVIEW)
def test_words_and_characters_stand_for_what_they_point_at(text: str) -> None:
    """The code points of a token, normalised, are the token: nothing missing, nothing more."""
    for level in ("word", "character"):
        tokenizer = Tokenizer.train([text], level=level, min_frequency=1, normalization="NFC")
        encoded = tokenizer.encode(text)
        for number, (start, end) in zip(encoded.ids.tolist(), encoded.offsets, strict=True):
            piece = text[start:end]
            if level == "word":
                piece = piece.replace("‘", "'").replace("’", "'")
            assert unicodedata.normalize("NFC", piece) == tokenizer.token(number)
        starts, ends = encoded.offsets.T
        assert (ends[:-1] <= starts[1:]).all()
        if level == "character":
            assert tokenizer.decode(encoded.ids) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("text", ["cafe\u0301", "cafe\u0323\u0301", "\u1112\u1161\u11ab"])
def test_accents_and_jamo_at_the_end_belong_to_the_last_token(level: str, text: str) -> None:
    """Composed into the letter before them, they are still its code points in the original."""
    assert ALL[level].encode(text).offsets[-1, 1] == len(text)
    assert ALL[level].encode(text + " ok").offsets[:, 1].tolist().count(len(text)) >= 1


def test_subwords_of_chinese_are_not_one_long_unknown_word() -> None:
    encoded = ALL["wordpiece"].encode("这部电影很好看" * 30)
    assert len(encoded.ids) == 210
    assert Tokenizer.UNK not in encoded.ids


def test_half_a_surrogate_pair_is_a_replacement_character() -> None:
    tokenizer = trained("bpe")
    assert tokenizer.decode(tokenizer.encode("so\ud83d bad").ids) == "so\ufffd bad"
    assert pieces(WORDS, "so \ud83d bad") == ["so", "\ud83d", "bad"]
    learned = Tokenizer.train(["a \ud83d"], min_frequency=1)
    assert "\ufffd" in learned.vocabulary()


def test_an_error_of_the_reader_comes_through() -> None:
    def texts() -> Iterator[str]:
        yield "one line"
        raise InputError("line 2 is wrong")

    with pytest.raises(InputError, match="line 2 is wrong"):
        Tokenizer.train(texts())


@given(text=st.text(max_size=60))
def test_bytes_give_any_text_back(text: str) -> None:
    tokenizer = trained_once()
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def trained_once(cache: dict[str, Tokenizer] = {}) -> Tokenizer:  # noqa: B006 - one for all examples
    if not cache:
        cache["bpe"] = trained("bpe", normalization="none")
    return cache["bpe"]


@given(text=st.text(max_size=60))
def test_words_cover_every_letter_and_digit(text: str) -> None:
    covered = {i for a, b in WORDS.encode(text).offsets.tolist() for i in range(a, b)}
    for i, char in enumerate(text):
        if char.isalnum() and unicodedata.category(char)[0] in "LN" and "<" not in text:
            assert i in covered


@pytest.mark.parametrize("level", LEVELS)
def test_saved_and_loaded_is_the_same(level: str, tmp_path: Path) -> None:
    tokenizer = ALL[level]
    tokenizer.save(tmp_path / "tokenizer.json")
    loaded = Tokenizer.load(tmp_path / "tokenizer.json")
    assert loaded.level == level
    assert loaded.vocabulary() == tokenizer.vocabulary()
    for text in TEXTS:
        first, second = tokenizer.encode(text), loaded.encode(text)
        np.testing.assert_array_equal(first.ids, second.ids)
        np.testing.assert_array_equal(first.offsets, second.offsets)


def test_batches_equal_single_texts() -> None:
    for text, encoded in zip(TEXTS, WORDS.encode_batch(TEXTS), strict=True):
        np.testing.assert_array_equal(encoded.ids, WORDS.encode(text).ids)


def test_empty_text() -> None:
    assert WORDS.encode("").ids.shape == (0,)
    assert WORDS.encode("").offsets.shape == (0, 2)


def test_rare_words_are_left_out() -> None:
    tokenizer = Tokenizer.train(["a a b", "a b c"], level="word", min_frequency=2)
    assert set(tokenizer.vocabulary()) == {*Tokenizer.SPECIAL_TOKENS, "a", "b"}


def test_wrong_options_are_named() -> None:
    with pytest.raises(ConfigurationError, match="level must be one of character, word, bpe"):
        Tokenizer.train(TEXTS, level="words")
    with pytest.raises(ConfigurationError, match="vocabulary_size must be at least 5: 2"):
        Tokenizer.train(TEXTS, vocabulary_size=2)
    with pytest.raises(ConfigurationError, match="id 99999 is outside 0 to"):
        WORDS.token(99999)


def test_damaged_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text('{"version"', "utf-8")
    with pytest.raises(BundleError, match=r"tokenizer\.json is damaged"):
        Tokenizer.load(tmp_path / "tokenizer.json")
    with pytest.raises(InputError, match="No such file"):
        Tokenizer.load(tmp_path / "absent.json")


def test_the_first_word_tokenizers_are_read() -> None:
    made = json.loads(Tokenizer.train(TEXTS, min_frequency=1).to_json())
    steps = made["normalizer"]["normalizers"]
    made["normalizer"]["normalizers"] = [
        steps[0],
        {"type": "Replace", "pattern": {"Regex": "[‘’]"}, "content": "'"},
        *steps[3:],
    ]
    cjk = r"\p{Han}\p{Hiragana}\p{Katakana}"
    made["pre_tokenizer"]["pattern"]["Regex"] = (
        rf"[{cjk}]|[[\p{{L}}\p{{M}}\p{{N}}_]&&[^{cjk}]]+(?:'[[\p{{L}}\p{{M}}]&&[^{cjk}]]+)*"
        r"|([^\s\p{L}\p{M}\p{N}_])\1*"
    )
    assert Tokenizer.from_json(json.dumps(made)).encode("don’t !!!").offsets.tolist() == [
        [0, 5],
        [6, 9],
    ]


def test_foreign_tokenizers_are_refused() -> None:
    pieces = [(token, 0.0) for token in Tokenizer.SPECIAL_TOKENS]
    foreign = tokenizers.Tokenizer(tokenizers.models.Unigram(pieces, 1, False))
    with pytest.raises(BundleError, match="textrnn makes no Unigram tokenizers"):
        Tokenizer.from_json(foreign.to_str())
    empty = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0}, "a"))
    with pytest.raises(BundleError, match="ids 0 to 3 are not <pad>"):
        Tokenizer.from_json(empty.to_str())


def test_subwords_take_further_tokens_and_cut_other_texts_as_before() -> None:
    texts = ["味道很好，下次再来", "太差了，不会再来", "It was good, and it was bad."] * 3
    tokenizer = Tokenizer.train(texts, level="bpe", vocabulary_size=400, min_frequency=2)
    wider = tokenizer.with_tokens(["👍", "👎", "❤️", "👍"])
    assert Tokenizer.from_json(wider.to_json()).vocabulary() == wider.vocabulary()
    for sign in ("👍", "👎", "❤️"):
        assert len(tokenizer.encode(sign).ids) > 1
        [number] = wider.encode(sign).ids.tolist()
        assert wider.pieces()[number].decode() == sign
    text = "太差了👎👎，再来❤️"
    assert wider.decode(wider.encode(text).ids) == text
    assert wider.encode(text).offsets.tolist()[-1] == [len(text) - 2, len(text)]
    for text in texts:
        assert wider.encode(text).ids.tolist() == tokenizer.encode(text).ids.tolist()


def test_wordpieces_take_no_further_tokens() -> None:
    tokenizer = Tokenizer.train(["good", "bad"] * 3, level="wordpiece", vocabulary_size=50)
    with pytest.raises(ConfigurationError, match="wordpiece tokenizer makes its own words"):
        tokenizer.with_tokens(["👍"])

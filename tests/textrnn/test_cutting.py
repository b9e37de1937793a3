"""Tokenizers with fewer tokens: every text is still read, and what is dropped is unknown."""

from __future__ import annotations

import numpy as np
import pytest

from textrnn.errors import ConfigurationError
from textrnn.text.cutting import cut_tokenizer
from textrnn.text.tokenizer import Tokenizer

TEXTS = [
    "the cat saw the other cats",
    "the weather, the gathering, the feather",
    "床前明月光 明月",
] * 4
STRANGE = "Zoë’s 猫 saw 🙂\tthe \x00 whole…\nthe end"


@pytest.mark.parametrize("level", ["character", "word", "bpe", "wordpiece"])
def test_a_smaller_vocabulary_of_any_level(level: str) -> None:
    whole = Tokenizer.train(TEXTS, level=level, vocabulary_size=900, min_frequency=1)
    size = whole.vocabulary_size - 4
    cut, kept = cut_tokenizer(whole, size)
    assert cut.vocabulary_size == size == len(kept)
    assert cut.level == level
    assert [whole.token(old) for old in kept.tolist()] == [cut.token(new) for new in range(size)]
    again = Tokenizer.from_json(cut.to_json())  # it is one that textrnn makes
    for text in (*TEXTS, STRANGE):
        found = again.encode(text)
        assert len(found.ids)
        if level == "bpe":
            assert again.decode(found.ids) == whole.decode(whole.encode(text).ids)
        if level in ("character", "word"):
            numbers = dict(zip(kept.tolist(), range(size), strict=True))
            expected = [numbers.get(i, Tokenizer.UNK) for i in whole.encode(text).ids.tolist()]
            assert found.ids.tolist() == expected


def test_bytes_and_what_tokens_are_merged_from_stay() -> None:
    whole = Tokenizer.train(TEXTS, level="bpe", vocabulary_size=900, min_frequency=1)
    counts = np.zeros(whole.vocabulary_size, np.int64)
    longest = max(whole.vocabulary(), key=len)
    counts[whole.vocabulary()[longest]] = 9
    cut, kept = cut_tokenizer(whole, 4 + 256 + len(longest) - 1, counts)
    assert longest in cut.vocabulary()
    assert len(cut.encode(STRANGE).ids) > len(whole.encode(STRANGE).ids)
    assert cut.decode(cut.encode(STRANGE).ids) == STRANGE
    assert set(range(260)) <= set(kept.tolist())


def test_no_word_that_wordpiece_knew_becomes_unknown() -> None:
    whole = Tokenizer.train(TEXTS, level="wordpiece", vocabulary_size=900, min_frequency=1)
    single = sum(len(token.removeprefix("##")) == 1 for token in whole.vocabulary())
    cut, _ = cut_tokenizer(whole, 4 + single + 1)
    for text in TEXTS:
        assert Tokenizer.UNK not in cut.encode(text).ids


def test_counts_choose_and_without_them_the_first() -> None:
    whole = Tokenizer.train(["a a a b b c"], min_frequency=1)
    cut, _ = cut_tokenizer(whole, 5)
    assert cut.words("c") == ["c"]
    assert cut.vocabulary().keys() - set(Tokenizer.SPECIAL_TOKENS) == {"a"}
    counts = np.zeros(whole.vocabulary_size, np.int64)
    counts[whole.vocabulary()["c"]] = 1
    cut, kept = cut_tokenizer(whole, 5, counts)
    assert cut.vocabulary()["c"] == 4
    assert kept.tolist() == [0, 1, 2, 3, whole.vocabulary()["c"]]


def test_simplifying_stays() -> None:
    whole = Tokenizer.train(["发 髮 头"], level="character", min_frequency=1, simplify=True)
    cut, _ = cut_tokenizer(whole, whole.vocabulary_size - 1)
    assert cut.simplify
    assert cut.encode("髮").ids.tolist() == cut.encode("发").ids.tolist()


@pytest.mark.parametrize(
    ("level", "size", "message"),
    [
        ("word", 900, "so that 900 would cut none; ask for fewer"),
        ("word", 4, "4 tokens are too few; 4 are needed .* ask for 5 or more"),
        ("bpe", 200, "200 tokens are too few; 260 are needed for every text .* 261 or more"),
    ],
)
def test_sizes_that_cannot_be(level: str, size: int, message: str) -> None:
    whole = Tokenizer.train(TEXTS, level=level, vocabulary_size=900, min_frequency=1)
    with pytest.raises(ConfigurationError, match=message):
        cut_tokenizer(whole, size)

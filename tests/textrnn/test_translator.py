"""Texts cut into sentences, their translations written and put together, and what comes of them."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from small_bundles import put, put_manifest, small_translator

from textrnn.configuration import from_dict, to_dict
from textrnn.decoding.search import Hypothesis
from textrnn.decoding.search_options import SearchOptions
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.translator.cutting import cut_texts
from textrnn.heads.translator.joining import Joiner, best_together, join_pieces
from textrnn.heads.translator.matrix import AttentionMatrix
from textrnn.heads.translator.page import html_page
from textrnn.heads.translator.result import Translation
from textrnn.heads.translator.translator import Translator
from textrnn.heads.translator.writing import TextWriter, Written
from textrnn.text.tokenizer import Tokenizer

CHARACTERS = Tokenizer.train(
    ["学而时习之，不亦说乎？", "经常温习学过的，愉快吗。", "é Ab cd."],
    level="character",
    min_frequency=1,
)
WORDS = Tokenizer.train(["the old man , and the sea ."], level="word", min_frequency=1)
BYTES = Tokenizer.train(["an ox 学 é"] * 3, level="bpe", vocabulary_size=270, min_frequency=2)


def hypothesis(
    tokenizer: Tokenizer, text: str, looked_at: Sequence[int], sources: int, score: float = -1.0
) -> Hypothesis:
    """A text as a search finds it; each token looks at one of the source's with 0.9."""
    ids = tokenizer.encode(text).ids.astype(np.int64)
    attention = np.full((len(ids), sources), 0.1 / max(1, sources - 1), np.float32)
    attention[np.arange(len(ids)), looked_at] = 0.9
    return Hypothesis(ids, score, score, attention, ended=True)


@pytest.mark.parametrize(
    ("tokenizer", "text"),
    [
        (CHARACTERS, "经常温习学过的"),
        (WORDS, "the old man, and the sea."),
        (BYTES, "an ox 学 é 亦"),  # 亦 is several tokens, a byte each
    ],
)
def test_written_tokens_have_their_places(tokenizer: Tokenizer, text: str) -> None:
    encoded = tokenizer.encode(text)
    places = [0] * len(encoded.ids)
    written = TextWriter(tokenizer).write(hypothesis(tokenizer, text, places, 1), ["x"])
    assert written.text == text
    for (start, end), right in zip(written.offsets, encoded.offsets.tolist(), strict=True):
        assert text[start:end].strip() == text[slice(*right)].strip()


def test_an_unknown_token_is_written_as_what_it_looked_at() -> None:
    found = hypothesis(CHARACTERS, "学龘。", [0, 2, 1], 3)
    assert TextWriter(CHARACTERS).write(found, ["a", "b", "颛"]).text == "学颛。"
    found = hypothesis(WORDS, "the Ulm sea", [0, 1, 0], 2)
    written = TextWriter(WORDS).write(found, ["x", "Ulm"])
    assert written.text == "the Ulm sea"
    assert written.offsets.tolist() == [[0, 3], [3, 7], [7, 11]]


def test_half_a_character_at_the_end_is_shown_as_such() -> None:
    ids = BYTES.encode("亦").ids[:2].astype(np.int64)
    half = Hypothesis(ids, -1.0, -1.0, np.ones((2, 1), np.float32), ended=False)
    written = TextWriter(BYTES).write(half, ["x"])
    assert written.text == "\ufffd"
    assert written.offsets.tolist() == [[0, 1], [0, 1]]


def cut(text: str, most: int = 100) -> list[str]:
    ((*pieces,),) = cut_texts([text], CHARACTERS, most)
    return [text[piece.start : piece.end] for piece in pieces]


def test_texts_are_cut_into_what_is_read_by_itself() -> None:
    text = "学而时习之，\n* * *\n\n不亦说乎？ab cd."
    assert cut(text) == ["学而时习之，", "* * *", "不亦说乎？", "ab cd."]
    assert cut("学而时习之，不亦说乎？", most=8) == ["学而时习之，", "不亦说乎？"]
    assert cut("ab cd ab cd", most=6) == ["ab cd", "ab cd"]
    assert cut("") == cut(" \n ") == []
    ((first, stars, last, _),) = cut_texts([text], CHARACTERS, 100)
    assert len(stars.ids) == 0
    assert first.ids.tolist() == CHARACTERS.encode("学而时习之，").ids.tolist()
    assert text[slice(*last.offsets[-1])] == "？"


def test_a_sentence_without_an_end_is_read_with_a_full_stop() -> None:
    text = "学而时习\n不亦说乎？\n“学”\n* 3"
    ((first, asked, quoted, stars),) = cut_texts([text], CHARACTERS, 100, full_stop="。")
    assert first.is_closed
    assert not asked.is_closed
    assert not quoted.is_closed
    assert not len(stars.ids)
    assert first.ids.tolist() == CHARACTERS.encode("学而时习。").ids.tolist()
    assert first.offsets[-2:].tolist() == [[3, 4], [4, 4]]
    ((*pieces,),) = cut_texts(["学而时习，不亦说乎"], CHARACTERS, 6, full_stop="。")
    assert [piece.is_closed for piece in pieces] == [False, True]
    ((plain, *_),) = cut_texts([text], CHARACTERS, 100)
    assert not plain.is_closed
    assert plain.ids.tolist() == CHARACTERS.encode("学而时习").ids.tolist()


@pytest.mark.parametrize(
    ("written", "shown"), [("学习。", "学习"), ("学习", "学习"), ("学？", "学？"), ("。", "")]
)
def test_the_full_stop_that_was_added_is_not_translated(written: str, shown: str) -> None:
    ((piece,),) = cut_texts(["学而"], CHARACTERS, 100, full_stop="。")
    found = {piece: [hypothesis(CHARACTERS, written, [0] * len(written), 3, score=-1.0)]}
    joiner = Joiner(CHARACTERS, CHARACTERS, "zh")
    result = joiner.translation("学而", [piece], found, n_best=1)
    assert result.text == shown
    assert [(token.start, token.end) for token in result.alignment] == [
        (place, place + 1) for place in range(len(shown))
    ]
    assert all(token.source_end <= 2 for token in result.alignment)
    ((open_piece,),) = cut_texts(["学而"], CHARACTERS, 100)
    result = joiner.translation("学而", [open_piece], {open_piece: found[piece]}, n_best=1)
    assert result.text == written


def test_a_manifest_s_full_stop_is_one(tmp_path: Path) -> None:
    assert Translator.load(small_translator(tmp_path / "a", full_stop="。")).full_stop == "。"
    with pytest.raises(
        BundleError, match=r"full_stop must be one of \., 。, or empty; received 'x'"
    ):
        Translator.load(small_translator(tmp_path / "b", full_stop="x"))


def test_a_sentence_that_is_cut_keeps_all_its_tokens() -> None:
    text = "学而时习之，不亦说乎？" * 1 + "学" * 25
    ((*pieces,),) = cut_texts([text], CHARACTERS, 7)
    assert max(len(piece.ids) for piece in pieces) <= 7
    assert "".join(text[p.start : p.end] for p in pieces) == text
    assert np.concatenate([p.ids for p in pieces]).tolist() == CHARACTERS.encode(text).ids.tolist()
    for piece in pieces:
        assert piece.offsets[0, 0] == piece.start
        assert piece.offsets[-1, 1] == piece.end


@pytest.mark.parametrize(
    ("language", "text", "joined"),
    [
        ("zh", "Ab. Cd.", "X1X2"),
        ("en", "学。习？", "X1 X2"),
        ("en", "学。习？  \r\n　　之。\n\n", "X1 X2  \r\n　　X3\n\n"),
        ("zh", "  ab", "  X1"),
        ("en", "学。\u2028习。", "X1\u2028X2"),
    ],
)
def test_line_ends_are_kept_and_sentences_joined(language: str, text: str, joined: str) -> None:
    ((*pieces,),) = cut_texts([text], CHARACTERS, 100)
    written = [f"X{number}" for number in range(1, len(pieces) + 1)]
    whole, starts = join_pieces(text, pieces, written, language)
    assert whole == joined
    assert [whole[start : start + 2] for start in starts] == written


def test_the_best_ways_together_are_those_of_all_combinations() -> None:
    rng = np.random.default_rng(0)
    nothing = np.zeros((0, 2), np.int32)
    ways = [
        [(Written(f"{piece}{way}", nothing), float(score)) for way, score in enumerate(scores)]
        for piece, scores in enumerate(-np.sort(rng.random((4, 3))))
    ]
    every = [
        (score_a + score_b + score_c + score_d, a.text + b.text + c.text + d.text)
        for a, score_a in ways[0] for b, score_b in ways[1]
        for c, score_c in ways[2] for d, score_d in ways[3]
    ]  # fmt: skip
    found = best_together(ways, 5)
    right = [text for _, text in sorted(every, reverse=True)[:5]]
    assert ["".join(one.text for one in some) for some, _ in found] == right


def test_a_translation_tells_what_each_token_looked_at() -> None:
    text = "学而时习之，\n不亦说乎？"
    ((first, second),) = cut_texts([text], CHARACTERS, 100)
    found = {
        first: [
            hypothesis(CHARACTERS, "经常温习学过的", [2, 2, 3, 3, 0, 0, 4], 6, score=-1.0),
            hypothesis(CHARACTERS, "温习", [3, 3], 6, score=-1.5),
        ],
        second: [
            hypothesis(CHARACTERS, "不愉快吗", [0, 2, 2, 3], 5, score=-2.0),
            hypothesis(CHARACTERS, "愉快", [2, 2], 5, score=-9.0),
        ],
    }
    joiner = Joiner(CHARACTERS, CHARACTERS, "zh")
    result = joiner.translation(text, [first, second], found, n_best=2)
    assert result.text == "经常温习学过的\n不愉快吗"
    assert result.score == -1.5
    assert [(one.text, one.score) for one in result.hypotheses] == [
        ("经常温习学过的\n不愉快吗", -1.5),
        ("温习\n不愉快吗", -1.75),
    ]
    pairs = [
        (result.text[one.start : one.end], text[one.source_start : one.source_end])
        for one in result.alignment
    ]
    assert pairs == list(zip("经常温习学过的不愉快吗", "时时习习学学之不说说乎", strict=True))
    assert [one.weight for one in result.alignment] == pytest.approx([0.9] * 11)
    told = result.as_dict()
    assert told["text"] == text
    assert told["translation"] == result.text
    assert told["alignment"][8] == {
        "start": 9, "end": 10, "source_start": 9, "source_end": 10, "weight": 0.9,
    }  # fmt: skip
    assert pickle.loads(pickle.dumps(result)) == result
    sent = json.loads(json.dumps(to_dict(result)))  # as a service sends it
    assert from_dict(Translation, sent, where="answer") == result


def test_equal_weights_are_one_number_in_memory() -> None:
    ((piece,),) = cut_texts(["学而时习之"], CHARACTERS, 100)
    one = hypothesis(CHARACTERS, "经常温习", [0, 1, 2, 3], 5)
    result = Joiner(CHARACTERS, CHARACTERS, "zh").translation(
        "学而时习之", [piece], {piece: [one]}, n_best=1
    )
    weights = [weight for row in result.sentences[0].attention for weight in row]
    np.testing.assert_array_equal(weights, one.attention.astype(np.float64).round(4).ravel())
    assert len({id(weight) for weight in weights}) == len(set(weights)) == 2


def test_traditional_words_are_copied_as_the_model_reads_them() -> None:
    simplifying = Tokenizer.from_json(CHARACTERS.to_json(), simplify=True)
    ((piece,),) = cut_texts(["學龍"], simplifying, 100)
    found = {piece: [hypothesis(CHARACTERS, "学龘", [0, 1], 2)]}
    result = Joiner(simplifying, CHARACTERS, "zh").translation("學龍", [piece], found, n_best=1)
    assert result.text == "学龙"
    assert result.source == "學龍"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_translator(tmp_path_factory.mktemp("small") / "small")


def test_every_text_has_its_translation(small: Path) -> None:
    translator = Translator.load(small, threads=1)
    texts = ["a fine film. What a song!", "", " \n", "***", "a\n\nb\n"]
    found = translator.translate(texts, beam=2)
    assert [one.source for one in found] == texts
    assert [one.text for one in found][1:4] == ["", " \n", "***"]
    assert [one.score for one in found][1:4] == [0.0, 0.0, 0.0]
    assert found[4].text.count("\n") == 3
    assert [len(one.sentences) for one in found] == [2, 0, 0, 0, 2]


def test_a_beam_is_as_much_work_as_the_texts_that_it_writes(small: Path) -> None:
    translator = Translator.load(small, threads=1)
    assert [translator.work_of("a film", {"beam": beam}) for beam in (1, 7)] == [6, 42]
    assert translator.work_of("a film", {}) == 6 * SearchOptions().beam


def test_long_texts_are_not_truncated(small: Path) -> None:
    translator = Translator.load(small, threads=1)
    (found,) = translator.translate(["film " * 40], beam=1)
    assert [found.source[slice(*one.source)] for one in found.sentences] == [
        *["film film film film film film"] * 6, "film film film film",
    ]  # fmt: skip
    assert all(len(one.source_tokens) <= 30 for one in found.sentences)


def test_a_translation_does_not_depend_on_its_company(small: Path) -> None:
    translator = Translator.load(small, threads=1)
    texts = ["a", "what a fine film", "a dull song and a quiet film", "so"]
    together = translator.translate(texts, beam=3, n_best=3)
    for text, one in zip(texts, together, strict=True):
        (alone,) = translator.translate([text], beam=3, n_best=3)
        assert [each.text for each in alone.hypotheses] == [each.text for each in one.hypotheses]
        assert alone.score == pytest.approx(one.score, abs=1e-5)
    (greedy,) = translator.translate(["a fine film"], beam=1)
    (same,) = translator.translate(["a fine film"], beam=1, batch_size=1)
    assert greedy == same


def test_a_model_brings_the_lengths_that_fit_it(tmp_path: Path) -> None:
    path = small_translator(tmp_path / "small")
    fits = {"length_penalty": 0.0, "length_reward": 1.5}
    texts = ["a fine film", "what a song"]
    asked = Translator.load(path).translate(texts, **fits)
    put_manifest(path, {"serving": {"precision": "float32", "max_tokens": 30, **fits}})
    translator = Translator.load(path)
    assert translator.translate(texts) == asked
    plain = translator.translate(texts, length_penalty=1.0, length_reward=0.0)
    assert [one.score for one in plain] != [one.score for one in asked]
    put_manifest(path, {"serving": {"precision": "float32", "length_reward": 11}})
    with pytest.raises(BundleError, match="length_reward must be from 0 to 10; received 11"):
        Translator.load(path)


def test_what_cannot_be_asked_for_is_refused(small: Path) -> None:
    translator = Translator.load(small, threads=1)
    with pytest.raises(ConfigurationError, match="expected several texts"):
        translator.translate("one")
    with pytest.raises(ConfigurationError, match="beam must be at least 1"):
        translator.answer(["one"], beam=0)
    with pytest.raises(ConfigurationError, match="batch_size must be at least 1"):
        translator.answer(["one"], batch_size=0)
    with pytest.raises(TypeError, match="beans"):
        translator.translate(["one"], beans=3)


def test_damaged_translators_are_refused(tmp_path: Path) -> None:
    path = small_translator(tmp_path / "small")
    put_manifest(path, {"serving": {"precision": "float32", "max_tokens": 0}})
    with pytest.raises(BundleError, match="max_tokens must be from 1 to"):
        Translator.load(path)
    put_manifest(path, {"serving": {"precision": "float32"}})
    put(path, "decoder.onnx", (path / "encoder.onnx").read_bytes())
    with pytest.raises(BundleError, match=r"decoder\.onnx does not fit bundle\.json"):
        Translator.load(path)


def test_results_are_frozen() -> None:
    result = Translation("a", "b", -1.0)
    with pytest.raises(AttributeError):
        result.text = "c"  # type: ignore[misc]
    assert result.alignment == ()
    assert result == Translation("a", "b", -1.0)


def test_a_matrix_has_a_part_for_each_character_that_is_seen() -> None:
    text = "亦 ox"  # of bytes: three, then " ", "o" and "x" as far as they are tokens
    tokens = BYTES.encode(text)
    ((piece,),) = cut_texts([text], BYTES, 100)
    count = len(piece.ids)
    found = {piece: [hypothesis(BYTES, "亦", [0, 1, 2], count)]}
    result = Joiner(BYTES, BYTES, "en").translation(text, [piece], found, n_best=1)
    assert result.text == "亦"
    matrix = AttentionMatrix.of(result, result.sentences[0])
    assert text[slice(*matrix.source[0])] == "亦"
    assert [result.text[a:b] for a, b in matrix.target.tolist()] == ["亦"]
    assert matrix.weights.shape == (1, len({tuple(pair) for pair in tokens.offsets.tolist()}))
    assert matrix.weights.sum() == pytest.approx(1.0, abs=1e-3)
    assert matrix.weights[0, 0] == pytest.approx(0.9 + 2 * 0.1 / (count - 1), abs=1e-3)


def test_a_picture_shows_several_sentences_and_refuses_many(small: Path) -> None:
    translator = Translator.load(small, threads=1)
    (two,) = translator.translate(["a fine film.\na dull song"])
    assert len(two.plot().axes) == len([one for one in two.sentences if one.attention])
    (many,) = translator.translate(["a fine film\n" * 9])
    with pytest.raises(ConfigurationError, match="9 sentences were translated; a picture shows 6"):
        many.plot()
    (nothing,) = translator.translate(["***"])
    with pytest.raises(ConfigurationError, match="nothing was translated"):
        nothing.plot()


def test_a_page_tells_the_weights_of_each_sentence(small: Path) -> None:
    translator = Translator.load(small, threads=1)
    (found,) = translator.translate(["a film.\n<i>"], beam=3, n_best=2)
    page = found.to_html()
    assert page.count("<details") == len(found.sentences)
    assert "<i>" not in page
    for sentence in found.sentences:
        rows = [[round(100 * weight) for weight in row] for row in sentence.attention]
        shown = ";".join(" ".join(map(str, row)) for row in rows)
        assert f'data-weights="{shown}"' in page
    assert found._repr_html_().startswith("<div")
    assert html_page([]).count("<section") == 0

"""The generator as a user of the library meets it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import textrnn
from textrnn.catalog import load
from textrnn.decoding.bans import Bans
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.generator.controls import Controls
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.graph import compile_generator
from textrnn.runtime.session import Session
from textrnn.runtime.stepper import Stepper
from textrnn.training.weights.files import read_weights


@pytest.fixture(scope="module")
def writer(tiny_generator: Path) -> Generator:
    generator = load(tiny_generator)
    assert isinstance(generator, Generator)
    return generator


@pytest.mark.parametrize("seed", ["山", "山来月照光，", "x?山 🐟\n\n", "a" * 300, "\t "])
def test_a_seed_is_kept_as_it_is(writer: Generator, seed: str) -> None:
    for result in writer.generate(seed, num=2, length=20, random_state=1):
        assert result.text.startswith(seed)
        assert result.text == seed + result.continuation
        assert "<unk>" not in result.text


def test_unknown_characters_are_named_once(writer: Generator) -> None:
    assert writer.unknown_characters("山x月xyz") == ("x", "y", "z")
    assert writer.generate("山x", length=1)[0].unknown == ("x",)


@pytest.mark.parametrize(
    "controls",
    [
        {},
        {"temperature": [0.3, 1.5], "top_k": 7},
        {"temperature": [0.8, 0.0, 0.001], "ban": ["月"]},
        {"top_p": 0.8, "repetition_penalty": 1.3},
        {"min_p": 0.1, "no_repeat_ngram": 2, "stop": ["。"]},
        {"form": "五绝", "rhyme": True},
    ],
)
def test_many_texts_are_those_that_single_calls_write(
    writer: Generator, controls: dict[str, object]
) -> None:
    together = writer.generate("山来", num=70, length=26, random_state=5, **controls)
    assert len(together) == 70
    for number in (0, 1, 37, 63, 64, 69):
        (alone,) = writer.generate("山来", length=26, random_state=5 + number, **controls)
        assert alone == together[number]
    assert len({result.text for result in together}) > 5


def test_many_texts_in_32_bits(writer: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = compile_generator(writer.network, read_weights(writer.bundle), precision="float32")
    stepper = Stepper(Session(graph, threads=2), writer.network.state_units, precision="float32")
    monkeypatch.setattr(writer, "stepper", stepper)
    together = writer.generate("山", num=65, length=20, random_state=3)
    for number in (0, 63, 64):
        assert writer.generate("山", length=20, random_state=3 + number) == [together[number]]


def test_a_graph_that_cannot_draw_writes_the_same(
    writer: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the graph draws is what NumPy draws from its logits."""
    for controls in ({}, {"temperature": [0.4, 2.0]}, {"form": "五绝"}, {"ban": ["月", "山"]}):
        drawn = writer.generate("江", num=70, length=30, random_state=9, **controls)
        monkeypatch.setattr(writer.stepper, "draws", False)
        found = writer.generate("江", num=70, length=30, random_state=9, **controls)
        monkeypatch.undo()
        assert [result.text for result in drawn] == [result.text for result in found]
        logs = [result.log_probability for result in found]
        assert [result.log_probability for result in drawn] == pytest.approx(logs, abs=1e-4)


def test_the_state_carries_on_without_reading_again(writer: Generator) -> None:
    """Each token's logits are those of reading the whole text anew."""
    (result,) = writer.generate("山", length=30, random_state=3)
    ids = writer.tokenizer.encode(result.text).ids.tolist()
    total, states = 0.0, writer.stepper.start(1)
    logits, states = writer.stepper.step([2], states)
    for place, token in enumerate([*ids, 3] if result.finish == "end" else ids):
        shares = np.exp(logits[0].astype(float) - logits[0].max())
        if place >= 1:  # after the seed
            total += math.log(shares[token] / shares.sum())
        logits, states = writer.stepper.step([token], states)
    assert result.log_probability == pytest.approx(total, abs=1e-4)
    assert result.perplexity == pytest.approx(math.exp(-total / result.tokens), rel=1e-4)


def test_greedy_takes_the_most_probable(writer: Generator) -> None:
    (result,) = writer.generate("山来", length=1, temperature=0.0)
    best = writer.choices("山来", 1)[0]
    assert result.continuation == best.text
    assert len({r.text for r in writer.generate("山", num=5, temperature=0.0)}) == 1


def test_a_beam_is_at_least_as_probable_as_greedy(writer: Generator) -> None:
    for seed in ("山", "月照", "江"):
        (greedy,) = writer.generate(seed, length=10, temperature=0.0)
        beam = writer.generate(seed, num=3, length=10, beam=6)
        assert beam[0].perplexity <= greedy.perplexity * (1 + 1e-6)
        assert len({result.text for result in beam}) == 3
        scores = [result.perplexity for result in beam]
        assert scores == sorted(scores)


def test_a_wide_beam_finds_the_best_of_all(writer: Generator) -> None:
    """Against every text of two tokens, one by one."""
    (found,) = writer.generate("山来", length=2, min_length=2, beam=100)
    best = -math.inf
    *before, last = 2, *writer.tokenizer.encode("山来").ids.tolist()
    first, states = writer.stepper.step([last], writer.stepper.read(before))
    outer = _log_softmax(first[0])
    allowed = [i for i in range(len(outer)) if i > 3]
    for token in allowed:
        logits, _ = writer.stepper.step([token], states)
        best = max(best, outer[token] + _log_softmax(logits[0])[allowed].max())
    assert found.log_probability == pytest.approx(best, abs=1e-5)


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits.astype(float) - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def test_lengths(writer: Generator) -> None:
    for result in writer.generate("山", num=20, length=7, random_state=0):
        assert result.tokens <= 7
        assert (result.finish == "length") == (result.tokens == 7 and result.finish != "end")
    for result in writer.generate("山", num=10, length=80, min_length=60, random_state=0):
        assert result.tokens >= 60
        assert len(result.continuation) >= 60 - 1


def test_a_stop_string_is_left_out(writer: Generator) -> None:
    for result in writer.generate("山", num=20, length=60, stop=["。", "，"], random_state=2):
        assert "。" not in result.continuation
        assert "，" not in result.continuation
        assert result.finish == "stop"
    (longer,) = writer.generate("山", length=60, stop=["。\n"], random_state=2)
    assert longer.finish == "stop"
    assert "，" in longer.continuation
    assert not longer.continuation.endswith("。")


def test_streams_never_take_anything_back(writer: Generator) -> None:
    controls = {"length": 60, "stop": ["。\n山", "。\n月"], "random_state": 4}
    pieces: dict[int, str] = {}
    results = {}
    for news in writer.generate_stream("山", num=12, **controls):
        pieces[news.number] = pieces.get(news.number, "") + news.piece
        if news.result is not None:
            results[news.number] = news.result
    assert {n: r.continuation for n, r in results.items()} == pieces
    assert list(results.values()) != []


def test_a_stop_string_before_the_fewest_tokens_does_not_count(writer: Generator) -> None:
    for number in range(30):
        controls = {"length": 30, "min_length": 8, "stop": ["，", "。"], "random_state": number}
        pieces = ""
        for news in writer.generate_stream("山来月照光", **controls):
            pieces += news.piece
            result = news.result
        assert result is not None
        assert pieces == result.continuation
        assert len(result.continuation) >= 7
        if result.finish == "stop":
            assert result.tokens == len(result.continuation) + 1


def test_banned_strings_never_come(writer: Generator) -> None:
    banned = ["光", "来月", "。\n", "山月"]
    for result in writer.generate("山来山", num=40, length=40, ban=banned, random_state=0):
        assert not any(string in result.text for string in banned)


def test_bans_on_pieces_of_several_characters() -> None:
    pieces = [b"", b"ab", b"b", b"bc", b"c", b"xabcx", "é".encode()[1:]]
    bans = Bans(["abc", "é"], pieces)
    assert set(bans.tokens(b"zz").tolist()) == {5}
    assert set(bans.tokens(b"za").tolist()) == {3, 5}
    assert set(bans.tokens(b"ab").tolist()) == {4, 5}
    assert set(bans.tokens("é".encode()[:1]).tolist()) == {5, 6}


def test_no_ngram_comes_twice(writer: Generator) -> None:
    for result in writer.generate("山", num=10, length=60, no_repeat_ngram=3, random_state=0):
        text = result.text
        grams = [text[i : i + 3] for i in range(len(text) - 2)]
        assert len(grams) == len(set(grams))


def test_the_random_state_is_told(writer: Generator) -> None:
    first, second = writer.generate("山", num=2, length=10)
    assert second.random_state == first.random_state + 1
    assert writer.generate("山", length=10, random_state=second.random_state)[0] == second


def test_choices_sum_to_one_and_hold_the_end(writer: Generator) -> None:
    choices = writer.choices("山来", 100)
    assert sum(c.probability for c in choices) == pytest.approx(1.0, abs=1e-6)
    assert [c.probability for c in choices] == sorted(
        (c.probability for c in choices), reverse=True
    )


def test_a_beam_prefers_finished_texts_to_broken_ones(writer: Generator) -> None:
    found = writer.generate(
        "", num=10, beam=20, form="五绝", acrostic="山水月风", no_repeat_ngram=2
    )
    finishes = [result.finish for result in found]
    assert finishes == ["end"] * len(found)
    assert [result.perplexity for result in found] == sorted(r.perplexity for r in found)


def test_a_beam_heeds_the_repetition_penalty(writer: Generator) -> None:
    (plain,) = writer.generate("山", length=30, min_length=30, beam=3)
    (penalized,) = writer.generate("山", length=30, min_length=30, beam=3, repetition_penalty=3.0)
    assert len(set(penalized.text)) > len(set(plain.text))


@pytest.mark.parametrize(
    ("controls", "complaint"),
    [
        ({"length": 0}, "length must be from 1 to 100,000"),
        ({"length": 100_001}, "length must be from 1"),
        ({"min_length": 9, "length": 8}, "min-length"),
        ({"temperature": -1}, "temperature must be 0 or more"),
        ({"top_p": 0}, "top-p"),
        ({"stop": "。"}, "takes a list"),
        ({"ban": [""]}, "must not be empty"),
        ({"beam": 0}, "beam must be"),
        ({"beam": 3, "top_k": 5}, "leave out top-k"),
        ({"random_state": -1}, "random-state"),
        ({"lenght": 3}, "unknown control 'lenght'; did you mean 'length'?"),
        ({"nums": 3}, "unknown control 'nums'; did you mean 'num'?"),
        ({"colour": "red"}, "no_repeat_ngram, …"),
        ({"num": 0}, "number of texts must be from 1"),
        ({"repetition_penalty": 1e-40}, "from 0.01 to 100"),
        ({"ban": ["\udcff"]}, "ban is not valid text"),
        ({"form": "五绝", "length": 10}, "too short for 五绝, which takes 26"),
        ({"form": "五绝", "min_length": 10}, "min-length does not go with"),
        ({"acrostic": "春夏", "ban": ["春"]}, "'春' is banned and in the acrostic"),
        ({"num": 3, "beam": 2}, "finds no 3 texts"),
    ],
)
def test_wrong_controls_are_told_at_once(
    writer: Generator, controls: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        writer.generate_stream("山", **controls)  # type: ignore[arg-type]


def test_a_seed_must_be_text(writer: Generator) -> None:
    with pytest.raises(ConfigurationError, match="the seed is not valid text"):
        writer.generate("山\udcff")


def test_everything_ruled_out_is_told(writer: Generator) -> None:
    every = [token for token in writer.tokenizer.vocabulary() if len(token) == 1]
    (result,) = writer.generate("山", ban=every, min_length=5, length=9)
    assert (result.finish, result.continuation) == ("blocked", "")


def test_only_generators_are_taken(tiny_bundle: Path) -> None:
    with pytest.raises(BundleError, match="a classifier, not a generator"):
        Generator.load(tiny_bundle)
    assert Controls().sampling.temperature == (0.8,)


@pytest.fixture(scope="module")
def prose() -> Generator:
    model: Generator = textrnn.load("prose-en", threads=1)
    return model


def test_a_blank_at_the_end_of_a_seed_changes_nothing_but_that_it_is_there(
    prose: Generator,
) -> None:
    """Of tokens that begin with a blank, none is drawn otherwise."""
    for state in range(5):
        options = {"length": 10, "random_state": state, "ban": ["\n", ",", "."]}
        (bare,) = prose.generate("She opened the", **options)
        (blank,) = prose.generate("She opened the ", **options)
        assert blank.text.startswith("She opened the ")
        assert "  " not in blank.text
        if bare.continuation.startswith(" "):
            assert blank.text == bare.text


@pytest.mark.parametrize("blanks", ["  ", "   \t ", "\xa0", " \u3000", "\u200b"])
def test_any_blanks_at_the_end_of_a_seed_are_read_as_one(prose: Generator, blanks: str) -> None:
    options = {"length": 6, "random_state": 1}
    (one,) = prose.generate("She opened the ", **options)
    (several,) = prose.generate(f"She opened the{blanks}", **options)
    assert (several.continuation, several.log_probability) == (
        one.continuation, one.log_probability
    )  # fmt: skip
    assert several.text == f"She opened the{blanks}{one.continuation}"
    assert not one.continuation[0].isspace()


def test_a_model_of_characters_does_not_read_blanks_that_it_does_not_know() -> None:
    poet = textrnn.load("poetry-zh", threads=1)
    (bare,) = poet.generate("床前明月光", length=8, random_state=1)
    (blank,) = poet.generate("床前明月光 \u3000", length=8, random_state=1)
    assert blank.text == f"床前明月光 \u3000{bare.continuation}"


def test_blanks_that_begin_a_line_force_no_word_inside_one(prose: Generator) -> None:
    options = {"length": 6, "random_state": 1}
    for seed in ("She opened it.\n", ""):
        (bare,) = prose.generate(seed, **options)
        (indented,) = prose.generate(f"{seed}  ", **options)
        assert indented.continuation == bare.continuation


def test_bans_and_stops_hold_over_several_blanks(prose: Generator) -> None:
    (free,) = prose.generate("It was a good ", length=1, temperature=0)
    word = free.continuation
    (kept,) = prose.generate("It was a good  ", length=2, temperature=0, ban=[f"good  {word}"])
    assert f"good  {word}" not in kept.text
    (kept,) = prose.generate("It was a good\xa0", length=2, temperature=0, ban=[f"good\xa0{word}"])
    assert f"good\xa0{word}" not in kept.text
    (own,) = prose.generate("It was a good  ", length=1, temperature=0, ban=[f"good {word}"])
    assert own.continuation == word  # which is not what the text would hold
    (stopped,) = prose.generate("It was a good  ", length=3, temperature=0, stop=[f"  {word}"])
    assert (stopped.continuation, stopped.finish) == ("", "stop")


def test_bans_hold_over_a_blank_at_the_end_of_a_seed(prose: Generator) -> None:
    (free,) = prose.generate("It was a good ", length=1, temperature=0)
    word = free.continuation
    for seed in ("It was a good ", "It was a good"):
        (kept,) = prose.generate(seed, length=3, temperature=0, ban=[f"good {word}"])
        assert f"good {word}" not in kept.text
    (own,) = prose.generate("It was a good ", length=1, temperature=0, ban=["good "])
    assert own.text == free.text  # the seed's own is no fault of what follows


def test_a_stop_string_may_begin_in_the_seed(prose: Generator) -> None:
    (free,) = prose.generate("It was a good ", length=5, temperature=0)
    first = free.continuation.split()[0]
    for stop in (f"good {first}", f" {first}"):
        (result,) = prose.generate("It was a good ", length=5, temperature=0, stop=[stop])
        assert (result.continuation, result.finish) == ("", "stop")


def test_choices_go_on_after_a_blank(prose: Generator) -> None:
    bare = [c.text for c in prose.choices("She opened the", 20) if c.text.startswith(" ")]
    blank = [choice.text for choice in prose.choices("She opened the ", 20)]
    assert [f" {text}" for text in blank][: len(bare)] == bare
    assert "\ufffd" not in "".join(blank)


@pytest.mark.parametrize("options", [{"temperature": 5.0}, {"beam": 3, "ban": [" ", "e", "."]}])
def test_half_characters_are_never_written(prose: Generator, options: dict[str, Any]) -> None:
    """Where most tokens are banned or all are probable, parts of characters come up."""
    seeds = ("안녕", "Привет", "naïve café – ")
    for seed in seeds:
        for news in prose.generate_stream(seed, num=3, length=40, random_state=1, **options):
            assert "\ufffd" not in news.piece
            if news.result is not None:
                assert "\ufffd" not in news.result.text


def test_a_seed_in_another_language_is_told(prose: Generator) -> None:
    assert prose.foreign_language("おはよう") == "ja"
    assert prose.foreign_language("Es war einmal ein kleines Mädchen") == "de"
    assert prose.foreign_language("Once upon a time") == ""
    assert prose.foreign_language("1984") == ""

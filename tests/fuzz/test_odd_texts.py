"""Any text at all goes through tokenizers and models: offsets point into it, nothing is raised."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textrnn
from textrnn.errors import ConfigurationError, InputError
from textrnn.text.language import detect_language, language_of
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.words import find_words

pytestmark = pytest.mark.train

# Halves of surrogate pairs, controls, marks that join and turn, letters outside the first plane.
any_text = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs", "Cc", "Cf", "Mn"]),
        st.sampled_from("aB9 .,\n\t床前明月光，。\u200d\u202e\ufeff\u0130\U0001f600"),
    ),
    max_size=60,
)


@pytest.mark.parametrize("level", ["character", "word", "bpe", "wordpiece"])
def test_tokens_lie_in_the_text_in_order(level: str) -> None:
    texts = ["a dull film !", "what a lovely day", "床前明月光，疑是地上霜。"] * 20
    tokenizer = Tokenizer.train(texts, level=level, vocabulary_size=200, min_frequency=1)

    @settings(max_examples=200)
    @given(any_text)
    def check(text: str) -> None:
        encoded = tokenizer.encode(text)
        assert len(encoded.ids) == len(encoded.offsets)
        assert all(0 <= number < tokenizer.vocabulary_size for number in encoded.ids)
        ends = 0
        for start, end in encoded.offsets:
            assert ends <= start <= end <= len(text)
            ends = start
        assert isinstance(tokenizer.decode(encoded.ids.tolist()), str)
        again = Tokenizer.from_json(tokenizer.to_json())
        assert again.encode(text).ids.tolist() == encoded.ids.tolist()

    check()


@settings(max_examples=300)
@given(any_text)
def test_words_lie_in_the_text_in_order(text: str) -> None:
    places = find_words(text)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(a[1] <= b[0] for a, b in pairwise(places))
    language = detect_language([text])
    assert language.isascii()
    assert 2 <= len(language) <= 3
    assert language == (language_of(text) or "en")


def test_a_classifier_answers_any_text(tiny_bundle: Path) -> None:
    model = textrnn.load(tiny_bundle, threads=1)

    @settings(max_examples=100)
    @given(st.lists(any_text, max_size=5))
    def check(texts: list[str]) -> None:
        found = model.classify(texts)
        assert [result.text for result in found] == texts
        for result in found:
            assert math.isclose(sum(result.probabilities.values()), 1, abs_tol=1e-5)

    check()


def test_a_tagger_answers_any_text(tiny_tagger: Path) -> None:
    model = textrnn.load(tiny_tagger, threads=1)

    @settings(max_examples=100)
    @given(st.lists(any_text, max_size=5))
    def check(texts: list[str]) -> None:
        found = model.tag(texts)
        assert [result.text for result in found] == texts
        for result in found:
            for entity in result.entities:
                assert result.text[entity.start : entity.end] == entity.text
                assert 0 <= entity.probability <= 1

    check()


def test_a_generator_goes_on_from_any_seed(tiny_generator: Path) -> None:
    model = textrnn.load(tiny_generator, threads=1)

    @settings(max_examples=100)
    @given(
        seed=any_text,
        temperature=st.floats(0, 5),
        top_k=st.integers(0, 10),
        top_p=st.floats(0.01, 1),
        stop=st.lists(any_text.filter(bool), max_size=2),
    )
    def check(seed: str, temperature: float, top_k: int, top_p: float, stop: list[str]) -> None:
        try:
            (found,) = model.generate(
                seed, length=12, temperature=temperature, top_k=top_k, top_p=top_p, stop=stop
            )
        except (ConfigurationError, InputError):
            return
        assert found.text.startswith(seed)
        assert found.text == seed + found.continuation

    check()

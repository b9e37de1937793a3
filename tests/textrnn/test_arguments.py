"""What Python hands to a model: lists, arrays, generators; and what is refused, by its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small_bundles import small_classifier, small_tagger

import textrnn
from textrnn.errors import ConfigurationError
from textrnn.heads.classifier.result import Classification, TokenWeight
from textrnn.heads.generator.result import Generation
from textrnn.heads.tagger.entity import Entity
from textrnn.heads.tagger.result import Reading, TaggedText

TEXTS = ["a good film", "a bad film"]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return textrnn.load(small_classifier(tmp_path_factory.mktemp("small") / "classifier"))


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return textrnn.load(small_tagger(tmp_path_factory.mktemp("small") / "tagger"))


class Series:
    """Of pandas, as far as we use it: iterable, with a length, indexed by labels."""

    def __init__(self, values: list[Any]) -> None:
        self._values = dict(zip("xyz", values, strict=False))

    def __iter__(self) -> Any:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, label: str) -> Any:
        return self._values[label]


@pytest.mark.parametrize("kind", [list, tuple, np.array, iter, Series])
def test_any_collection_of_strings_will_do(
    kind: Callable[[list[str]], Any], classifier: Any, tagger: Any
) -> None:
    assert classifier.classify(kind(TEXTS)) == classifier.classify(TEXTS)
    assert tagger.tag(kind(TEXTS)) == tagger.tag(TEXTS)
    assert all(type(result.text) is str for result in classifier.classify(kind(TEXTS)))


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("one", "expected several texts; put a single one in a list"),
        (b"one", r"texts: expected a list of strings; received b'one' \(bytes\)"),
        (None, "texts: expected a list of strings; received None"),
        ({"text": "one"}, "texts: expected a list of strings; received .* \\(dict\\)"),
        (["one", None], r"text 1 \(counted from 0\) is no string: None \(NoneType\)"),
        (["one", "two", float("nan")], r"text 2 \(counted from 0\) is no string: nan \(float\)"),
        ([b"one"], r"text 0 \(counted from 0\) is no string: b'one' \(bytes\)"),
        (Series(["one", 7]), r"text 1 \(counted from 0\) is no string: 7 \(int\)"),
    ],
)
def test_what_is_no_text_is_named(texts: Any, message: str, classifier: Any, tagger: Any) -> None:
    with pytest.raises(ConfigurationError, match=message):
        classifier.classify(texts)
    with pytest.raises(ConfigurationError, match=message):
        list(classifier.classify_stream(texts))
    with pytest.raises(ConfigurationError, match=message):
        list(tagger.tag_stream(texts))
    with pytest.raises(ConfigurationError, match=message):
        list(textrnn.Router(textrnn.Classifier, model=classifier).stream(texts))


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        (["Ada", "came"], r"sentence 0 \(counted from 0\) is a string, 'Ada' \(str\)"),
        ([["Ada"], "came"], r"sentence 1 \(counted from 0\) is a string"),
        ([["Ada", None]], r"sentence 0, word 1 \(counted from 0\) is no string: None"),
        ([["Ada"], [b"x"]], r"sentence 1, word 0 \(counted from 0\) is no string: b'x'"),
        ([None], r"sentence 0: expected a list of strings; received None"),
        (None, "sentences: expected a list of strings; received None"),
    ],
)
def test_what_is_no_sentence_is_named(sentences: Any, message: str, tagger: Any) -> None:
    with pytest.raises(ConfigurationError, match=message):
        list(tagger.tag_words(sentences))


def test_options_of_the_wrong_kind_are_named(classifier: Any, tagger: Any) -> None:
    for wrong in ("8", 2.5, None, True):
        with pytest.raises(ConfigurationError, match="batch_size must be a whole number"):
            classifier.classify(TEXTS, batch_size=wrong)
        with pytest.raises(ConfigurationError, match="readings must be a whole number"):
            tagger.tag(TEXTS, readings=wrong)
    with pytest.raises(ConfigurationError, match="abstain must be from 0 to 1; received nan"):
        classifier.classify(TEXTS, abstain=float("nan"))


@pytest.mark.parametrize("seed", [None, b"It was", 3])
def test_a_seed_is_a_string(seed: Any) -> None:
    with pytest.raises(ConfigurationError, match="the seed is no string"):
        textrnn.load("prose-en").generate(seed)


def test_results_as_json_values() -> None:
    entity = Entity(0, 3, "Ada", "PER", 0.98765432)
    assert entity.as_dict() == {
        "start": 0, "end": 3, "text": "Ada", "label": "PER", "probability": 0.987654,
    }  # fmt: skip
    assert Reading((entity,), 0.25).as_dict() == {
        "probability": 0.25,
        "entities": [{"start": 0, "end": 3, "text": "Ada", "label": "PER"}],
    }
    assert TokenWeight(0, 3, "Ada", 0.12345678).as_dict() == {
        "start": 0, "end": 3, "text": "Ada", "weight": 0.123457,
    }  # fmt: skip


def test_a_notebook_shows_bars_and_marks() -> None:
    shares = {"<good>": 0.75, "bad": 0.25}
    shown = Classification("a <b> & \x1b[31mfilm", "<good>", 0.75, shares)._repr_html_()
    assert "a &lt;b&gt; &amp; " in shown
    assert "\x1b" not in shown
    assert "&lt;good&gt;</td>" in shown
    assert "width: 75.0%" in shown
    assert "width: 25.0%" in shown

    tagged = TaggedText("<i> Ada left", (Entity(4, 7, "Ada", 'A"B', 0.9),))
    shown = tagged._repr_html_()
    assert "&lt;i&gt; <mark" in shown
    assert 'title="A&quot;B 0.900">Ada<span' in shown
    assert shown.endswith("</mark> left</div>")

    written = Generation("It <b>", " rained", 2, -1.0, "length", 0)
    assert "It &lt;b&gt;</span> rained</div>" in written._repr_html_()


def test_a_notebook_shows_no_megabytes() -> None:
    text = "Ada " * 10_000
    tagged = TaggedText(
        text, tuple(Entity(i, i + 3, "Ada", "PER", 0.9) for i in range(0, 40_000, 4))
    )
    assert len(tagged._repr_html_()) < 200_000
    assert len(Classification(text, "a", 1.0, {"a": 1.0})._repr_html_()) < 5_000


@pytest.mark.parametrize("kind", [None, textrnn.Tokenizer, "sentiment-en"])
def test_a_router_is_for_heads_that_read_texts(kind: Any) -> None:
    with pytest.raises(ConfigurationError, match="a router sends texts to a head that reads them"):
        textrnn.Router(kind)


@pytest.mark.parametrize("name", [None, 5, b"sentiment-en"])
def test_a_model_is_named_by_text(name: Any) -> None:
    with pytest.raises(textrnn.ConfigurationError, match="a model is a name or a path; received"):
        textrnn.load(name)

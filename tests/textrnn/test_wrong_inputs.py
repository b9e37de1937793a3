"""What Python may hand over in place of texts, and is told what was expected: no TypeError."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas
import polars
import pytest
from small_bundles import (
    small_classifier,
    small_forecaster,
    small_generator,
    small_tagger,
    small_translator,
)

import textrnn
from textrnn.errors import ConfigurationError
from textrnn.explaining.explainer import Explainer

COLUMNS = {"review": ["a fine film", "a dull song"], "label": ["good", "bad"]}
NO_TEXTS = [None, 5, b"good", ["a"], pandas.Series(["a"]), pandas.DataFrame(COLUMNS)]
Calls = dict[str, Callable[..., Any]]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    """What takes several texts, by name."""
    folder = tmp_path_factory.mktemp("small")
    classifier = textrnn.load(small_classifier(folder / "c"))
    tagger = textrnn.load(small_tagger(folder / "t"))
    translator = textrnn.load(small_translator(folder / "r"))
    generator = textrnn.load(small_generator(folder / "g"))
    router = textrnn.Router(textrnn.Classifier, model=classifier)
    return {
        "classify": classifier.classify,
        "classify_stream": classifier.classify_stream,
        "classifier": classifier.answer,
        "tag": tagger.tag,
        "tag_words": tagger.tag_words,
        "tagger": tagger.answer,
        "translate": translator.translate,
        "translator": translator.answer,
        "generator": generator.answer,
        "router": router.stream,
        "generate": generator.generate,
        "explain": Explainer(classifier).explain,
    }


def taken(given: Any) -> list[Any]:
    """All answers, of those that come one by one too."""
    return list(given) if isinstance(given, Iterable) else [given]


SEVERAL = [
    *("classify", "classify_stream", "classifier", "tag", "tag_words", "tagger"),
    *("translate", "translator", "generator", "router"),
]


@pytest.mark.parametrize("name", SEVERAL)
def test_a_table_is_not_its_columns(calls: Calls, name: str) -> None:
    for frame in (pandas.DataFrame(COLUMNS), polars.DataFrame(COLUMNS)):
        with pytest.raises(ConfigurationError) as error:
            taken(calls[name](frame))
        about = {"tag_words": "sentences", "generator": "seeds"}.get(name, "texts")
        told = f"{about}: received a DataFrame; give one of its columns, as frame['review']"
        assert str(error.value) == told
    if name != "tag_words":
        for column in (pandas.DataFrame(COLUMNS)["review"], polars.DataFrame(COLUMNS)["review"]):
            assert len(taken(calls[name](column))) == 2


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("value", [None, 5, b"good", 2.5])
def test_what_holds_no_texts(calls: Calls, name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"expected a list of strings; received"):
        taken(calls[name](value))


@pytest.mark.parametrize("value", NO_TEXTS, ids=lambda value: type(value).__name__)
def test_a_single_text(calls: Calls, value: Any) -> None:
    kind = type(value).__name__
    with pytest.raises(ConfigurationError, match=rf"^expected a text; received .*\({kind}\)$"):
        calls["explain"](value)


def test_how_a_text_is_explained(calls: Calls) -> None:
    explain = calls["explain"]
    assert explain("a film", methods="occlusion") == explain("a film", methods=["occlusion"])
    for wrong, told in [
        ({"methods": 5}, "methods: expected a list of strings; received 5"),
        ({"methods": "oclusion"}, "method must be one of .*; did you mean 'occlusion'"),
        ({"methods": [5]}, "method must be one of .*; received 5"),
        ({"label": 5}, "unknown label 5; known: bad, good"),
    ]:
        with pytest.raises(ConfigurationError, match=told):
            explain("a film", **wrong)


@pytest.mark.parametrize("value", [5, 2.5, b"x", [5], {"a": 1}])
@pytest.mark.parametrize("name", ["stop", "ban", "form", "acrostic", "script"])
def test_controls_that_are_no_strings(calls: Calls, name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name}"):
        calls["generate"]("a film", **{name: value})


@pytest.mark.parametrize("name", ["stop", "ban"])
def test_strings_come_in_a_list(calls: Calls, name: str) -> None:
    for wrong in (None, "a"):
        with pytest.raises(ConfigurationError, match=f"^{name} takes a list of strings: {wrong!r}"):
            calls["generate"]("a film", **{name: wrong})


def test_series_stand_in_a_list(tmp_path: Path) -> None:
    forecaster = textrnn.load(small_forecaster(tmp_path / "small"))
    frame = pandas.DataFrame({"x": [float(step) for step in range(9)]})
    with pytest.raises(ConfigurationError, match=r"^inputs: .* received a DataFrame: put it in"):
        forecaster.answer(frame)
    for wrong in (None, 5, {"x": [1.0]}):
        with pytest.raises(ConfigurationError, match=r"^inputs: expected a list of series; "):
            forecaster.answer(wrong)
    assert len(list(forecaster.answer([frame]))) == 1

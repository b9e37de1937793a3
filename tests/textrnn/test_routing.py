"""Each text is read by the model of its language, in order, and what none reads is counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import textrnn
from textrnn import Classifier, Router, Tagger
from textrnn.errors import ConfigurationError

PRAISE = "房间很干净，服务很好，非常满意"
COMPLAINT = "物流太慢，质量很差"


@pytest.fixture(scope="module")
def english() -> Classifier:
    model: Classifier = textrnn.load("sentiment-en", threads=1)
    return model


def languages(texts: list[str], **options: object) -> list[str]:
    return [result.language for result in Router(Classifier, threads=1).stream(texts, **options)]


def test_each_language_is_read_by_its_model() -> None:
    router = Router(Classifier, threads=1)
    texts = ["A wonderful film."] * 19 + [PRAISE, "Awful and dull.", COMPLAINT]
    found = list(router.stream(texts))
    assert [result.text for result in found] == texts
    chinese: Classifier = textrnn.load("sentiment-zh", threads=1)
    assert [found[19], found[21]] == [
        result.in_language("zh") for result in chinese.classify([PRAISE, COMPLAINT])
    ]
    assert [result.label for result in found[18:]] == [
        "positive", "positive", "negative", "negative",
    ]  # fmt: skip
    assert (router.names, set(router.labels)) == (
        "sentiment-en and sentiment-zh",
        {"negative", "neutral", "positive"},
    )
    assert not router.foreign


def test_a_model_is_loaded_when_it_is_first_needed() -> None:
    router = Router(Classifier, threads=1)
    assert router.names == ""
    assert [result.language for result in router.stream(["Good."])] == ["en"]
    assert router.names == "sentiment-en"


def test_what_is_of_no_language_goes_with_its_neighbours() -> None:
    assert languages(["1", "2", PRAISE, "3", "👍", "Fine, thank you.", "4"]) == [
        "zh", "zh", "zh", "zh", "zh", "en", "en",
    ]  # fmt: skip
    assert languages(["1", "2"]) == ["en", "en"]
    assert languages([]) == []


@pytest.mark.parametrize("read_ahead", [False, True])
def test_the_order_is_kept_whatever_is_mixed(read_ahead: bool) -> None:
    texts = [
        (PRAISE, "Good.", "Das ist aber schön.", "7")[i * i % 4] * (1 + i % 3) for i in range(90)
    ]
    router = Router(Classifier, threads=2)
    found = list(router.stream(iter(texts), batch_size=3, read_ahead=read_ahead))
    assert [result.text for result in found] == texts


def test_no_more_is_held_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """An English text, then Chinese ones without end."""
    monkeypatch.setattr("textrnn.serving.routing._MOST_HELD", 20)
    read = 0

    def texts() -> Iterator[str]:
        nonlocal read
        yield "Good."
        while True:
            read += 1
            yield PRAISE

    stream = Router(Classifier, threads=1).stream(texts(), batch_size=2, read_ahead=True)
    first = next(stream)
    assert (first.text, first.language) == ("Good.", "en")
    assert read <= 20
    assert next(stream).language == "zh"
    assert read <= 20 + 2 * 32 + 2


def test_a_text_is_answered_before_the_next_is_asked_for() -> None:
    """As a program needs that writes a text and waits."""
    answered: list[str] = []

    def texts() -> Iterator[str]:
        for number, text in enumerate(["1", "Good.", PRAISE, "2", "Awful."]):
            assert len(answered) == number
            yield text

    for result in Router(Classifier, threads=1).stream(texts(), read_ahead=lambda: False):
        answered.append(result.language)
    assert answered == ["en", "en", "zh", "zh", "en"]


def test_texts_that_no_model_reads_are_counted() -> None:
    router = Router(Classifier, threads=1)
    texts = ["Good.", "Das Zimmer war sehr schön.", "部屋はきれいでした", "Всё хорошо", "9", PRAISE]
    found = list(router.stream([*texts, "Das war leider nicht gut."]))
    assert [result.language for result in found] == ["en", "de", "ja", "ru", None, "zh", "de"]
    assert found[4].as_dict()["language"] is None
    assert str(router.foreign) == (
        "4 texts are in no language that a shipped model reads (German 2, Japanese 1, Russian 1), "
        "first: text 2; answered by sentiment-en and sentiment-zh"
    )


def test_a_model_that_was_named_reads_all_and_says_what_is_not_its_own(
    english: Classifier,
) -> None:
    router = Router(Classifier, model=english)
    found = list(router.stream(["Good.", PRAISE, "1"]))
    assert [result.probability for result in found] == [
        result.probability for result in english.classify(["Good.", PRAISE, "1"])
    ]
    assert str(router.foreign) == (
        "1 text is not in English, which sentiment-en reads (Chinese 1), first: text 2"
    )


def test_models_named_by_their_languages_read_no_other() -> None:
    router = Router(Classifier, by_language={"zh": "sentiment-zh"}, threads=1)
    found = router.stream(["7", PRAISE, "8", "Das war leider nicht gut."], read_ahead=lambda: False)
    assert [next(found).language for _ in range(3)] == [None, "zh", "zh"]
    with pytest.raises(
        ConfigurationError, match="text 4: German is read by none of these models: sentiment-zh r"
    ):
        next(found)
    assert router.names == "sentiment-zh"


def test_taggers_too() -> None:
    router = Router(Tagger, threads=1)
    first, second = router.stream(["Ada Lovelace lived in London.", "马云在杭州创办了公司。"])
    assert [entity.text for entity in first.entities] == ["Ada Lovelace", "London"]
    assert [entity.text for entity in second.entities] == ["马云", "杭州"]
    assert (first.as_dict()["language"], second.as_dict()["language"]) == ("en", "zh")
    assert {"PER", "ORG", "LOC", "MISC"} <= set(router.labels)


def test_pages_name_the_language_of_each_text() -> None:
    found = Router(Tagger, threads=1).stream(["Nothing here.", "这里什么也没有。", "שום דבר"])
    pages = [tagged.to_html() for tagged in found]
    assert all(page.startswith('<!DOCTYPE html>\n<html lang="en">') for page in pages)
    assert [
        page.count(f'<p lang="{code}" dir="auto">')
        for page, code in zip(pages, ("en", "zh", "he"), strict=True)
    ] == [1, 1, 1]

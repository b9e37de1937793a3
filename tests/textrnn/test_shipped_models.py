"""The shipped models: whole, small, and right about sentences that nobody trained on."""

from __future__ import annotations

import pytest

import textrnn
from textrnn.catalog import model_path

MODELS = textrnn.shipped_models()

SENTENCES = {
    "A joy from the first page to the last.": "positive",
    "The worst two hours I have spent in a cinema.": "negative",
    "The acting is superb and the ending moved me to tears.": "positive",
    "Dull, clumsy and far too long.": "negative",
    "This isn't good at all.": "negative",
    "It was not bad, in fact I rather loved it.": "positive",
    "I wanted to like it, but it is a complete waste of time.": "negative",
    "Despite a slow start it turns into something wonderful.": "positive",
}


def test_there_is_a_model() -> None:
    assert MODELS == ["ner-en", "ner-zh", "sentiment-en"]


@pytest.mark.parametrize("name", MODELS)
def test_models_are_whole_small_and_described(name: str) -> None:
    bundle = textrnn.Bundle.open(model_path(name))
    assert all(check.ok for check in bundle.verify())
    assert {path.name for path in bundle.path.iterdir()} == {*bundle.manifest.files, "bundle.json"}
    assert sum(path.stat().st_size for path in bundle.path.iterdir()) <= 12_000_000
    assert bundle.name == name
    for heading in ("## Scores", "## Where it is weak", "## Texts it learned from"):
        assert heading in bundle.card()
    for score in bundle.manifest.scores.values():
        assert f"{score:.4f}" in bundle.card()


@pytest.mark.parametrize("text", SENTENCES)
def test_sentiment_en_on_sentences_of_our_own(text: str) -> None:
    result = textrnn.load("sentiment-en", threads=1).classify([text])[0]
    assert result.label == SENTENCES[text]


def test_sentiment_en_reads_a_review_to_its_end() -> None:
    praise = "A wonderful film, moving and superbly acted, one of the best I have ever seen. "
    blame = "Then it falls apart: boring, stupid, a terrible mess, the worst film of the year. "
    model = textrnn.load("sentiment-en", threads=1)
    kind, cruel = model.classify([praise * 60 + blame * 10, praise * 10 + blame * 60])
    assert (kind.label, cruel.label) == ("positive", "negative")
    assert kind.windows > 1
    assert sum(weight.weight for weight in kind.token_weights) == pytest.approx(1.0, abs=1e-4)


NAMES = {
    "Angela Merkel met Barack Obama in Berlin on Tuesday.": [
        ("Angela Merkel", "PER"), ("Barack Obama", "PER"), ("Berlin", "LOC"),
    ],
    "Reuters reported from LONDON that Microsoft Corp. had opened an office in Dublin.": [
        ("Reuters", "ORG"), ("LONDON", "LOC"), ("Microsoft Corp.", "ORG"), ("Dublin", "LOC"),
    ],
    "The French and German teams drew 1-1.": [("French", "MISC"), ("German", "MISC")],
    "Nothing happened on Monday.": [],
    "昨天，联合国秘书长安南在日内瓦访问。": [
        ("联合国", "ORG"), ("安南", "PER"), ("日内瓦", "LOC"),
    ],
    "王小明毕业于北京大学，现住在上海。": [
        ("王小明", "PER"), ("北京大学", "ORG"), ("上海", "LOC"),
    ],
    "今天天气很好。": [],
}  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
def test_taggers_on_sentences_of_our_own(text: str) -> None:
    name = "ner-en" if text.isascii() else "ner-zh"
    found = textrnn.load(name, threads=1).tag(text)
    assert [(entity.text, entity.label) for entity in found.entities] == NAMES[text]


def test_taggers_read_a_text_to_its_end() -> None:
    text = "It rained all day long and nobody said a word about it . " * 60
    found = textrnn.load("ner-en", threads=1).tag(text + "Then Angela Merkel came to Berlin.")
    assert [entity.text for entity in found.entities] == ["Angela Merkel", "Berlin"]
    assert found.windows > 1

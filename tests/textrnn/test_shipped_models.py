"""The shipped models: whole, small, and right about sentences that nobody trained on."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

import textrnn
from textrnn import catalog
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path
from textrnn.corpora import Passage, read_series
from textrnn.heads.generator.verse import cut_verses

ROOT = Path(__file__).parents[2]
MODELS = textrnn.shipped_models()


@cache
def shipped(name: str) -> Any:
    """A model, loaded once."""
    return textrnn.load(name, threads=1)


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

CHINESE = {
    "房间很干净，前台也热情，下次还住这里。": "positive",
    "房間很乾淨，前臺也熱情，下次還住這裡。": "positive",
    "送来的时候菜都凉了，打电话也没人接，再也不点了。": "negative",
    "東西一般，退貨還要自己出運費，太差了。": "negative",
    "屏幕清晰，电池耐用，这个价钱很值。": "positive",
    "用了三天就坏了，客服一直推脱。": "negative",
}


def test_there_is_a_model() -> None:
    assert MODELS == [
        "classical-zh", "en-zh", "ner-en", "ner-zh", "poetry-zh", "prose-en", "sentiment-en",
        "sentiment-zh", "town-load", "zh-en",
    ]  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_models_are_whole_small_and_described(name: str) -> None:
    bundle = textrnn.Bundle.open(model_path(name))
    assert all(check.ok for check in bundle.verify())
    assert {path.name for path in bundle.path.iterdir()} == {*bundle.manifest.files, "bundle.json"}
    assert sum(path.stat().st_size for path in bundle.path.iterdir()) <= 16_000_000
    assert bundle.name == name
    for heading in ("## Scores", "## Where it is weak", "s it learned from\n"):
        assert heading in bundle.card()
    for score in bundle.manifest.scores.values():
        assert f"{score:.4f}" in bundle.card()


@pytest.mark.parametrize("text", SENTENCES)
def test_sentiment_en_on_sentences_of_our_own(text: str) -> None:
    result = shipped("sentiment-en").classify([text])[0]
    assert result.label == SENTENCES[text]


@pytest.mark.parametrize("text", CHINESE)
def test_sentiment_zh_on_sentences_of_our_own(text: str) -> None:
    result = shipped("sentiment-zh").classify([text])[0]
    assert result.label == CHINESE[text]


def test_sentiment_en_reads_a_review_to_its_end() -> None:
    praise = "A wonderful film, moving and superbly acted, one of the best I have ever seen. "
    blame = "Then it falls apart: boring, stupid, a terrible mess, the worst film of the year. "
    model = shipped("sentiment-en")
    kind, cruel = model.classify(
        [praise * 60 + blame * 10, praise * 10 + blame * 60], token_weights=True
    )
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
    found = shipped(name).tag(text)
    assert [(entity.text, entity.label) for entity in found.entities] == NAMES[text]


def test_taggers_read_a_text_to_its_end() -> None:
    text = "It rained all day long and nobody said a word about it . " * 60
    found = shipped("ner-en").tag(text + "Then Angela Merkel came to Berlin.")
    assert [entity.text for entity in found.entities] == ["Angela Merkel", "Berlin"]
    assert found.windows > 1


def test_town_load_foresees_the_last_days_better_than_simple_methods() -> None:
    model = shipped("town-load")
    (series,) = read_series(ROOT / "docs" / "samples" / "load.csv")
    scores = model.evaluate([series.cut(-10 * 24 - model.network.window, None)]).scores()
    assert 0.8 < scores["coverage"] < 0.95
    assert scores["MSE"] < 0.75 * scores["MSE of ridge"] < 0.75 * scores["MSE of season before"]
    assert model.bundle.size_bytes < 200_000


OWN_TEXTS = {
    "poetry-zh": "小舟随水去，新月上楼迟。\n谁弄江南笛，风吹杨柳枝。",
    "prose-en": (
        "The old man put down his cup and looked at the window. It had begun to rain again, and "
        'nobody had come up the road since morning. "You may wait here," he said, "if you like; '
        'but I do not think that she will come."'
    ),
}


@pytest.mark.parametrize("name", OWN_TEXTS)
def test_generators_foresee_text_better_than_its_tokens_in_disorder(name: str) -> None:
    writer = shipped(name)
    tokens = writer.tokenizer.encode(OWN_TEXTS[name]).offsets.tolist()
    pieces = [OWN_TEXTS[name][start:end] for start, end in tokens]
    random.Random(0).shuffle(pieces)
    right, wrong = (
        writer.evaluate([Passage(text, ends=True)]).perplexity.bits_per_character
        for text in (OWN_TEXTS[name], "".join(pieces))
    )
    assert right < 0.8 * wrong


def test_poems_are_verse_without_being_told() -> None:
    poems = shipped("poetry-zh").generate("小舟随水去", num=20, random_state=0)
    verses = [verse for poem in poems for verse in cut_verses(poem.text).finished]
    assert len(verses) >= 60
    assert sum(len(verse) == 5 for verse in verses) >= 0.85 * len(verses)


def test_prose_has_its_capitals_and_quotes() -> None:
    writer = shipped("prose-en")
    texts = [
        result.text
        for result in writer.generate(
            "It was ", num=16, length=200, temperature=0.7, random_state=0
        )
    ]
    starts = [match for text in texts for match in re.findall(r"[a-z]{3}[.!?] (\w)", text)]
    assert len(starts) > 40
    assert sum(start.isupper() for start in starts) > 0.95 * len(starts)
    assert not any(mark in text for text in texts for mark in ("  ", " ,", " .", "\ufffd"))


@pytest.mark.parametrize("name", OWN_TEXTS)
def test_generators_know_what_they_copied(name: str) -> None:
    """The fingerprint is of this tokenizer: what the model writes has n-grams that it knows."""
    writer = shipped(name)
    report = writer.novelty(writer.generate(num=10, length=60, temperature=0.3, random_state=0))
    assert report.new_share is not None
    assert 0 < report.new_share < 1


@pytest.mark.parametrize("name", ["sentiment-en", "ner-en"])
def test_answers_are_the_same_for_any_number_of_threads(name: str) -> None:
    """Bit for bit, though 8-bit products depend on what shares a batch."""
    words = " ".join([*SENTENCES, *(name for name in NAMES if name.isascii())]).split()
    texts = [" ".join(words[i : i + 3 + 5 * i % 17]) for i in range(len(words))]
    texts[1] = " ".join(f"{word}{number}" for number in range(12) for word in words)
    found = []
    for threads in (1, 2, 4):
        model = textrnn.load(name, threads=threads)
        answer = model.classify if name == "sentiment-en" else model.tag
        # The first pool has several batches, too; and what was kept of the words must be right.
        found += [answer(texts, batch_size=4), answer(texts, batch_size=4), answer(texts[::-1])]
    assert found[:3] == found[3:6] == found[6:]


def test_editors_know_the_shipped_models() -> None:
    told = {
        "classifier": catalog.ClassifierName,
        "tagger": catalog.TaggerName,
        "generator": catalog.GeneratorName,
        "forecaster": catalog.ForecasterName,
        "translator": catalog.TranslatorName,
    }
    by_task: dict[str, list[str]] = {task: [] for task in told}
    for name in textrnn.shipped_models():
        by_task[Bundle.open(model_path(name)).manifest.task].append(name)
    assert {task: sorted(get_args(names)) for task, names in told.items()} == by_task


@pytest.mark.parametrize(
    "text",
    ["陈胜者，阳城人也，字涉。", "陳勝者，陽城人也，字涉。"],
    ids=["simplified", "traditional"],
)
def test_classical_chinese_is_said_in_modern_chinese(text: str) -> None:
    (found,) = shipped("classical-zh").translate([text])
    assert found.text == "陈胜是阳城人，字涉。"
    assert found.source == text


@pytest.mark.parametrize(
    ("name", "text", "translation"),
    [
        ("en-zh", "It will rain tomorrow.", "明天会下雨。"),
        ("en-zh", "It will rain tomorrow", "明天会下雨"),
        ("zh-en", "明天會下雨。", "It will rain tomorrow."),
    ],
)
def test_everyday_sentences_are_translated(name: str, text: str, translation: str) -> None:
    (found,) = shipped(name).translate([text])
    assert found.text == translation

"""What each head reads beside plain texts, and the options of its answers."""

from __future__ import annotations

from typing import Any

import pytest

import textrnn
from textrnn.errors import ConfigurationError, InputError, SeedError
from textrnn.heads.examples import ExampleSource
from textrnn.heads.generator.controls import Seed

TEXT = "Marie Curie left Warsaw for Paris."


@pytest.fixture(scope="module")
def tagger() -> Any:
    return textrnn.load("ner-en", threads=1)


@pytest.fixture(scope="module")
def poet() -> Any:
    return textrnn.load("poetry-zh", threads=1)


def test_a_tagger_reads_texts_and_words_side_by_side(tagger: Any) -> None:
    words = ["Marie", "Curie", "left", "Warsaw", "."]
    found = list(tagger.answer([TEXT, words, tuple(words), "no names here"]))
    assert found[0].as_dict() == tagger.tag(TEXT).as_dict()
    assert found[1].as_dict() == found[2].as_dict() == next(tagger.tag_words([words])).as_dict()
    assert [len(one.entities) for one in found] == [3, 2, 2, 0]
    assert tagger.from_record({"words": words, "id": 3}) == words
    assert tagger.from_record({"words": words, "text": "another"}) == "another"
    with pytest.raises(ConfigurationError, match=r"sentence 1, word 0 \(counted from 0\)"):
        list(tagger.answer([TEXT, [7]]))


def test_a_tagger_keeps_the_labels_and_probabilities_that_are_asked_for(tagger: Any) -> None:
    (whole,) = tagger.answer([TEXT])
    (places,) = tagger.answer([TEXT], labels=["LOC"])
    (sure,) = tagger.answer([TEXT], min_probability=0.999)
    assert places == whole.only(["LOC"])
    assert {entity.text for entity in places.entities} == {"Warsaw", "Paris"}
    assert sure == whole.only(min_probability=0.999) != whole
    tagger.check_options(tagger.labels, {"labels": ["LOC"]})
    with pytest.raises(ConfigurationError, match="unknown label 'CITY'"):
        tagger.check_options(tagger.labels, {"labels": ["CITY"]})


def test_a_generator_reads_seeds_with_controls_of_their_own(poet: Any) -> None:
    record = {"id": 3, "seed": "春", "length": 5, "random_state": 2, "text": "another"}
    assert poet.from_record(record) == Seed("春", {"length": 5, "random_state": 2})
    seeds = ["山中一夜雨", poet.from_record(record), "春", "", "山"]
    several = list(poet.answer(seeds, length=9, random_state=1))
    alone = [
        poet.generate(seed, length=9, random_state=1)[0] if isinstance(seed, str)
        else poet.generate("春", length=5, random_state=2)[0]
        for seed in seeds
    ]  # fmt: skip
    assert several == alone
    assert [len(found.continuation) for found in several] == [9, 5, 9, 9, 9]


@pytest.mark.parametrize("controls", [{"beam": 3}, {"form": "五绝", "rhyme": True}])
def test_a_generator_writes_several_texts_as_each_alone(poet: Any, controls: Any) -> None:
    seeds, how = ["春", "山中一夜雨"], {"length": 30, "random_state": 4, **controls}
    assert list(poet.answer(seeds, **how)) == [poet.generate(seed, **how)[0] for seed in seeds]


def test_a_generator_refuses_what_is_no_seed_and_no_control(poet: Any) -> None:
    with pytest.raises(ConfigurationError, match="unknown control 'lenght'"):
        poet.answer(["春"], lenght=3)
    with pytest.raises(ConfigurationError, match="expected several seeds"):
        poet.answer("春")
    with pytest.raises(SeedError, match="the seed is no string: 7"):
        list(poet.answer(["春", 7], length=2))
    with pytest.raises(InputError, match="no field text/sentence/review/content"):
        poet.from_record({"prompt": "春"})


def test_seeds_go_to_the_model_of_their_language() -> None:
    router = textrnn.Router(textrnn.Generator)
    found = list(router.stream(["春", "It was a dark", "山"], length=3, random_state=1))
    assert [result.language for result in found] == ["zh", "en", "zh"]
    assert [result.seed for result in found] == ["春", "It was a dark", "山"]
    assert router.names == "poetry-zh and prose-en"
    assert found[1].as_dict()["language"] == "en"


def test_a_classifier_renames_labels_and_drops_none(tmp_path: Any) -> None:
    classifier = textrnn.load("sentiment-en", threads=1)
    file = tmp_path / "reviews.csv"
    file.write_text("text,label\nA joy.,1\nDull.,negative\n", "utf-8")
    examples = list(classifier.read_examples(ExampleSource(str(file), labels={"1": "positive"})))
    assert [example.label for example in examples] == ["positive", "negative"]
    report = classifier.evaluate(examples)
    assert report.scores()["accuracy"] == report.accuracy == 1.0
    with pytest.raises(ConfigurationError, match="labels: no new name for '1'"):
        classifier.read_examples(ExampleSource(str(file), labels={"1": ""}))


def test_what_python_holds_is_measured_as_a_file_is(poet: Any, tmp_path: Any) -> None:
    classifier = textrnn.load("sentiment-en", threads=1)
    pairs = [("A joy.", "positive"), ("Dull.", "negative")]
    table = {"review": ["A joy.", "Dull."], "label": ["positive", "positive"]}
    assert classifier.evaluate(pairs).accuracy == 1.0
    assert classifier.evaluate(table).accuracy == 0.5
    with pytest.raises(InputError, match=r"examples: entry 0: expected \(text, label\), a dict"):
        classifier.evaluate(["A joy."])
    tagger = textrnn.load("ner-en", threads=1)
    told = tagger.evaluate([(["Ada", "left", "Oslo"], ["B-PER", "O", "B-LOC"])])
    assert told.scores()["F1"] == 1.0
    verses = tmp_path / "verses.txt"
    verses.write_text("床前看月光\n", "utf-8")
    assert poet.evaluate(verses).scores() == poet.evaluate(["床前看月光"]).scores()
    with pytest.raises(InputError, match="examples: entry 0: expected a text or a dictionary"):
        poet.evaluate([5])


def test_a_generator_is_measured_with_and_without_samples(poet: Any, tmp_path: Any) -> None:
    file = tmp_path / "verses.txt"
    file.write_text("床前看月光\n山中一夜雨，树杪百重泉。\n", "utf-8")
    source = ExampleSource(str(file), unit="line")
    bare = poet.evaluate(poet.read_examples(source))
    assert (bare.perplexity.documents, bare.samples, bare.novelty) == (2, (), None)
    assert "samples" not in bare.as_dict()
    assert "What it writes" not in bare.markdown(title="t")
    full = poet.evaluate(poet.read_examples(source), samples=2, length=8)
    distinct = {f"distinct-{n}": full.as_dict()["samples"][f"distinct_{n}"] for n in (1, 2, 3)}
    assert full.scores() == {**bare.scores(), **distinct}
    assert len(full.samples) == full.as_dict()["samples"]["texts"] == 2

"""Traditional characters, read as simplified ones, while texts and offsets stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

import textrnn
from textrnn.text.simplify import simplify
from textrnn.text.tokenizer import Tokenizer


def test_characters_are_folded_one_by_one() -> None:
    assert simplify("這家飯店，後來還不錯！") == "这家饭店，后来还不错！"
    assert simplify("plain ASCII") == "plain ASCII"
    assert simplify("乾隆皇帝著书") == "乾隆皇帝著书"  # what simplified text uses stays
    text = "臺灣大學𠮷野家😀\ud800"
    assert len(simplify(text)) == len(text)


def test_a_tokenizer_reads_both_alike() -> None:
    tokenizer = Tokenizer.train(
        ["这家饭店还不错"] * 2, level="character", min_frequency=1, simplify=True
    )
    traditional, simplified = tokenizer.encode_batch(["這家飯店還不錯", "这家饭店还不错"])
    assert traditional.ids.tolist() == simplified.ids.tolist()
    assert Tokenizer.UNK not in traditional.ids
    assert traditional.offsets.tolist() == [[i, i + 1] for i in range(7)]
    plain = Tokenizer.from_json(tokenizer.to_json())
    assert Tokenizer.UNK in plain.encode("這家飯店").ids
    again = Tokenizer.from_json(tokenizer.to_json(), simplify=True)
    assert again.encode("這家飯店").ids.tolist() == tokenizer.encode("這家飯店").ids.tolist()


@pytest.mark.train
def test_a_generator_reads_its_seed_as_it_was_trained(tmp_path: Path) -> None:
    from textrnn.corpora import Passage
    from textrnn.heads.generator.generator import Generator
    from textrnn.network import Embedding, Encoder
    from textrnn.training.generator.plan import GeneratorPlan
    from textrnn.training.generator.run import run_generator
    from textrnn.training.settings import TokenizerSettings, TrainingSettings

    plan = GeneratorPlan(
        tokenizer=TokenizerSettings("character", 60, 1, lowercase=False, simplify=True),
        embedding=Embedding(units=4),
        encoders=(Encoder(units=4, bidirectional=False),),
        training=TrainingSettings(epochs=1, batch_size=2, max_tokens=8, window_overlap=0),
    )
    texts = [Passage("这家饭店还不错" * (2 + i % 9), ends=True) for i in range(40)]
    run_generator(lambda: texts, validation=lambda: texts[:4], out=tmp_path / "m", plan=plan)
    (written,) = Generator.load(tmp_path / "m").generate("這家飯店", length=3)
    assert written.text.startswith("這家飯店")
    assert written.unknown == ()


def test_a_tagger_finds_names_in_both_and_shows_them_as_written() -> None:
    tagger = textrnn.load("ner-zh")
    simplified = tagger.tag("张建国昨天从广东省到了台湾。")
    traditional = tagger.tag("張建國昨天從廣東省到了臺灣。")
    assert [(e.start, e.end, e.label) for e in traditional.entities] == [
        (e.start, e.end, e.label) for e in simplified.entities
    ]
    assert "張建國" in [entity.text for entity in traditional.entities]
    (words,) = tagger.tag_words([list("張建國昨天從廣東省到了臺灣。")])
    assert words.entities == traditional.entities

"""Translators measured: BLEU and chrF as sacreBLEU has them, beside the source unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sacrebleu.metrics import BLEU, CHRF
from small_bundles import small_translator

from textrnn.corpora.pairs import Pair
from textrnn.errors import InputError
from textrnn.heads.outcome import Outcome
from textrnn.heads.translator.report import TranslationReport
from textrnn.heads.translator.result import Translation
from textrnn.heads.translator.scores import Scorer, score_translations
from textrnn.heads.translator.translator import Translator
from textrnn.text.tokenizer import Tokenizer

PAIRS = [
    Pair("学而时习之，不亦说乎？", "学了又时常温习，不是很愉快吗？"),
    Pair("有朋自远方来。", "有朋友从远方来。"),
    Pair("人不知而不愠。", "别人不了解我，我也不生气。"),
] * 20
ANSWERS = ["学习又时常温习，不是也很愉快吗？", "有朋友从远方来。", "人。"] * 20


@pytest.fixture(scope="module")
def report() -> TranslationReport:
    answered = [
        (pair, Translation(pair.source, text, -1.0))
        for pair, text in zip(PAIRS, ANSWERS, strict=True)
    ]
    return score_translations(answered, Scorer("zh"))


def test_scores_are_those_of_sacrebleu(report: TranslationReport) -> None:
    references = [[pair.target for pair in PAIRS]]
    bleu = BLEU(tokenize="zh").corpus_score(ANSWERS, references)
    assert report.measures.bleu == bleu.score == Scorer("zh").bleu(ANSWERS, references[0])
    assert report.measures.chrf == CHRF().corpus_score(ANSWERS, references).score
    assert report.measures.length_ratio == pytest.approx(bleu.sys_len / bleu.ref_len)
    unchanged = BLEU(tokenize="zh").corpus_score([pair.source for pair in PAIRS], references)
    assert report.unchanged.bleu == unchanged.score
    assert "tok:zh" in report.signatures[0]
    assert report.signatures[1].startswith("nrefs:1|case:mixed|eff:yes|nc:6")


def test_languages_are_cut_into_words_as_they_are_written() -> None:
    text, reference = "这是一个很好的翻译句子", "这是一个很好的翻译例子"
    assert Scorer("zh").bleu([text], [reference]) > 50
    assert Scorer("en").bleu([text], [reference]) < 5
    assert Scorer("en").bleu(["A b, c d."], ["A b, c d."]) == pytest.approx(100.0)


def test_capitals_count_unless_the_model_writes_none(tmp_path: Path) -> None:
    text, reference = "the two dogs run home .", "The two Dogs run home ."
    assert Scorer("en").bleu([text], [reference]) < 60
    assert Scorer("en", lowercase=True).bleu([text], [reference]) == pytest.approx(100.0)
    pairs = [Pair("Hallo Welt.", "Hello World.")]
    for lowercase, case in ((False, "case:mixed"), (True, "case:lc")):
        path = small_translator(tmp_path / case, lowercase=lowercase)
        report = Translator.load(path, threads=1).evaluate(pairs)
        assert all(case in signature for signature in report.signatures)


def test_traditional_references_are_read_as_the_model_writes() -> None:
    text, reference = "这家饭店的早餐还不错", "這家飯店的早餐還不錯"
    assert Scorer("zh").bleu([text], [reference]) < 50
    scorer = Scorer("zh", simplified=True)
    assert scorer.bleu([text], [reference]) == pytest.approx(100.0)
    assert scorer.measure([text], [reference]).chrf == pytest.approx(100.0)
    assert scorer.sentence(text, reference) == pytest.approx(100.0)
    assert scorer.is_right(text, reference + " ")
    # a character that both scripts have is left as it stands
    assert not scorer.is_right("这本书的着者", "这本书的著者")
    simplifying = Tokenizer.train(["a"], level="character", simplify=True)
    assert Scorer.of("zh", simplifying).is_right(text, reference)
    assert not Scorer.of("zh", Tokenizer.train(["a"], level="character")).is_right(text, reference)


def test_the_worst_come_first_and_lengths_are_told_apart(report: TranslationReport) -> None:
    assert [one.translation for one in report.worst(20)] == ["人。"] * 20
    assert [group.pairs for group in report.by_length] == [20, 20, 20]
    assert [group.longest for group in report.by_length] == [7, 7, 11]
    longest = Scorer("zh").bleu(ANSWERS[:1] * 20, [PAIRS[0].target] * 20)
    assert report.by_length[-1].bleu == longest > report.by_length[0].bleu
    assert json.loads(json.dumps(report.as_dict()))["pairs"] == 60
    assert next(iter(report.scores())) == "BLEU"
    page = report.markdown(title="ours")
    assert f"BLEU **{report.measures.bleu:.2f}**" in page
    assert report.signatures[0] in page
    table = report.sections()[0].table
    assert table is not None
    assert [row[0] for row in table.rows] == ["translation", "source unchanged"]


def test_outcomes_are_whole_translations() -> None:
    found: list[Outcome] = []
    answered = [
        (PAIRS[1], Translation("", "有朋友从远方来。 ", -1.0)),
        (PAIRS[2], Translation("", "", 0.0)),
    ]
    score_translations(answered, Scorer("zh"), on_outcome=found.append)
    assert [one.is_right for one in found] == [True, False]
    with pytest.raises(InputError, match="there are no pairs"):
        score_translations([], Scorer("zh"))


def test_a_translator_is_evaluated_on_a_file_or_on_pairs(tmp_path: Path) -> None:
    translator = Translator.load(small_translator(tmp_path / "small"), threads=1)
    (tmp_path / "a.tsv").write_text("source\ttarget\na film\ta song\nfine\tquiet\n", "utf-8")
    read = translator.evaluate(tmp_path / "a.tsv", beam=2)
    given = translator.evaluate([("a film", "a song"), ("fine", "quiet")], beam=2)
    assert read.scores() == given.scores()
    columns = {"old": ["a film", "fine"], "source": ["x", "y"], "new": ["a song", "quiet"]}
    named = translator.evaluate(columns, source="old", target="new", beam=2)
    assert named.scores() == given.scores()
    right = [result.text for result in translator.translate(["a film", "fine"], beam=2)]
    assert [one.translation for one in read.sentences] == right

"""A tagger that learns the probabilities of tags, in place of tags."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import textrnn
from calling import textrnn_in
from head_cases import STOPPED_TAGGER
from textrnn.corpora import TaggedSentence, read_tagged
from textrnn.corpora.formats.tagged.annotations import AnnotationReader
from textrnn.errors import InputError
from textrnn.heads.tagger.network import TaggerHeadSettings
from textrnn.heads.tagger.tagger import Tagger
from textrnn.training.tagger.run import run_tagger

pytestmark = pytest.mark.train

JORDAN = {
    "tokens": ["Jordan", "spoke", "."],
    "probabilities": [{"S-PER": 0.7, "S-LOC": 0.3}, {"O": 1.0}, {"O": 1.0}],
}
NEW_YORK = {
    "tokens": ["In", "New", "York", "."],
    "probabilities": [
        {"O": 1.0},
        {"B-LOC": 0.6, "O": 0.4},
        {"E-LOC": 0.6, "O": 0.4},
        {"O": 1.0},
    ],
}
ADA = {"tokens": ["Ada", "left", "."], "ner_tags": ["S-PER", "O", "O"]}


def sentences(*records: dict[str, object]) -> list[TaggedSentence]:
    read = AnnotationReader().read
    found = [read(record, f"a.jsonl: line {n}") for n, record in enumerate(records, start=1)]
    return [sentence for sentence in found if isinstance(sentence, TaggedSentence)]


@pytest.mark.parametrize("decoder", ["crf", "softmax"])
def test_it_answers_what_its_teacher_answered(tmp_path: Path, decoder: str) -> None:
    plan = replace(
        STOPPED_TAGGER,
        head=TaggerHeadSettings(decoder=decoder, dropout=0.0),
        embedding=replace(STOPPED_TAGGER.embedding, dropout=0.0, word_dropout=0.0),
        features=replace(STOPPED_TAGGER.features, characters=None, dropout=0.0),
        encoders=(replace(STOPPED_TAGGER.encoders[0], recurrent_dropout=0.0),),
        training=replace(
            STOPPED_TAGGER.training, epochs=40, batch_size=12, average=0.0, best_by="loss"
        ),
    )
    # What validates has tags, as often as the teacher says; it chooses the epoch, so all are in it.
    validation = [
        *([{"tokens": JORDAN["tokens"], "ner_tags": ["S-PER", "O", "O"]}] * 7),
        *([{"tokens": JORDAN["tokens"], "ner_tags": ["S-LOC", "O", "O"]}] * 3),
        *([{"tokens": NEW_YORK["tokens"], "ner_tags": ["O", "B-LOC", "E-LOC", "O"]}] * 6),
        *([{"tokens": NEW_YORK["tokens"], "ner_tags": ["O", "O", "O", "O"]}] * 4),
        *([ADA] * 10),
    ]
    run_tagger(
        sentences(*[JORDAN, NEW_YORK, ADA] * 40),
        out=tmp_path / "m",
        validation=sentences(*validation),
        plan=plan,
    )
    tagger = textrnn.load(tmp_path / "m")
    assert isinstance(tagger, Tagger)
    jordan, new_york, ada = (
        tagger.tag(text).entities for text in ("Jordan spoke .", "In New York .", "Ada left .")
    )
    assert [(e.label, e.probability) for e in jordan] == [("PER", pytest.approx(0.7, abs=0.06))]
    assert [(e.label, e.probability > 0.9) for e in ada] == [("PER", True)]
    assert [(e.text, e.label) for e in new_york] == [("New York", "LOC")]
    # By softmax tags know nothing of one another, but that B goes before E: 0.6² of 0.6² + 0.4².
    whole = 0.6 if decoder == "crf" else 0.36 / 0.52
    assert new_york[0].probability == pytest.approx(whole, abs=0.08)


def test_probabilities_of_another_scheme_are_refused(tmp_path: Path) -> None:
    bio = {"tokens": ["Ada", "left"], "probabilities": [{"B-PER": 0.9, "O": 0.1}, {"O": 1.0}]}
    message = "a.jsonl: line 1: the probabilities are of tags in BIO, .*BIOES: .*scheme='bio'"
    with pytest.raises(InputError, match=message):
        run_tagger(
            sentences(bio), out=tmp_path / "m", validation=sentences(ADA), plan=STOPPED_TAGGER
        )


def test_the_command_reads_them(tmp_path: Path) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in [JORDAN, ADA] * 10)
    (tmp_path / "a.jsonl").write_text(lines, "utf-8")
    assert sum(bool(s.probabilities) for s in read_tagged(tmp_path / "a.jsonl")) == 10  # type: ignore[union-attr]
    small = "--init-from none --cell rnn --units 4 --unidirectional --characters none --epochs 1"
    call = "train tagger --train a.jsonl --out m"
    done = textrnn_in(tmp_path, *f"{call} {small}".split())
    assert done.returncode == 0, done.stderr
    assert set(textrnn.load(tmp_path / "m").labels) == {"LOC", "PER"}  # type: ignore[attr-defined]

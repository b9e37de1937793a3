"""Which examples an experiment learns from, and which measure."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from made_up import made_up_load, made_up_pairs, made_up_reviews
from textrnn.corpora import LabelledText, Passage, Span, TaggedSentence
from textrnn.errors import ConfigurationError, InputError
from textrnn.experiments.material import Material
from textrnn.experiments.splits import held_out, rolling_origin, split


def test_labels_are_spread_and_copies_stay_together() -> None:
    examples = made_up_reviews(40)
    examples += [LabelledText(examples[0].text.upper(), "negative")]
    folds = split("classifier", examples, 4, random_state=1)
    assert sorted(row for fold in folds for row in fold.rows) == list(range(41))
    for fold in folds:
        assert [examples[row] for row in fold.rows] == list(fold.test)
        assert len(fold.train) + len(fold.test) == 41
        counts = Counter(example.label for example in fold.test)
        assert counts["positive"] == 5
        assert (0 in fold.rows) == (40 in fold.rows)


def test_groups_stay_whole() -> None:
    examples = made_up_reviews(30)
    authors = [number % 7 for number in range(30)]
    for fold in split("classifier", examples, 3, groups=authors, random_state=0):
        held = {authors[row] for row in fold.rows}
        assert held
        assert {authors[row] for row in range(30) if authors[row] in held} == held
        assert len(fold.rows) == sum(author in held for author in authors)


def test_sentences_of_a_document_stay_together() -> None:
    sentences = [
        TaggedSentence((f"w{number}", "x"), (Span(0, 1, "PER"),), document=number // 3)
        for number in range(18)
    ]
    for fold in split("tagger", sentences, 3, random_state=0):
        documents = Counter(sentence.document for sentence in fold.test)
        assert list(documents.values()) == [3, 3]


def test_pieces_of_a_document_stay_together() -> None:
    passages = [
        Passage(f"{number} {part}\n", ends=part == 1) for number in range(6) for part in (0, 1)
    ]
    for fold in split("generator", passages, 3, random_state=0):
        assert [passage.ends for passage in fold.test] == [False, True, False, True]
        assert len({passage.text[0] for passage in fold.test}) == 2


def test_translations_of_one_source_stay_together() -> None:
    pairs = made_up_pairs(20)
    pairs += [type(pair)(pair.source, "anders") for pair in pairs]
    for fold in split("translator", pairs, 2, random_state=0):
        assert Counter(row % 20 for row in fold.rows).keys() == {row % 20 for row in fold.rows}
        assert all(count >= 2 for count in Counter(pair.source for pair in fold.test).values())


def test_no_fold_of_a_series_comes_before_what_is_learned() -> None:
    series = made_up_load(43)
    folds = rolling_origin([series], 3)
    assert [len(fold.train[0]) for fold in folds] == [13, 23, 33]
    assert [fold.starts for fold in folds] == [[13], [23], [33]]
    for fold, end in zip(folds, (23, 33, 43), strict=True):
        assert np.array_equal(fold.train[0].values, series.values[: end - 10])
        assert np.array_equal(fold.test[0].values, series.values[:end])


def test_what_cannot_be_dealt_is_told() -> None:
    two = [LabelledText("a b", "good"), LabelledText("A b", "good"), LabelledText("c", "bad")]
    with pytest.raises(InputError, match="2 different examples cannot be split into 3 folds"):
        split("classifier", two, 3, random_state=0)
    with pytest.raises(InputError, match="the label 'bad' has a single example"):
        split("classifier", two, 2, random_state=0)
    with pytest.raises(ConfigurationError, match="folds must be at least 2"):
        split("classifier", two, 1, random_state=0)
    novel = Material("generator", [Passage("It was late.", ends=True)], None, {}, is_lazy=True)
    told = (
        "no validation examples are given, and 1 different example cannot be split into 5 folds: "
        r"add documents, or make each line of a .txt one \(unit='line'\)"
    )
    with pytest.raises(InputError, match=told):
        held_out(novel, random_state=0)
    with pytest.raises(InputError, match="has 3 steps, too few for 3 folds"):
        split("forecaster", [made_up_load(3)], 3, random_state=0)

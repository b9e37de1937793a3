"""Examples that Python holds already: pairs, dictionaries, frames of pandas and Polars."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas
import polars
import pyarrow
import pytest

from textrnn.corpora import LabelledText, Passage, Span, SpannedText, TaggedSentence
from textrnn.corpora.in_memory import labelled_texts, passages, tagged_texts, texts
from textrnn.errors import InputError

COLUMNS = {"id": [7, 8], "body": ["A joy.", "A bore."], "stars": [5, 1]}
JOY, BORE = LabelledText("A joy.", "5"), LabelledText("A bore.", "1")
ADA = SpannedText("Ada left.", (Span(0, 3, "PER"),))
LEFT = TaggedSentence(("Ada", "left"), (Span(0, 1, "PER"),))


@pytest.mark.parametrize(
    "data",
    [
        COLUMNS,
        [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)],
        pandas.DataFrame(COLUMNS),
        polars.DataFrame(COLUMNS),
        pyarrow.table(COLUMNS),
    ],
    ids=["columns", "dictionaries", "pandas", "polars", "arrow"],
)
@pytest.mark.parametrize("names", [{"text": "body", "label": "stars"}, {"text": 1, "label": 2}])
def test_tables_have_a_text_a_row(data: Any, names: dict[str, Any]) -> None:
    assert list(labelled_texts(data, **names)) == [JOY, BORE]
    assert list(passages(data, text=names["text"])) == [
        Passage("A joy.", ends=True), Passage("A bore.", ends=True),
    ]  # fmt: skip


def test_labelled_texts_come_as_pairs_or_by_their_usual_names() -> None:
    given = [("A joy.", 5), ["A bore.", np.int64(1)], {"review": "A joy.", "sentiment": "5"}, BORE]
    assert list(labelled_texts(iter(given))) == [JOY, BORE, JOY, BORE]
    found = list(labelled_texts(given, labels={"1": "bad"}))
    assert [example.label for example in found] == ["5", "bad", "5", "bad"]
    assert found[1].place == "data: entry 1"


def test_probabilities_come_in_place_of_labels() -> None:
    shares = {"bad": 0.25, "good": 0.75}
    given = [("A joy.", shares), {"text": "A joy.", "probabilities": shares}]
    table = pyarrow.Table.from_pylist([{"text": "A bore.", "label": {"bad": 1.0, "good": None}}])
    assert [e.probabilities for e in labelled_texts(given)] == [shares, shares]
    (bore,) = labelled_texts(table)
    assert (bore.label, bore.probabilities) == ("bad", {"bad": 1.0, "good": 0.0})
    with pytest.raises(InputError, match=r"data: entry 0: .*must sum to 1; these sum to 0\.75"):
        list(labelled_texts([("A joy.", {"good": 0.75})]))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("reviews.csv", "train: expected several examples, received 'reviews.csv'"),
        (5, "train: expected examples or a path, received 5"),
        (["A joy."], r"train: entry 0: expected \(text, label\), a dictionary or a LabelledText"),
        ([("A joy.", 1), (2, 3)], "train: entry 1: no text under 0"),
        ([("A joy.", None)], "train: entry 0: a text without a label"),
        (pandas.DataFrame({"text": ["a"], "label": [float("nan")]}), "a text without a label"),
        ({"text": ["a"], "label": ["b", "c"]}, "columns of different lengths: text 1, label 2"),
        (
            [{"body": "a", "label": 1}],
            "no field text/sentence/.*; there are: body, label; name the text's with text=",
        ),
        (
            [{"text": "a", "review": "b", "label": 1}],
            "may be in text or review; name one with text",
        ),
    ],
)
def test_what_is_no_labelled_text_is_told_by_its_number(data: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(labelled_texts(data, name="train"))


def test_tagged_text_comes_as_pairs_dictionaries_or_tables() -> None:
    spans = [(0, 3, "PER")]
    given = [
        ("Ada left.", spans),
        ("Ada left.", {"entities": spans}),
        {"text": "Ada left.", "entities": [{"start": 0, "end": 3, "label": "PER"}]},
        ADA,
    ]
    assert [(e.text, e.spans) for e in tagged_texts(given)] == [(ADA.text, ADA.spans)] * 4  # type: ignore[union-attr]
    assert [example.document for example in tagged_texts(given[:3])] == [0, 1, 2]
    words = ["Ada", "left"], ["B-PER", "O"]
    assert list(tagged_texts([words, {"tokens": words[0], "ner_tags": words[1]}])) == [
        LEFT, TaggedSentence(LEFT.words, LEFT.spans, document=1),
    ]  # fmt: skip
    rows = {"sentence": [1, None, 2], "word": ["Ada", "left", "."], "tag": ["B-PER", "O", "O"]}
    for table in (pandas.DataFrame(rows), polars.DataFrame(rows), rows):
        assert [(e.words, e.spans) for e in tagged_texts(table)] == [  # type: ignore[union-attr]
            (LEFT.words, LEFT.spans), ((".",), ()),
        ]  # fmt: skip
    assert next(tagged_texts([ADA], labels={"PER": "who"})).spans == (Span(0, 3, "who"),)
    assert next(tagged_texts([ADA], labels={"PER": ""})).spans == ()


def test_what_is_no_tagged_text_is_told_by_its_number() -> None:
    with pytest.raises(InputError, match=r"data: entry 1: expected \(text, spans\), "):
        list(tagged_texts([ADA, "Ada left."]))
    with pytest.raises(InputError, match=r"data: entry 0: .*2 words, but 1 tags"):
        list(tagged_texts([(["Ada", "left"], ["B-PER"])]))
    said: list[str] = []
    assert list(tagged_texts([{"text": "a", "answer": "reject"}], on_note=said.append)) == []
    assert said[0].startswith("1 text is not annotated, or not accepted")


def test_documents_come_as_strings_or_passages() -> None:
    long = "a line\n" * 20_000
    found = list(passages([Passage("so", ends=False), Passage(" on", ends=True), "b", long]))
    assert found[:3] == [Passage("so", False), Passage(" on", True), Passage("b", True)]
    assert "".join(passage.text for passage in found[3:]).rstrip("\n") == long.rstrip("\n")
    assert [passage.ends for passage in found[3:]] == [False, False, True]
    with pytest.raises(InputError, match="entry 0: expected a text or a dictionary or a Passage"):
        list(passages([5]))


def test_texts_without_labels_come_as_strings_or_tables() -> None:
    frame = pandas.DataFrame({"id": [1, 2], "text": ["a", "b"]})
    assert list(texts(frame)) == list(texts(frame["text"])) == list(texts(iter("ab"))) == ["a", "b"]
    with pytest.raises(InputError, match="new: entry 1: no text under text"):
        list(texts(pandas.DataFrame({"text": ["a", None]}), name="new"))
    with pytest.raises(InputError, match="entry 0: expected a text or a dictionary; received"):
        list(texts([5]))

"""What annotation tools export: the same two names from each, and what is wrong with a record."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readers import error_of

from textrnn.corpora import (
    Span,
    SpannedText,
    TaggedSentence,
    TaggedSource,
    check_tagged,
    is_tagged,
    read_tagged,
    read_words,
)
from textrnn.corpora.formats.tagged.annotation_files import expanded
from textrnn.corpora.formats.tagged.annotations import AnnotationReader, holds_annotation
from textrnn.corpora.in_memory import tagged_texts
from textrnn.errors import InputError

TEXT = "Ada Lund saw Oslo."
ADA, OSLO = Span(0, 8, "PER"), Span(13, 17, "LOC")
RESULT = [
    {"value": {"start": 0, "end": 8, "text": "Ada Lund", "labels": ["PER"]}, "type": "labels"},
    {"value": {"start": 13, "end": 17, "text": "Oslo", "labels": ["LOC"]}, "type": "labels"},
    {"value": {"choices": ["news"]}, "type": "choices"},
    {"type": "relation", "from_id": "a", "to_id": "b"},
]
TOKENS = [
    {"text": word, "start": start, "end": start + len(word), "id": number}
    for number, (word, start) in enumerate([("Ada", 0), ("Lund", 4), ("saw", 9), ("Oslo", 13)])
]


def write(folder: Path, values: list[Any] | str, name: str = "a.jsonl") -> Path:
    path = folder / name
    lines = values if isinstance(values, str) else "\n".join(map(json.dumps, values))
    path.write_bytes(lines.encode())
    return path


def spans_of(path: Path, notes: list[str] | None = None) -> list[tuple[Span, ...]]:
    on_note = None if notes is None else notes.append
    return [example.spans for example in read_tagged(path, on_note=on_note)]


def both(**names: str) -> list[dict[str, Any]]:
    start, end, label = (names.get(key, key) for key in ("start", "end", "label"))
    return [
        {start: 0, end: 8, label: "PER"},
        {start: 13, end: 17, label: "LOC", "text": "Oslo"},
    ]


TRIPLES = [[0, 8, "PER"], [13, 17, "LOC"]]
RECORDS: dict[str, Any] = {
    "our own": {"text": TEXT, "entities": both()},
    "doccano": {"id": 1, "text": TEXT, "label": TRIPLES, "Comments": []},
    "doccano, labels": {"text": TEXT, "labels": TRIPLES},
    "doccano, relations": {
        "text": TEXT,
        "entities": both(start="start_offset", end="end_offset"),
        "relations": [],
    },
    "Label Studio": {
        "id": 1,
        "data": {"ner": TEXT},
        "annotations": [{"was_cancelled": True, "result": []}, {"result": RESULT}],
        "predictions": [],
    },
    "Label Studio, short": {
        "id": 1,
        "text": TEXT,
        "label": [entry["value"] for entry in RESULT[:2]],
        "annotator": 1,
    },
    "Prodigy": {"text": TEXT, "tokens": TOKENS, "spans": both(), "answer": "accept"},
    "Prodigy, tokens": {
        "text": TEXT,
        "tokens": TOKENS,
        "spans": [
            {"token_start": 0, "token_end": 1, "label": "PER"},
            {"token_start": 3, "token_end": 3, "label": "LOC"},
        ],
    },
    "displaCy": {"text": TEXT, "ents": both(), "title": None},
    "spaCy": [TEXT, {"entities": TRIPLES}],
    "CLUENER": {
        "text": TEXT,
        "label": {"PER": {"Ada Lund": [[0, 7]]}, "LOC": {"Oslo": [[13, 16]]}},
    },
    "with a label of the text": {"text": TEXT, "label": "news", "entities": both()},
    "twice the same": {"text": TEXT, "entities": both(), "spans": both()[::-1] + both()},
    "blanks": {"text": TEXT, "spans": [[0, 9, " PER "], [12, 17, "LOC"]]},
}


@pytest.mark.parametrize("tool", RECORDS)
def test_every_tool_says_the_same(tmp_path: Path, tool: str) -> None:
    record = RECORDS[tool]
    lines = write(tmp_path, [record, record])
    array = write(tmp_path, json.dumps([record, record], indent=1), "a.json")
    for path in (lines, array):
        notes: list[str] = []
        first, second = read_tagged(path, on_note=notes.append)
        assert first == SpannedText(TEXT, (ADA, OSLO), 0)
        assert second == SpannedText(TEXT, (ADA, OSLO), 1)
        assert notes == []
        assert is_tagged(path)


def test_all_texts_in_one_object(tmp_path: Path) -> None:
    pair = [TEXT, {"entities": TRIPLES}]
    path = write(
        tmp_path, json.dumps({"classes": ["PER"], "annotations": [pair, None, pair]}), "a.json"
    )
    assert spans_of(path) == [(ADA, OSLO)] * 2


def test_paragraphs_of_sentences(tmp_path: Path) -> None:
    words, tags = ["Ada", "Lund", "left"], ["B-PER", "L-PER", "O"]
    tokens = [{"orth": word, "ner": tag} for word, tag in zip(words, tags, strict=True)]
    paragraph = {"raw": "Ada Lund left", "sentences": [{"tokens": tokens}, {"tokens": tokens[2:]}]}
    path = write(tmp_path, json.dumps([{"id": 0, "paragraphs": [paragraph]}]), "a.json")
    assert list(read_tagged(path)) == [
        TaggedSentence(tuple(words), (Span(0, 2, "PER"),), 0),
        TaggedSentence(("left",), (), 1),
    ]


def test_records_of_tags(tmp_path: Path) -> None:
    words = ["Ada", "Lund", "saw", "Oslo"]
    record = {"tokens": words, "ner_tags": ["B-PER", "I-PER", "O", "B-LOC"]}
    path = write(tmp_path, [record])
    assert list(read_tagged(path)) == [
        TaggedSentence(tuple(words), (Span(0, 2, "PER"), Span(3, 4, "LOC")), 0)
    ]
    assert is_tagged(path)
    numbers = write(tmp_path, [{**record, "ner_tags": [1, 2, 0, 5]}])
    with pytest.raises(InputError, match="line 1: 'ner_tags' holds numbers; write the names"):
        list(read_tagged(numbers))
    few = write(tmp_path, [{**record, "ner_tags": ["O"]}])
    with pytest.raises(InputError, match="line 1: 4 words, but 1 tags under 'ner_tags'"):
        list(read_tagged(few))


def test_words_may_have_probabilities_of_tags(tmp_path: Path) -> None:
    jordan = [{"S-PER": 0.7, "s-LOC": 0.3}, {"O": 1.0}, {"U-LOC": 0.6, "S-LOC": 0.1, "O": 0.3}]
    record = {"tokens": ["Jordan", "saw", "Oslo"], "probabilities": jordan}
    path = write(tmp_path, [record])
    assert is_tagged(path)
    (sentence,) = read_tagged(path)
    assert isinstance(sentence, TaggedSentence)
    assert sentence.spans == (Span(0, 1, "PER"), Span(2, 3, "LOC"))
    first, second, third = sentence.probabilities
    assert (first, second) == ({"S-PER": 0.7, "S-LOC": 0.3}, {"O": 1.0})
    assert third == pytest.approx({"S-LOC": 0.7, "O": 0.3})
    (joined,) = read_tagged(TaggedSource(str(path), labels={"PER": "LOC", "LOC": ""}))
    assert isinstance(joined, TaggedSentence)
    assert joined.spans == (Span(0, 1, "LOC"),)
    assert joined.probabilities[0] == {"S-LOC": 0.7, "O": 0.3}
    (tagged,) = read_tagged(write(tmp_path, [{**record, "ner_tags": ["O", "O", "B-LOC"]}]))
    assert tagged.spans == (Span(2, 3, "LOC"),)  # known tags count more
    assert isinstance(tagged, TaggedSentence)
    assert tagged.probabilities == ()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([{"O": 1.0}], "line 2: 2 words, but 1 tags under 'probabilities'"),
        ([{"O": 1.0}, {"O": 0.5, "B-A": 0.2}], "line 2: word 2: .*must sum to 1; these sum to 0.7"),
        ([{"PER": 1.0}, {"O": 1.0}], "line 2: word 1: 'PER' is no tag"),
        ([{"O": 1.0}, {"O": "1"}], "line 2: word 2: expected .* a probability from 0 to 1"),
    ],
)
def test_wrong_probabilities_of_tags_are_named(
    tmp_path: Path, values: list[Any], message: str
) -> None:
    right = {"tokens": ["Ada"], "probabilities": [{"O": 1.0}]}
    wrong = {"tokens": ["Ada", "left"], "probabilities": values}
    with pytest.raises(InputError, match=message):
        list(read_tagged(write(tmp_path, [right, wrong])))


def test_no_names_is_what_an_empty_list_says(tmp_path: Path) -> None:
    path = write(tmp_path, [{"text": "x", key: []} for key in ("entities", "label", "ents")])
    assert spans_of(path) == [(), (), ()]
    assert spans_of(write(tmp_path, [{"text": "x", "label": {}}])) == [()]


def test_what_nobody_accepted_is_left_out_and_told(tmp_path: Path) -> None:
    task = {"data": {"text": "x y"}, "annotations": []}
    result = [{"value": {"start": 0, "end": 1, "labels": ["A"]}}]
    twice = {"data": {"text": "x y"}, "annotations": [{"result": result}, {"result": []}]}
    notes: list[str] = []
    path = write(tmp_path, [{"text": "x", "spans": [], "answer": "reject"}, task, twice])
    assert spans_of(path, notes) == [(Span(0, 1, "A"),)]
    assert notes == [
        f"2 texts are not annotated, or not accepted, and left out; first {path}: line 1",
        f"1 text was annotated more than once: the first annotation is read; first {path}: line 3",
    ]


def test_spans_in_utf_16_units(tmp_path: Path) -> None:
    said = {"start": 3, "end": 7, "label": "LOC", "text": "Oslo"}
    (found,) = read_tagged(write(tmp_path, [{"text": "😀 Oslo", "entities": [said]}]))
    assert found.spans == (Span(2, 6, "LOC"),)


def one(start: Any, end: Any, label: Any = "A", **more: Any) -> dict[str, Any]:
    return {"text": "ab cd", "entities": [{"start": start, "end": end, "label": label, **more}]}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("{", "not JSON"),
        ([1], "expected an object with a text and its spans"),
        ({"text": 3, "spans": []}, "expected an object with a string under 'text'"),
        ({"text": "ab"}, "no spans under entities, spans, label, labels, annotations or ents"),
        ({"id": 1, "text": "ab", "label": "good"}, r"empty list\); its keys: id, text, label"),
        ({"text": "ab", "label": ["good"]}, "no spans under entities"),
        ({"text": "ab", "entities": None}, "no spans under entities"),
        ({"text": "ab", "entities": 3}, "no spans under entities"),
        ({"text": "ab", "entities": [{"start": 0}]}, "a span needs 'start', 'end' and 'label'"),
        ({"text": "ab", "label": [[0, 1]]}, r"expected \[start, end, label\]; received \[0, 1\]"),
        ({"text": "ab", "spans": [[0, 1, "A"]], "ents": []} | {"label": [[1, 2, "A"]]},
         "'spans' and 'label' differ"),
        ({"data": {"text": "ab"}}, "no 'annotations' with a 'result' beside 'data'"),
        (one("0", 1), "a span's ends must be whole numbers; received '0', 1"),
        (one(0.0, 1), "a span's ends must be whole numbers"),
        (one(True, 2), "a span's ends must be whole numbers"),
        (one(0, 1, 3), "the span 0 to 1 needs one label, a word; received 3"),
        (one(0, 1, " "), "needs one label, a word"),
        (one(0, 1, ["A", "B"]), r"needs one label, a word; received \['A', 'B'\]"),
        (one(1, 1), r"the span 1 to 1 \(A\) is empty"),
        (one(2, 1), r"the span 2 to 1 \(A\) ends before it begins"),
        (one(3, 6), r"the span 3 to 6 \(A\) lies outside the text's 5 code points"),
        (one(-1, 2), r"the span -1 to 2 \(A\) lies outside"),
        (one(2, 3), r"the span 2 to 3 \(A\) is nothing but blanks"),
        (one(0, 2, text="cd"), "the span 0 to 2 is 'ab', but by the file it is 'cd'"),
        ({"text": "ab cd", "label": [[0, 5, "A"], [3, 5, "B"]]},
         r"the spans 'ab cd' \(A, 0 to 5\) and 'cd' \(B, 3 to 5\) overlap: keep one of them"),
        ({"text": "ab", "spans": [{"token_start": 0, "token_end": 9, "label": "A"}],
          "tokens": TOKENS}, "no tokens fit the span"),
        ({"text": "ab", "label": {"A": {"ab": [[0]]}}}, r"expected \[first, last\]; received"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, record: Any, message: str) -> None:
    good = json.dumps({"text": "x", "spans": []})
    shown = record if isinstance(record, str) else json.dumps(record)
    path = write(tmp_path, f"{good}\n\n{shown}\n")
    with pytest.raises(InputError, match=rf"a\.jsonl: line 3: .*{message}"):
        list(read_tagged(path))


def test_ends_that_are_strings_are_shown_as_strings(tmp_path: Path) -> None:
    path = write(tmp_path, [{"text": "Ada", "spans": [{"start": "0", "end": "3", "label": "A"}]}])
    with pytest.raises(InputError, match="ends must be whole numbers; received '0', '3'"):
        list(read_tagged(path))


@pytest.mark.parametrize("value", [None, ["PER"], "PER", 7])
@pytest.mark.parametrize("key", ["entities", "spans", "annotations", "ents"])
def test_spans_that_are_none_are_found(tmp_path: Path, key: str, value: Any) -> None:
    path = write(tmp_path, [{"text": "Ada left", key: value}])
    assert is_tagged(path)
    (finding,) = check_tagged(str(path)).findings
    assert (finding.kind, finding.count) == ("spans", 1)
    assert finding.examples[0].startswith("1: no spans under entities")
    assert not is_tagged(write(tmp_path, [{"text": "x", "sentiment": "good", key: value}]))


def test_empty_texts_are_left_out_and_counted(tmp_path: Path) -> None:
    records = [
        {"text": " ", "entities": []},
        {"text": "Ada", "entities": [[0, 3, "PER"]]},
        {"text": "", "label": []},
        {"tokens": [], "ner_tags": []},
        {"data": {"text": ""}, "annotations": [{"result": []}]},
    ]
    path, notes = write(tmp_path, records), list[str]()
    found = [SpannedText("Ada", (Span(0, 3, "PER"),))]
    assert list(read_tagged(path, on_note=notes.append)) == found
    assert notes == [f"4 texts are empty and left out (the first: {path}: line 1)"]
    assert [e.spans for e in tagged_texts(records, on_note=notes.append)] == [found[0].spans]
    assert notes[1] == "4 texts are empty and left out (the first: data: entry 0)"


def test_texts_with_a_label_are_not_tagged(tmp_path: Path) -> None:
    for value in ({"text": "x", "label": "good"}, {"text": "x", "label": []}, {"text": "x"}):
        assert not is_tagged(write(tmp_path, [value]))
    assert not is_tagged(write(tmp_path, "text,label\nx,good\n", "a.csv"))


TABLE = (
    'Sentence #,Word,POS,Tag\nSentence: 1,Ada,NNP,B-per\n,",",",",O\nSentence: 2,Oslo,NNP,B-geo\n'
)


def test_tables_of_words(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE, "a.csv")
    assert list(read_tagged(TaggedSource(str(path), labels={"per": "PER"}))) == [
        TaggedSentence(("Ada", ","), (Span(0, 1, "PER"),), 0),
        TaggedSentence(("Oslo",), (Span(0, 1, "geo"),), 1),
    ]
    assert is_tagged(path)
    assert [(line.words, line.number) for line in read_words(path)] == [
        (("Ada", ","), 2),
        (("Oslo",), 4),
    ]
    tabs = write(tmp_path, "Sentence #\tWord\tTag\n1\tAda\tB-per\n\tsaw\tO\n", "a.tsv")
    assert [line.words for line in read_words(tabs)] == [("Ada", "saw")]
    assert [example.spans for example in read_tagged(tabs)] == [(Span(0, 1, "per"),)]
    assert is_tagged(tabs)
    each = write(tmp_path, "sentence_idx,word,tag\n1,Ada,O\n1,saw,O\n2,Oslo,O\n", "b.csv")
    assert [line.words for line in read_words(each)] == [("Ada", "saw"), ("Oslo",)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,label\nx,good\n", "a table of words needs columns like 'Sentence #'.*: text, label"),
        (TABLE.replace("Ada", ""), "line 2: the word is empty"),
        (TABLE.replace("B-geo", "geo"), "line 4, in its sentence: 'geo' is no tag"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = write(tmp_path, content, "a.csv")
    with pytest.raises(InputError, match=message):
        list(read_tagged(path))


KEYS = (
    *("text", "data", "annotations", "result", "value", "label", "labels", "entities", "spans"),
    *("start", "end", "start_offset", "token_start", "token_end", "tokens", "ner_tags", "answer"),
    *("classes", "paragraphs", "sentences", "orth", "ner", "PER"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats(allow_nan=False)
    | st.sampled_from(["", "ab cd", "B-PER", "O", "reject"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6).map(lambda r: {"text": "ab", **r})
)
def test_any_record_is_read_or_refused(record: dict[str, Any]) -> None:
    holds_annotation(record)
    read = AnnotationReader().read
    for one in expanded(record):
        error = error_of(partial(read, one, "a.jsonl: line 1"))
        assert error is None or str(error).startswith("a.jsonl: line 1: ")

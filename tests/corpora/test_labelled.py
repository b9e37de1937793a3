"""Labelled files: every format, and malformed rows named with file and line."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from textrnn.corpora import LabelledText, Source, read_labelled, read_texts
from textrnn.errors import ConfigurationError, InputError

LABELS = [("fine", "good"), ("bad, really", "poor"), ("dull", "poor")]
EXPECTED = [LabelledText('He said "no", twice', "bad"), LabelledText("fine", "good")]
FILES = {
    "a.csv": 'id,label,text\n1,bad,"He said ""no"", twice"\n\n2,good,fine\n',
    "b.tsv": 'sentence\tsentiment\nHe said "no", twice\tbad\nfine\tgood\n',
    "c.jsonl": '{"text": "He said \\"no\\", twice", "label": "bad"}\n\n'
    '{"label": "good", "review": "fine"}\n',
}


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


@pytest.mark.parametrize("name", FILES)
def test_formats_by_name(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name, FILES[name])
    assert list(read_labelled(path)) == EXPECTED
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(FILES[name].encode()))
    assert list(read_labelled(packed)) == EXPECTED
    assert list(read_texts(packed)) == [example.text for example in EXPECTED]


def test_half_a_surrogate_pair_is_mended(tmp_path: Path) -> None:
    path = write(tmp_path, "x.jsonl", '{"text": "so \\ud83d bad \\ud83d\\ude00", "label": "b"}\n')
    assert list(read_texts(path)) == ["so \ufffd bad 😀"]


def test_label_first_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "x.train", 'bad He said "no", twice\n\ngood fine\n')
    assert list(read_labelled(Source(str(path), "label-first"))) == EXPECTED


@pytest.mark.parametrize("name", ["x.train", "x.txt"])
@pytest.mark.parametrize("between", [" ", ",", " , ", "\t", ", "])
def test_labels_as_fasttext_has_them(tmp_path: Path, name: str, between: str) -> None:
    lines = [f"__label__{label}{between}{text}" for text, label in LABELS]
    path = write(tmp_path, name, "\n".join(lines))
    form = None if name.endswith("txt") else "label-first"
    found = [(e.text, e.label) for e in read_labelled(Source(str(path), form))]
    assert found == LABELS


def test_a_tab_after_the_label(tmp_path: Path) -> None:
    path = write(tmp_path, "x.txt", "good\tfine\npoor \tbad, really\n  poor\tdull\n")
    assert [(e.text, e.label) for e in read_labelled(Source(str(path), "label-first"))] == LABELS


def test_labels_are_read_in_every_way_they_are_written(tmp_path: Path) -> None:
    values = ["good", " good ", ["good"], 1, 1.0, True, ["2"]]
    lines = [json.dumps({"text": "x", "label": value}) for value in values]
    path = write(tmp_path, "x.jsonl", "\n".join(lines))
    expected = ["good", "good", "good", "1", "1.0", "true", "2"]
    assert [example.label for example in read_labelled(path)] == expected
    rows = 'Text , LABELS\nx,"[\'good\']"\nx,"[""good""]"\nx, good \n'
    path = write(tmp_path, "x.csv", rows)
    assert [example.label for example in read_labelled(path)] == ["good"] * 3


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.jsonl", '{"text": "x", "label": ["a", "b"]}', r"several labels \(a, b\)"),
        ("x.jsonl", '{"text": "x", "label": [{"a": 1}]}', "a label is a word or a number"),
        ("x.jsonl", '{"text": "x", "label": []}', "a text without a label"),
        ("x.jsonl", '{"text": "x", "label": null}', "a text without a label"),
        ("x.csv", "label,text\n\"['a', 'b']\",x", r"several labels \(a, b\)"),
        ("x.txt", "__label__a __label__b x", "several labels; a text may have one"),
        ("x.txt", "__label__a", "expected a label, a space and a text"),
    ],
)
def test_a_text_has_one_label(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(InputError, match=rf"{name}: line [12]: {message}"):
        list(read_labelled(write(tmp_path, name, content)))


def test_probabilities_stand_in_place_of_a_label(tmp_path: Path) -> None:
    rows = [
        {"text": "x", "probabilities": {"bad": 0.25, "good": 0.75}},
        {"text": "x", "probabilities": {"bad": 0.6, "good": 0.401, "odd": None}},
        {"text": "x", "label": "bad"},
        {"text": "x", "label": "good", "probabilities": {"bad": 1.0}},
        {"text": "x", "label": {"good": 1}},
    ]
    path = write(tmp_path, "x.jsonl", "\n".join(map(json.dumps, rows)))
    found = list(read_labelled(path))
    assert [example.label for example in found] == ["good", "bad", "bad", "good", "good"]
    assert found[0].probabilities == {"bad": 0.25, "good": 0.75}
    exact = {"bad": 0.6 / 1.001, "good": 0.401 / 1.001, "odd": 0.0}
    assert found[1].probabilities == pytest.approx(exact)
    assert [example.probabilities for example in found[2:]] == [None, None, {"good": 1.0}]
    only = list(read_labelled(Source(str(path), constant_label="odd")))
    assert {(example.label, example.probabilities) for example in only} == {("odd", None)}
    path = write(tmp_path, "y.jsonl", json.dumps(rows[3]))
    assert next(read_labelled(Source(str(path), label="probabilities"))).label == "bad"
    path = write(tmp_path, "x.csv", "text,probabilities\nx,\"{'bad': 0.25, 'good': 0.75}\"\n")
    assert next(read_labelled(path)).probabilities == {"bad": 0.25, "good": 0.75}


def test_labels_with_probabilities_are_renamed_and_joined(tmp_path: Path) -> None:
    row = {"text": "x", "probabilities": {"1": 0.3, "2": 0.3, "5": 0.4}}
    path = write(tmp_path, "x.jsonl", json.dumps(row))
    names = {"1": "bad", "2": "bad", "5": "good"}
    (found,) = read_labelled(Source(str(path), labels=names))
    assert (found.label, found.probabilities) == ("bad", pytest.approx({"bad": 0.6, "good": 0.4}))
    with pytest.raises(InputError, match=r"x\.jsonl: line 1: label '5' is not one of 1, 2"):
        list(read_labelled(Source(str(path), labels={"1": "bad", "2": "bad"})))


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        ({"a": -0.1, "b": 1.1}, "expected a label, or a probability from 0 to 1 for each"),
        ({"a": "0.5", "b": 0.5}, "expected a label, or a probability from 0 to 1 for each"),
        ({"a": True}, "expected a label, or a probability from 0 to 1 for each"),
        ({"a": 0.5, "b": 0.4}, "must sum to 1; these sum to 0.9"),
        ({}, "must sum to 1; these sum to 0"),
    ],
)
def test_what_is_no_probability_is_named(
    tmp_path: Path, probabilities: dict[str, object], message: str
) -> None:
    lines = [{"text": "x", "label": "a"}, {"text": "x", "label": probabilities}]
    path = write(tmp_path, "x.jsonl", "\n".join(map(json.dumps, lines)))
    with pytest.raises(InputError, match=rf"x\.jsonl: line 2: .*{message}"):
        list(read_labelled(path))


def test_columns_by_number_need_no_header(tmp_path: Path) -> None:
    path = write(tmp_path, "x.tsv", 'books\tbad\tHe said "no", twice\nbooks\tgood\tfine\n')
    assert list(read_labelled(Source(str(path), text=2, label=1))) == EXPECTED
    assert list(read_labelled(Source(str(path), text="2", label="1"))) == EXPECTED


def test_labels_are_renamed_and_numbers_become_text(tmp_path: Path) -> None:
    path = write(tmp_path, "x.jsonl", '{"text": "fine", "label": 1}\n{"text": "odd", "label": 2}\n')
    source = Source(str(path), labels={"1": "good"})
    reader = read_labelled(source)
    assert next(reader) == LabelledText("fine", "good")
    with pytest.raises(InputError, match=r"x\.jsonl: line 2: label '2' is not one of 1"):
        next(reader)


def test_a_constant_label(tmp_path: Path) -> None:
    path = write(tmp_path, "x.txt", "fine\n\n  \nquite good\n")
    examples = list(read_labelled(Source(str(path), constant_label="good")))
    assert examples == [LabelledText("fine", "good"), LabelledText("quite good", "good")]


def test_imdb_folder(tmp_path: Path) -> None:
    for name, text in (("pos/1_9.txt", "fine\nfilm"), ("neg/0_2.txt", "bad"), ("unsup/0.txt", "?")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, "utf-8")
    assert list(read_labelled(tmp_path)) == [
        LabelledText("bad", "negative"),
        LabelledText("fine\nfilm", "positive"),
    ]


def test_a_long_cell_is_read_whole(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "text,label\n" + "a" * 300_000 + ",good\n")
    assert len(next(read_labelled(path)).text) == 300_000


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.csv", "id,words\n1,fine\n", "line 1: no field text/.*; there are: id, words"),
        (
            "x.csv",
            "text,mark\nfine,1\n",
            "line 1: no field label/sentiment/.*; there are: text, mark; name the label's with",
        ),
        ("x.csv", "text,label\nfine,\n", "line 2: a text without a label"),
        ("x.jsonl", '{"text": "a"}\n', "line 1: no field label/.*; there are: text; name"),
        ("a.xlsx", "PK\3\4 xl/workbook.xml", r"an Excel workbook \(.xlsx\), not text: save it as"),
        ("x.csv", 'text,label\n"never closed,1\n', "line 2: a quote is opened in this row"),
        ("x.tsv", "text\tlabel\nfine\tgood\nalone\n", "line 3: 1 column; the header has 2$"),
        ("x.jsonl", '{"text": "a", "label": "b"}\n{"text"\n', "line 2: not JSON"),
        ("x.jsonl", '["fine", "good"]\n', "line 1: expected an object"),
        ("x.jsonl", '{"words": "fine"}\n', "line 1: no field text/.*; there are: words"),
        (
            "x.jsonl",
            '{"id": 1, "doc": {"lang": "en", "text": "fine"}}\n',
            "line 1: no field text/.*; there are: id, doc; doc is an object, whose fields are not "
            "read: .*jq -c '{text: .doc.text}'",
        ),
    ],
)
def test_malformed_rows_are_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(InputError, match=rf"{name}: {message}"):
        list(read_labelled(path))


KINDS = [("fine", "book", "+"), ("cold", "food", "-"), ("torn", "book", "-"), ("slow", "tea", "-")]


def kinds_file(folder: Path, name: str) -> Source:
    """The rows above as a file, with what names its columns."""
    if name.endswith("jsonl"):
        lines = [json.dumps({"text": t, "kind": k, "label": m}) for t, k, m in KINDS]
        return Source(str(write(folder, name, "\n".join(lines))), key="kind")
    mark = "," if name.endswith("csv") else "\t"
    rows = [mark.join(row) for row in KINDS]
    if "headless" in name:
        return Source(str(write(folder, name, "\n".join(rows))), text=0, label=2, key=1)
    header = mark.join(("text", "kind", "label"))
    return Source(str(write(folder, name, "\n".join([header, *rows]))), key="kind")


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "headless.tsv", "x.jsonl"])
def test_rows_of_some_kinds(tmp_path: Path, name: str) -> None:
    source = kinds_file(tmp_path, name)

    def read(**choice: tuple[str, ...]) -> list[str]:
        return [e.text for e in read_labelled(replace(source, **choice))]  # type: ignore[arg-type]

    assert read() == ["fine", "cold", "torn", "slow"]
    assert read(only=("book",)) == ["fine", "torn"]
    assert read(without=("book",)) == ["cold", "slow"]
    assert read(only=("book", "tea"), without=("tea",)) == ["fine", "torn"]
    with pytest.raises(InputError, match=rf"{name}: no row has cook under (kind|1)"):
        read(only=("cook", "tea"))


def test_rows_are_chosen_by_a_column(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="choose by a column: name it as key"):
        Source("x.csv", only=("book",))
    path = write(tmp_path, "x.csv", "text,label\nfine,good\n")
    with pytest.raises(InputError, match="line 1: no field 'kind'; there are: text, label"):
        list(read_labelled(Source(str(path), key="kind", only=("book",))))
    path = write(tmp_path, "x.txt", "fine\n")
    with pytest.raises(ConfigurationError, match="line 1: only and without choose rows of tables"):
        list(read_texts(Source(str(path), key="kind", only=("book",))))


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "text,label\nfine,good\n")
    with pytest.raises(InputError, match="line 1: no field 'stars'; there are: text, label"):
        list(read_labelled(Source(str(path), label="stars")))
    path = write(tmp_path, "x.jsonl", '{"text": "fine"}\n')
    with pytest.raises(InputError, match="line 1: no field 'stars'; there are: text"):
        list(read_labelled(Source(str(path), label="stars")))


def test_unknown_formats(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"name; name it with format=…: one of csv, "):
        list(read_labelled(write(tmp_path, "reviews", "x")))
    with pytest.raises(ConfigurationError, match="received 'excel'"):
        Source("x", "excel")
    with pytest.raises(InputError, match="expected folders called pos and neg"):
        list(read_labelled(tmp_path))


def test_empty_texts_are_left_out_with_a_note(tmp_path: Path) -> None:
    """As an Excel export has them: rows that are empty as a whole, and texts that are."""
    content = "\ufeffNr.;Nachricht;Kategorie\r\n1;fine;a\r\n;;\r\n2;;b\r\n3; ;\r\n4;bad;b\r\n;;\r\n"
    source = Source(write(tmp_path, "x.csv", content), None, "Nachricht", "kategorie")
    notes: list[str] = []
    found = list(read_labelled(source, on_note=notes.append))
    assert found == [LabelledText("fine", "a"), LabelledText("bad", "b")]
    assert notes == [f"2 texts are empty and left out (the first: {tmp_path / 'x.csv'}: line 4)"]


def test_texts_alone_need_no_label(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "id,body\n1,fine\n")
    assert list(read_texts(Source(path, text="body", label="queue"))) == ["fine"]
    path = write(tmp_path, "y.csv", "1,fine\n2,bad\n")
    assert list(read_texts(Source(path, text="1", label="0"))) == ["fine", "bad"]


def test_texts_are_read_beside_spans_that_are_no_labels(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    path.write_text('{"text": "Ann sings", "label": {"name": {"Ann": [[0, 2]]}}}\n', "utf-8")
    assert list(read_texts(path)) == ["Ann sings"]
    with pytest.raises(InputError, match="expected a label, or a probability from 0 to 1 for each"):
        list(read_labelled(path))


def test_blanks_before_the_mark_of_a_label_do_not_count(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "__label__good fine\n  __label__bad dull\n\t__label__bad dim\n")
    assert [(t.label, t.text) for t in read_labelled(path)] == [
        ("good", "fine"),
        ("bad", "dull"),
        ("bad", "dim"),
    ]


@pytest.mark.parametrize("single", [False, True])
def test_spans_in_a_cell_are_no_label(tmp_path: Path, single: bool) -> None:
    spans = '[{"start": 0, "end": 5, "text": "Maria", "labels": ["PER"]}]'
    spans = spans.replace('"', "'") if single else spans.replace('"', '""')
    path = write(tmp_path, "a.csv", f'text,label\nMaria left,"{spans}"\n')
    with pytest.raises(InputError, match=r"a\.csv: line 2: .* received spans, .*a tagger learns"):
        list(read_labelled(path))

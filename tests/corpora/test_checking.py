"""What ruins training is found, counted and shown, and what is sound is left in peace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from textrnn.corpora import (
    LabelledText,
    Source,
    Span,
    SpannedText,
    TaggedSentence,
    TaggedSource,
    check_encoding,
    check_labelled,
    check_tagged,
    is_tagged,
    measure,
    measure_tagged,
    read_tagged,
    statistics_png,
)
from textrnn.corpora.in_memory import tagged_texts
from textrnn.errors import ConfigurationError, InputError


def write(folder: Path, content: str | bytes, name: str = "a.csv") -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def kinds(report: object) -> dict[str, int]:
    return {finding.kind: finding.count for finding in report.findings}  # type: ignore[attr-defined]


def test_a_sound_file(tmp_path: Path) -> None:
    file = write(tmp_path, "text,label\ngood film,pos\nbad film,neg\nmore,pos\n")
    report = check_labelled(Source(file))
    assert report.findings == ()
    assert (report.texts, report.labels) == (3, {"pos": 2, "neg": 1})


def test_doubles_contradictions_and_empty_texts(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "text,label\nGood film!,pos\ngood  film,pos\nbad,neg\ngood film,neg\n...,pos\nnew,pos\n"
        "cafÃ©,pos\n",
    )
    report = check_labelled(Source(file))
    assert kinds(report) == {
        "contradictions": 1,
        "duplicates": 1,
        "empty texts": 1,
        "garbled text": 1,
    }
    assert report.findings[0].examples == ["5: 'pos', then 'neg': good film"]
    assert report.findings[1].examples == ["3: good film"]


def test_overlap_with_other_splits(tmp_path: Path) -> None:
    train = write(tmp_path, "text,label\nGood film!,pos\nbad,neg\n")
    test = write(tmp_path, "text,label\ngood film,pos\n", "test.csv")
    report = check_labelled(Source(train), against=[Source(test)])
    assert kinds(report) == {"overlap": 1}
    assert check_labelled(Source(train), against=[]).findings == ()


def test_near_copies_of_another_split(tmp_path: Path) -> None:
    rows = "The film was long and I slept well,neg\nThe film was long,neg\nfine,pos\nbad!,neg\n"
    train = write(tmp_path, f"text,label\n{rows}")
    test = write(
        tmp_path, "text,label\nThe film was long AND I slept. Well...,neg\nbad,neg\n", "t.csv"
    )
    near = "We left. The film was long and I slept well all the same"
    other = write(tmp_path, f"text,label\n{near},neg\n", "other.csv")
    report = check_labelled(Source(train), against=[Source(test), Source(other)], near_copies=0.5)
    assert kinds(report) == {"overlap": 2, "near copies": 1}
    assert report.findings[1].examples == ["3: The film was long"]
    report = check_labelled(Source(train), against=[Source(other)], near_copies=0.5)
    assert kinds(report) == {"near copies": 2}
    assert kinds(check_labelled(Source(train), against=[Source(other)])) == {}
    with pytest.raises(ConfigurationError, match="near_copies must be from 0 to 1; received nan"):
        check_labelled(Source(train), near_copies=float("nan"))


def test_imbalance(tmp_path: Path) -> None:
    rows = "".join(f"text number {i},{'rare' if i == 7 else 'common'}\n" for i in range(40))
    report = check_labelled(Source(write(tmp_path, "text,label\n" + rows)))
    assert kinds(report) == {"imbalance": 1}
    assert "39 texts are 'common' and 1 are 'rare'" in report.findings[0].message


def test_texts_without_labels(tmp_path: Path) -> None:
    report = check_labelled(Source(write(tmp_path, "one\ntwo\none\n", "a.txt")))
    assert (report.labels, kinds(report)) == ({}, {"duplicates": 1})


def test_labels_that_are_missing(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        '{"text": "a", "label": "x"}\n{"text": "c", "label": "y"}\n{"text": "b"}\n',
        "a.jsonl",
    )
    report = check_labelled(Source(file))
    assert kinds(report) == {"missing labels": 1}
    assert report.texts == 3


def test_overlap_of_tagged_files(tmp_path: Path) -> None:
    train = write(tmp_path, "Ada B-PER\nspoke O\n\nmore O\n", "a.conll")
    test = write(tmp_path, "Ada O\nspoke O\n", "b.conll")
    assert kinds(check_tagged(train, against=[test])) == {"overlap": 1}


@pytest.mark.parametrize(
    ("tags", "scheme", "slips"),
    [
        ("B-A I-A", "iob1", 1),
        ("I-A I-A", "iob1", 0),
        ("I-A B-A", "iob1", 0),
        ("S-A O", "iob1", 1),
        ("B-A I-A", "bio", 0),
        ("O I-A", "bio", 1),
        ("B-A E-A", "bioes", 0),
        ("B-A L-A", "bioes", 0),
        ("B-A I-A", "bioes", 1),
    ],
)
def test_every_scheme_has_errors(tmp_path: Path, tags: str, scheme: str, slips: int) -> None:
    rows = "".join(f"w{i} {tag}\n" for i, tag in enumerate(tags.split()))
    report = check_tagged(write(tmp_path, rows, "a.conll"), scheme=scheme)
    assert kinds(report).get("scheme errors", 0) == slips


MIXED = "B-PER O I-LOC E-LOC M-ORG U-PER"


@pytest.mark.parametrize(
    ("tags", "slip"),
    [
        (MIXED, "1: w0/B-PER, where BIOES has S-PER"),
        ("O B-PER I-LOC E-LOC", "2: w1/B-PER, where BIOES has S-PER"),
        ("B-PER I-LOC O", "2: w1/I-LOC, where BIO has B-LOC"),
        ("S-PER O B-LOC O", "3: w2/B-LOC, where BIOES has S-LOC"),
        ("B-PER I-PER O", ""),
        ("I-PER B-PER O", ""),
        ("B-PER M-PER E-PER S-LOC", ""),
        ("b-PER l-PER u-LOC", ""),
        ("I-PER I-LOC O", ""),
    ],
)
def test_tags_that_fit_no_scheme(tmp_path: Path, tags: str, slip: str) -> None:
    rows = [(f"w{number}", tag) for number, tag in enumerate(tags.split())]
    words = json.dumps({"tokens": [row[0] for row in rows], "ner_tags": tags.split()})
    table = "".join(f"1,{word},{tag}\n" for word, tag in rows)
    columns = write(tmp_path, "".join(f"{word} {tag}\n" for word, tag in rows), "a.conll")
    others = (write(tmp_path, f"{words}\n", "a.jsonl"), f"Sentence #,Word,Tag\n{table}")
    files = (columns, others[0], write(tmp_path, others[1], "b.csv"))
    what = slip.partition(": ")[2]
    for file, line in zip(files, (slip.partition(":")[0], "1", "2"), strict=True):
        report, notes = check_tagged(file), list[str]()
        assert [f.examples for f in report.findings if f.kind == "scheme errors"] == (
            [[f"{line}: {what}"]] if slip else []
        )
        assert list(read_tagged(file, on_note=notes.append))
        assert notes == (
            [f"1 sentence has tags as no scheme writes them; the first: {file}: line "
             f"{2 if file == files[2] else 1}: {what}"] if slip else []
        )  # fmt: skip


def test_the_scheme_of_most_sentences_is_the_one_that_is_meant(tmp_path: Path) -> None:
    rows = "Ada B-PER\nB I-PER\n\n" * 5 + "Oslo S-LOC\n\nLi S-PER\n\nRome S-LOC\n\nUlm S-LOC\n"
    file = write(tmp_path, rows, "a.conll")
    (slips,) = (f for f in check_tagged(file).findings if f.kind == "scheme errors")
    assert (slips.count, slips.examples[0]) == (4, "16: Oslo/S-LOC, where BIO has B-LOC")
    notes = list[str]()
    assert list(read_tagged(TaggedSource(file, scheme="bioes"), on_note=notes.append))
    assert notes == [
        "5 sentences have tags as BIOES does not write them; the first: "
        f"{file}: line 1: B/I-PER, where BIOES has E-PER"
    ]


def test_tags_of_python_that_fit_no_scheme() -> None:
    notes, words = list[str](), [f"w{number}" for number in range(6)]
    assert list(tagged_texts([(words, MIXED.split())], on_note=notes.append))
    assert notes == [
        "1 sentence has tags as no scheme writes them; the first: data: entry 0: "
        "w0/B-PER, where BIOES has S-PER"
    ]
    read = tagged_texts([(words, MIXED.split())])
    assert list(tagged_texts(read, on_note=notes.append))
    assert len(notes) == 1


def test_tags(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "-DOCSTART- O\n\nAda B-PER\nspoke O\n\nAda I-PER\nspoke O\n\nOslo B-LOC\nis O\n\n"
        "Oslo B-LOC\nis O\n\nOdd X-Y\n\nshort\n",
        "a.conll",
    )
    report = check_tagged(file, scheme="bio")
    assert kinds(report) == {
        "tags": 1,
        "columns": 1,
        "scheme errors": 1,
        "contradictions": 1,
        "duplicates": 1,
    }
    assert report.labels == {"PER": 2, "LOC": 2}
    slip = next(f for f in report.findings if f.kind == "scheme errors")
    assert slip.examples == ["6: Ada/I-PER, where BIO has B-PER"]
    (slip,) = (f for f in check_tagged(file, scheme="bioes").findings if f.kind == "scheme errors")
    assert slip.examples[0].startswith("3: Ada/B-PER")


def test_spans_of_texts(tmp_path: Path) -> None:
    records = [
        {"text": "Ada saw Oslo", "label": [[0, 3, "PER"]]},
        {"text": "Ada saw Oslo", "label": [[0, 3, "Per"]]},
        {"text": "Ada  saw Oslo", "label": [[0, 3, "PER"]]},
        {"text": "Ada left", "label": [[0, 9, "PER"]]},
        {"text": "Ada left"},
        {"text": "cafÃ© Oslo-based", "label": [[6, 10, "LOC"]]},
    ]
    content = "".join(f"{json.dumps(record)}\n" for record in records)
    file = write(tmp_path, content, "a.jsonl")
    test = write(tmp_path, '{"text": "Ada saw Oslo", "entities": []}\n', "b.jsonl")
    report = check_tagged(
        file,
        against=[test],
        unfindable=lambda text: [span for span in text.spans if span.label == "LOC"],
    )
    assert kinds(report) == {
        "spans": 2,
        "overlap": 3,
        "contradictions": 1,
        "misaligned spans": 1,
        "labels": 1,
        "duplicates": 1,
        "garbled text": 1,
    }
    examples = {finding.kind: finding.examples for finding in report.findings}
    assert examples["spans"][0] == "4: the span 0 to 9 (PER) lies outside the text's 8 code points"
    assert examples["contradictions"] == ["2: Ada saw Oslo"]
    assert examples["duplicates"] == ["3: Ada saw Oslo"]
    assert examples["misaligned spans"] == ["6: Oslo (LOC) in cafÃ© Oslo-based"]
    assert examples["labels"] == [
        "labels that are probably one: 'PER' (2), 'Per' (1); join them with labels={'Per': 'PER'}"
    ]
    assert (report.texts, report.labels) == (6, {"PER": 2, "Per": 1, "LOC": 1})


def test_spans_under_other_keys_are_no_texts_without_names(tmp_path: Path) -> None:
    file = write(tmp_path, '{"text": "Ada", "marks": [{"start": 0, "end": 3}]}\n', "a.jsonl")
    assert is_tagged(file)
    assert kinds(check_tagged(file)) == {"spans": 1}
    with pytest.raises(InputError, match=r"b\.conll: there are no tagged texts"):
        check_tagged(write(tmp_path, "-DOCSTART- O\n", "b.conll"))


def test_statistics_of_tagged_text() -> None:
    found = measure_tagged(
        [
            TaggedSentence(("Ada", "left"), (Span(0, 1, "PER"),)),
            SpannedText("Ada saw Bo", (Span(0, 3, "PER"), Span(8, 10, "PER"))),
        ]
    )
    assert (found.texts, found.tokens, found.labels) == (2, 5, {"PER": 3})


def test_encodings(tmp_path: Path) -> None:
    assert check_encoding(write(tmp_path, "plain\nnaïve\n")) == []
    (mixed,) = check_encoding(write(tmp_path, "naïve\n".encode() + "naïve\n".encode("cp1252")))
    assert (mixed.kind, mixed.count) == ("mixed encodings", 1)
    assert mixed.examples[0].startswith("2: byte 2 is 0xef")
    (ansi,) = check_encoding(write(tmp_path, "plain\nGröße\n12 €\n".encode("cp1252")))
    assert (ansi.kind, ansi.count) == ("encoding", 2)
    assert ansi.message == "no UTF-8: give the file's encoding, perhaps encoding='cp1252'"
    assert ansi.examples[0] == "2: byte 2 is 0xf6, in cp1252 it says 'Größe'"
    chinese = "你好\n再见\n".encode("gb18030")
    (whole,) = check_encoding(write(tmp_path, chinese))
    assert whole.kind == "encoding"
    assert "in gb18030 it says '你好'" in whole.examples[0]
    (ends,) = check_encoding(write(tmp_path, "a\r\nb\n"))
    assert ends.kind == "line ends"


def test_statistics() -> None:
    texts = [LabelledText("a b a", "x"), LabelledText("北京 c!", "y"), LabelledText("", "x")]
    found = measure(texts)
    assert (found.texts, found.tokens, found.types) == (3, 7, 6)
    assert found.labels == {"x": 2, "y": 1}
    assert found.growth == [(3, 2), (7, 6), (7, 6)]
    assert found.length_quantiles[1.0] == 4
    assert found.frequent[0] == ("a", 2)
    many = measure(LabelledText(f"w{i} w{i // 2}", "") for i in range(1000))
    assert 40 <= len(many.growth) <= 81
    assert many.growth[-1] == (2000, 1000)
    steps = [b[0] - a[0] for a, b in zip(many.growth, many.growth[1:], strict=False)]
    assert max(steps) == steps[0] < 100
    assert many.labels == {}
    with pytest.raises(InputError, match="no texts"):
        measure([])


@pytest.mark.train
def test_the_picture_is_a_picture() -> None:
    png = statistics_png(measure([LabelledText("a b", "x"), LabelledText("c", "y")]))
    assert png.startswith(b"\x89PNG")


def test_labels_that_are_probably_one(tmp_path: Path) -> None:
    rows = "a,positive\nb,Positive\nc,positive\nd,1\ne,1.0\nf,01\ng,very good\nh,very_good\ni,bad\n"
    report = check_labelled(Source(write(tmp_path, "text,label\n" + rows)))
    assert [finding.count for finding in report.findings] == [2, 3, 2]
    messages = [finding.message for finding in report.findings]
    assert messages[0] == (
        "labels that are probably one: 'positive' (2), 'Positive' (1); join them with "
        "labels={'Positive': 'positive'}"
    )
    assert "labels={'very_good': 'very good'}" in messages[2]


def test_one_label_and_the_word_for_none(tmp_path: Path) -> None:
    report = check_labelled(Source(write(tmp_path, "text,label\na,uncertain\nb,uncertain\n")))
    assert kinds(report) == {"one label": 1, "reserved label": 2}


@pytest.mark.parametrize(
    ("label", "kind", "reason"),
    [
        ("pos\x1b[31m", "wrong labels", "another control character"),
        ("neg\u202e", "wrong labels", "another control character"),
        ("po\ns", "wrong labels", "it holds a line end"),
        ("Uncertain", "reserved label", "labels={'Uncertain': 'unclear'}"),
    ],
)
def test_labels_that_training_refuses_are_found(
    tmp_path: Path, label: str, kind: str, reason: str
) -> None:
    rows = [("fine room", label), ("bad room", "neg"), ("warm room", label)]
    lines = [json.dumps({"text": text, "label": name}) + "\n" for text, name in rows]
    report = check_labelled(Source(write(tmp_path, "".join(lines), "a.jsonl")))
    assert kinds(report) == {kind: 2}
    (example,) = report.findings[0].examples
    assert example.startswith(f"{label!r}: ")
    assert reason in example


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.jsonl", '{"text": "a b", "label": []}\n{"text": "c d", "label": []}\n', 2),
        ("a.csv", "text,label\na b,\nc d,\n", 2),
        ("a.csv", "text,other\na b,\nc d,\n", 0),
        ("a.txt", "a b\nc d\n", 0),
    ],
)
def test_a_label_that_is_always_empty(tmp_path: Path, name: str, content: str, found: int) -> None:
    report = check_labelled(Source(write(tmp_path, content, name)))
    assert kinds(report) == ({"missing labels": found} if found else {})
    assert not found or "no text has a label" in report.findings[0].message


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", ""), ("a.csv", "text,label\n"), ("a.txt", "\n"), ("a.jsonl", ""), ("a.json", "[]")],
)
def test_a_file_without_texts(tmp_path: Path, name: str, content: str) -> None:
    report = check_labelled(Source(write(tmp_path, content, name)))
    assert (report.texts, kinds(report)) == (0, {"no texts": 1})


def test_line_ends_within_quoted_cells_are_the_texts(tmp_path: Path) -> None:
    rows = 'text,label\r\n"so\n""good""\nit was",pos\r\nbad,neg\r\n'
    assert check_encoding(write(tmp_path, rows)) == []
    (ends,) = check_encoding(write(tmp_path, rows + "dull,neg\nwarm,pos\n"))
    assert ends.message.startswith("3 CR LF and 2 LF: ")
    assert check_encoding(write(tmp_path, '"a\nb\r\n', "a.txt"))[0].kind == "line ends"


def test_faces_and_pictures_are_no_contradictions(tmp_path: Path) -> None:
    rows = "nice 👍,good\nnice 👎,bad\nso :),good\nso :(,bad\n👍,good\n👎,bad\n3.5,good\n35,bad\n"
    assert not check_labelled(Source(write(tmp_path, "text,label\n" + rows))).findings


def test_files_whose_encoding_is_told_by_themselves(tmp_path: Path) -> None:
    rows = "text;label\r\ngood film;pos\r\nbad film;neg\r\n"
    file = write(tmp_path, ("\ufeff" + rows).encode("utf-16-le"))
    assert check_encoding(file) == []
    assert check_labelled(Source(file)).labels == {"pos": 1, "neg": 1}
    assert check_encoding(write(tmp_path, b"PAR1\xff\xfe", "a.parquet")) == []

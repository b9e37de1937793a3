"""CoNLL columns as all sorts of tools write them: every word arrives, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from textrnn.corpora import (
    Span,
    TaggedSentence,
    TaggedSource,
    check_tagged,
    read_tagged,
    read_words,
)
from textrnn.errors import InputError

LI = TaggedSentence(("Li", "met", "Ada"), (Span(0, 1, "PER"), Span(2, 3, "PER")))
CONLLU = (
    "# newdoc id = d1\n# text = Li met Ada\n"
    "1\tLi\tLi\tPROPN\t_\t_\t2\tnsubj\t_\tSpaceAfter=Yes|NER=S-PER\n"
    "2-3\tmetada\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "2\tmet\tmeet\tVERB\t_\t_\t0\troot\t_\t_\n"
    "2.1\tand\tand\tCCONJ\t_\t_\t_\t_\t_\t_\n"
    "3\tAda\tAda\tPROPN\t_\t_\t2\tobj\t_\tNER=B-PER\n"
)


def write(folder: Path, content: str, name: str = "a.conll") -> str:
    path = folder / name
    path.write_bytes(content.encode())
    return str(path)


def words_of(path: str, notes: list[str] | None = None) -> list[tuple[str, ...]]:
    on_note = None if notes is None else notes.append
    return [line.words for line in read_words(path, on_note=on_note)]


@pytest.mark.parametrize(
    "content",
    [
        "Li B-PER \nmet O  \nAda B-PER\t\n",
        "Li\tB-PER\t\nmet\tO\t\t\nAda\tB-PER \n \t\n",
        "Li   B-PER\nmet      O\nAda  B-PER",
        "Li\t\tB-PER\nmet\tO\nAda\t\tB-PER\n",
        "Li\tB-PER\nmet O\nAda \t B-PER\n",
        "# sent_id = 7\n# text = Li met Ada\nLi\tB-PER\nmet\tO\nAda\tB-PER\n",
        "#\n#key=value\nLi B-PER\nmet O\n# a remark\nAda B-PER\n",
        "\ufeffLi\tb-PER\r\nmet\to\r\nAda\tu-PER\r\n\r\n",
        "-DOCSTART- -X- O\nLi -X- _ B-PER\nmet -X- _ O\nAda -X- _ B-PER\n",
        "Li a b c S-PER\nmet a b c O\nAda a b c W-PER\n",
        "#\tnews from the harbour [2011-02-26]\n1\tLi\tB-PER\tO\tS-PER\n2\tmet\tO\tO\tO\n"
        "3\tAda\tB-PER\tB-LOC\tS-PER\n",
        CONLLU,
    ],
)
def test_columns_and_what_stands_between_them(tmp_path: Path, content: str) -> None:
    path = write(tmp_path, content)
    (sentence,) = read_tagged(path)
    assert isinstance(sentence, TaggedSentence)
    assert (sentence.words, sentence.spans) == (LI.words, LI.spans)
    assert words_of(path) == [LI.words]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("New York\tO\n3 000\tO\n", [("New York", "3 000")]),  # a blank between tabs
        ("New\u00a0York O\n\u3000 O\n\u200b O\n", [("New\u00a0York", "\u3000", "\u200b")]),
        ("Ada\n#\n1\n\nmet", [("Ada", "#", "1"), ("met",)]),
        ("Ada\n# text = Ada\nmet\n", [("Ada", "met")]),
        ("# O\n1 O\n", [("#", "1")]),
        ("Ada\tNNP\n#\tSYM\n#tag\tNN\n", [("Ada", "#", "#tag")]),
        ("1 O\n2 O\n3 O\n", [("1", "2", "3")]),  # these are numbers, not what counts words
        ("1 CD\n2 CD\n", [("1", "2")]),
        ("1 Ada O\n3 met O\n", [("1", "3")]),
        ("-DOCSTART- -X- O\nAda O\n-DOCSTART- -X- O\n\nmet O\n", [("Ada",), ("met",)]),
        ("Ada\r\nmet\r\n\r\nLi", [("Ada", "met"), ("Li",)]),
        ("1\tAda\n2\tmet\n\n1\tLi\n", [("Ada", "met"), ("Li",)]),
        ("0 Ada NN\n1 met VB\n\n2 Li NN\n3 too RB\n", [("Ada", "met"), ("Li", "too")]),
        ("", []),
        ("# text = nothing\n", []),
        ("#begin document (a); part 000\nAda x O\n\n#end document\n", [("Ada",)]),
    ],
)
def test_words_of_all_kinds(tmp_path: Path, content: str, words: list[tuple[str, ...]]) -> None:
    assert words_of(write(tmp_path, content)) == words


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Ada\tO\n\tO\n", "line 2: the first column, the word, is empty"),
        (" Ada O\n", "line 1: the first column, the word, is empty"),
        ("Ada O\n\t O\n", "line 2: the first column, the word, is empty"),
        ("1\tAda\tO\n2\t\tO\n", "line 2: column 2, the word, is empty"),
        ("Ada\nNew York\n", "line 2: 2 columns; expected 1 column, as before"),
        ("Ada O\nNew York O\n", "line 2: 3 columns; expected 2 columns, as before"),
        ("Ada\tO\nNew York\n", "line 2: 2 columns; expected 2 columns divided by tabs, as before"),
        ("1\tAda\n2\tmet\n\n" * 60 + "x\ty\n", "line 181: column 1 counted so far"),
        (CONLLU + "x" + "\t_" * 9, "line 8: expected CoNLL-U, a number and a word"),
    ],
)
def test_words_that_cannot_be_told_are_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=rf"a\.conll: {message}"):
        words_of(write(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        "Ada\tB-PER\n#comment\nleft\tO\n",
        "Ada\tNNP\tB-PER\nleft\tO\n",
        "Ada\tNNP\tB-PER\nleft\n",
        "Ada\tB-PER\nleft\tVBD\tO\n",
        "1\tAda\tNNP\tB-PER\n2\tleft\tO\n",
        "Ada NNP B-PER\nleft\n",
    ],
)
def test_rows_of_other_widths_are_refused_whoever_reads_them(tmp_path: Path, content: str) -> None:
    path, bad = write(tmp_path, content), 2
    for read in (lambda: words_of(path), lambda: list(read_tagged(path))):
        with pytest.raises(
            InputError, match=rf"a\.conll: line {bad}: \d columns?; expected \d"
        ) as e:
            read()
        assert ("a comment begins with # and a blank" in str(e.value)) == ("#" in content)
    (finding,) = check_tagged(path).findings
    assert (finding.kind, finding.examples[0].partition(":")[0]) == ("columns", str(bad))


def test_a_row_whose_last_cells_are_empty_has_a_word(tmp_path: Path) -> None:
    assert words_of(write(tmp_path, "Ada\tB-PER\nleft\t\n\nLi\tO\n")) == [("Ada", "left"), ("Li",)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Maria flew home\nBob lives here\n", "the first of 3 is the word"),
        ("我 爱 你\n他 在 家\n", "the first of 3 is the word"),
        ("Maria flew\n", "the first of 2 is the word"),
        ("Ada NNP\nleft VBD\n, ,\n", ""),
        ("Ada ada PROPN\nmet meet VERB\n", ""),
        ("我 r\n是 v\n王 nr\n", ""),
        ("Ada x B-PER\nleft y O\n", ""),
        ("Ada 2 nsubj\nleft 0 root\n", ""),
        ("Ada subj\nBob subj\nCy subj\nDi subj\n", ""),
        ("1 Maria flew\n2 Bob lives\n", ""),
        ("Maria\tflew\nBob\tlives\n", ""),
        ("Maria\nBob\n", ""),
    ],
)
def test_columns_that_may_be_sentences_are_noted(tmp_path: Path, content: str, said: str) -> None:
    path, notes = write(tmp_path, content), list[str]()
    assert words_of(path, notes)
    found = [note for note in notes if "if a line is a sentence, " in note]
    assert len(found) == bool(said)
    assert said in "".join(found)
    if said:
        with pytest.raises(InputError, match=r"if a line is a sentence, write a word a line, or"):
            words_of(write(tmp_path, content + "So it is with a longer one\n"))


def test_a_column_that_counts_the_words_is_named(tmp_path: Path) -> None:
    rows = "1\tLi\tB-PER\n2\tmet\tO\n3\tAda\tB-PER\n\n"
    path, notes = write(tmp_path, rows * 2), list[str]()
    found = list(read_tagged(path, on_note=notes.append))
    assert [(s.words, s.spans) for s in found if isinstance(s, TaggedSentence)] == [
        (LI.words, LI.spans)
    ] * 2
    assert notes == [
        f"{path}: column 1 counts the words (1, 2, 3, …): the words are read from column 2"
    ]
    assert words_of(path, notes) == [LI.words] * 2
    assert len(notes) == 2


@pytest.mark.parametrize(
    "content",
    [
        "1 Maria\n2 Ortega\n\n7 Lisbon\n",
        "1. Maria\n2. Ortega\n\n1. Lisbon\n",
        "4\tMaria\tB-PER\n5\tOrtega\tI-PER\n\n9\tLisbon\tB-LOC\n",
    ],
)
def test_counts_that_begin_anywhere_are_no_words(tmp_path: Path, content: str) -> None:
    path, notes = write(tmp_path, content), list[str]()
    assert words_of(path, notes) == [("Maria", "Ortega"), ("Lisbon",)]
    assert [note.partition(": ")[2].partition(" (")[0] for note in notes] == [
        "column 1 counts the words"
    ]


TWO = [("Maria", "flew"), ("Lisbon", "is")]


@pytest.mark.parametrize(
    ("content", "words", "note"),
    [
        ("1\t1\tMaria\tB-PER\n1\t2\tflew\tO\n\n2\t1\tLisbon\tB-LOC\n2\t2\tis\tO\n", TWO,
         "columns 1 to 2 tell which words these are"),
        ("1 7 Maria O\n2 7 flew O\n\n1 8 Lisbon O\n2 8 is O\n", TWO, "columns 1 to 2 tell"),
        ("5 1 Maria\n6 2 flew\n\n7 1 Lisbon\n8 2 is\n", TWO, "columns 1 to 2 tell"),
        ("a/b.txt 0 0 Maria NNP O\na/b.txt 0 1 flew VBD O\n", TWO[:1], "columns 1 to 3 tell"),
        ("1\tMaria\tB-PER\n1\tflew\tO\n\n2\tLisbon\tB-LOC\n2\tis\tO\n", TWO,
         "column 1 counts the sentences"),
        ("d1 1 Maria\nd1 1 flew\n\nd1 2 Lisbon\nd1 2 is\n", TWO,
         "columns 1 to 2 tell which sentences these are"),
        ("1-2\tdel\t_\n1\tde\tO\n2\tel\tO\n2.1\tx\t_\n", [("de", "el")],
         "column 1 counts the words"),
        ("1\t1-2\tdel\t_\n1\t1\tde\tO\n1\t2\tel\tO\n", [("de", "el")], "columns 1 to 2 tell"),
    ],
)  # fmt: skip
def test_several_columns_may_stand_before_the_word(
    tmp_path: Path, content: str, words: list[tuple[str, ...]], note: str
) -> None:
    path, notes = write(tmp_path, content), list[str]()
    assert words_of(path, notes) == words
    assert len(notes) == 1
    assert notes[0].startswith(f"{path}: {note}")
    if content.rstrip().endswith(("O", "_")):
        found = list(read_tagged(path))
        assert [s.words for s in found if isinstance(s, TaggedSentence)] == words


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1 1 Maria\n1 2 flew\n\n" * 60 + "1 x Ada\n", "line 181: column 2 counted so far"),
        ("1 1 Maria\n1 2 flew\n1 3 \n", "line 3: column 3, the word, is empty"),
    ],
)
def test_what_stands_before_the_word_is_in_every_row(
    tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        words_of(write(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("7\n8\n\n12\n", [("7", "8"), ("12",)]),
        ("7 CD O\n8 CD O\n\n12 CD O\n", [("7", "8"), ("12",)]),
        ("7 CD O\n8 CD O\n\n12 CD O\nMay NN O\n", [("7", "8"), ("12", "May")]),
        ("7 x O\n9 y O\n", [("7", "9")]),
        ("7 CD O\n7 CD O\n", [("7", "7")]),
        ("1 1 CD O\n2 2 CD O\n", [("1", "2")]),
        ("7 70\n8 80\n", [("7", "8")]),
    ],
)
def test_texts_of_numbers_are_words(
    tmp_path: Path, content: str, words: list[tuple[str, ...]]
) -> None:
    assert words_of(write(tmp_path, content)) == words


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "1\tLima\tB-LOC\tO\n2\tsang\tO\tO\n",
            ["2 columns", "other than O: 0;", "right before it has 1:"],
        ),
        (
            "Lima B-ORG B-LOC\nsang I-ORG O\nLa B-LOC O\n",
            ["other than O: 1;", "right before it has 3:"],
        ),
        ("Lima B-LOC O O\nsang O O O\n", ["3 columns", "the one 2 before it has 1:"]),
        ("Lima NNP B-NP B-LOC\nsang VBD B-VP O\nwell RB B-VP O\n", []),
        ("Lima NNP B-LOC\nsang VBD O\n", []),
        ("Lima O B-LOC\nsang O O\n", []),
    ],
)
def test_an_earlier_column_of_more_tags_is_named(
    tmp_path: Path, content: str, said: list[str]
) -> None:
    notes = list[str]()
    assert list(read_tagged(write(tmp_path, content), on_note=notes.append))
    about = [note for note in notes if "columns of tags the last is read" in note]
    assert len(about) == bool(said)
    for part in said:
        assert part in about[0]


def test_a_header_is_named(tmp_path: Path) -> None:
    path, notes = write(tmp_path, "Token\tPOS\tNER\nAda\tNNP\tB-PER\n\ntag\tNN\tO\n"), list[str]()
    assert words_of(path, notes) == [("Ada",), ("tag",)]
    assert [s.spans for s in read_tagged(path)] == [(Span(0, 1, "PER"),), ()]
    assert notes == [f"{path}: line 1 names the columns and is left out"]


def test_what_stands_above_a_sentence_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "-DOCSTART- -X- O\n\n# id = 1\n\nAda\tO\n\n# id = 2\nLi\tO\n# end\n")
    first, second = read_words(path)
    assert (first.above, first.number) == (("-DOCSTART-", "# id = 1"), 5)
    assert (second.above, second.text) == (("# id = 2", "# end"), "Li")


def test_conllu_without_tags_is_no_tagged_text(tmp_path: Path) -> None:
    path = write(tmp_path, CONLLU.replace("NER=", "Id="), "a.conllu")
    assert words_of(path) == [LI.words]
    with pytest.raises(InputError, match=r"a\.conllu: CoNLL-U without tags: expected name=B-PER"):
        list(read_tagged(TaggedSource(path)))

"""Tables with a word a row, as Kaggle's NER corpus is: the sentence's number, a word, its tag."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textrnn.corpora.files.reading import read_lines
from textrnn.corpora.formats.record import Record, field_name
from textrnn.corpora.formats.records import read_records
from textrnn.corpora.formats.tagged.examples import TaggedOptions, TaggedSentence
from textrnn.corpora.formats.tagged.schemes import tags_to_spans
from textrnn.errors import InputError

_SENTENCES = ("sentence #", "sentence_id", "sentence_idx", "sentence id", "sent_id", "sentence")
_WORDS = ("word", "token", "words", "tokens")
_TAGS = ("tag", "ner_tag", "ner", "label", "tags", "labels")
_NAMES = (*_SENTENCES, *_WORDS, *_TAGS)


@dataclass
class TableSentence:
    """The rows of a sentence.

    Attributes:
        name: what tells it from the next; rows without a name go on with the last.
        number: the line of its first row.
        place: of its first row, for messages.
        words: one a row.
        tags: one a word; none where they are not asked for.
    """

    name: str
    number: int
    place: str
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def read_tagged_table(
    path: str | Path, options: TaggedOptions, *, form: str
) -> Iterator[TaggedSentence]:
    """Read tagged sentences from a table, as :func:`tagged_sentences` gives them.

    Raises:
        InputError: as :func:`read_word_table`; or a tag is none.
    """
    records = read_records(path, form=form, encoding=options.encoding, names=_NAMES)
    return tagged_sentences(records, scheme=options.scheme)


def tagged_sentences(
    records: Iterable[Record], *, scheme: str | None = None
) -> Iterator[TaggedSentence]:
    """The tagged sentences of a table's rows; each is a document.

    Raises:
        InputError: as :func:`read_word_table`; or a tag is none.
    """
    for document, sentence in enumerate(_sentences(records, tagged=True)):
        try:
            spans = tuple(tags_to_spans(sentence.tags, scheme=scheme))
        except InputError as error:
            raise InputError(f"{sentence.place}, in its sentence: {error}") from error
        words, tags = tuple(sentence.words), tuple(map(sys.intern, sentence.tags))
        yield TaggedSentence(words, spans, document, sentence.place, tags=tags)


def read_word_table(
    path: str | Path, form: str, *, encoding: str = "utf-8"
) -> Iterator[TableSentence]:
    """Read sentences from a table, whether there are tags or not.

    Args:
        path: a file with a header, or ``-``.
        form: ``csv`` or ``tsv``.
        encoding: of the file.

    Raises:
        InputError: the file cannot be read, a column is missing, or a word is empty.
    """
    records = read_records(path, form=form, encoding=encoding, names=_NAMES)
    return _sentences(records, tagged=False)


def _sentences(records: Iterable[Record], *, tagged: bool) -> Iterator[TableSentence]:
    sentence: TableSentence | None = None
    for record in records:
        number, word, tag = (_cell(record, names) for names in (_SENTENCES, _WORDS, _TAGS))
        if number is None or word is None or (tagged and tag is None):
            raise InputError(
                f"{record.source}: a table of words needs columns like 'Sentence #', which tells "
                f"sentences apart, Word and Tag; there are: {', '.join(record.fields)[:200]} "
                "(of a table with a text a row, 'label' or 'entities' holds the spans as JSON)"
            )
        if not word:
            raise InputError(f"{record.place}: the word is empty")
        if sentence is None or number not in ("", sentence.name):
            if sentence is not None:
                yield sentence
            sentence = TableSentence(number, record.number, record.place)
        sentence.words.append(word)
        if tagged:
            sentence.tags.append(tag or "")
    if sentence is not None:
        yield sentence


def is_word_table(path: str | Path, form: str, *, encoding: str = "utf-8") -> bool:
    """Whether a file's first line has the names of a table of words.

    Raises:
        InputError: the file cannot be read.
    """
    return holds_words(first_cells(path, form, encoding=encoding))


def first_cells(path: str | Path, form: str, *, encoding: str = "utf-8") -> list[str]:
    """The cells of a table's first line, which may name its columns.

    Raises:
        InputError: the file cannot be read.
    """
    first = next((line for line in read_lines(path, encoding=encoding) if line.text.strip()), None)
    text = "" if first is None else first.text
    divider = "\t" if form == "tsv" else max(",;\t|", key=text.count)
    return [name.strip(' "') for name in text.split(divider)]


def holds_words(columns: Iterable[str]) -> bool:
    """Whether columns of these names hold a word a row, and what tells sentences apart."""
    names = dict.fromkeys(columns)
    return None not in (field_name(names, None, _SENTENCES), field_name(names, None, _WORDS))


def _cell(record: Record, names: Sequence[str]) -> str | None:
    fields: Mapping[str, object] = record.fields
    name = field_name(fields, None, names)
    return None if name is None else str(fields[name] or "").strip()

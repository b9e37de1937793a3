"""Tagged text: CoNLL columns, tables of words, and what annotation tools export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from textrnn.corpora.files.reading import (
    Line,
    file_ending,
    is_pipe,
    read_blocks,
    read_lines,
    source_name,
)
from textrnn.corpora.formats.annotations import AnnotationReader, expanded, holds_annotation
from textrnn.corpora.formats.conll import OnNote, Row, read_columns
from textrnn.corpora.formats.examples import SpannedText, TaggedSentence, WordsLine
from textrnn.corpora.formats.json_stream import json_objects
from textrnn.corpora.formats.json_text import parse_json
from textrnn.corpora.formats.records import read_records, record_format
from textrnn.corpora.formats.schemes import SCHEMES, Span, split_tag, tags_to_spans
from textrnn.corpora.formats.standoff import is_standoff, read_standoff
from textrnn.corpora.formats.word_tables import is_word_table, read_word_table
from textrnn.errors import ConfigurationError, InputError

FORMATS = ("conll", "jsonl", "json", "csv", "tsv", "parquet", "brat")
RECORDS = ("json", "jsonl", "parquet")  # formats of records with annotations, a text each

_COLUMN_ENDINGS = (".conll", ".conllu", ".bio", ".iob", ".bioes", ".bmes")
_PEEKED_RECORDS = 20  # by which JSON is told

Example = TaggedSentence | SpannedText


@dataclass(frozen=True)
class TaggedSource:
    """A file of tagged text, as a recipe or the command line names it.

    Attributes:
        file: its path; ``-`` is standard input.
        format: ``conll``, ``jsonl``, ``json``, ``csv``, ``tsv``, ``parquet`` or ``brat``; by
            default what the ending tells, ``brat`` for a folder and for a text with an ``.ann``
            beside it, ``tsv`` for a table with a header that has a column for sentences, else
            ``conll``.
        scheme: of the tags: ``iob1``, ``bio`` or ``bioes``: only what is written by its rules is
            a span then; by default all schemes are understood, and slips too.
        labels: new names for the file's labels; an empty name drops the label's spans. A label
            that is not named here stays.
        encoding: of the file.
    """

    file: str
    format: str | None = None
    scheme: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise ConfigurationError(
                f"format must be one of {', '.join(FORMATS)}; received {self.format!r}"
            )
        if self.scheme is not None and self.scheme not in SCHEMES:
            raise ConfigurationError(
                f"scheme must be one of {', '.join(SCHEMES)}; received {self.scheme!r}"
            )


def read_tagged(
    source: TaggedSource | str | Path, *, on_note: OnNote | None = None
) -> Iterator[TaggedSentence | SpannedText]:
    """Read tagged text.

    CoNLL: one word a line in columns (see :mod:`textrnn.corpora.formats.conll`), of which the first
    is the word and the last its tag, in any scheme of :mod:`textrnn.corpora.formats.schemes`. A
    blank line ends a sentence, ``-DOCSTART-`` begins a document; without such lines each sentence
    is a document of its own. JSON, JSON lines and Parquet: what
    :mod:`textrnn.corpora.formats.annotations` lists. CSV: a word a row, with a column that tells
    sentences apart. brat: :mod:`textrnn.corpora.formats.standoff`.

    Args:
        source: a file, or its path where the defaults of :class:`TaggedSource` will do.
        on_note: told in a line what a reader might not expect.

    Yields:
        One sentence or text after another; memory does not grow with the file.

    Raises:
        InputError: the file cannot be read or a line is malformed; the message names the line.
    """
    source = source if isinstance(source, TaggedSource) else TaggedSource(str(source))
    read = _READERS[tagged_format(source)]
    for example in read(source, on_note):
        yield replace(example, spans=_renamed(example.spans, source.labels))


def tagged_format(source: TaggedSource) -> str:
    """The format that a source is read in."""
    if source.format is not None:
        return source.format
    if is_standoff(source.file):
        return "brat"
    ending = file_ending(source.file)
    if ending == ".tsv":
        is_table = not is_pipe(source.file) and is_word_table(
            source.file, "tsv", encoding=source.encoding
        )
        return "tsv" if is_table else "conll"
    return record_format(source.file) or "conll"


def is_tagged(source: TaggedSource | str | Path) -> bool:
    """Whether a file holds tagged text, by its ending, or in JSON, Parquet and CSV by its first
    records.

    What can be read only once is not looked into.

    Raises:
        InputError: it cannot be read.
    """
    source = source if isinstance(source, TaggedSource) else TaggedSource(str(source))
    form, ending = tagged_format(source), file_ending(source.file)
    if form in (*RECORDS, "csv") and is_pipe(source.file):
        return False
    if form == "csv":
        return is_word_table(source.file, form, encoding=source.encoding)
    if form in RECORDS:
        values = read_values(source.file, form, encoding=source.encoding)
        return any(holds_annotation(value) for value, _ in islice(values, _PEEKED_RECORDS))
    return form in ("brat", "tsv") or source.format == "conll" or ending in _COLUMN_ENDINGS


def read_words(
    path: str | Path, *, encoding: str = "utf-8", on_note: OnNote | None = None
) -> Iterator[WordsLine]:
    """Read the words of CoNLL columns, of which the first alone counts and may be the only one.

    Args:
        path: a file, or ``-``.
        encoding: of the file.
        on_note: told in a line what a reader might not expect.

    Yields:
        Each sentence's words, with the line it begins on.

    Raises:
        InputError: the file cannot be read, or a word is empty or cut by a blank.
    """
    form = tagged_format(TaggedSource(str(path)))
    if form in ("csv", "tsv"):
        for row in read_word_table(path, form, tagged=False, encoding=encoding):
            yield WordsLine(" ".join(row.words), row.number, source_name(path), tuple(row.words))
        return
    if form != "conll":
        raise InputError(f"{source_name(path)}: words are read from columns, not from {form}")
    for sentence in read_columns(path, tagged=False, encoding=encoding, on_note=on_note):
        words, first = tuple(row.cells[0] for row in sentence.rows), sentence.rows[0].line
        yield WordsLine(" ".join(words), first.number, first.source, words, sentence.above)


def _renamed(spans: Iterable[Span], labels: Mapping[str, str]) -> tuple[Span, ...]:
    renamed = (replace(span, label=labels.get(span.label, span.label)) for span in spans)
    return tuple(span for span in renamed if span.label)


def _conll(source: TaggedSource, on_note: OnNote | None) -> Iterator[TaggedSentence]:
    width, document, marked, has_tags = 0, 0, False, False
    for sentence in read_columns(
        source.file, tagged=True, encoding=source.encoding, on_note=on_note
    ):
        if sentence.begins_document:
            document, marked = document + 1, True
        for row in sentence.rows:
            width = width or len(row.cells)
            _check_row(row, width)
        tags = [row.cells[-1] for row in sentence.rows]
        has_tags = has_tags or any(tags)
        spans = tuple(tags_to_spans([tag or "O" for tag in tags], scheme=source.scheme))
        words, line = tuple(row.cells[0] for row in sentence.rows), sentence.rows[0].line
        yield TaggedSentence(words, spans, document, _place(line))
        document += not marked
    if width and not has_tags:
        raise InputError(
            f"{source_name(source.file)}: CoNLL-U without tags: expected name=B-PER, or the like, "
            "among the values of the last column"
        )


def _check_row(row: Row, width: int) -> None:
    """Raise InputError, with file and line, unless the row is a word and a tag."""
    if len(row.cells) < 2 or len(row.cells) != width:
        expected = f"{width}, as before" if width >= 2 else "2 or more"
        raise InputError(
            f"{_place(row.line)}: {len(row.cells)} columns; expected {expected} (a word, …, its "
            f"tag): {row.line.text[:80]!r}"
        )
    if not row.cells[-1]:
        return  # of CoNLL-U: no tag, no name
    try:
        split_tag(row.cells[-1])
    except InputError as error:
        raise InputError(f"{_place(row.line)}: {error}") from error


def _place(line: Line) -> str:
    return f"{source_name(line.source)}: line {line.number}"


def read_values(
    path: str | Path, form: str, *, encoding: str = "utf-8"
) -> Iterator[tuple[Any, str]]:
    """The records of JSON, JSON lines or Parquet, each with its place.

    Raises:
        InputError: the file cannot be read, or a record is malformed.
    """
    name = source_name(path)
    if form == "jsonl":
        for line in read_lines(path, encoding=encoding):
            if line.text.strip():
                place = f"{name}: line {line.number}"
                yield parse_json(line.text, place, halves="mend"), place
        return
    if form == "parquet":
        for record in read_records(path, form=form):
            yield dict(record.fields), record.place
        return
    blocks = read_blocks(path, encoding=encoding)
    objects = json_objects(blocks, name, lists=True)
    values = (value for found in objects for value in expanded(found))
    for number, value in enumerate(values, start=1):
        yield value, f"{name}: record {number}"


def _annotated(source: TaggedSource, on_note: OnNote | None) -> Iterator[Example]:
    reader, document = AnnotationReader(), 0
    values = read_values(source.file, tagged_format(source), encoding=source.encoding)
    for value, place in values:
        example = reader.read(value, place)
        if example is not None:
            yield replace(example, document=document)
            document += 1
    if on_note is not None:
        for note in reader.notes():
            on_note(note)


def _table(source: TaggedSource, on_note: OnNote | None) -> Iterator[TaggedSentence]:
    form = tagged_format(source)
    rows = read_word_table(source.file, form, tagged=True, encoding=source.encoding)
    for document, sentence in enumerate(rows):
        try:
            spans = tuple(tags_to_spans(sentence.tags, scheme=source.scheme))
        except InputError as error:
            raise InputError(f"{sentence.place}, in its sentence: {error}") from error
        yield TaggedSentence(tuple(sentence.words), spans, document, sentence.place)


def _standoff(source: TaggedSource, on_note: OnNote | None) -> Iterator[SpannedText]:
    return read_standoff(source.file, encoding=source.encoding, on_note=on_note)


_READERS: dict[str, Callable[[TaggedSource, OnNote | None], Iterator[Example]]] = {
    "conll": _conll,
    "jsonl": _annotated,
    "json": _annotated,
    "parquet": _annotated,
    "csv": _table,
    "tsv": _table,
    "brat": _standoff,
}

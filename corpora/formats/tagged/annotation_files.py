"""Files of texts with annotations: JSON lines, JSON, Parquet and tables, a text a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from textrnn.corpora.files.opening import source_name
from textrnn.corpora.files.reading import read_blocks
from textrnn.corpora.formats.json_lines import read_json_lines
from textrnn.corpora.formats.json_stream import json_objects
from textrnn.corpora.formats.json_text import parse_json
from textrnn.corpora.formats.label_studio import has_choices
from textrnn.corpora.formats.parquet import parquet_rows
from textrnn.corpora.formats.record import Record
from textrnn.corpora.formats.records import read_records
from textrnn.corpora.formats.tagged.annotations import (
    SPAN_KEYS,
    AnnotationReader,
    holds_annotation,
)
from textrnn.corpora.formats.tagged.examples import Example, TaggedOptions

ANNOTATION_FORMATS = ("json", "jsonl", "parquet")
TABLE_FORMATS = ("csv", "tsv")  # whose cells may spell spans
_PEEKED_RECORDS = 20  # by which a file is told


def read_annotations(path: str | Path, options: TaggedOptions, *, form: str) -> Iterator[Example]:
    """Read what :mod:`textrnn.corpora.formats.tagged.annotations` lists; each text is a document.

    Args:
        path: a file, or ``-``.
        options: of which the scheme is no matter.
        form: one of ANNOTATION_FORMATS or TABLE_FORMATS.

    Raises:
        InputError: the file cannot be read, or a record holds no text or wrong spans.
    """
    reader, document = AnnotationReader(), 0
    for value, place in read_values(path, form, encoding=options.encoding):
        example = reader.read(value, place)
        if example is not None:
            yield replace(example, document=document)
            document += 1
    if options.on_note is not None:
        for note in reader.notes():
            options.on_note(note)


def is_annotated(path: str | Path, form: str, *, encoding: str = "utf-8") -> bool:
    """Whether one of a file's first records is a text with its spans.

    Raises:
        InputError: as :func:`read_values` does.
    """
    records = read_values(path, form, encoding=encoding)
    values = [value for value, _ in islice(records, _PEEKED_RECORDS)]
    if form in TABLE_FORMATS and not any(
        cell and isinstance(cell, list) for row in values for cell in row.values()
    ):
        return False
    return any(map(holds_annotation, values)) and not any(map(has_choices, values))


def read_values(
    path: str | Path, form: str, *, encoding: str = "utf-8"
) -> Iterator[tuple[Any, str]]:
    """The values of a file, each with its place, whether they hold annotations or not.

    Raises:
        InputError: the file cannot be read, or a record is malformed.
    """
    if form == "jsonl":
        for value, line in read_json_lines(path, encoding=encoding):
            yield value, line.place
        return
    if form in TABLE_FORMATS:
        for record in read_records(path, form=form, encoding=encoding):
            yield _with_lists(record), record.place
        return
    if form == "parquet":
        values: Iterator[Any] = map(dict, parquet_rows(path))
    else:
        objects = json_objects(read_blocks(path, encoding=encoding), source_name(path), lists=True)
        values = (value for found in objects for value in expanded(found))
    for number, value in enumerate(values, start=1):
        yield value, f"{source_name(path)}: record {number}"


def _with_lists(record: Record) -> dict[str, Any]:
    """The fields of a table's row, with the lists of spans that its cells spell."""
    fields = dict[str, Any](record.fields)
    for name in fields.keys() & {*SPAN_KEYS}:
        cell = fields[name].strip()
        if cell.startswith("[{"):
            fields[name] = parse_json(cell, record.place)
        elif cell in ("", "[]"):
            fields[name] = []
    return fields


def expanded(record: Any) -> Iterator[Any]:
    """The records that a record stands for: some tools put all of them into one object."""
    inside = record.get("annotations") if isinstance(record, dict) else None
    if isinstance(inside, list) and "classes" in record:
        yield from (pair for pair in inside if pair is not None)
    elif isinstance(record, dict) and isinstance(record.get("paragraphs"), list):
        yield from _spacy_sentences(record["paragraphs"])
    else:
        yield record


def _spacy_sentences(paragraphs: Sequence[Any]) -> Iterator[Any]:
    """The sentences of spaCy 2's training format, as words and tags."""
    for paragraph in paragraphs:
        for sentence in _list_in(paragraph, "sentences"):
            tokens = _list_in(sentence, "tokens")
            words, tags = ([_entry(t, key) for t in tokens] for key in ("orth", "ner"))
            yield {"tokens": words, "ner_tags": tags}


def _list_in(value: Any, key: str) -> list[Any]:
    found = _entry(value, key)
    return found if isinstance(found, list) else []


def _entry(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None

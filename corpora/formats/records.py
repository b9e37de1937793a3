"""Records from files: CSV, TSV, JSON lines, JSON and Parquet, packed or not, with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrnn.corpora.files.reading import (
    check_length,
    file_ending,
    read_blocks,
    read_lines,
    source_name,
)
from textrnn.corpora.formats.json_stream import json_objects
from textrnn.corpora.formats.json_text import json_line, parse_json
from textrnn.corpora.formats.parquet import parquet_rows
from textrnn.corpora.formats.tables import read_table
from textrnn.errors import ConfigurationError, InputError

__all__ = [
    "LABEL_NAMES",
    "RECORD_FORMATS",
    "TEXT_NAMES",
    "Record",
    "field_name",
    "json_line",
    "parse_json",
    "read_records",
    "record_format",
    "text_of",
]

RECORD_FORMATS = ("csv", "tsv", "jsonl", "json", "parquet")
TEXT_NAMES = ("text", "sentence", "review", "content")
LABEL_NAMES = ("label", "sentiment", "class", "category", "labels")
_OTHER_NAMES = ("id", "title", "date", "name")  # by which a header without a text is known, too
_ENDINGS = {f".{name}": name for name in RECORD_FORMATS} | {".ndjson": "jsonl", ".pq": "parquet"}


@dataclass(frozen=True)
class Record:
    """The fields of a row or an object, and where it stands.

    Attributes:
        fields: by name.
        number: of the line on which it begins, or in JSON and Parquet of the record, from 1.
        source: the file's name, as the user gave it.
        unit: ``line`` or ``record``: what the number counts.
        error: why it is none, with what is there instead under ``record``; empty where it is one.
    """

    fields: Mapping[str, Any]
    number: int
    source: str
    unit: str = "line"
    error: str = ""

    @property
    def place(self) -> str:
        """As ``a.csv: line 3``."""
        return f"{self.source}: {self.unit} {self.number}"


def record_format(path: str | Path) -> str | None:
    """The format of records that a name's ending tells, packed or not; None where it tells none.

    Example:
        >>> record_format("a.ndjson.gz"), record_format("a.txt")
        ('jsonl', None)
    """
    return _ENDINGS.get(file_ending(path))


def read_records(
    path: str | Path,
    *,
    form: str | None = None,
    encoding: str = "utf-8",
    header: bool | None = True,
    names: Sequence[str] = (),
    halves: str = "mend",
    odd: bool = False,
    on_header: Callable[[Sequence[str], str], object] = lambda names, place: None,
) -> Iterator[Record]:
    """Read records; memory does not grow with the file.

    Args:
        path: a file, or ``-``.
        form: one of RECORD_FORMATS; by default what the ending tells.
        encoding: of all but Parquet.
        header: whether CSV and TSV have one; None: they have if it has a name that is known.
            Without one the fields are called by their numbers from 0.
        names: further names that a header may have, by which its divider is told.
        halves: what becomes of half a pair of surrogates in JSON: ``mend`` it by U+FFFD, ``keep``
            it, or ``refuse`` it.
        odd: whether what is no object in JSON comes as a record with an ``error``, and NaN as null,
            instead of an error.
        on_header: called with a table's names and their place before its first row is read.

    Yields:
        One record after another. A JSON file is an array of objects, or objects one after another;
        a single object with a list of objects under ``data``, ``rows``, ``records``, ``items``,
        ``examples`` or ``results`` is that list.

    Raises:
        InputError: the file cannot be read or is malformed; the message names the place.
        ConfigurationError: neither ``form`` nor the ending tells the format.
        MissingExtraError: it is Parquet, and PyArrow is not installed.
    """
    form, name = form or record_format(path), source_name(path)
    if form in ("csv", "tsv"):
        lines = read_lines(path, encoding=encoding)
        known = [n.casefold() for n in (*TEXT_NAMES, *LABEL_NAMES, *_OTHER_NAMES, *names)]
        table = read_table(lines, source=name, is_tsv=form == "tsv", known=known, header=header)
        if table is not None:
            on_header(table.names, f"{name}: line {table.number}")
            for row in table.rows:
                yield Record(dict(zip(table.names, row.cells, strict=True)), row.number, name)
    elif form == "jsonl":
        for line in read_lines(path, encoding=encoding):
            if line.text.strip():
                place = f"{name}: line {line.number}"
                value = parse_json(line.text, place, halves=halves, odd=odd)
                yield _record(value, line.number, name, "line", odd=odd)
    elif form == "json":
        blocks = read_blocks(path, encoding=encoding)
        for number, value in enumerate(json_objects(blocks, name, halves=halves, odd=odd), 1):
            yield _record(value, number, name, "record", odd=odd)
    elif form == "parquet":
        found = parquet_rows(path, lambda names: on_header(names, name))
        yield from (Record(row, number, name, "record") for number, row in enumerate(found, 1))
    else:
        raise ConfigurationError(
            f"{name}: cannot tell the format from the name; name one of {', '.join(RECORD_FORMATS)}"
        )


def _record(value: Any, number: int, source: str, unit: str, *, odd: bool) -> Record:
    if isinstance(value, dict):
        return Record(value, number, source, unit)
    record = Record({"record": value}, number, source, unit, f"{unit} {number} is no object")
    if not odd:
        raise InputError(f'{record.place}: expected an object, as {{"text": …, "label": …}}')
    return record


def field_name(
    fields: Mapping[str, Any], wanted: str | int | None, usual: Sequence[str] = ()
) -> str | None:
    """The name of a record's field, in whatever letters and blanks it is written.

    Args:
        fields: of the record.
        wanted: its name, or else its number from 0; None for one of the usual ones.
        usual: the first of these that there is.

    Example:
        >>> field_name({"ID": 3, " Text": "fine"}, None, TEXT_NAMES)
        ' Text'
    """
    if wanted is None:
        return next((found for name in usual if (found := _like(fields, name)) is not None), None)
    if (found := _like(fields, str(wanted))) is not None:
        return found
    if str(wanted).isdecimal() and int(wanted) < len(fields):
        return list(fields)[int(wanted)]
    return None


def _like(fields: Mapping[str, Any], name: str) -> str | None:
    if name in fields:
        return name
    folded = name.strip().casefold()
    return next((other for other in fields if other.strip().casefold() == folded), None)


def text_name(
    fields: Mapping[str, Any] | Sequence[str], wanted: str | int | None, place: str
) -> str:
    """The name of the field that holds the text.

    Raises:
        InputError: there is none, or it may be one of several.
    """
    names = dict.fromkeys(fields)
    there = ", ".join(names)[:200] or "none"
    if wanted is not None:
        found = field_name(names, wanted)
        if found is None:
            raise InputError(f"{place}: no field {str(wanted)!r}; there are: {there}")
        return found
    usual = [name for name in TEXT_NAMES if _like(names, name) is not None]
    if len(usual) > 1:
        raise InputError(
            f"{place}: the text may be in {' or '.join(usual)}; name one with --text-field; there "
            f"are: {there}"
        )
    if not usual:
        raise InputError(
            f"{place}: no field {'/'.join(TEXT_NAMES)}; there are: {there}; name the text's with "
            "--text-field, or its number from 0 where there is no header"
        )
    return field_name(names, usual[0]) or usual[0]


def text_of(record: Record, name: str) -> str:
    """The text in a record's field.

    Raises:
        InputError: there is none, or it is too long.
    """
    text = record.fields.get(name)
    if not isinstance(text, str):
        raise InputError(f"{record.place}: no text under {name}")
    check_length(len(text), record.place)
    return text

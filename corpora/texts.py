"""Texts to answer, a line or a record each, with what stands beside them and where they stand."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from textrnn.corpora.files.opening import is_pipe
from textrnn.corpora.files.reading import Line, check_length, read_lines
from textrnn.corpora.formats.parquet import ParquetRow
from textrnn.corpora.formats.record import Record, text_name
from textrnn.corpora.formats.records import read_records, record_format
from textrnn.errors import ConfigurationError, InputError

EMPTY = "an empty text"
ERROR = "error"  # the field of an answer that says why there is none
# What every answer may hold, whatever the model, so that no record's own field is called so.
TAKEN = ("language", ERROR)
_FIRST_RECORDS = 100  # of JSON, one of which at least has a text


@dataclass(frozen=True)
class TextLine(Line):
    """A text, and the record that it is of.

    Attributes:
        record: the fields of the record; none where the text is a line.
        text_field: the name of the one that holds the text; empty where none does.
        error: why there is no text to answer; empty where there is.
    """

    record: Mapping[str, Any] = field(default_factory=dict)
    text_field: str = ""
    error: str = ""

    @property
    def others(self) -> dict[str, Any]:
        """The fields of the record but for the text."""
        return {name: self.record[name] for name in self.record if name != self.text_field}


def text_format(path: str | Path) -> str:
    """The format that a name's ending tells; ``txt``, a text a line, where it tells none."""
    return record_format(path) or "txt"


def read_text_lines(
    path: str | Path,
    *,
    format: str | None = None,
    text: str | None = None,
    encoding: str = "utf-8",
    odd: bool = False,
    blank: bool = False,
) -> Iterator[TextLine]:
    """Read the texts of a file, of every record one: those without a text say why.

    Args:
        path: a file, or ``-``.
        format: one of TEXT_FORMATS; by default what the ending tells. In ``txt`` each line that is
            not blank is a text.
        text: the name of the field that holds the text, or its number from 0; by default that
            of text, sentence, review, content that there is.
        encoding: of all but Parquet.
        odd: whether what is no object in JSON says so as a record without a text does, and NaN is
            null; by default each is an error.
        blank: whether the blank lines of a ``txt`` are texts, too.

    Raises:
        InputError: the file cannot be read or is malformed; no field holds texts, or several may.
        ConfigurationError: a field is named of a file that has none.
    """
    form = format or text_format(path)
    if form == "txt":
        if text is not None:
            raise ConfigurationError(
                f"{path}: a text file has no fields, so no {text!r}; name its format with format=…"
            )
        for line in read_lines(path, encoding=encoding):
            if blank or line.text.strip():
                yield TextLine(line.text, line.number, line.source)
        return
    records = read_records(
        path,
        form=form,
        encoding=encoding,
        header=None if text is not None and text.isdecimal() else True,
        halves="keep",
        odd=odd,
        names=() if text is None else (text,),
        on_header=lambda names, place: text_name(names, text, place),
    )
    if form in ("json", "jsonl"):
        records = _with_text(records, text, 1 if is_pipe(path) else _FIRST_RECORDS)
    for record in records:
        yield _text_line(record, text)


def read_record_lines(
    path: str | Path, *, format: str | None = None, encoding: str = "utf-8"
) -> Iterator[TextLine]:
    """Read the records of a file as :func:`read_text_lines` does, for what looks for no text.

    Raises:
        InputError: the file cannot be read or is malformed.
    """
    form = format or text_format(path)
    if form == "txt":
        yield from read_text_lines(path, format=form, encoding=encoding)
        return
    for record in read_records(path, form=form, encoding=encoding, halves="keep", odd=True):
        yield TextLine("", record.number, record.source, record.fields, error=record.error)


def _with_text(records: Iterator[Record], wanted: str | None, count: int) -> Iterator[Record]:
    """The same records, of the first of which one at least has a field for the text.

    Raises:
        InputError: none has.
    """
    first = list(islice(records, count))
    wrong: InputError | None = None
    for record in first:
        try:
            if record.error:
                raise InputError(f"{record.source}: {record.error}")
            text_name(record.fields, wanted, record.place)
            break
        except InputError as error:
            wrong = wrong or error
    else:
        if wrong:
            raise wrong
    return chain(first, records)


def _text_line(record: Record, wanted: str | None) -> TextLine:
    fields, place = record.fields, (record.number, record.source)
    if record.error:
        return TextLine("", *place, fields, error=record.error)
    try:
        name = text_name(fields, wanted, record.place)
    except InputError as error:
        message = str(error).removeprefix(f"{record.place}: ").partition("; name ")[0]
        return TextLine("", *place, fields, error=message)
    text = fields[name]
    if text is None:
        return TextLine("", *place, fields, name, f"no text under {name}")
    if not isinstance(text, str):
        if isinstance(fields, ParquetRow):
            raise InputError(f"{record.source}: the column {name!r} holds no text")
        # What is there instead comes out again beside the other fields.
        return TextLine("", *place, fields, error=f"no text under {name}")
    check_length(len(text), record.place)
    return TextLine(text, *place, fields, name, "" if text.strip() else EMPTY)


def given_names(names: Iterable[str], taken: Container[str]) -> dict[str, str]:
    """The names that a record's own fields have beside answers: what answers are called is taken.

    Example:
        >>> given_names(["id", "label"], ["label", "probability"])
        {'id': 'id', 'label': 'given_label'}
    """
    names = list(names)
    used, kept = set(names), {}
    for name in names:
        new = name
        if name in taken:
            while new in used or new in taken:
                new = f"given_{new}"
            used.add(new)
        kept[name] = new
    return kept


def emptied(answer: Mapping[str, Any], error: str) -> dict[str, Any]:
    """An answer in which nothing is answered, and why.

    Example:
        >>> emptied({"label": "good", "entities": [1]}, "an empty text")
        {'label': None, 'entities': [], 'error': 'an empty text'}
    """
    empty: dict[str, Any] = dict.fromkeys(answer)
    lists: dict[str, Any] = {name: [] for name, value in answer.items() if isinstance(value, list)}
    return {**empty, **lists, ERROR: error}

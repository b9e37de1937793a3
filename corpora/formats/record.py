"""A record: its fields, by whatever names files give them, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from textrnn.corpora.files.reading import check_length
from textrnn.errors import InputError

TEXT_NAMES = ("text", "sentence", "review", "content")
LABEL_NAMES = ("label", "sentiment", "class", "category", "labels", "probabilities")
# What to do where no field is called as a text's usually is.
NAME_THE_TEXT = "; name the text's with text=…, or its number from 0 where there is no header"


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


@dataclass(frozen=True)
class RecordOptions:
    """How records are read, as :func:`textrnn.corpora.read_records` is told; a format heeds what
    concerns it.
    """

    encoding: str = "utf-8"
    header: bool | None = True
    names: Sequence[str] = ()
    halves: str = "mend"
    odd: bool = False
    on_header: Callable[[Sequence[str], str], object] = lambda names, place: None


def json_record(value: Any, number: int, source: str, unit: str, *, odd: bool) -> Record:
    """The record that a JSON value is.

    Args:
        value: an object, or with ``odd`` anything: it comes as a record with an ``error`` then.
        number: as a record has it, like ``source`` and ``unit``.
        source: the file's name.
        unit: what the number counts.
        odd: whether what is no object is no error.

    Raises:
        InputError: it is no object.
    """
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

    A name may go on over several lines, as headers of spreadsheets do: a line end is a blank.

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
    folded = folded_name(name)
    return next((other for other in fields if folded_name(other) == folded), None)


@lru_cache(1024)
def folded_name(name: str) -> str:
    """What names of one column have in common: letters in capitals or not, blanks aside."""
    return " ".join(name.split()).casefold()


def shown_names(names: Iterable[str]) -> str:
    """The names of fields, for a message."""
    return ", ".join(" ".join(name.split()) for name in names)[:200] or "none"


def _nested_advice(fields: object) -> str:
    """What to do where the text may be in an object inside a record; empty where there is none."""
    items = fields.items() if isinstance(fields, Mapping) else ()
    for name, value in items:
        if isinstance(value, Mapping) and value:
            inner = field_name(value, None, TEXT_NAMES) or next(iter(value))
            return (
                f"; {name} is an object, whose fields are not read: put its text beside the "
                f"others, as by jq -c '{{text: .{name}.{inner}}}'"
            )
    return ""


def text_name(
    fields: Mapping[str, Any] | Sequence[str], wanted: str | int | None, place: str
) -> str:
    """The name of the field that holds the text.

    Raises:
        InputError: there is none, or it may be one of several.
    """
    names = dict.fromkeys(fields)
    there = shown_names(names)
    if wanted is not None:
        found = field_name(names, wanted)
        if found is None:
            advice = _nested_advice(fields)
            raise InputError(f"{place}: no field {str(wanted)!r}; there are: {there}{advice}")
        return found
    usual = [name for name in TEXT_NAMES if _like(names, name) is not None]
    if len(usual) > 1:
        raise InputError(
            f"{place}: the text may be in {' or '.join(usual)}; name one with text=…; there "
            f"are: {there}"
        )
    if not usual:
        advice = _nested_advice(fields) or NAME_THE_TEXT
        raise InputError(f"{place}: no field {'/'.join(TEXT_NAMES)}; there are: {there}{advice}")
    return field_name(names, usual[0]) or usual[0]


def label_name(
    fields: Iterable[str], wanted: str | int | None, place: str, *, is_needed: bool
) -> str | None:
    """The name of the field that holds the label; None where there is none, if none is needed.

    Raises:
        InputError: there is none.
    """
    names = dict.fromkeys(fields)
    found = field_name(names, wanted, LABEL_NAMES)
    if found is None and (wanted is not None or is_needed):
        what = "/".join(LABEL_NAMES) if wanted is None else repr(str(wanted))
        advice = "; name the label's with label=…" if wanted is None else ""
        raise InputError(f"{place}: no field {what}; there are: {shown_names(names)}{advice}")
    return found


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

"""Labelled text: CSV, TSV, JSONL, label-first lines, and folders in IMDB's manner."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from textrnn.corpora.reading import file_ending, read_lines, read_whole, source_name
from textrnn.errors import ConfigurationError, InputError

FORMATS = ("csv", "tsv", "jsonl", "label-first", "txt", "imdb")
TEXT_NAMES = ("text", "sentence", "review", "content")
LABEL_NAMES = ("label", "sentiment", "class", "category")
_IMDB_LABELS = {"neg": "negative", "pos": "positive"}

# The csv module refuses longer cells otherwise; a text is as long as it is.
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class LabelledText:
    """A text and its label."""

    text: str
    label: str


@dataclass(frozen=True)
class Source:
    """A file of texts, as a recipe or the command line names it.

    Attributes:
        file: its path; ``-`` is standard input.
        format: ``csv``, ``tsv``, ``jsonl``, ``label-first`` (a label, a space, the text), ``txt``
            (a text a line) or ``imdb`` (a folder with ``pos`` and ``neg``, a text a file); by
            default what the name's ending says, ``.gz``, ``.bz2`` and ``.xz`` apart.
        text: name of the text's column or key, or the column's number from 0. By default the
            first of text, sentence, review, content that there is.
        label: the same for the label: label, sentiment, class, category. Where both are given as
            numbers the file has no header.
        labels: new names for the file's labels; when given, any other label is an error.
        constant_label: the label of every text, for a file that has none.
        encoding: of the file.
        key: name of the column or key (or the column's number) by which ``only`` and ``without``
            choose among the rows of a table or JSON records.
        only: the values whose rows are read; by default all.
        without: the values whose rows are left out.
    """

    file: str
    format: str | None = None
    text: str | int | None = None
    label: str | int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    constant_label: str | None = None
    encoding: str = "utf-8"
    key: str | int | None = None
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise ConfigurationError(
                f"format must be one of {', '.join(FORMATS)}; received {self.format!r}"
            )
        if self.chooses and self.key is None:
            raise ConfigurationError("only and without choose by a column: name it as key")

    @property
    def chooses(self) -> bool:
        """Whether only some of the file's rows are read."""
        return bool(self.only or self.without)


@dataclass(frozen=True)
class _Row:
    """A text, its label if the file has one, where it stood, and by what it is chosen."""

    text: str
    label: str | None
    place: str
    value: str | None = None


def read_labelled(source: Source | str | Path) -> Iterator[LabelledText]:
    """Read labelled texts; blank lines are skipped.

    Args:
        source: a file, or its path where the defaults of :class:`Source` will do.

    Yields:
        One example after another; memory does not grow with the file.

    Raises:
        InputError: the file cannot be read, a row is malformed (the message names file and line),
            a label is not among ``labels``, or ``only`` names a value that no row has.
        ConfigurationError: the format is neither given nor clear from the name.
    """
    source = _as_source(source)
    for row in _rows(source):
        label = source.constant_label if source.constant_label is not None else row.label
        if label is None:
            raise InputError(f"{row.place}: a text without a label")
        if source.labels and label not in source.labels:
            known = ", ".join(source.labels)
            raise InputError(f"{row.place}: label {label!r} is not one of {known}")
        yield LabelledText(row.text, source.labels.get(label, label))


def read_any(source: Source | str | Path) -> Iterator[LabelledText]:
    """Read texts with or without labels; the label of a text that has none is empty.

    Raises:
        InputError, ConfigurationError: as :func:`read_labelled` does.
    """
    source = _as_source(source)
    for row in _rows(source):
        label = source.constant_label if source.constant_label is not None else row.label
        yield LabelledText(row.text, source.labels.get(label or "", label or ""))


def read_texts(source: Source | str | Path) -> Iterator[str]:
    """Read the texts of a file, with or without labels.

    Raises:
        InputError, ConfigurationError: as :func:`read_labelled` does.
    """
    return (row.text for row in _rows(_as_source(source)))


def _as_source(source: Source | str | Path) -> Source:
    return source if isinstance(source, Source) else Source(str(source))


def _rows(source: Source) -> Iterator[_Row]:
    readers: dict[str, Callable[[Source], Iterator[_Row]]] = {
        "csv": _separated,
        "tsv": _separated,
        "jsonl": _json_lines,
        "label-first": _label_first,
        "txt": _plain,
        "imdb": _imdb_folder,
    }
    rows = readers[_format(source)](source)
    return _chosen(source, rows) if source.chooses else rows


def _chosen(source: Source, rows: Iterator[_Row]) -> Iterator[_Row]:
    """The rows that ``only`` and ``without`` leave."""
    unseen = dict.fromkeys(source.only)
    for row in rows:
        if row.value is None:
            raise ConfigurationError(
                f"{row.place}: only and without choose rows of tables and JSON records"
            )
        unseen.pop(row.value, None)
        if row.value not in source.without and (not source.only or row.value in source.only):
            yield row
    if unseen:
        raise InputError(
            f"{source_name(source.file)}: no row has {', '.join(unseen)} under {source.key}"
        )


def _format(source: Source) -> str:
    if source.format is not None:
        return source.format
    path = Path(source.file)
    if path.is_dir():
        return "imdb"
    ending = file_ending(path).lstrip(".")
    if ending in ("csv", "tsv", "jsonl", "txt"):
        return ending
    raise ConfigurationError(
        f"{source_name(source.file)}: cannot tell the format from the name; "
        f"name one of {', '.join(FORMATS)}"
    )


def _separated(source: Source) -> Iterator[_Row]:
    """Rows of CSV, or of TSV, in which quotes mean nothing."""
    name = source_name(source.file)
    lines = (line.text + "\n" for line in read_lines(source.file, encoding=source.encoding))
    if _format(source) == "csv":
        reader = csv.reader(lines, strict=True)
    else:
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    columns: _Columns | None = None
    if _number(source.text) is not None and _number(source.label) is not None:
        columns = _Columns(_number(source.text) or 0, _number(source.label), _number(source.key))
    try:
        for row in reader:
            place = f"{name}: line {reader.line_num}"
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                columns = _header(source, row, place)
                continue
            text, label, key = columns
            needed = 1 + max(text, label or 0, key or 0)
            if len(row) < needed:
                raise InputError(f"{place}: {len(row)} columns; expected at least {needed}")
            yield _Row(
                row[text],
                None if label is None else row[label],
                place,
                None if key is None else row[key],
            )
    except csv.Error as error:
        raise InputError(f"{name}: line {reader.line_num}: not CSV: {error}") from error


def _number(column: str | int | None) -> int | None:
    """A column's number, which the command line gives as digits."""
    if isinstance(column, int):
        return column
    return int(column) if column is not None and column.isdecimal() else None


class _Columns(NamedTuple):
    """The numbers of the columns, from 0, where there are such columns."""

    text: int
    label: int | None
    key: int | None


def _header(source: Source, row: list[str], place: str) -> _Columns:
    """The columns of text, label and key, by the names in the header."""
    names = [name.strip() for name in row]
    text = _column(source.text, names, TEXT_NAMES)
    label = _column(source.label, names, LABEL_NAMES)
    if text is None:
        wanted = source.text if source.text is not None else "/".join(TEXT_NAMES)
        raise InputError(f"{place}: no column {wanted} in the header: {', '.join(names)}")
    key = None if source.key is None else _column(source.key, names, ())
    for asked, found in ((source.label, label), (source.key, key)):
        if found is None and asked is not None:
            raise InputError(f"{place}: no column {asked} in the header: {', '.join(names)}")
    return _Columns(text, label, key)


def _column(wanted: str | int | None, names: list[str], usual: tuple[str, ...]) -> int | None:
    number = _number(wanted)
    if number is not None:
        return number if number < len(names) else None
    for name in usual if wanted is None else (str(wanted),):
        if name in names:
            return names.index(name)
    return None


def _json_lines(source: Source) -> Iterator[_Row]:
    for line in read_lines(source.file, encoding=source.encoding):
        if not line.text.strip():
            continue
        place = f"{line.source}: line {line.number}"
        try:
            record = json.loads(line.text)
        except ValueError as error:
            raise InputError(f"{place}: not JSON: {error}") from error
        if not isinstance(record, dict):
            raise InputError(f'{place}: expected an object, as {{"text": …, "label": …}}')
        text = _value(record, source.text, TEXT_NAMES, place)
        label = _value(record, source.label, LABEL_NAMES, place)
        if not isinstance(text, str):
            raise InputError(f"{place}: no text under {source.text or '/'.join(TEXT_NAMES)}")
        value = None if source.key is None else str(_value(record, source.key, (), place))
        yield _Row(_mended(text), None if label is None else str(label), place, value)


def _mended(text: str) -> str:
    """The text with U+FFFD for half surrogate pairs, which JSON can hold and no file can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _value(
    record: dict[str, object], wanted: str | int | None, usual: tuple[str, ...], place: str
) -> object:
    if wanted is not None:
        if str(wanted) not in record:
            raise InputError(f"{place}: no key {str(wanted)!r}; there are: {', '.join(record)}")
        return record[str(wanted)]
    return next((record[name] for name in usual if name in record), None)


def _label_first(source: Source) -> Iterator[_Row]:
    for line in read_lines(source.file, encoding=source.encoding):
        if not line.text.strip():
            continue
        place = f"{line.source}: line {line.number}"
        label, _, text = line.text.strip().partition(" ")
        if not text:
            raise InputError(f"{place}: expected a label, a space and a text: {line.text!r:.60}")
        yield _Row(text, label, place)


def _plain(source: Source) -> Iterator[_Row]:
    for line in read_lines(source.file, encoding=source.encoding):
        if line.text.strip():
            yield _Row(line.text, None, f"{line.source}: line {line.number}")


def _imdb_folder(source: Source) -> Iterator[_Row]:
    """``neg`` and ``pos`` below the folder, sorted by file name; ``unsup`` has no labels."""
    folder = Path(source.file)
    if not any((folder / name).is_dir() for name in _IMDB_LABELS):
        raise InputError(f"{folder}: expected folders called pos and neg inside")
    for name, label in _IMDB_LABELS.items():
        for file in sorted((folder / name).glob("*.txt")):
            yield _Row(read_whole(file, encoding=source.encoding), label, str(file))

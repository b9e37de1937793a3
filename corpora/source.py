"""A file of texts in any format, its rows one after another: texts, and labels if it has some."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from textrnn.corpora.files.opening import file_ending, is_pipe, source_name
from textrnn.corpora.files.reading import check_readable, read_whole
from textrnn.corpora.formats.label_lines import read_label_lines
from textrnn.corpora.formats.label_studio import task_fields
from textrnn.corpora.formats.record import (
    LABEL_NAMES,
    Record,
    field_name,
    label_name,
    shown_names,
    text_name,
    text_of,
)
from textrnn.corpora.formats.records import RECORD_FORMATS, read_records, record_format
from textrnn.corpora.probabilities import label_and_probabilities
from textrnn.errors import ConfigurationError, InputError

FORMATS = (*RECORD_FORMATS, "label-first", "txt", "imdb")
_IMDB_LABELS = {"neg": "negative", "pos": "positive"}


@dataclass(frozen=True)
class Source:
    """A file of texts, as a recipe or the command line names it.

    Attributes:
        file: its path; ``-`` is standard input.
        format: ``csv``, ``tsv``, ``jsonl``, ``json``, ``parquet``, ``label-first`` (a label, a
            space or tab, the text; or as fastText has it), ``txt`` (a text a line) or ``imdb`` (a
            folder with ``pos`` and ``neg``, a text a file); by default what the name's ending
            says, ``.gz``, ``.bz2`` and ``.xz`` apart.
        text: name of the text's column or key, or the column's number from 0. By default that of
            text, sentence, review, content that there is.
        label: the same for the label: the first of label, sentiment, class, category, labels,
            probabilities; its field may hold the probability of each label in place of a label.
            Where both are given as numbers the file has no header; where the text alone is, it has
            one if that has a name that is known.
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
class Row:
    """A text, its label if the file has one, where it stood, by what it is chosen, and what
    labels are how probable.
    """

    text: str
    label: str | None
    place: str
    value: str | None = None
    probabilities: Mapping[str, float] | None = None


def read_texts(source: Source | str | Path) -> Iterator[str]:
    """Read the texts of a file, with or without labels: it need not have the label's column.

    Raises:
        InputError, ConfigurationError: as :func:`textrnn.corpora.read_labelled` does.
    """
    source = as_source(source)
    if not _is_number(source.label):  # which says that there is no header
        source = replace(source, label=None)
    return (row.text for row in read_rows(source, reads_labels=False))


def as_source(source: Source | str | Path) -> Source:
    """A file, or its path where the defaults of :class:`Source` will do, as a source."""
    return source if isinstance(source, Source) else Source(str(source))


def read_rows(
    source: Source, *, is_labelled: bool = False, reads_labels: bool = True
) -> Iterator[Row]:
    """The rows of a file, which with ``is_labelled`` must have a field for the label; of records
    without ``reads_labels`` that field may hold anything, as the spans of tagged text.
    """
    readers: dict[str, Callable[[Source], Iterator[Row]]] = {
        "label-first": partial(_label_lines, bare=False),
        "txt": partial(_label_lines, bare=True),
        "imdb": _imdb_folder,
    }
    of_records = partial(_record_rows, is_labelled=is_labelled, reads_labels=reads_labels)
    rows = readers.get(_format(source), of_records)(source)
    return _chosen(source, rows) if source.chooses else rows


def has_label_field(source: Source | str | Path) -> bool:
    """Whether the first record of a file that can be read again has a field for the label."""
    source = as_source(source)
    if _format(source) not in RECORD_FORMATS or is_pipe(source.file):
        return False
    first = next(_records(source), None)
    return first is not None and field_name(first.fields, source.label, LABEL_NAMES) is not None


def _chosen(source: Source, rows: Iterator[Row]) -> Iterator[Row]:
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
    form = record_format(path) or ("txt" if file_ending(path) == ".txt" else None)
    if form is None:
        check_readable(path, encoding=source.encoding)  # it may be no text at all
        raise ConfigurationError(
            f"{source_name(source.file)}: cannot tell the format from the name; "
            f"name it with format=…: one of {', '.join(FORMATS)}"
        )
    return form


def _record_rows(source: Source, *, is_labelled: bool, reads_labels: bool) -> Iterator[Row]:
    """Rows of tables, JSON and Parquet."""
    key = source.key
    for record in _records(source, is_labelled=is_labelled):
        fields, place = record.fields, record.place
        if any(value != "" and not _is_blank(value) for value in fields.values()):
            text = text_of(record, text_name(fields, source.text, place))
            name = label_name(fields, source.label, place, is_needed=is_labelled)
            told = fields[name] if name is not None and reads_labels else None
            label, probabilities = label_and_probabilities(told, place)
            value = None if key is None else str(fields[_key_name(key, fields, place)])
            yield Row(text, label, place, value, probabilities)


def _records(source: Source, *, is_labelled: bool = False) -> Iterator[Record]:
    is_number = [_is_number(column) for column in (source.text, source.label)]
    header: bool | None = not all(is_number)
    if is_number[0] and source.label is None:
        header = None
    records = read_records(
        source.file,
        form=_format(source),
        encoding=source.encoding,
        header=header,
        names=[str(column) for column in (source.text, source.label) if column is not None],
        on_header=lambda names, place: _check_header(source, names, place, is_labelled),
    )
    for record in records:
        fields = task_fields(record.fields)
        yield record if fields is record.fields else replace(record, fields=fields)


def _is_number(column: str | int | None) -> bool:
    return isinstance(column, int) or (column is not None and column.isdecimal())


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _check_header(source: Source, names: Sequence[str], place: str, is_labelled: bool) -> None:
    """Raise InputError unless the header has the columns that are needed, or were asked for."""
    text_name(names, source.text, place)
    label_name(names, source.label, place, is_needed=is_labelled)
    if source.key is not None:
        _key_name(source.key, names, place)


def _key_name(key: str | int, names: Iterable[str], place: str) -> str:
    found = field_name(dict.fromkeys(names), key)
    if found is None:
        raise InputError(f"{place}: no field {str(key)!r}; there are: {shown_names(names)}")
    return found


def _label_lines(source: Source, *, bare: bool) -> Iterator[Row]:
    for record in read_label_lines(source.file, encoding=source.encoding, bare=bare):
        yield Row(record.fields["text"], record.fields.get("label"), record.place)


def _imdb_folder(source: Source) -> Iterator[Row]:
    """``neg`` and ``pos`` below the folder, sorted by file name; ``unsup`` has no labels."""
    folder = Path(source.file)
    if not any((folder / name).is_dir() for name in _IMDB_LABELS):
        raise InputError(f"{folder}: expected folders called pos and neg inside")
    for name, label in _IMDB_LABELS.items():
        for file in sorted((folder / name).glob("*.txt")):
            yield Row(read_whole(file, encoding=source.encoding), label, str(file))

"""Running text to learn writing from: documents, in pieces small enough for any memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from textrnn.configuration import require_choice
from textrnn.corpora.files.opening import file_ending
from textrnn.corpora.files.reading import read_lines
from textrnn.corpora.formats.record import TEXT_NAMES, Record, field_name, text_of
from textrnn.corpora.formats.records import TEXT_FORMATS, read_records, record_format
from textrnn.errors import InputError

_IN_FOLDERS = (".txt", ".jsonl")
UNITS = ("line", "file")
_PASSAGE_CHARACTERS = 1 << 16


@dataclass(frozen=True)
class Passage:
    """A piece of a document, cut after a line's end.

    Attributes:
        text: the piece, its line ends as ``\\n``.
        ends: whether the document ends with it.
    """

    text: str
    ends: bool


@dataclass(frozen=True)
class DocumentSource:
    """A file or a folder of documents.

    Attributes:
        file: its path; ``-`` is standard input. Of a folder all files named ``.txt`` and
            ``.jsonl``, packed or not, are read in the order of their names.
        format: ``txt``, or ``jsonl``, ``json``, ``csv``, ``tsv`` or ``parquet`` with a document a
            record; by default what the name's ending says, ``.gz``, ``.bz2`` and ``.xz`` apart, and
            ``txt`` if it says nothing.
        unit: whether a document of a ``txt`` is a ``line`` that is not blank, or the ``file``.
        text: the field of the text in a record; by default the first of text, sentence, review,
            content.
        key: the key by which ``only`` and ``without`` choose among JSON records.
        only: the values whose records are read; by default all.
        without: the values whose records are left out.
        reflow: join the lines of a paragraph, as hard-wrapped books need; a blank line stays.
        replace: strings, each with what stands for it.
        encoding: of the files.
    """

    file: str
    format: str | None = None
    unit: str = "file"
    text: str | None = None
    key: str = "title"
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    reflow: bool = False
    replace: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        for name, value, known in (
            ("format", self.format, TEXT_FORMATS),
            ("unit", self.unit, UNITS),
        ):
            if value is not None:
                require_choice(name, value, known)


def read_documents(source: DocumentSource | str | Path) -> Iterator[Passage]:
    """Read documents piece by piece; memory grows with the longest line alone.

    Args:
        source: a file or folder, or its path where the defaults of :class:`DocumentSource` will
            do.

    Yields:
        The pieces of one document after another; documents of white space alone are left out.

    Raises:
        InputError: a file cannot be read, a record is malformed, a folder has no such files, or
            ``only`` names a record that there is not.
    """
    if not isinstance(source, DocumentSource):
        source = DocumentSource(str(source))
    wanted = set(source.only)
    for file in _files(source):
        for lines in _documents(source, file, wanted):
            if source.reflow:
                lines = _reflowed(lines)
            yield from cut_passages(_replaced(lines, source.replace))
    if wanted:
        raise InputError(f"{source.file}: no record whose {source.key!r} is {sorted(wanted)[0]!r}")


def _files(source: DocumentSource) -> list[str]:
    folder = Path(source.file)
    if source.file == "-" or not folder.is_dir():
        return [source.file]
    files = sorted(str(file) for file in folder.rglob("*") if file_ending(file) in _IN_FOLDERS)
    if not files:
        raise InputError(f"{folder}: no .txt or .jsonl file in this folder")
    return files


def _documents(source: DocumentSource, file: str, wanted: set[str]) -> Iterator[Iterable[str]]:
    """The lines of each document of a file, without their ends; ``wanted`` loses what is found."""
    form = source.format or record_format(file) or "txt"
    if form != "txt":
        yield from _records(source, read_records(file, form=form, encoding=source.encoding), wanted)
        return
    lines = read_lines(file, encoding=source.encoding)
    if source.unit == "line":
        for line in lines:
            if line.text.strip():
                yield [line.text]
    else:
        yield (line.text for line in lines)


def _records(
    source: DocumentSource, records: Iterator[Record], wanted: set[str]
) -> Iterator[Iterable[str]]:
    for record in records:
        fields = record.fields
        if source.only or source.without:
            value = str(fields.get(source.key))
            wanted.discard(value)
            if value in source.without or (source.only and value not in source.only):
                continue
        names = TEXT_NAMES if source.text is None else (source.text,)
        name = next((n for n in names if n in fields), None) or field_name(fields, None, names)
        yield text_of(record, name or "/".join(names)).split("\n")


def _reflowed(lines: Iterable[str]) -> Iterator[str]:
    """A paragraph a line, and a blank line between paragraphs."""
    paragraph: list[str] = []
    started = False
    for line in chain(lines, ("",)):
        if line.strip():
            paragraph.append(line.strip())
        elif paragraph:
            if started:
                yield ""
            yield " ".join(paragraph)
            paragraph, started = [], True


def _replaced(lines: Iterable[str], changes: Mapping[str, str]) -> Iterator[str]:
    for line in lines:
        for old, new in changes.items():
            line = line.replace(old, new)
        yield line


def cut_passages(lines: Iterable[str]) -> Iterator[Passage]:
    """The lines of a document in pieces; the last is known only when nothing follows."""
    pieces: list[str] = []
    size, waiting = 0, None
    for line in lines:
        pieces.append(line)
        size += len(line) + 1
        if size >= _PASSAGE_CHARACTERS:
            if waiting is not None:
                yield Passage(waiting, ends=False)
            waiting, pieces, size = "\n".join(pieces) + "\n", [], 0
    rest = "\n".join(pieces)
    if waiting is not None and rest:
        yield Passage(waiting, ends=False)
        yield Passage(rest, ends=True)
    elif waiting is not None:
        yield Passage(waiting, ends=True)
    elif rest.strip():
        yield Passage(rest, ends=True)

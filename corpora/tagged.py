"""Tagged text: CoNLL columns, and JSON lines with spans."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from textrnn.corpora.reading import Line, file_ending, read_lines, source_name
from textrnn.corpora.schemes import SCHEMES, Span, split_tag, tags_to_spans
from textrnn.errors import ConfigurationError, InputError

FORMATS = ("conll", "jsonl")
_MAX_COLUMNS = 4


@dataclass(frozen=True)
class TaggedSentence:
    """A sentence cut into words, and its spans.

    Attributes:
        words: its words (in Chinese corpora its characters).
        spans: of words, sorted, without overlap.
        document: number of the document it is of; sentences of one number belong together.
    """

    words: tuple[str, ...]
    spans: tuple[Span, ...]
    document: int = 0


@dataclass(frozen=True)
class SpannedText:
    """A text and its spans, of code points; whoever reads it cuts it into words."""

    text: str
    spans: tuple[Span, ...]
    document: int = 0


@dataclass(frozen=True)
class TaggedSource:
    """A file of tagged text, as a recipe or the command line names it.

    Attributes:
        file: its path; ``-`` is standard input.
        format: ``conll`` or ``jsonl``; by default ``jsonl`` for names that end so, else ``conll``.
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


def read_tagged(source: TaggedSource | str | Path) -> Iterator[TaggedSentence | SpannedText]:
    """Read tagged text.

    CoNLL: one word a line in 2 to 4 columns, divided by tabs or else by spaces; the first column
    is the word and the last its tag, in any scheme of :mod:`textrnn.corpora.schemes`. A blank line
    ends a sentence, ``-DOCSTART-`` begins a document; without such lines each sentence is a
    document of its own. JSON lines: ``{"text": …, "entities": [{"start": …, "end": …, "label":
    …}]}``, in code points.

    Args:
        source: a file, or its path where the defaults of :class:`TaggedSource` will do.

    Yields:
        One sentence or text after another; memory does not grow with the file.

    Raises:
        InputError: the file cannot be read or a line is malformed; the message names the line.
    """
    source = source if isinstance(source, TaggedSource) else TaggedSource(str(source))
    read = _json_lines if _format(source) == "jsonl" else _conll
    for example in read(source):
        yield replace(example, spans=_renamed(example.spans, source.labels))


def read_words(path: str | Path, *, encoding: str = "utf-8") -> Iterator[tuple[list[str], Line]]:
    """Read the words of CoNLL columns, of which the first alone counts and may be the only one.

    Yields:
        Each sentence's words, with the line it ends on.

    Raises:
        InputError: the file cannot be read.
    """
    for lines in _sentences(read_lines(path, encoding=encoding)):
        words = [_columns(line)[0] for line in lines]
        if words[0] != "-DOCSTART-":
            yield words, lines[-1]


def split_by_document(
    sentences: Sequence[TaggedSentence | SpannedText], *, fraction: float, random_state: int
) -> tuple[list[TaggedSentence | SpannedText], list[TaggedSentence | SpannedText]]:
    """Cut off a share of the documents, so that no document lies on both sides.

    Args:
        sentences: their order within each side stays.
        fraction: share of the documents that is cut off, at least one.
        random_state: the same gives the same split.

    Returns:
        The rest, and what was cut off.

    Raises:
        ConfigurationError: ``fraction`` is not between 0 and 1.
    """
    if not 0 < fraction < 1:
        raise ConfigurationError(f"fraction must be between 0 and 1; received {fraction}")
    documents = sorted({sentence.document for sentence in sentences})
    count = max(1, round(len(documents) * fraction))
    cut = set(random.Random(random_state).sample(documents, count)) if documents else set()
    sides: tuple[list[Any], list[Any]] = ([], [])
    for sentence in sentences:
        sides[sentence.document in cut].append(sentence)
    return sides


def _format(source: TaggedSource) -> str:
    if source.format is not None:
        return source.format
    return "jsonl" if file_ending(source.file) in (".jsonl", ".json") else "conll"


def _renamed(spans: Iterable[Span], labels: Mapping[str, str]) -> tuple[Span, ...]:
    renamed = (replace(span, label=labels.get(span.label, span.label)) for span in spans)
    return tuple(span for span in renamed if span.label)


def _conll(source: TaggedSource) -> Iterator[TaggedSentence]:
    width, document, marked = 0, 0, False
    for lines in _sentences(read_lines(source.file, encoding=source.encoding)):
        rows = [_columns(line) for line in lines]
        if rows[0][0] == "-DOCSTART-":
            document, marked = document + 1, True
            lines, rows = lines[1:], rows[1:]
        for line, row in zip(lines, rows, strict=True):
            width = width or len(row)
            _check_row(line, row, width)
        if not rows:
            continue
        tags = tuple(row[-1] for row in rows)
        spans = tuple(tags_to_spans(tags, scheme=source.scheme))
        yield TaggedSentence(tuple(row[0] for row in rows), spans, document)
        document += not marked


def _sentences(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Runs of lines that are not blank; a ``-DOCSTART-`` begins a run of its own."""
    for blank, run in groupby(lines, key=lambda line: not line.text.strip()):
        if blank:
            continue
        kept: list[Line] = []
        for line in run:
            if kept and line.text.startswith("-DOCSTART-"):
                yield kept
                kept = []
            kept.append(line)
        yield kept


def _columns(line: Line) -> list[str]:
    return line.text.split("\t") if "\t" in line.text else line.text.split(" ")


def _check_row(line: Line, row: list[str], width: int) -> None:
    """Raise InputError, with file and line, unless the row is a word and a tag."""
    place = f"{source_name(line.source)}: line {line.number}"
    if not 2 <= len(row) <= _MAX_COLUMNS or len(row) != width:
        expected = f"{width}, as before" if 2 <= width <= _MAX_COLUMNS else "2 to 4"
        raise InputError(
            f"{place}: {len(row)} columns; expected {expected} (a word, …, its tag): "
            f"{line.text[:80]!r}"
        )
    if not row[0].strip():
        raise InputError(f"{place}: the first column, the word, is empty: {line.text[:80]!r}")
    try:
        split_tag(row[-1])
    except InputError as error:
        raise InputError(f"{place}: {error}") from error


def _json_lines(source: TaggedSource) -> Iterator[SpannedText]:
    document = 0
    for line in read_lines(source.file, encoding=source.encoding):
        if line.text.strip():
            yield _spanned(line, document)
            document += 1


def _spanned(line: Line, document: int) -> SpannedText:
    place = f"{source_name(line.source)}: line {line.number}"
    try:
        record = json.loads(line.text)
    except ValueError as error:
        raise InputError(f"{place}: not JSON: {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise InputError(f"{place}: expected an object with a string under 'text'")
    found = record.get("entities", record.get("spans", []))
    if not isinstance(found, list):
        raise InputError(f"{place}: 'entities' is no list")
    text, end, spans = record["text"], 0, []
    for span in sorted(_span(entry, place) for entry in found):
        if not (end <= span.start < span.end <= len(text)):
            raise InputError(
                f"{place}: the span {span.start} to {span.end} overlaps another or lies outside "
                f"the text's {len(text)} code points"
            )
        end = span.end
        spans.append(span)
    return SpannedText(text, tuple(spans), document)


def _span(entry: Any, place: str) -> Span:
    try:
        start, end, label = entry["start"], entry["end"], entry["label"]
    except (TypeError, KeyError):
        raise InputError(
            f"{place}: an entity needs 'start', 'end' and 'label'; received {entry!r}"
        ) from None
    whole = all(isinstance(value, int) and not isinstance(value, bool) for value in (start, end))
    if not whole or not isinstance(label, str) or not label:
        raise InputError(
            f"{place}: an entity's 'start' and 'end' are numbers and its 'label' is a word; "
            f"received {entry!r}"
        )
    return Span(start, end, label)

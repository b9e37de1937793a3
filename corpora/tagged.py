"""Tagged text: CoNLL columns, and JSON lines with spans."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from textrnn.corpora.columns import OnNote, Row, read_columns
from textrnn.corpora.reading import Line, file_ending, read_lines, source_name
from textrnn.corpora.schemes import SCHEMES, Span, split_tag, tags_to_spans
from textrnn.errors import ConfigurationError, InputError

FORMATS = ("conll", "jsonl")


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
class WordsLine(Line):
    """A sentence that is cut into words already.

    Attributes:
        words: its words; ``text`` is these, joined by blanks.
        above: the comments right above it, as they are written, and ``-DOCSTART-``.
    """

    words: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


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


def read_tagged(
    source: TaggedSource | str | Path, *, on_note: OnNote | None = None
) -> Iterator[TaggedSentence | SpannedText]:
    """Read tagged text.

    CoNLL: one word a line in columns (see :mod:`textrnn.corpora.columns`), of which the first is
    the word and the last its tag, in any scheme of :mod:`textrnn.corpora.schemes`. A blank line
    ends a sentence, ``-DOCSTART-`` begins a document; without such lines each sentence is a
    document of its own. JSON lines: ``{"text": …, "entities": [{"start": …, "end": …, "label":
    …}]}``, in code points.

    Args:
        source: a file, or its path where the defaults of :class:`TaggedSource` will do.
        on_note: told in a line what a reader might not expect.

    Yields:
        One sentence or text after another; memory does not grow with the file.

    Raises:
        InputError: the file cannot be read or a line is malformed; the message names the line.
    """
    source = source if isinstance(source, TaggedSource) else TaggedSource(str(source))
    read = _json_lines if _format(source) == "jsonl" else _conll
    for example in read(source, on_note):
        yield replace(example, spans=_renamed(example.spans, source.labels))


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
    for sentence in read_columns(path, tagged=False, encoding=encoding, on_note=on_note):
        words, first = tuple(row.cells[0] for row in sentence.rows), sentence.rows[0].line
        yield WordsLine(" ".join(words), first.number, first.source, words, sentence.above)


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
        yield TaggedSentence(tuple(row.cells[0] for row in sentence.rows), spans, document)
        document += not marked
    if width and not has_tags:
        raise InputError(
            f"{source_name(source.file)}: CoNLL-U without tags: expected name=B-PER, or the like, "
            "among the values of the last column"
        )


def _check_row(row: Row, width: int) -> None:
    """Raise InputError, with file and line, unless the row is a word and a tag."""
    place = f"{source_name(row.line.source)}: line {row.line.number}"
    if len(row.cells) < 2 or len(row.cells) != width:
        expected = f"{width}, as before" if width >= 2 else "2 or more"
        raise InputError(
            f"{place}: {len(row.cells)} columns; expected {expected} (a word, …, its tag): "
            f"{row.line.text[:80]!r}"
        )
    if not row.cells[-1]:
        return  # of CoNLL-U: no tag, no name
    try:
        split_tag(row.cells[-1])
    except InputError as error:
        raise InputError(f"{place}: {error}") from error


def _json_lines(source: TaggedSource, on_note: OnNote | None) -> Iterator[SpannedText]:
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

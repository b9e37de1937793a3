"""brat's standoff format: a text in ``a.txt``, its spans in ``a.ann`` beside it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from textrnn.corpora.files.opening import open_binary
from textrnn.corpora.files.reading import Line, read_lines
from textrnn.corpora.formats.tagged.examples import OnNote, SpannedText, TaggedOptions
from textrnn.corpora.formats.tagged.schemes import Span
from textrnn.corpora.formats.tagged.spans import checked_span, separate
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError

_NO_SPANS = "REAMN#*"  # what begins a line on something else than a span
_LINE = re.compile(r"[^\r\n]+")


def is_standoff(path: str | Path) -> bool:
    """Whether a path names standoff files: one of a pair, or a folder that has some."""
    path = Path(path)
    if path.is_dir():
        return any(path.rglob("*.ann"))
    return path.suffix == ".ann" or (path.suffix == ".txt" and path.with_suffix(".ann").is_file())


def read_standoff(path: str | Path, options: TaggedOptions) -> Iterator[SpannedText]:
    """Read texts and their spans, a line of a text at a time, or more where a span goes on.

    Args:
        path: an ``.ann``, the ``.txt`` beside it, or a folder, with those below it.
        options: of which the scheme is no matter; ``on_note`` is told of spans in several pieces,
            which are left out, and of texts without spans.

    Raises:
        InputError: a file is missing or malformed, or spans overlap or lie outside the text.
    """
    pieces: list[str] = []
    encoding, on_note = options.encoding, options.on_note
    for document, file in enumerate(_files(Path(path), on_note)):
        lines = read_lines(file, encoding=encoding)
        entries = [entry for line in lines if (entry := _entry(line)) is not None]
        text = _text(file.with_suffix(".txt"), entries, encoding)
        spans: dict[Span, str] = {}
        for line, label, fragments, said in entries:
            joined = _joined(text, fragments)
            if joined is None:
                pieces.append(f"{said!r:.60}, {line.place}")
                continue
            spans[checked_span(text, *joined, label, line.place, said=said)] = line.place
        yield from _by_lines(text, separate(text, spans), document, str(file.with_suffix(".txt")))
    if pieces and on_note is not None:
        on_note(
            f"{counted(len(pieces), 'span')} in several pieces: left out, since no tagger finds "
            f"such; first {pieces[0]}"
        )


_Entry = tuple[Line, str, "list[tuple[int, int]]", str]


def _files(path: Path, on_note: OnNote | None) -> list[Path]:
    if not path.is_dir():
        return [path.with_suffix(".ann")]
    files = sorted(path.rglob("*.ann"))
    bare = sorted(set(path.rglob("*.txt")) - {file.with_suffix(".txt") for file in files})
    if bare and on_note is not None:
        on_note(f"{path}: {len(bare):,} .txt have no .ann and are left out; first {bare[0].name}")
    return files


def _entry(line: Line) -> _Entry | None:
    """A span's line; None for those on events, relations and the like."""
    if not line.text.strip() or line.text[0] in _NO_SPANS:
        return None
    number, _, rest = line.text.partition("\t")
    ends, _, said = rest.partition("\t")
    label, _, places = ends.partition(" ")
    try:
        fragments = [
            (int(start), int(end)) for start, end in (piece.split() for piece in places.split(";"))
        ]
    except ValueError:
        fragments = []
    if not number.startswith("T") or not label or not fragments:
        raise InputError(
            f"{line.place}: expected T1, a tab, a label and two numbers, a tab and the span's "
            f"text: {line.text[:80]!r}"
        )
    return line, label, fragments, said


def _text(path: Path, entries: Sequence[_Entry], encoding: str) -> str:
    """The text as its spans count it: some tools count CR LF as one code point, others as two."""
    try:
        with open_binary(path) as file:
            whole = file.read().decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start}: not valid {encoding.upper()}") from error
    except LookupError as error:
        raise ConfigurationError(f"unknown encoding {encoding!r}") from error
    bare = whole.removeprefix("\ufeff")
    for text in (bare, bare.replace("\r\n", "\n"), whole, whole.replace("\r\n", "\n")):
        if all(_said(text, fragments) == " ".join(said.split()) for *_, fragments, said in entries):
            return text
    return bare


def _said(text: str, fragments: Sequence[tuple[int, int]]) -> str:
    return " ".join(" ".join(text[start:end] for start, end in fragments).split())


def _joined(text: str, fragments: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The ends of a span in one piece, or with nothing but blanks between; None for others."""
    for (_, end), (start, _) in pairwise(fragments):
        if start < end or text[end:start].strip():
            return None
    return fragments[0][0], fragments[-1][1]


def _by_lines(text: str, spans: Sequence[Span], document: int, name: str) -> Iterator[SpannedText]:
    """A text's lines; those that a span joins are one."""
    waiting, kept = deque(spans), list[Span]()
    start: int | None = None
    for line in _LINE.finditer(text):
        start = line.start() if start is None else start
        while waiting and waiting[0].start < line.end():
            kept.append(waiting.popleft())
        if kept and kept[-1].end > line.end():
            continue
        if text[start : line.end()].strip():
            inside = tuple(Span(s.start - start, s.end - start, s.label) for s in kept)
            place = f"{name}: line {text.count(chr(10), 0, start) + 1}"
            yield SpannedText(text[start : line.end()], inside, document, place)
        start, kept = None, []

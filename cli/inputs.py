"""Texts from files, standard input or the command line, as one stream."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from textrnn.corpora import (
    PACKED,
    Line,
    check_readable,
    is_pipe,
    read_lines,
    read_whole,
    source_name,
)
from textrnn.language import detect_language

if TYPE_CHECKING:
    from textrnn.corpora import WordsLine

T = TypeVar("T")
L = TypeVar("L", bound=Line)

_LANGUAGE_TEXTS = 20


@dataclass(frozen=True)
class Inputs:
    """What a command is to read.

    Attributes:
        files: paths; ``-`` is standard input.
        texts: texts given on the command line.
        whole: whether a file is one text, or else each line that is not blank.
        encoding: of the files.
    """

    files: Sequence[str]
    texts: Sequence[str]
    whole: bool
    encoding: str

    def check(self) -> None:
        """See that every file can be read before anything is written.

        Raises:
            InputError: one cannot.
        """
        for file in self.files:
            check_readable(file)

    def stream(self, on_bytes: Callable[[int], None] = lambda count: None) -> Iterator[Line]:
        """All texts, each with the file and line it came from.

        Args:
            on_bytes: called with the size of each text, for a progress display.
        """
        for number, text in enumerate(self.texts, start=1):
            yield Line(text, number, "--text")
        for file in self.files:
            for line in self._lines(file):
                on_bytes(len(line.text.encode("utf-8", "surrogatepass")) + 1)
                if line.text.strip():
                    yield line

    def sentences(
        self,
        on_bytes: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] | None = None,
    ) -> Iterator[WordsLine]:
        """The sentences of CoNLL files, as words.

        Args:
            on_bytes: called with the size of each sentence, for a progress display.
            on_note: told in a line what a reader might not expect.
        """
        from textrnn.corpora import read_words

        for file in self.files:
            read = read_words(file, encoding=self.encoding, on_note=on_note)
            for line in _after_answers(file, read):
                on_bytes(len(line.text.encode("utf-8", "surrogatepass")) + 1)
                yield line

    def _lines(self, file: str) -> Iterator[Line]:
        if self.whole:
            text = read_whole(file, encoding=self.encoding)
            return iter([Line(text, 1, source_name(file))])
        return _after_answers(file, read_lines(file, encoding=self.encoding))

    @property
    def are_files(self) -> bool:
        """Whether nothing is read from a pipe, whose writer may wait for its answers."""
        return not any(is_pipe(file) for file in self.files)

    def total_bytes(self) -> int | None:
        """Size of all files together; None where it cannot be told (pipes, compression)."""
        if any(is_pipe(file) or Path(file).suffix.lower() in PACKED for file in self.files):
            return None
        return sum(Path(file).stat().st_size for file in self.files)


def _after_answers(file: str, items: Iterator[T]) -> Iterator[T]:
    """What a file has; of a pipe only after the answers given so far are out, since its writer may
    wait for them.
    """
    if not is_pipe(file):
        yield from items
        return
    while True:
        if sys.stdout is not None:
            sys.stdout.flush()
        try:
            item = next(items)
        except StopIteration:
            return
        yield item


def gather_inputs(
    files: Sequence[str], texts: Sequence[str], *, whole: bool, encoding: str
) -> Inputs:
    """The inputs of a command; standard input where nothing is named and something is piped in.

    Raises:
        click.UsageError: there is nothing to read.
    """
    if not files and not texts:
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError("nothing to read: name a FILE, or - for standard input")
        files = ["-"]
    inputs = Inputs(list(files), list(texts), whole, encoding)
    inputs.check()
    return inputs


def peek_language(lines: Iterator[L]) -> tuple[str, Iterator[L]]:
    """The language of the first texts, and the stream as it was."""
    first = list(islice(lines, _LANGUAGE_TEXTS))
    return detect_language(line.text for line in first), chain(first, lines)

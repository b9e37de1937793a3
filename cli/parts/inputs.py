"""Texts from files, standard input or the command line, as one stream."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from textrnn.cli.parts.arriving import Arriving
from textrnn.corpora import (
    PACKED,
    Line,
    TextLine,
    check_readable,
    is_pipe,
    read_text_lines,
    read_whole,
    source_name,
    text_format,
)
from textrnn.corpora.formats.likely import likely_note, watched
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from textrnn.corpora import WordsLine
    from textrnn.runtime.stream import ReadAhead

L = TypeVar("L", bound=Line)

_SHOWN_PLACES = 3
_SHOWN_TEXT = 80  # characters of a text that stands where a file should
_ENDING = re.compile(r"\.\w{1,10}(:.*)?$")  # of a file's name; of a zip's also the member


class Textless:
    """Counts records without a text."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[str] = []

    def add(self, place: str) -> None:
        """Count one."""
        self.count += 1
        if self.count <= _SHOWN_PLACES:
            self._first.append(place)

    def __str__(self) -> str:
        more = ", …" if self.count > _SHOWN_PLACES else ""
        what = counted(self.count, "record has", "records have")
        return f"{what} no text and got no answer ({', '.join(self._first)}{more})"


@dataclass(frozen=True)
class Inputs:
    """What a command is to read.

    Attributes:
        files: paths; ``-`` is standard input.
        texts: texts given on the command line.
        whole: whether a file is one text, or else what its format says.
        encoding: of the files.
        form: their format, one of TEXT_FORMATS; None: what each one's ending tells.
        text_field: where a record has its text; None for the usual names.
        blank: whether blank lines are texts, too.
        textless: the records without a text that were met so far.
    """

    files: Sequence[str]
    texts: Sequence[str]
    whole: bool
    encoding: str
    form: str | None = None
    text_field: str | None = None
    blank: bool = False
    textless: Textless = field(default_factory=Textless)

    def gathered(self) -> Inputs:
        """The same, of standard input where nothing is named and something is piped in.

        Raises:
            click.UsageError: there is nothing to read.
            InputError: a file cannot be read: nothing is written then.
            ConfigurationError: options do not go together.
        """
        if not self.files and not self.texts:
            if sys.stdin is None or sys.stdin.isatty():
                raise click.UsageError("nothing to read: name a FILE, or - for standard input")
            return replace(self, files=["-"]).gathered()
        if self.whole and (self.form or self.text_field):
            name = "--input-format" if self.form else "--text-field"
            raise ConfigurationError(f"--whole takes a file as one text: leave out {name}")
        _refuse_texts(self.files)
        for file in self.files:
            is_text = self.whole or self.form_of(file) != "parquet"
            check_readable(file, encoding=self.encoding, is_text=is_text)
        return self

    def form_of(self, file: str) -> str:
        """The format of a file, one of TEXT_FORMATS."""
        return self.form or text_format(file)

    def stream(
        self,
        on_bytes: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] = lambda note: None,
    ) -> Iterator[TextLine]:
        """All texts, each with the file and line it came from; and of records without a text why.

        Args:
            on_bytes: called with the size of each text, for a progress display.
            on_note: told in a line what a file looks like that is read as plain lines unasked.
        """
        for number, text in enumerate(self.texts, start=1):
            yield TextLine(text, number, "--text")
        for file in self.files:
            for line in self._lines(file, on_note):
                on_bytes(len(line.text.encode("utf-8", "surrogatepass")) + 1)
                if line.error:
                    self.textless.add(f"{line.source}:{line.number}")
                yield line

    def read(self, file: str) -> Iterator[TextLine]:
        """The texts of one file."""
        return read_text_lines(
            file,
            format=self.form_of(file),
            text=self.text_field,
            encoding=self.encoding,
            blank=self.blank,
        )

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
            for line in read:
                on_bytes(len(line.text.encode("utf-8", "surrogatepass")) + 1)
                yield line

    def _lines(self, file: str, on_note: Callable[[str], None]) -> Iterator[TextLine]:
        if not self.whole:
            lines = self.read(file)
            if self.form or self.form_of(file) != "txt":
                return lines
            return watched(lines, lambda form: on_note(likely_note(source_name(file), form)))
        text = read_whole(file, encoding=self.encoding)
        return iter([TextLine(text, 1, source_name(file))] if text.strip() else [])

    @property
    def are_files(self) -> bool:
        """Whether nothing is read from a pipe, whose writer may wait for its answers."""
        return not any(is_pipe(file) for file in self.files)

    def total_bytes(self) -> int | None:
        """Size of all files together; None where it cannot be told (pipes, compression)."""
        if any(is_pipe(file) or Path(file).suffix.lower() in PACKED for file in self.files):
            return None
        return sum(Path(file).stat().st_size for file in self.files)


def refuse_blank(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    """The texts of an option, none of which is blank.

    Raises:
        click.UsageError: one is.
    """
    if not all(map(str.strip, texts)):
        raise click.UsageError("--text is empty: give it some text, or leave it out", context)
    return texts


def _refuse_texts(files: Sequence[str]) -> None:
    """See that what should be names of files is not a text itself, in quotes or without.

    Raises:
        InputError: it seems to be.
    """
    if files and not any(map(_may_be_file, files)):
        text = " ".join(files)
        shown = shlex.quote(text) if len(text) <= _SHOWN_TEXT else "TEXT"
        raise InputError(
            f"{files[0]:.{_SHOWN_TEXT}}: No such file or directory; if it is the text itself: "
            f"--text {shown}"
        )


def _may_be_file(name: str) -> bool:
    is_path = os.sep in name and " " not in name
    return name == "-" or is_path or bool(_ENDING.search(name)) or os.path.lexists(name)


def as_they_come(inputs: Inputs, lines: Iterator[L], command: str) -> tuple[Iterator[L], ReadAhead]:
    """The texts, and whether more may be asked for before those that came are answered.

    Args:
        inputs: where they come from.
        lines: the texts; the first is waited for here.
        command: its name, for messages.

    Raises:
        InputError: there are none.
    """
    ready: ReadAhead = True
    if not inputs.are_files:
        arriving = Arriving(lines)
        lines, ready = arriving, arriving.is_ready
    first = next(lines, None)
    if first is None:
        raise InputError(f"nothing to {command}: there is no text in the input")
    return chain([first], lines), ready


def place_of(number: int, line: Line) -> str:
    """Where a text stands, for messages."""
    return f"{line.source}:{line.number}"

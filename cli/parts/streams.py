"""Standard input, output and error as the commands find them: there, closed or a terminal."""

from __future__ import annotations

import io
import os
import sys
from typing import BinaryIO, TextIO, cast

from textrnn.errors import InputError
from textrnn.reports.harmless import harmless

# What came as bytes that are no UTF-8 (an argument, a file's name) or as half a pair in JSON cannot
# be written as it was, and must not stop the rest.
ON_SURROGATES = "backslashreplace"


class ShownText(io.TextIOBase):
    """A stream to somebody's eyes: what a terminal would obey is spelled out.

    Args:
        stream: where the text goes.
        must_arrive: whether it is an error that the stream can take no more, as it is for results
            and not for notes.
    """

    def __init__(self, stream: TextIO, *, must_arrive: bool = True) -> None:
        self.rich_proxied_file = stream  # Rich, which writes sequences of its own, writes there
        self._stream = stream
        self._must_arrive = must_arrive

    def write(self, text: str) -> int:
        """Write a text as it may be shown."""
        try:
            self._stream.write(harmless(text))
        except OSError:
            if self._must_arrive:
                raise
        return len(text)

    def flush(self) -> None:
        """Let what was written be seen."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            if self._must_arrive:
                raise

    def fileno(self) -> int:
        """The stream's number."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self._stream.isatty()

    def writable(self) -> bool:
        """Yes."""
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The stream's."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What the stream does with characters that its encoding lacks."""
        return self._stream.errors


class ClosedOutput(io.TextIOBase):
    """Standard output where the caller has closed it: nothing is lost there in silence."""

    encoding = "utf-8"
    errors = ON_SURROGATES

    def write(self, text: str) -> int:
        """Refuse.

        Raises:
            InputError: always.
        """
        raise InputError("standard output is closed: there is nowhere to write the answer to")

    def writable(self) -> bool:
        """Yes: who writes is told why that cannot be."""
        return True


class ClosedInput(io.TextIOBase):
    """Standard input where the caller has closed it."""

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        """Refuse.

        Raises:
            InputError: always.
        """
        raise InputError("standard input is closed: there is nothing to read")

    @property
    def buffer(self) -> BinaryIO:
        """Refuse as well."""
        raise InputError("standard input is closed: there is nothing to read")


def settle_streams() -> None:
    """Make the standard streams safe to use, once, before a command begins.

    A closed one would be None in Python, and the next file opened would take its number, so that
    what a library prints would end up in that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this
    if sys.stdin is None:
        sys.stdin = cast(TextIO, ClosedInput())
    if sys.stdout is None:
        sys.stdout = cast(TextIO, ClosedOutput())
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=ON_SURROGATES)
        if sys.stdout.isatty():
            sys.stdout = cast(TextIO, ShownText(sys.stdout))
    sys.stderr = cast(TextIO, ShownText(sys.stderr, must_arrive=False))

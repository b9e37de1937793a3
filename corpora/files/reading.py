"""Text files, however they are encoded, as lines or whole.

UTF-16 and UTF-32 are recognised by a byte-order mark, which is dropped; lines may end in LF, CR LF
or CR. Whatever is wrong is named with its place.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from textrnn.corpora.files.binaries import binary_kind
from textrnn.corpora.files.opening import is_pipe, open_binary, source_name
from textrnn.errors import ConfigurationError, InputError

MAX_CHARACTERS = 10_000_000  # of a line, a cell, a text: three times War and Peace
_BLOCK_BYTES = 1 << 20
_SNIFF_BYTES = 8192
# UTF-32's come first: the one of its little end begins like that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_HIGH = re.compile(rb"[\x80-\xff]")
_GB_PAIR = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")  # marks, and the commonest characters
# Python calls these encodings of text, too, but nobody keeps texts in them.
_NO_ENCODINGS = ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape")


@dataclass(frozen=True)
class Line:
    """A line without its end.

    Attributes:
        text: what it says.
        number: counted from 1.
        source: the file's name, as the user gave it; ``<stdin>`` for standard input.
    """

    text: str
    number: int
    source: str

    @property
    def place(self) -> str:
        """As ``a.txt: line 3``."""
        return f"{self.source}: line {self.number}"


def read_lines(path: str | Path, *, encoding: str = "utf-8") -> Iterator[Line]:
    """Read a file line by line; memory does not grow with the file, only with its longest line.

    Args:
        path: a file, or ``-``.
        encoding: any that Python knows.

    Yields:
        Every line, empty ones too.

    Raises:
        InputError: the file is missing, unreadable, a folder, binary, cut off, or has bytes that
            are not of that encoding.
        ConfigurationError: the encoding is unknown.
    """
    pieces: list[str] = []
    number, size, name = 1, 0, source_name(path)
    for block in _decoded(path, encoding):
        lines = block.split("\n")
        for rest in lines[1:]:
            line = "".join((*pieces, lines[0]))
            check_length(len(line), f"{name}: line {number}")
            yield Line(line, number, name)
            lines[0], pieces, size = rest, [], 0
            number += 1
        pieces.append(lines[0])
        size += len(lines[0])
        check_length(size, f"{name}: line {number}")
    last = "".join(pieces)
    if last:
        yield Line(last, number, name)


def read_whole(path: str | Path, *, encoding: str = "utf-8") -> str:
    """Read a file as one text, its line ends as ``\\n``.

    Raises:
        InputError, ConfigurationError: as :func:`read_lines` does; or the text is too long.
    """
    pieces, size = [], 0
    for block in _decoded(path, encoding):
        pieces.append(block)
        size += len(block)
        check_length(size, source_name(path))
    return "".join(pieces)


def read_blocks(path: str | Path, *, encoding: str = "utf-8") -> Iterator[str]:
    """A file's text in pieces of about a megabyte, its line ends as ``\\n``.

    Raises:
        InputError, ConfigurationError: as :func:`read_lines` does.
    """
    return _decoded(path, encoding)


def check_length(characters: int, place: str) -> None:
    """Raise InputError where a text is longer than any reader takes, so that memory is bounded."""
    if characters > MAX_CHARACTERS:
        raise InputError(
            f"{place}: a text of more than {MAX_CHARACTERS:,} characters; divide it into lines or "
            "records"
        )


def check_readable(path: str | Path, *, encoding: str = "utf-8", is_text: bool = True) -> None:
    """Raise the error that opening and starting to read ``path`` would; reads next to nothing.

    Pipes, standard input among them, are left alone: what is read from them is gone.

    Args:
        path: a file, or ``-``.
        encoding: that it will be read in.
        is_text: whether it is to be text, not Parquet.

    Raises:
        InputError: the file is missing, unreadable, a folder or binary.
        ConfigurationError: the encoding is unknown.
    """
    _decoder(encoding)
    if not is_pipe(path):
        with open_binary(path) as file:
            start = _start(file)
            if is_text:
                _refuse_binary(start, _marked(start, encoding), source_name(path))


def _decoded(path: str | Path, encoding: str) -> Iterator[str]:
    """Blocks of text with ``\n`` for every line end."""
    _decoder(encoding)
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    name, place = source_name(path), _Place()
    with open_binary(path) as file:
        start = _start(file)
        encoding = _marked(start, encoding)
        decoder = _decoder(encoding)
        _refuse_binary(start, encoding, name)
        if start.startswith(codecs.BOM_UTF8) and decoder_is_utf8(encoding):
            file.read(len(codecs.BOM_UTF8))
            place.offset = len(codecs.BOM_UTF8)
        while True:
            block = file.read1(_BLOCK_BYTES)
            pending = decoder.getstate()[0]
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                raise _undecodable(error, place, pending, encoding, name) from error
            except UnicodeError as error:  # as UTF-16 without its mark
                raise InputError(
                    f"{name}: not {encoding.upper()}: {error}; where there is no byte-order mark, "
                    f"name {encoding}-le or {encoding}-be"
                ) from error
            place.advance(block)
            yield newlines.decode(text, final=not block)
            if not block:
                return


def is_marked(start: bytes) -> bool:
    """Whether a file begins with the byte-order mark of UTF-16 or UTF-32."""
    return start.startswith(tuple(_MARKS))


def _marked(start: bytes, encoding: str) -> str:
    """The encoding that a byte-order mark tells, where UTF-8 was expected."""
    if decoder_is_utf8(encoding):
        return next((name for mark, name in _MARKS.items() if start.startswith(mark)), encoding)
    return encoding


class _Place:
    """How far the reading of a file has come."""

    def __init__(self) -> None:
        self.offset = 0
        self.line = 1
        self._ended_in_return = False

    def advance(self, block: bytes) -> None:
        """Note that ``block`` was read."""
        self.offset += len(block)
        self.line += _line_ends(block)
        if self._ended_in_return and block.startswith(b"\n"):
            self.line -= 1  # CR LF, cut in two by the block's border
        self._ended_in_return = block.endswith(b"\r") if block else self._ended_in_return


def _undecodable(
    error: UnicodeDecodeError, place: _Place, pending: bytes, encoding: str, name: str
) -> InputError:
    """Say where the bad byte is; ``error.start`` counts from the bytes that were pending."""
    position = place.offset - len(pending) + error.start
    line = place.line + _line_ends(error.object[len(pending) : max(error.start, len(pending))])
    rest = error.object[error.start : error.start + 1000]
    found = probable_encoding(rest) if decoder_is_utf8(encoding) else "utf-8"
    return InputError(
        f"{name}: line {line}, byte {position}: not valid {encoding.upper()} (0x{rest[0]:02x}); "
        f"give the file's encoding, perhaps encoding={found!r}"
    )


def probable_encoding(data: bytes) -> str:
    """What encoding bytes that are not UTF-8 are probably of: ``gb18030`` where they stand in pairs
    as common Chinese characters do, or else ``cp1252``, that of Windows in western Europe.

    Example:
        >>> probable_encoding("发票".encode("gbk")), probable_encoding("Größe".encode("cp1252"))
        ('gb18030', 'cp1252')
    """
    paired = 2 * len(_GB_PAIR.findall(data))
    return "gb18030" if paired > len(_HIGH.findall(data)) / 2 else "cp1252"


def _line_ends(block: bytes) -> int:
    return block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")


def _start(file: io.BufferedReader) -> bytes:
    return file.peek(_SNIFF_BYTES)[:_SNIFF_BYTES]


def _refuse_binary(start: bytes, encoding: str, name: str) -> None:
    """Raise where a file is not text in an encoding of single bytes or UTF-8."""
    if kind := binary_kind(start):
        what, _, advice = kind.partition(": ")
        raise InputError(f"{name}: {what}, not text{': ' if advice else ''}{advice}")
    if codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
        return
    for mark, found in _MARKS.items():
        if start.startswith(mark):
            raise InputError(
                f"{name}: the file begins like {found.upper()}; add encoding={found!r}"
            )
    if b"\0" in start:
        raise InputError(f"{name}: a binary file (byte {start.index(0)} is zero), not text")


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        found = codecs.lookup(encoding)
        if found.name in _NO_ENCODINGS or not found._is_text_encoding:
            raise LookupError(encoding)
        return codecs.getincrementaldecoder(encoding)()
    except (LookupError, ValueError) as error:  # the latter: the name holds what no name does
        raise ConfigurationError(
            f"unknown encoding {encoding!r:.80}; known are utf-8, gb18030, cp1252 and many more"
        ) from error


def decoder_is_utf8(encoding: str) -> bool:
    """Whether an encoding's name means UTF-8."""
    return codecs.lookup(encoding).name == "utf-8"

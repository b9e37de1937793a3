"""Text files, however they are packed and encoded, as lines or whole.

``-`` is standard input. gzip, bzip2 and xz are recognised by their first bytes, as UTF-16 and
UTF-32 are by a byte-order mark, which is dropped; lines may end in LF, CR LF or CR. Whatever is
wrong is named with its place.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from textrnn.corpora.files.binaries import binary_kind
from textrnn.errors import ConfigurationError, InputError

MAX_CHARACTERS = 10_000_000  # of a line, a cell, a text: three times War and Peace
_BLOCK_BYTES = 1 << 20
_SNIFF_BYTES = 8192
_HEADER_BYTES = 16  # more than the fields of a packed file's header that are read by themselves
_PACKERS: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
PACKED = (".gz", ".bz2", ".xz")  # the endings of names that say how a file is packed
# UTF-32's come first: the one of its little end begins like that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
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


def unpacked_name(name: str) -> str:
    """A file's name without that of its packing.

    Example:
        >>> unpacked_name("news.jsonl.gz")
        'news.jsonl'
    """
    suffix = Path(name).suffix
    return name.removesuffix(suffix) if suffix.lower() in PACKED else name


def file_ending(path: str | Path) -> str:
    """The ending of a file's name, packed or not, in small letters.

    Example:
        >>> file_ending("news/2026.JSONL.xz"), file_ending("notes")
        ('.jsonl', '')
    """
    return Path(unpacked_name(Path(path).name)).suffix.lower()


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


def is_pipe(path: str | Path) -> bool:
    """Whether ``path`` can be read only once: standard input, a FIFO, a device."""
    return str(path) == "-" or (
        Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir()
    )


def source_name(path: str | Path) -> str:
    """How messages call a file."""
    return "<stdin>" if str(path) == "-" else str(path)


@contextmanager
def open_binary(path: str | Path) -> Iterator[io.BufferedReader]:
    """A file's bytes, unpacked, with errors of the system and of the packing as ours.

    Raises:
        InputError: the file is missing, unreadable, a folder, or its packed data is damaged.
    """
    name = source_name(path)
    try:
        if str(path) == "-":
            with _standard_input() as file:
                yield _unpacked(file)
            return
        with Path(path).open("rb") as file:
            yield _unpacked(file)
    except IsADirectoryError as error:
        raise InputError(f"{name}: a folder, not a file") from error
    except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{name}: the compressed file is damaged or cut off ({error})") from error
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from error


@contextmanager
def _standard_input() -> Iterator[BinaryIO]:
    """Standard input by a number of its own: a thread that still waits for it when the program ends
    must not hold what Python closes then.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed: there is nothing to read")
    try:
        number = os.dup(sys.stdin.fileno())
    except (OSError, ValueError):  # replaced by something without a number
        yield sys.stdin.buffer
        return
    with open(number, "rb") as file:
        yield file


def _unpacked(file: BinaryIO) -> io.BufferedReader:
    if isinstance(file, io.BufferedReader):
        buffered: io.BufferedReader = file
    else:  # standard input that a program has replaced
        buffered = io.BufferedReader(cast(io.RawIOBase, file))
    start = buffered.peek(6)
    for magic, unpack in _PACKERS.items():
        if start.startswith(magic):
            return io.BufferedReader(_Unpacking(unpack(_Arrived(buffered), "rb")))
    return buffered


class _Arrived:
    """A packed file that gives what has arrived, whatever it is asked for: a reader of packed data
    asks for much at a time, which would have to wait until a pipe has it.
    """

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        """Up to so many bytes; of a header's few fields all of them."""
        return self._file.read1(size) if size > _HEADER_BYTES else self._file.read(size)


class _Unpacking(io.RawIOBase):
    """Unpacked data as it comes."""

    def __init__(self, unpacked: Any) -> None:
        self._unpacked = unpacked

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill some of a buffer."""
        data = self._unpacked.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)


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
    advice = "e.g. gb18030 or latin-1" if decoder_is_utf8(encoding) else "e.g. utf-8"
    return InputError(
        f"{name}: line {line}, byte {position}: not valid {encoding.upper()} "
        f"(0x{error.object[error.start]:02x}); give the file's encoding with --encoding, {advice}"
    )


def _line_ends(block: bytes) -> int:
    return block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")


def _start(file: io.BufferedReader) -> bytes:
    return file.peek(_SNIFF_BYTES)[:_SNIFF_BYTES]


def _refuse_binary(start: bytes, encoding: str, name: str) -> None:
    """Raise where a file is not text in an encoding of single bytes or UTF-8."""
    if kind := binary_kind(start):
        raise InputError(f"{name}: {kind}, not text")
    if codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
        return
    for mark, found in _MARKS.items():
        if start.startswith(mark):
            raise InputError(
                f"{name}: the file begins like {found.upper()}; add --encoding {found}"
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
            f"unknown encoding {encoding!r:.80}; known are utf-8, gb18030, latin-1 and many more"
        ) from error


def decoder_is_utf8(encoding: str) -> bool:
    """Whether an encoding's name means UTF-8."""
    return codecs.lookup(encoding).name == "utf-8"

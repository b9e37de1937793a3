"""Files opened as bytes, however they are packed: a path, a pipe, ``-`` for standard input.

gzip, bzip2 and xz are recognised by their first bytes.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from textrnn.errors import InputError

_HEADER_BYTES = 16  # more than the fields of a packed file's header that are read by themselves
_PACKERS: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
PACKED = (".gz", ".bz2", ".xz")  # the endings of names that say how a file is packed


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

"""A file of word vectors as bytes: plain, packed with gzip, bzip2 or xz, or in a zip."""

from __future__ import annotations

import io
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from textrnn.corpora.files.opening import open_binary
from textrnn.embeddings.arguments import check_regular
from textrnn.embeddings.formats.blocks import BLOCK_BYTES
from textrnn.errors import InputError

ZIP_MAGIC = b"PK\x03\x04"
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError,
    RuntimeError, ValueError, OverflowError, LookupError, OSError, MemoryError, TypeError,
)  # fmt: skip
# Numbers packed are a third of their size, or a tenth; what is a hundredth is made to fill memory.
_MOST_UNPACKED, _LEAST_LOOKED_AT = 100, 1 << 24


@contextmanager
def open_vectors(path: str | Path) -> Iterator[io.BufferedReader]:
    """A file's bytes, unpacked; also of a zip's member, named after a colon.

    An ``.npz``, which is a zip too, comes as it is.

    Raises:
        InputError: it is missing, no regular file, damaged, or unpacks to a hundred times its size.
    """
    archive, member = split_member(path)
    check_regular(archive)
    if _is_zip(archive):
        with _open_member(archive, member) as file:
            yield file
    else:
        with open_binary(archive) as opened:
            is_plain = isinstance(opened.raw, io.FileIO)
            yield opened if is_plain else _measured(opened, os.stat(archive).st_size, archive)


def split_member(path: str | Path) -> tuple[str, str]:
    """A file's name, and that of its member where it is a zip's (``a.zip:b.txt``)."""
    whole = str(path)
    archive, _, member = whole.rpartition(":")
    if os.path.exists(whole) or not archive:
        return whole, ""
    return archive, member


def beside(path: str | Path) -> Path:
    """Where gensim puts the vectors of a file that are large."""
    return Path(f"{path}.vectors.npy")


def _is_zip(path: str) -> bool:
    """Whether a file is a zip, and not an ``.npz``."""
    with open_binary(path) as file:
        if not isinstance(file.raw, io.FileIO) or file.peek(4)[:4] != ZIP_MAGIC:
            return False
    with zip_errors(path), zipfile.ZipFile(path) as zipped:
        return not any(name.endswith(".npy") for name in zipped.namelist())


@contextmanager
def _open_member(archive: str, member: str) -> Iterator[io.BufferedReader]:
    with zip_errors(archive), zipfile.ZipFile(archive) as zipped:
        info = zipped.getinfo(_member(zipped, member, archive))
        with zipped.open(info) as opened:
            yield _measured(opened, info.compress_size, archive)


@contextmanager
def zip_errors(name: str) -> Iterator[None]:
    """Whatever a damaged zip makes of the reader, as an error of ours."""
    try:
        yield
    except _ZIP_ERRORS as error:
        raise InputError(f"{name}: the zip cannot be read ({str(error)[:100]})") from error


def _member(zipped: zipfile.ZipFile, wanted: str, name: str) -> str:
    members = [info.filename for info in zipped.infolist() if not info.is_dir()]
    if wanted in members:
        return wanted
    if len(members) == 1 and not wanted:
        return members[0]
    shown = ", ".join(members[:8])
    raise InputError(f"{name}: name one of its files, as {name}:{(members or [''])[0]} ({shown})")


def _measured(file: object, packed: int, name: str) -> io.BufferedReader:
    raw = _Measured(cast(BinaryIO, file), packed, name)
    return io.BufferedReader(raw, BLOCK_BYTES)


class _Measured(io.RawIOBase):
    """Unpacked bytes, as long as they are not out of all proportion to the packed ones."""

    def __init__(self, file: BinaryIO, packed: int, name: str) -> None:
        self._file, self._name = file, name
        self._most = max(_LEAST_LOOKED_AT, _MOST_UNPACKED * packed)
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        content = self._file.read(len(buffer))
        self._unpacked += len(content)
        if self._unpacked > self._most:
            raise InputError(
                f"{self._name}: unpacks to more than {_MOST_UNPACKED} times its size: not word "
                "vectors"
            )
        buffer[: len(content)] = content
        return len(content)

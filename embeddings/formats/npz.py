"""NumPy's ``.npz`` of ``words`` and ``vectors``, read in pieces."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from textrnn.embeddings.formats.binary import BinaryReader
from textrnn.embeddings.formats.blocks import (
    LONGEST_WORD,
    Block,
    Reading,
    Wanted,
    check_units,
    finite_rows,
)
from textrnn.embeddings.formats.npy import Matrix, read_header, type_and_bytes
from textrnn.embeddings.formats.packed import zip_errors
from textrnn.errors import InputError

_MOST_UNPACKED, _LARGE_BYTES = 100, 1 << 28
_PIECE_BYTES = 1 << 22


def read_npz(
    file: io.BufferedReader, path: Path, reading: Reading, wanted: Wanted
) -> Iterator[Block]:
    """The words and rows of an ``.npz``, some at a time.

    Raises:
        InputError: the file is damaged, or a number is not finite.
    """
    name = str(path)
    with zip_errors(name):
        seekable = file if isinstance(file.raw, io.FileIO) else io.BytesIO(file.read())
        yield from WordsAndVectors(seekable, name).blocks(reading, wanted)


class WordsAndVectors:
    """An ``.npz`` with ``words`` and ``vectors``, opened.

    Args:
        file: its bytes, in which one can go to and fro.
        name: how messages call it.

    Raises:
        InputError: it is damaged, lacks one of them, or they are not as many.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._zip, self.name = zipfile.ZipFile(file), name
        members = set(self._zip.namelist())
        for info in self._zip.infolist():
            if info.file_size > max(_LARGE_BYTES, _MOST_UNPACKED * info.compress_size):
                raise InputError(
                    f"{name}: {info.filename[:40]!r} unpacks to more than {_MOST_UNPACKED} times "
                    "its size: not word vectors"
                )
        if not {"words.npy", "vectors.npy"} <= members:
            raise InputError(f"{name}: no .npz with 'words' and 'vectors'")
        with self._zip.open("words.npy") as words, self._zip.open("vectors.npy") as vectors:
            listed = read_header(BinaryReader(words, f"{name}: words"))
            self.header = read_header(BinaryReader(vectors, f"{name}: vectors"))
        type_and_bytes(self.header, f"{name}: vectors")
        check_units(self.header.shape[1], f"{name}: vectors")
        count = int(np.prod(listed.shape, dtype=object))
        if count != self.header.shape[0]:
            raise InputError(f"{name}: {count:,} words and vectors of shape {self.header.shape}")

    def blocks(self, reading: Reading, wanted: Wanted) -> Iterator[Block]:
        """Words and rows, some at a time.

        Raises:
            InputError: the file is damaged, or a number is not finite.
        """
        words: list[str] = []
        for some in self._words():
            words += [reading.decoded(w) if isinstance(w, bytes) else w for w in some]
            if wanted.limit is not None and len(words) >= wanted.limit:
                break
        words = words[: wanted.limit]
        begin = 0
        for rows in self._vectors():
            here = range(begin, min(begin + len(rows), len(words)))
            begin += len(rows)
            reading.rows += len(here)
            kept = [row for row in here if wanted.has(words[row])]
            vectors = rows[[row - here.start for row in kept]]
            yield finite_rows([words[row] for row in kept], vectors, kept, self.name)
            if begin >= len(words) and wanted.limit is not None:
                break

    def _words(self) -> Iterator[list[str | bytes]]:
        with self._zip.open("words.npy") as member:
            reader = BinaryReader(member, f"{self.name}: words")
            header = read_header(reader)
            dtype = _text_type(header.descr, reader.name)
            left = self.header.shape[0]
            at_once = max(1, _PIECE_BYTES // dtype.itemsize)
            while left:
                content = reader.exactly(min(left, at_once) * dtype.itemsize)
                try:
                    found: list[str | bytes] = np.frombuffer(content, dtype).tolist()
                except (ValueError, SystemError) as error:  # numbers that are no characters
                    raise InputError(f"{reader.name}: damaged ({error})") from error
                left -= len(found)
                yield found
            _expect_end(member, reader)

    def _vectors(self) -> Iterator[Matrix]:
        """Their rows, some at a time; all at once where columns come first."""
        with self._zip.open("vectors.npy") as member:
            reader = BinaryReader(member, f"{self.name}: vectors")
            read_header(reader)
            dtype, size = type_and_bytes(self.header, reader.name)
            rows, units = self.header.shape
            if self.header.columns_first:
                content = reader.exactly(size)
                yield np.frombuffer(content, dtype).reshape(units, rows).T
            else:
                at_once = max(1, _PIECE_BYTES // max(1, units * dtype.itemsize))
                for begin in range(0, rows, at_once):
                    count = min(at_once, rows - begin)
                    content = reader.exactly(count * units * dtype.itemsize)
                    yield np.frombuffer(content, dtype).reshape(count, units)
            _expect_end(member, reader)


def _text_type(descr: str | None, name: str) -> np.dtype[Any]:
    """The type of a list of words: text or bytes of one length, of which the shorter are filled."""
    order, kind, length = (descr or "")[:1], (descr or "")[1:2], (descr or "")[2:]
    if order not in tuple("<>|=") or kind not in ("U", "S") or not length.isascii():
        raise InputError(f"{name}: of the type {descr!r}; save them as np.array(words, dtype=str)")
    if not length.isdigit() or not 0 < len(length) <= 6 or not 0 < int(length) <= LONGEST_WORD:
        raise InputError(f"{name}: of {length[:20]} letters; a word has {LONGEST_WORD:,} at most")
    return np.dtype(f"{order}{kind}{int(length)}")


def _expect_end(member: IO[bytes], reader: BinaryReader) -> None:
    if member.read(1):
        raise InputError(f"{reader.name}: more follows than its header promises")

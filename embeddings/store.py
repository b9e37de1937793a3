"""Word vectors in one file that is mapped into memory, and not read: it opens at once, processes
share it, and only the rows that somebody asks for come from the disk.

Layout: 4,096 bytes of header (magic, length, JSON), the matrix row by row, then, each beginning at
a multiple of 64 bytes, the scales (int8 alone), the words in UTF-8 end to end, where each word
begins, a hash table from words to rows, and of fastText the subwords. The header is written last:
a file that was cut off has none.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.writing import PartialFile
from textrnn.embeddings.number_types import DTYPES, Matrix, pack_rows, unpack_rows
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import BundleError, ConfigurationError

__all__ = ["DTYPES", "MAGIC", "Store", "StoreInfo", "StoreWriter", "pack_rows", "unpack_rows"]

MAGIC = b"textrnn vectors 1\n"
_HEADER_BYTES = 4096
_ALIGNMENT = 64
_COPIED_ROWS = 16_384

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class StoreInfo:
    """What a store says of itself.

    Attributes:
        words: rows.
        units: numbers a row.
        dtype: one of DTYPES.
        source: the file it was made from: name, bytes, mtime_ns, sha256 of its first and last
            megabyte.
        reading: what came up while it was read: format, rows, duplicates, undecodable.
        places: where each part begins, and its bytes.
        ngrams: of fastText's subwords the shortest and the longest, in characters.
    """

    words: int
    units: int
    dtype: str
    source: dict[str, Any] = field(default_factory=dict)
    reading: dict[str, Any] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)
    ngrams: list[int] = field(default_factory=list)


def word_hash(word: str) -> int:
    """64 bits that depend on the word alone, the same in every process."""
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


class StoreWriter:
    """Writes a store block by block; its memory is that of the words.

    Args:
        path: the file to be; until :meth:`finish` there is only one of another name beside it.
        units: numbers a row.
        dtype: one of DTYPES.
    """

    def __init__(self, path: Path, *, units: int, dtype: str) -> None:
        if dtype not in DTYPES:
            raise ConfigurationError(f"dtype must be one of {', '.join(DTYPES)}: {dtype!r}")
        self.path, self.units, self.dtype = path, units, dtype
        path.parent.mkdir(parents=True, exist_ok=True)
        self._partial = PartialFile(path)
        self._file = self._partial.file
        self._file.write(b"\0" * _HEADER_BYTES)
        self._rows = 0
        self._words: list[bytes] = []
        self._lengths: list[NDArray[np.int64]] = []
        self._hashes: list[Hashes] = []
        self._scales: list[NDArray[np.float32]] = []

    def __enter__(self) -> StoreWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._partial.close()

    def add(self, words: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Write some rows."""
        encoded = [word.encode("utf-8", "surrogatepass") for word in words]
        self._words.append(b"".join(encoded))
        self._lengths.append(np.array([len(word) for word in encoded], np.int64))
        self._hashes.append(np.array([word_hash(word) for word in words], np.uint64))
        rows, scales = pack_rows(vectors, self.dtype)
        if scales is not None:
            self._scales.append(scales)
        self._file.write(np.ascontiguousarray(rows).tobytes())
        self._rows += len(words)

    def finish(
        self,
        *,
        source: dict[str, Any],
        reading: dict[str, Any],
        subwords: Subwords | None = None,
    ) -> int:
        """Write the rest and put the file in its place.

        Of rows with the same word the first is kept.

        Args:
            source: see :class:`StoreInfo`.
            reading: likewise; ``duplicates`` is filled in.
            subwords: fastText's, which are kept as they are.

        Returns:
            How many duplicates there were.
        """
        hashes = np.concatenate([np.zeros(0, np.uint64), *self._hashes])
        lengths = np.concatenate([np.zeros(0, np.int64), *self._lengths])
        scales = np.concatenate([np.zeros(0, np.float32), *self._scales])
        text = b"".join(self._words)
        _, first = np.unique(hashes, return_index=True)
        kept = np.sort(first)
        duplicates = self._rows - len(kept)
        if duplicates:
            text = _without(text, lengths, kept)
            hashes, lengths = hashes[kept], lengths[kept]
            scales = scales[kept] if len(scales) else scales
            self._close_gaps(kept)
        self._rows = len(kept)
        row_bytes = self.units * np.dtype(self.dtype).itemsize
        self._file.truncate(_HEADER_BYTES + self._rows * row_bytes)
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = {"matrix": [_HEADER_BYTES, self._rows * row_bytes]}
        parts: dict[str, NDArray[Any]] = {
            "scales": scales,
            "words": np.frombuffer(text, np.uint8),
            "starts": starts,
            "table": _hash_table(hashes),
        }
        if subwords is not None:
            parts["subwords"] = subwords.vectors[:]
        for name, content in parts.items():
            self._file.seek(0, os.SEEK_END)
            self._file.write(b"\0" * (-self._file.tell() % _ALIGNMENT))
            places[name] = [self._file.tell(), content.nbytes]
            self._file.write(np.ascontiguousarray(content).data)
        reading = {**reading, "duplicates": duplicates}
        ngrams = [] if subwords is None else [subwords.shortest, subwords.longest]
        info = StoreInfo(self._rows, self.units, self.dtype, source, reading, places, ngrams)
        header = json.dumps(info.__dict__).encode("utf-8")
        self._file.seek(0)
        self._file.write(MAGIC + len(header).to_bytes(4, "little") + header)
        self._partial.publish()
        return duplicates

    def _close_gaps(self, kept: NDArray[np.int64]) -> None:
        """Move the kept rows up over those that are dropped."""
        width = self.units * np.dtype(self.dtype).itemsize
        self._file.flush()
        with mmap.mmap(self._file.fileno(), 0) as memory:
            rows = np.frombuffer(memory, np.uint8, self._rows * width, _HEADER_BYTES)
            rows = rows.reshape(-1, width)
            for begin in range(0, len(kept), _COPIED_ROWS):
                part = kept[begin : begin + _COPIED_ROWS]
                rows[begin : begin + len(part)] = rows[part].copy()
            del rows


class Store:
    """A store, opened: its arrays are mapped and not read.

    Args:
        path: the file.

    Attributes:
        info: what it says of itself.
        matrix: (words, units), of its dtype.
        scales: (words,), with int8 alone.
        subwords: fastText's, or None.

    Raises:
        BundleError: it is no store, damaged, or cut off.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            start = file.read(_HEADER_BYTES)
            if not start.startswith(MAGIC):
                raise BundleError(f"{path}: not a store of word vectors, or one that was cut off")
            begin = len(MAGIC) + 4
            length = int.from_bytes(start[len(MAGIC) : begin], "little")
            try:
                self.info = StoreInfo(**json.loads(start[begin : begin + length]))
                ends = [offset + size for offset, size in self.info.places.values()]
            except (ValueError, TypeError) as error:
                raise BundleError(f"{path}: the header is damaged ({error})") from error
            if os.fstat(file.fileno()).st_size < max(ends):
                raise BundleError(f"{path}: the file is cut off")
            self._memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        info = self.info
        self.matrix: Matrix = self._array("matrix", info.dtype).reshape(info.words, info.units)
        self.scales: NDArray[np.float32] | None = None
        if info.dtype == "int8":
            self.scales = self._array("scales", "float32")
        self.subwords: Subwords | None = None
        if info.ngrams:
            buckets = self._array("subwords", "float32").reshape(-1, info.units)
            self.subwords = Subwords(buckets, *info.ngrams)
        self._starts: NDArray[np.int64] = self._array("starts", "int64")
        self._table: NDArray[np.uint32] = self._array("table", "uint32")
        self._words_begin = info.places["words"][0]

    def _array(self, name: str, dtype: str) -> NDArray[Any]:
        offset, size = self.info.places[name]
        count = size // np.dtype(dtype).itemsize
        return np.frombuffer(self._memory, dtype, count, offset)

    def rows(self, rows: list[int] | slice) -> NDArray[np.float32]:
        """Some vectors, (rows, U), float32."""
        return unpack_rows(self.matrix[rows], None if self.scales is None else self.scales[rows])

    def word(self, row: int) -> str:
        """The word of a row."""
        return self._bytes(row).decode("utf-8", "surrogatepass")

    def words(self) -> list[str]:
        """All words, row by row."""
        return [self.word(row) for row in range(self.info.words)]

    def row(self, word: str) -> int | None:
        """The row of a word, or None."""
        wanted = word.encode("utf-8", "surrogatepass")
        mask = len(self._table) - 1
        place = word_hash(word) & mask
        while (entry := int(self._table[place])) != 0:
            if self._bytes(entry - 1) == wanted:
                return entry - 1
            place = (place + 1) & mask
        return None

    def _bytes(self, row: int) -> bytes:
        begin, end = int(self._starts[row]), int(self._starts[row + 1])
        return self._memory[self._words_begin + begin : self._words_begin + end]


def _hash_table(hashes: Hashes) -> NDArray[np.uint32]:
    """Rows, counted from 1, by the lowest bits of their words' hashes; the next place if taken."""
    size = 1 << max(4, int(2 * len(hashes)).bit_length())
    table = np.zeros(size, np.uint32)
    waiting = np.arange(len(hashes))
    places = (hashes & np.uint64(size - 1)).astype(np.int64)
    while len(waiting):
        # Of all rows that want the same free place the first gets it; the others go on.
        free = table[places] == 0
        _, winners = np.unique(np.where(free, places, -1 - places), return_index=True)
        winners = winners[free[winners]]
        table[places[winners]] = waiting[winners] + 1
        left = np.ones(len(waiting), np.bool_)
        left[winners] = False
        waiting, places = waiting[left], (places[left] + 1) & (size - 1)
    return table


def _without(text: bytes, lengths: NDArray[np.int64], kept: NDArray[np.int64]) -> bytes:
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return b"".join(text[starts[row] : starts[row + 1]] for row in kept.tolist())

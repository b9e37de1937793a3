"""Word vectors in one file that is mapped into memory, and not read: it opens at once, processes
share it, and only the rows that somebody asks for come from the disk.

Layout: 4,096 bytes of header (magic, length, JSON, checksum), the matrix row by row, then, each
beginning at a multiple of 64 bytes, the scales (int8 alone), the words in UTF-8 end to end, where
each word begins, a hash table from words to rows, of fastText the subwords, and a checksum of each
16 KiB of all these. The header is written last: a file that was cut off has none. What is read is
checked as it is first read (:mod:`textrnn.embeddings.store.checksums`).
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.arguments import check_regular
from textrnn.embeddings.dtypes import Rows, unpack_rows
from textrnn.embeddings.store.checksums import Pages
from textrnn.embeddings.store.header import HEADER_BYTES, StoreInfo, damaged, decode_header
from textrnn.embeddings.store.word_table import table_places, word_hash
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import BundleError

Floats = NDArray[np.float32]


class Store:
    """A store, opened: its arrays are mapped and not read.

    Args:
        path: the file.

    Attributes:
        info: what it says of itself.
        subwords: fastText's, or None.

    Raises:
        BundleError: it is no store, damaged, or cut off; every method raises it too, where what
            it reads is damaged.
        InputError: there is no such file.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        check_regular(path)
        self.path = path
        with path.open("rb") as file:
            self.info: StoreInfo = decode_header(file.read(HEADER_BYTES), str(path))
            self._places = self.info.places()
            size = os.fstat(file.fileno()).st_size
            begin, end = self._places["sums"]
            if size != end:
                what = "cut off" if size < end else "too long"
                raise BundleError(f"{path}: the file is {what}: {size:,} bytes; expected {end:,}")
            self._memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if zlib.crc32(self._memory[begin:end]) != self.info.sums:
            raise damaged(str(path), "list of checksums")
        self._pages = Pages(self._memory, HEADER_BYTES, begin, self._array("sums", "<u4"))
        self._matrix = self._array("matrix", self.info.dtype).reshape(len(self), self.units)
        self._scales = self._array("scales", "<f4")
        self._starts = self._array("starts", "<i8")
        self._table = self._array("table", "<u4")
        self.subwords: Subwords | None = None
        if self.info.buckets:
            self.subwords = Subwords(
                StoreBuckets(self.buckets, self.info.buckets), *self.info.ngrams
            )

    def __reduce__(self) -> tuple[type[Store], tuple[Path]]:
        return Store, (self.path,)

    def _array(self, name: str, dtype: str) -> NDArray[Any]:
        begin, end = self._places[name]
        kind = np.dtype(dtype)
        return np.frombuffer(self._memory, kind, (end - begin) // kind.itemsize, begin)

    def __len__(self) -> int:
        return self.info.words

    @property
    def units(self) -> int:
        """U."""
        return self.info.units

    @property
    def dtype(self) -> str:
        """The type in which its rows are kept."""
        return self.info.dtype

    def rows(self, rows: Rows) -> Floats:
        """Some vectors, (rows, U), float32."""
        found = self._matrix[rows]
        self._check_rows("matrix", self.info.row_bytes, rows)
        if self.dtype != "int8":
            return self._finite(unpack_rows(found, None))
        self._check_rows("scales", 4, rows)
        return self._finite(unpack_rows(found, self._scales[rows]))

    def buckets(self, rows: Rows) -> Floats:
        """Some of the subwords' vectors."""
        whole = self._array("subwords", "<f4").reshape(-1, self.units)
        self._check_rows("subwords", 4 * self.units, rows)
        return self._finite(whole[rows])

    def _finite(self, found: Floats) -> Floats:
        if not np.isfinite(found).all():
            raise BundleError(f"{self.path}: a number is not finite")
        return found

    def word(self, row: int) -> str:
        """The word of a row."""
        try:
            return self._word_bytes(row).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise damaged(str(self.path), "list of words") from error

    def words(self) -> list[str]:
        """All words, row by row."""
        size = self.info.word_bytes
        self._check("words", 0, size)
        self._check("starts", 0, 8 * (len(self) + 1))
        if self._starts[0] or self._starts[-1] != size or (np.diff(self._starts) < 0).any():
            raise damaged(str(self.path), "list of words")
        first = self._places["words"][0]
        text, starts = self._memory[first : first + size], self._starts.tolist()
        try:
            return [text[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(starts)]
        except UnicodeDecodeError as error:
            raise damaged(str(self.path), "list of words") from error

    def row(self, word: str) -> int | None:
        """The row of a word, or None."""
        wanted = word.encode("utf-8", "surrogatepass")
        mask = table_places(len(self)) - 1
        place = word_hash(word) & mask
        for _ in range(mask + 1):
            self._check("table", 4 * place, 4)
            entry = int(self._table[place])
            if not entry:
                return None
            if entry > len(self):
                break
            if self._word_bytes(entry - 1) == wanted:
                return entry - 1
            place = (place + 1) & mask
        raise damaged(str(self.path), "table of words")

    def _word_bytes(self, row: int) -> bytes:
        self._check("starts", 8 * row, 16)
        begin, end = int(self._starts[row]), int(self._starts[row + 1])
        if not 0 <= begin <= end <= self.info.word_bytes:
            raise damaged(str(self.path), "list of words")
        self._check("words", begin, end - begin)
        first = self._places["words"][0]
        return self._memory[first + begin : first + end]

    def _check(self, part: str, begin: int, size: int) -> None:
        """See that some bytes of a part are as they were written."""
        begin += self._places[part][0]
        if not self._pages.are_whole(begin, begin + size):
            raise damaged(str(self.path), part)

    def _check_rows(self, part: str, width: int, rows: Rows) -> None:
        """The same for rows of so many bytes each."""
        begin, end = self._places[part]
        count = (end - begin) // width if width else 0
        if isinstance(rows, slice) and rows.step in (None, 1):
            first, last, _ = rows.indices(count)
            self._check(part, first * width, max(0, last - first) * width)
            return
        if isinstance(rows, list) and len(rows) == 1:
            self._check(part, (rows[0] % count) * width, width)
            return
        numbers = np.arange(count)[rows] if isinstance(rows, slice) else np.asarray(rows)
        numbers = np.where(numbers < 0, numbers + count, numbers).astype(np.int64)
        if not self._pages.rows_are_whole(numbers, begin, width):
            raise damaged(str(self.path), part)


class StoreBuckets:
    """The subwords' rows of a store, asked for and checked as they are used.

    Args:
        rows: gives some.
        count: of all.
    """

    def __init__(self, rows: Callable[[Rows], Floats], count: int) -> None:
        self._rows, self._count = rows, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, rows: Rows) -> Floats:
        return self._rows(rows)

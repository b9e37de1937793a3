"""word2vec's binary: a line of two numbers, then a word, a space and its numbers, row by row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from textrnn.embeddings.formats.blocks import (
    BLOCK_BYTES,
    LONGEST_WORD,
    Block,
    Reading,
    Wanted,
    check_units,
    finite_rows,
)
from textrnn.errors import InputError

_LONGEST_HEADER = 64


class BinaryVectors:
    """Reads word2vec's binary.

    Args:
        file: unpacked.
        path: for messages.
        reading: filled in on the way.
        wanted: what is to be read.

    Raises:
        InputError: its header promises what cannot be.
    """

    def __init__(
        self, file: io.BufferedReader, path: Path, reading: Reading, wanted: Wanted
    ) -> None:
        self._file, self._name = file, str(path)
        self._reading, self._wanted = reading, wanted
        header = file.readline(_LONGEST_HEADER)
        self._promised, self._units = (int(part) for part in header.split())
        check_units(self._units, f"{path}: line 1")
        self._buffer, self._place = b"", 0  # what was read, and where in it the next row begins
        self._offset = len(header)  # of the buffer in the file

    def __iter__(self) -> Iterator[Block]:
        """The rows, some megabytes at a time.

        Raises:
            InputError: the file ends too soon, or goes on.
        """
        width = 4 * self._units
        limit = self._wanted.limit
        count = self._promised if limit is None else min(self._promised, limit)
        words: list[str] = []
        rows: list[bytes] = []
        numbers: list[int] = []
        for row in range(count):
            space = self._fill(row)
            word = self._reading.decoded(self._buffer[self._place : space].lstrip(b"\n"))
            self._place = space + 1 + width
            self._reading.rows += 1
            if self._wanted.has(word):
                words.append(word)
                rows.append(self._buffer[space + 1 : self._place])
                numbers.append(row)
            if len(rows) * width >= BLOCK_BYTES:
                yield self._block(words, rows, numbers)
                words, rows, numbers = [], [], []
        if limit is None:
            self._expect_end()
        yield self._block(words, rows, numbers)

    def _fill(self, row: int) -> int:
        """Read until the next row is there; where its word ends."""
        while True:
            space = self._buffer.find(b" ", self._place)
            length = (len(self._buffer) if space < 0 else space) - self._place
            if length > LONGEST_WORD:
                raise InputError(
                    f"{self._name}: byte {self._offset + self._place}: a word without an end"
                )
            if space >= 0 and len(self._buffer) >= space + 1 + 4 * self._units:
                return space
            content = self._file.read(BLOCK_BYTES)
            if not content:
                raise InputError(
                    f"{self._name}: the file ends in row {row + 1:,} of {self._promised:,}, at "
                    f"byte {self._offset + len(self._buffer):,}: it is cut off"
                )
            self._wanted.on_bytes(len(content))
            self._offset += self._place
            self._buffer, self._place = self._buffer[self._place :] + content, 0

    def _expect_end(self) -> None:
        rest = self._buffer[self._place :] + self._file.read(BLOCK_BYTES)
        if rest.strip(b"\n"):
            raise InputError(
                f"{self._name}: byte {self._offset + self._place:,}: the header promises "
                f"{self._promised:,} words, and more follow"
            )

    def _block(self, words: list[str], rows: list[bytes], numbers: list[int]) -> Block:
        vectors = np.frombuffer(b"".join(rows), "<f4").reshape(-1, self._units)
        return finite_rows(words, vectors, numbers, self._name)

"""Bytes one after another out of a file that may lie about how many follow."""

from __future__ import annotations

import struct
from typing import IO

from textrnn.embeddings.formats.blocks import LONGEST_WORD
from textrnn.errors import InputError

_PIECE_BYTES = 1 << 24


class BinaryReader:
    """Reads exactly what is asked for, or says at which byte the file ends.

    Args:
        file: where the bytes come from.
        name: how messages call it.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._read, self.name = file.read, name
        self.offset = 0

    def whole_number(self, size: int, *, signed: bool = False) -> int:
        """A number of so many bytes, the lowest first."""
        return int.from_bytes(self.exactly(size), "little", signed=signed)

    def take(self, form: str) -> tuple[int, ...]:
        """Values in the notation of :mod:`struct`."""
        return struct.unpack(form, self.exactly(struct.calcsize(form)))

    def exactly(self, count: int) -> bytes | bytearray:
        """So many bytes; memory grows with what is there, not with what was promised.

        Raises:
            InputError: there are not so many.
        """
        if 0 <= count <= _PIECE_BYTES:
            piece = self._read(count)
            self.offset += count
            if len(piece) < count:
                self.offset -= count - len(piece)
                raise self.cut_off()
            return piece
        if count < 0:
            raise InputError(f"{self.name}: byte {self.offset:,}: {count} bytes cannot follow")
        found = bytearray()
        while len(found) < count:
            found += self._piece(count - len(found))
        return found

    def skip(self, count: int) -> None:
        """Leave out so many bytes.

        Raises:
            InputError: there are not so many.
        """
        while count > 0:
            count -= len(self._piece(count))

    def until_zero(self) -> bytes:
        """The bytes before the next that is zero.

        Raises:
            InputError: it does not come soon.
        """
        found = bytearray()
        while (byte := self.exactly(1)) != b"\0":
            found += byte
            if len(found) > LONGEST_WORD:
                raise InputError(f"{self.name}: byte {self.offset:,}: a word without an end")
        return bytes(found)

    def cut_off(self) -> InputError:
        """The error that the file ends too soon."""
        return InputError(f"{self.name}: byte {self.offset:,}: the file is cut off")

    def _piece(self, count: int) -> bytes:
        piece = self._read(min(count, _PIECE_BYTES))
        self.offset += len(piece)
        if not piece:
            raise self.cut_off()
        return piece

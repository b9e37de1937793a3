"""NumPy's ``.npy``: a header, then plain numbers.

Types are looked up by their names in a table; none is ever built from what a file says.
"""

from __future__ import annotations

import ast
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.formats.binary import BinaryReader
from textrnn.errors import InputError

NPY_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 4096
_CODES = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1")
_PLAIN = {order + code: np.dtype(order + code) for order in "<>|=" for code in _CODES}
_MOST_NUMBERS = 1 << 48

Matrix = NDArray[Any]


def plain_type(name: object) -> np.dtype[Any] | None:
    """The type that NumPy calls so (``<f4``); None where it is none of plain numbers."""
    return _PLAIN.get(name) if isinstance(name, str) else None


def matrix_bytes(shape: object, dtype: np.dtype[Any]) -> int | None:
    """The bytes of a matrix; None where the shape is not that of one, or beyond all measure."""
    if not isinstance(shape, tuple) or len(shape) != 2:
        return None
    if not all(type(side) is int and 0 <= side <= _MOST_NUMBERS for side in shape):
        return None
    count: int = shape[0] * shape[1]
    return count * dtype.itemsize if count <= _MOST_NUMBERS else None


@dataclass(frozen=True)
class ArrayHeader:
    """What an ``.npy`` says of itself.

    Attributes:
        descr: the name of its type, ``<f4``; None where that is not one name.
        shape: its sides.
        columns_first: Fortran's order.
    """

    descr: str | None
    shape: tuple[int, ...]
    columns_first: bool


def read_header(reader: BinaryReader) -> ArrayHeader:
    """The header of an ``.npy``, after which its numbers follow.

    Raises:
        InputError: it is none, or too long.
    """
    if reader.exactly(len(NPY_MAGIC)) != NPY_MAGIC:
        raise InputError(f"{reader.name}: not an array of NumPy")
    major, _ = reader.take("<BB")
    (length,) = reader.take("<H" if major == 1 else "<I")
    if length > _LONGEST_HEADER:
        raise InputError(f"{reader.name}: a header of {length:,} bytes: not plain numbers")
    try:
        found = ast.literal_eval(bytes(reader.exactly(length)).decode("latin-1").strip())
        descr, shape = found["descr"], found["shape"]
        columns_first = found["fortran_order"]
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError) as error:
        raise InputError(f"{reader.name}: the header of an array is damaged") from error
    sides = isinstance(shape, tuple) and all(type(side) is int and side >= 0 for side in shape)
    if not sides or not isinstance(columns_first, bool):
        raise InputError(f"{reader.name}: the header of an array is damaged")
    return ArrayHeader(descr if isinstance(descr, str) else None, shape, columns_first)


def type_and_bytes(header: ArrayHeader, name: str) -> tuple[np.dtype[Any], int]:
    """The type of a matrix's numbers, and its bytes."""
    dtype = plain_type(header.descr)
    if dtype is None:
        raise InputError(f"{name}: its type is {header.descr!r}: not plain numbers")
    size = matrix_bytes(header.shape, dtype)
    if size is None:
        raise InputError(f"{name}: an array of shape {header.shape}; expected two sides")
    return dtype, size


def map_matrix(path: Path) -> Matrix:
    """The matrix of an ``.npy``, mapped into memory.

    Raises:
        InputError: it is damaged, or holds anything but plain numbers.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise InputError(f"{path}: not a regular file")
            reader = BinaryReader(file, str(path))
            header = read_header(reader)
            dtype, size = type_and_bytes(header, str(path))
            if status.st_size != reader.offset + size:
                raise InputError(
                    f"{path}: {status.st_size:,} bytes; expected {reader.offset + size:,}"
                )
            order = "F" if header.columns_first else "C"
            if not size:
                return np.zeros(header.shape, dtype)
            return np.memmap(file, dtype, "r", reader.offset, header.shape, order)  # type: ignore[call-overload,no-any-return]
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def _without_waiting(name: str, flags: int) -> int:
    """Open a file, which for a named pipe would wait for a writer."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))

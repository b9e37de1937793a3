"""Types of plain numbers, and rows of them: what vectors are kept in on disk.

Types are looked up by their names in a table; none is ever built from what a file says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import ConfigurationError

ITEM_BYTES = {"float32": 4, "float16": 2, "int8": 1}
DTYPES = tuple(ITEM_BYTES)  # in which rows are kept
_CODES = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1")
_PLAIN = {order + code: np.dtype(order + code) for order in "<>|=" for code in _CODES}
_MOST_NUMBERS = 1 << 48

Matrix = NDArray[Any]
Rows = list[int] | slice | NDArray[np.int64]  # which of a matrix


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


def pack_rows(
    vectors: NDArray[np.float32], dtype: str, words: Sequence[str] = ()
) -> tuple[Matrix, NDArray[np.float32] | None]:
    """Rows in another type; with int8 each has a scale, its largest number being 127.

    Args:
        vectors: (rows, U).
        dtype: one of DTYPES.
        words: of the rows, for messages.

    Raises:
        ConfigurationError: a number is not finite, or a row is too large or too small for the type.
    """

    def check(fits: Any, wrong: str) -> None:
        if not fits.all():
            row = int(np.flatnonzero(~fits)[0])
            of = f" of {words[row][:80]!r}" if words else ""
            raise ConfigurationError(f"a number{of} is {wrong}")

    check(np.isfinite(vectors).all(axis=1), "not finite")
    if dtype == "int8":
        return _in_8_bits(vectors)
    if dtype == "float32":
        return vectors.astype(dtype, copy=False), None
    with np.errstate(over="ignore", under="ignore"):
        rows = vectors.astype(dtype, copy=False)
    check(np.isfinite(rows).all(axis=1), f"too large for {dtype}")
    check(rows.any(axis=1) | ~vectors.any(axis=1), f"too small for {dtype}")
    return rows, None


def _in_8_bits(vectors: NDArray[np.float32]) -> tuple[Matrix, NDArray[np.float32]]:
    exact = vectors.astype(np.float64)
    largest = np.abs(exact).max(axis=1, initial=0.0)
    scales = np.maximum(largest / 127, np.finfo(np.float32).smallest_subnormal)
    scales = np.where(largest > 0, scales, 1.0).astype(np.float32)
    whole = exact * (127 / np.where(largest > 0, largest, 1.0))[:, None]
    return np.rint(whole).astype(np.int8), scales


def unpack_rows(rows: Matrix, scales: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """Rows as float32."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = rows.astype(np.float32)
        return found if scales is None else found * scales[:, None]

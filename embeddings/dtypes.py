"""The types in which vectors are kept: 32 bits, 16, or 8 with a scale for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import ConfigurationError

ITEM_BYTES = {"float32": 4, "float16": 2, "int8": 1}
DTYPES = tuple(ITEM_BYTES)  # in which rows are kept

Matrix = NDArray[Any]
Rows = list[int] | slice | NDArray[np.int64]  # which of a matrix


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

"""Numbers from text, by the fastest well-kept reader that is installed.

Of Polars', Arrow's and NumPy's readers Polars' was the fastest on GloVe's text. It is an extra;
without it NumPy reads the same numbers. So it does in a process that was forked from one that had
loaded Polars, whose threads are not there in the child, which would wait for them for ever.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.arguments import is_number
from textrnn.errors import InputError


def parse_floats(
    lines: Sequence[bytes], units: int, place: Callable[[int], str]
) -> NDArray[np.float32]:
    """Numbers divided by single spaces, as many on every line.

    Args:
        lines: the numbers of each row.
        units: numbers a row.
        place: names a row in messages.

    Returns:
        (lines, units).

    Raises:
        InputError: something is not a number.
    """
    if not lines:
        return np.zeros((0, units), np.float32)
    try:
        if _polars_was_forked:
            raise ImportError
        return _by_polars(lines, units)
    except (ImportError, _UnreadableError):
        return _by_numpy(lines, units, place)


_polars_was_forked = False


def _note_fork() -> None:
    global _polars_was_forked
    _polars_was_forked = _polars_was_forked or "polars" in sys.modules


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_note_fork)


class _UnreadableError(Exception):
    """Polars could not read it, and NumPy shall say where it is wrong."""


def _by_polars(lines: Sequence[bytes], units: int) -> NDArray[np.float32]:
    import polars

    try:
        frame = polars.read_csv(
            io.BytesIO(b"\n".join(lines)),
            separator=" ",
            has_header=False,
            quote_char=None,
            schema={str(column): polars.Float32 for column in range(units)},
        )
    except polars.exceptions.PolarsError as error:
        raise _UnreadableError from error
    found: NDArray[np.float32] = frame.to_numpy()
    if found.shape != (len(lines), units) or frame.null_count().sum_horizontal()[0]:
        raise _UnreadableError
    return np.ascontiguousarray(found)


def _by_numpy(
    lines: Sequence[bytes], units: int, place: Callable[[int], str]
) -> NDArray[np.float32]:
    found = np.empty((len(lines), units), np.float32)
    for row, line in enumerate(lines):
        numbers = line.split()
        if len(numbers) != units:
            raise InputError(f"{place(row)}: {len(numbers)} numbers; expected {units}")
        try:
            with np.errstate(over="ignore"):
                found[row] = numbers
        except ValueError as error:
            wrong = next(number for number in numbers if not is_number(number))
            shown = wrong[:40].decode("utf-8", "replace")
            raise InputError(f"{place(row)}: could not convert {shown!r} to a number") from error
    return found

"""Words and their rows, wherever they are: in memory, or in a store.

Shapes: N words, U units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.arguments import check_rows, check_words, short
from textrnn.embeddings.dtypes import Matrix, Rows, unpack_rows
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import ConfigurationError

BLOCK_ROWS = 16_384  # looked at at once, where all are

Floats = NDArray[np.float32]


class Table(Protocol):
    """What :class:`textrnn.embeddings.Vectors` looks words up in."""

    subwords: Subwords | None

    def __len__(self) -> int: ...

    @property
    def units(self) -> int:
        """U."""
        ...

    @property
    def dtype(self) -> str:
        """The type in which the rows are kept."""
        ...

    def rows(self, rows: Rows) -> Floats:
        """Some vectors, (rows, U)."""
        ...

    def row(self, word: str) -> int | None:
        """The row of a word, or None."""
        ...

    def word(self, row: int) -> str:
        """The word of a row."""
        ...

    def words(self) -> Sequence[str]:
        """All words, row by row."""
        ...


class TableInMemory:
    """Words and rows in memory.

    Args:
        words: each different.
        matrix: (N, U).
        scales: (N,), of rows of 8 bits.
        subwords: what makes vectors of unknown words, of fastText.
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: Matrix,
        scales: Floats | None = None,
        subwords: Subwords | None = None,
    ) -> None:
        self._words, self._matrix, self._scales = words, matrix, scales
        self._numbers = {word: row for row, word in enumerate(words)}
        self.subwords = subwords

    def __len__(self) -> int:
        return len(self._matrix)

    @property
    def units(self) -> int:
        """U."""
        return int(self._matrix.shape[1])

    @property
    def dtype(self) -> str:
        """The type of the rows."""
        return str(self._matrix.dtype)

    def rows(self, rows: Rows) -> Floats:
        """Some vectors, (rows, U)."""
        return unpack_rows(self._matrix[rows], None if self._scales is None else self._scales[rows])

    def row(self, word: str) -> int | None:
        """The row of a word, or None."""
        return self._numbers.get(word)

    def word(self, row: int) -> str:
        """The word of a row."""
        return self._words[row]

    def words(self) -> Sequence[str]:
        """All words, row by row."""
        return self._words


def check_table(words: object, matrix: object, subwords: Subwords | None) -> TableInMemory:
    """The words and vectors that a caller gave, as a table.

    Raises:
        ConfigurationError: a word is no text or comes twice, the matrix is none of finite numbers,
            or words and rows are not as many.
    """
    listed, rows = check_words(words, "words"), check_rows(matrix, "matrix")
    if len(listed) != len(rows):
        raise ConfigurationError(f"{len(listed):,} words and {len(rows):,} vectors")
    seen: set[str] = set()
    for word in listed:
        if word in seen:
            raise ConfigurationError(f"the word {short(word)} comes twice")
        seen.add(word)
    if str(rows.dtype) not in ("float32", "float16"):
        with np.errstate(over="ignore"):
            floats = np.asarray(rows, np.float32)
        rows = check_rows(floats, "matrix, in 32 bits,")
    return TableInMemory(listed, rows, subwords=subwords)

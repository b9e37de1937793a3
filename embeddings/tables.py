"""Words and their rows, wherever they are: in memory, in a store, in a store beside its source.

Shapes: N words, U units.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.dtypes import Matrix, Rows, unpack_rows
from textrnn.embeddings.store.reader import Store
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import BundleError

Floats = NDArray[np.float32]
T = TypeVar("T")


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


class RemadeStore:
    """A store that is made again from its source where it turns out to be damaged.

    Args:
        store: opened.
        remake: makes it again, and opens it; raises BundleError where the source has changed.
    """

    def __init__(self, store: Store, remake: Callable[[], Store]) -> None:
        self._store, self._remake = store, remake
        self._lock = threading.Lock()
        self.subwords: Subwords | None = None
        if store.subwords is not None:
            self.subwords = Subwords(_RemadeBuckets(self), *store.info.ngrams)

    def __len__(self) -> int:
        return len(self._store)

    def __reduce__(self) -> tuple[type[Store], tuple[Path]]:
        return Store, (self._store.path,)

    @property
    def info(self) -> Any:
        """What the store says of itself."""
        return self._store.info

    @property
    def units(self) -> int:
        """U."""
        return self._store.units

    @property
    def dtype(self) -> str:
        """The type of the rows."""
        return self._store.dtype

    def rows(self, rows: Rows) -> Floats:
        """Some vectors, (rows, U)."""
        return self.of_store(lambda store: store.rows(rows))

    def row(self, word: str) -> int | None:
        """The row of a word, or None."""
        return self.of_store(lambda store: store.row(word))

    def word(self, row: int) -> str:
        """The word of a row."""
        return self.of_store(lambda store: store.word(row))

    def words(self) -> Sequence[str]:
        """All words, row by row."""
        return self.of_store(Store.words)

    def of_store(self, ask: Callable[[Store], T]) -> T:
        """What the store says to a question, if need be once it has been made again."""
        store = self._store
        try:
            return ask(store)
        except BundleError:
            with self._lock:
                if self._store is store:  # no other thread has done it
                    self._store = self._remake()
            return ask(self._store)


class _RemadeBuckets:
    """The subwords' rows of a store that may be made again."""

    def __init__(self, table: RemadeStore) -> None:
        self._table = table

    def __len__(self) -> int:
        return int(self._table.info.buckets)

    def __getitem__(self, rows: Rows) -> Floats:
        return self._table.of_store(lambda store: store.buckets(rows))

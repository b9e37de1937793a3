"""Word vectors: loading, looking up, comparing.

Shapes: N words, U units.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.alignment import Alignment, align
from textrnn.embeddings.arguments import (
    check_count,
    check_path,
    check_rows,
    check_word,
    check_words,
    short,
)
from textrnn.embeddings.dtypes import Rows
from textrnn.embeddings.loading import load_table
from textrnn.embeddings.matching import Match, find_spelled_alike, find_word
from textrnn.embeddings.nearest import Neighbor, find_nearest, table_lengths, to_length_one
from textrnn.embeddings.store.reader import Store
from textrnn.embeddings.store.writer import StoreWriter
from textrnn.embeddings.subwords import Subwords
from textrnn.embeddings.tables import BLOCK_ROWS, Table, check_table
from textrnn.errors import ConfigurationError, InputError
from textrnn.renamed import renamed

Floats = NDArray[np.float32]


class Vectors:
    """Words with their vectors, in memory or mapped from a store.

    Args:
        words: each different.
        matrix: (N, U).
        subwords: what makes vectors of unknown words, of fastText.
        reading: what came up while they were read.

    Raises:
        ConfigurationError: a word is no text or comes twice, the matrix is none of finite numbers,
            or words and rows are not as many.
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: NDArray[Any],
        *,
        subwords: Subwords | None = None,
        reading: Mapping[str, Any] | None = None,
    ) -> None:
        self._set(check_table(words, matrix, subwords), reading or {})

    def _set(self, table: Table, reading: Mapping[str, Any]) -> None:
        self._table = table
        self._norms: NDArray[np.float64] | None = None
        self._words: Sequence[str] | None = None
        self.subwords: Subwords | None = table.subwords
        self.reading: dict[str, Any] = dict(reading)

    @classmethod
    def _of(cls, table: Table, reading: Mapping[str, Any]) -> Vectors:
        vectors = cls.__new__(cls)
        vectors._set(table, reading)
        return vectors

    @classmethod
    def open(cls, path: str | Path) -> Vectors:
        """Open a store, which takes milliseconds whatever its size.

        Raises:
            InputError: there is no such file.
            BundleError: it is damaged; every method raises it too, where what it reads is.
        """
        try:
            store = Store(check_path(path))
        except OSError as error:
            raise InputError(f"{path}: {error.strerror or error}") from error
        return cls._of(store, store.info.reading)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        vocabulary: Collection[str] | None = None,
        limit: int | None = None,
        dtype: str | None = None,
        cache: bool = True,
        on_bytes: Callable[[int], None] = lambda count: None,
    ) -> Vectors:
        """Load vectors that ship, or a file of any format that :mod:`textrnn.embeddings.reading`
        knows. It is called :func:`textrnn.embeddings.load`, too.

        The first load of a whole file writes a store beside it, or in the cache folder where that
        cannot be written; later loads open it. It is made anew when the file has changed.

        Args:
            path: a name of vectors that ship, as ``glove-en``; the file, or a store.
            vocabulary: only these words; nothing is cached then, and the memory is the result's.
            limit: so many rows at the most; nothing is cached then.
            dtype: ``float32``, ``float16`` or ``int8`` (with a scale for each row); by default a
                store's own, and of other files float32.
            cache: whether a store may be written; one that is there is used in any case.
            on_bytes: called with how many bytes were read.

        Raises:
            InputError: the file is missing or damaged; the message names the line or the byte.
            ConfigurationError: the type is unknown.

        Example:
            >>> vectors = load("glove-en")
            >>> [neighbor.word for neighbor in vectors.neighbors("frog", 3)]
            ['toad', 'snake', 'frogs']
        """
        table, reading = load_table(
            path,
            keep=None if vocabulary is None else frozenset(check_words(vocabulary, "vocabulary")),
            limit=limit,
            dtype=dtype,
            cache=cache,
            on_bytes=on_bytes,
        )
        return cls._of(table, reading)

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.row(word) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __getitem__(self, word: str) -> Floats:
        row = self.row(word)
        if row is None:
            raise KeyError(word)
        found: Floats = self.rows([row])[0]
        return found

    @property
    def units(self) -> int:
        """U."""
        return self._table.units

    @property
    def dtype(self) -> str:
        """The type in which they are kept."""
        return self._table.dtype

    @property
    def words(self) -> Sequence[str]:
        """All words, row by row."""
        if self._words is None:
            self._words = self._table.words()
        return self._words

    def row(self, word: str) -> int | None:
        """The row of a word just as it is written, or None."""
        return self._table.row(check_word(word))

    def rows(self, rows: Rows) -> Floats:
        """Some vectors, (rows, U), float32."""
        return self._table.rows(rows)

    def unit_rows(self, rows: slice) -> Floats:
        """The same brought to length 1; those of zeros stay so."""
        return to_length_one(self.rows(rows), self.norms[rows])

    def find(self, word: str, *, similar_spelling: bool = False) -> Match | None:
        """The vector of a word by the first rule that finds one.

        First the word as it is, then in lower case, then with full-width and half-width forms
        folded (NFKC), then made of its subwords where fastText gave them, then with every digit as
        ``#`` or ``0``, which some vectors have for all numbers, then, if asked for, the mean of the
        words with the most character trigrams in common.

        Args:
            word: the word.
            similar_spelling: whether the last rule is tried.
        """
        match = find_word(self._table, check_word(word))
        if match is None and similar_spelling:
            match = find_spelled_alike(self._table, self.words, word)
        return match

    def similarity(self, one: str, other: str) -> float:
        """The cosine of two words.

        Raises:
            InputError: there is no vector for one of them.
        """
        first, second = self._unit(one), self._unit(other)
        return float(first @ second)

    @renamed(count="num")
    def neighbors(self, word: str, num: int = 10) -> list[Neighbor]:
        """The words nearest to a word by cosine, itself left out.

        Raises:
            InputError: there is no vector for the word.
        """
        return self.neighbors_of([check_word(word)], num)[0]

    @renamed(count="num")
    def neighbors_of(self, words: Sequence[str], num: int = 10) -> list[list[Neighbor]]:
        """The same for many words at once, which is much faster.

        Raises:
            InputError: there is no vector for a word.
        """
        given = check_words(words, "words")
        queries = np.array([self._unit(word) for word in given], np.float32)
        return self.nearest(
            queries.reshape(-1, self.units), num, without=[self._own(word) for word in given]
        )

    @renamed(count="num")
    def analogy(self, a: str, b: str, c: str, num: int = 10) -> list[Neighbor]:
        """The words that are to ``c`` what ``b`` is to ``a``: the nearest to b - a + c (3CosAdd,
        Levy & Goldberg 2014, eq. 2), the three themselves left out.

        Raises:
            InputError: there is no vector for one of them.
        """
        query = self._unit(b) - self._unit(a) + self._unit(c)
        without = [row for word in (a, b, c) for row in self._own(word)]
        return self.nearest(query[None], num, without=[without])[0]

    def odd_one_out(self, words: Sequence[str]) -> str:
        """The word farthest from the mean of all.

        Raises:
            InputError: there is no vector for one of them, or there are fewer than three.
        """
        words = check_words(words, "words")
        if len(words) < 3:
            raise InputError(f"odd one out of fewer than 3 words: {', '.join(words)}")
        units = np.stack([self._unit(word) for word in words])
        return words[int((units @ units.mean(axis=0)).argmin())]

    @renamed(count="num")
    def nearest(
        self, queries: Floats, num: int, *, without: Sequence[Sequence[int]] | None = None
    ) -> list[list[Neighbor]]:
        """The nearest words to vectors, by cosine, computed block by block.

        Args:
            queries: (Q, U).
            num: how many.
            without: for each query rows to leave out.

        Raises:
            ConfigurationError: the queries are no matrix of U columns, or the number is none.
        """
        given = check_rows(queries, "queries", units=self.units)
        num = min(check_count(num, "num"), len(self))
        skipped = [frozenset(rows) for rows in without or [()] * len(given)]
        if len(skipped) != len(given):
            raise ConfigurationError(
                f"{len(given)} queries, and rows to leave out of {len(skipped)}"
            )
        return find_nearest(self._table, self.norms, given, num, skipped)

    @property
    def norms(self) -> NDArray[np.float64]:
        """The length of each vector, (N,), 1 where it is zero; worked out once."""
        if self._norms is None:
            self._norms = table_lengths(self._table)
        return self._norms

    def _unit(self, word: str) -> Floats:
        match = self.find(word)
        if match is None:
            raise InputError(f"no vector for {short(word)}")
        found: Floats = to_length_one(match.vector[None])[0]
        return found

    def _own(self, word: str) -> list[int]:
        """The rows that a word's own vector comes from."""
        match = self.find(word)
        rows = [self.row(found) for found in match.words] if match else []
        return [row for row in rows if row is not None]

    def matrix_for(
        self,
        vocabulary: Sequence[str],
        *,
        counts: Sequence[int] | None = None,
        random_state: int = 0,
    ) -> Alignment:
        """The vectors of a vocabulary, row by row.

        A word that is not found gets a row drawn from a normal distribution with each unit's mean
        and deviation over the found ones.

        Args:
            vocabulary: V words; an empty one is not looked up.
            counts: how often each occurs, for the coverage by tokens.
            random_state: of the rows that are drawn.

        Raises:
            ConfigurationError: the vocabulary is no list of words, or the counts are not as many.
        """
        return align(self.find, vocabulary, self.units, counts=counts, random_state=random_state)

    def save(self, path: str | Path, *, dtype: str | None = None) -> None:
        """Write a store.

        Args:
            path: the file.
            dtype: its type; by default the one in which they are kept.

        Raises:
            InputError: it cannot be written there.
            ConfigurationError: the type is unknown, or too small for a number; or the file is
                called as if it were text.
        """
        with StoreWriter(check_path(path), units=self.units, dtype=dtype or self.dtype) as writer:
            for begin in range(0, len(self), BLOCK_ROWS):
                block = slice(begin, begin + BLOCK_ROWS)
                writer.add(self.words[block], self.rows(block))
            writer.finish(source={}, reading=self.reading, subwords=self.subwords)

    def to_gensim(self) -> Any:
        """The same as gensim's ``KeyedVectors``.

        Raises:
            MissingExtraError: gensim is not installed.
        """
        from textrnn.embeddings.formats.gensim import to_keyed_vectors

        return to_keyed_vectors(list(self.words), self.rows(slice(None)))

    @classmethod
    def from_gensim(cls, keyed_vectors: Any) -> Vectors:
        """The vectors of gensim's ``KeyedVectors``."""
        words = [str(word) for word in keyed_vectors.index_to_key]
        return cls(words, np.asarray(keyed_vectors.vectors, np.float32))


load = Vectors.load

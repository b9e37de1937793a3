"""Word vectors: loading, looking up, comparing.

Shapes: N words, U units.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.writing import check_output
from textrnn.embeddings.formats import Reading, read_blocks
from textrnn.embeddings.store import (
    DTYPES,
    MAGIC,
    Store,
    StoreWriter,
    pack_rows,
    unpack_rows,
)
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import BundleError, ConfigurationError, InputError

RULES = ("exact", "lower case", "width", "subwords", "similar spelling")
_ENDING = ".textrnn-vectors"
_SHORT = {"float32": "f32", "float16": "f16", "int8": "i8"}
_EDGE_BYTES = 1 << 20
_BLOCK_ROWS = 16_384
_NGRAM = 3  # characters of the n-grams by which similar spellings are found

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Match:
    """What a lookup found.

    Attributes:
        vector: (U,), float32.
        rule: one of RULES: how it was found.
        words: the words whose vectors it is made of; with ``subwords`` none.
    """

    vector: Floats
    rule: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Neighbor:
    """A word and its cosine with what was asked for."""

    word: str
    similarity: float


@dataclass(frozen=True)
class Alignment:
    """Vectors for a vocabulary.

    Attributes:
        matrix: a row for each word, (V, U).
        found: which rows come from the vectors, (V,).
        types: share of the vocabulary that was found.
        tokens: the same weighted by how often words occur; None where no counts were given.
    """

    matrix: Floats
    found: NDArray[np.bool_]
    types: float
    tokens: float | None


class Vectors:
    """Words with their vectors, in memory or mapped from a store.

    Args:
        words: each different.
        matrix: (N, U).
        subwords: what makes vectors of unknown words, of fastText.
        reading: what came up while they were read.

    Raises:
        ConfigurationError: words and rows are not as many.
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: NDArray[Any],
        *,
        subwords: Subwords | None = None,
        reading: Mapping[str, Any] | None = None,
    ) -> None:
        if len(words) != len(matrix):
            raise ConfigurationError(f"{len(words):,} words and {len(matrix):,} vectors")
        self._matrix = matrix
        self._scales: NDArray[np.float32] | None = None
        self._store: Store | None = None
        self._words: Sequence[str] | None = words
        self._rows: dict[str, int] | None = {word: row for row, word in enumerate(words)}
        self._norms: Floats | None = None
        self.subwords = subwords
        self.reading = dict(reading or {})

    @classmethod
    def open(cls, path: str | Path) -> Vectors:
        """Open a store, which takes milliseconds whatever its size.

        Raises:
            InputError: there is no such file.
            BundleError: it is damaged.
        """
        try:
            store = Store(Path(path))
        except OSError as error:
            raise InputError(f"{path}: {error.strerror or error}") from error
        vectors = cls.__new__(cls)
        vectors._matrix, vectors._scales, vectors._store = store.matrix, store.scales, store
        vectors._words = vectors._rows = vectors._norms = None
        vectors.subwords, vectors.reading = store.subwords, dict(store.info.reading)
        return vectors

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
        """Load a file of any format that :mod:`textrnn.embeddings.formats` knows.

        The first load of a whole file writes a store beside it, or in the cache folder where that
        cannot be written; later loads open it. It is made anew when the file has changed.

        Args:
            path: the file, or a store.
            vocabulary: only these words; nothing is cached then, and the memory is the result's.
            limit: so many rows at the most; nothing is cached then.
            dtype: ``float32``, ``float16`` or ``int8`` (with a scale for each row); by default a
                store's own, and of other files float32.
            cache: whether a store may be written and used.
            on_bytes: called with how many bytes were read.

        Raises:
            InputError: the file is missing or damaged; the message names the line or the byte.
            ConfigurationError: the type is unknown.
        """
        if dtype is not None and dtype not in DTYPES:
            raise ConfigurationError(f"dtype must be one of {', '.join(DTYPES)}: {dtype!r}")
        if limit is not None and limit < 1:
            raise ConfigurationError(f"limit must be at least 1; received {limit}")
        stored = _is_store(path)
        if stored and vocabulary is None and limit is None:
            vectors = cls.open(path)
            if dtype in (None, vectors.dtype):
                return vectors
        dtype = dtype or "float32"
        if cache and not stored and vocabulary is None and limit is None:
            return cls._load_cached(Path(path), dtype, on_bytes)
        keep = None if vocabulary is None else frozenset(vocabulary)
        return cls._load_in_memory(path, keep, limit, dtype, on_bytes)

    @classmethod
    def _load_in_memory(
        cls,
        path: str | Path,
        keep: frozenset[str] | None,
        limit: int | None,
        dtype: str,
        on_bytes: Callable[[int], None],
    ) -> Vectors:
        reading = Reading()
        words: dict[str, int] = {}
        parts, scales = [], []
        for block in read_blocks(path, reading, keep=keep, limit=limit, on_bytes=on_bytes):
            fresh = []
            for place, word in enumerate(block.words):
                if word in words:
                    reading.duplicates += 1
                else:
                    words[word] = len(words)
                    fresh.append(place)
            rows, scale = pack_rows(block.vectors[fresh], dtype)
            parts.append(rows)
            if scale is not None:
                scales.append(scale)
        matrix = np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)
        vectors = cls(list(words), matrix, subwords=reading.subwords, reading=_facts(reading))
        vectors._scales = np.concatenate(scales) if scales else None
        return vectors

    @classmethod
    def _load_cached(cls, path: Path, dtype: str, on_bytes: Callable[[int], None]) -> Vectors:
        source = describe_source(path)
        for store in store_paths(path, dtype):
            try:
                vectors = cls.open(store)
            except (InputError, BundleError):
                continue
            assert vectors._store is not None
            if vectors._store.info.source == source:
                return vectors
        for store in store_paths(path, dtype):
            try:
                store.parent.mkdir(parents=True, exist_ok=True)
                check_output(store)
            except (OSError, InputError):  # the folder cannot be written to
                continue
            with suppress(OSError):  # the disk is full
                convert(path, store, dtype=dtype, on_bytes=on_bytes)
                return cls.open(store)
        return cls._load_in_memory(path, None, None, dtype, on_bytes)

    def __len__(self) -> int:
        return len(self._matrix)

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
        return int(self._matrix.shape[1])

    @property
    def dtype(self) -> str:
        """The type in which they are kept."""
        return str(self._matrix.dtype)

    @property
    def words(self) -> Sequence[str]:
        """All words, row by row."""
        if self._words is None:
            assert self._store is not None
            self._words = self._store.words()
        return self._words

    def row(self, word: str) -> int | None:
        """The row of a word just as it is written, or None."""
        if self._rows is not None:
            return self._rows.get(word)
        assert self._store is not None
        return self._store.row(word)

    def rows(self, rows: Sequence[int] | slice | NDArray[np.int64]) -> Floats:
        """Some vectors, (rows, U), float32."""
        scales = None if self._scales is None else self._scales[rows]
        return unpack_rows(self._matrix[rows], scales)

    def find(self, word: str, *, similar_spelling: bool = False) -> Match | None:
        """The vector of a word by the first rule that finds one.

        First the word as it is, then in lower case, then with full-width and half-width forms
        folded (NFKC), then made of its subwords where fastText gave them, then, if asked for, the
        mean of the words with the most character trigrams in common.

        Args:
            word: the word.
            similar_spelling: whether the last rule is tried.
        """
        folded = unicodedata.normalize("NFKC", word)
        for rule, form in (
            ("exact", word),
            ("lower case", word.lower()),
            ("width", folded),
            ("width", folded.lower()),
        ):
            row = self.row(form)
            if row is not None:
                return Match(self.rows([row])[0], rule, (self._word(row),))
        if self.subwords is not None:
            vector = self.subwords.vector(word)
            if vector is not None:
                return Match(vector, "subwords", ())
        return self._spelled_alike(folded.lower()) if similar_spelling else None

    def _word(self, row: int) -> str:
        if self._words is not None:
            return self._words[row]
        assert self._store is not None
        return self._store.word(row)

    def _spelled_alike(self, word: str) -> Match | None:
        """The mean of the words that share most of ``word``'s trigrams, half of them at least."""
        wanted = _trigrams(word)
        best: list[int] = []
        most = 0.0
        for row, other in enumerate(self.words):
            if abs(len(other) - len(word)) > 3:
                continue
            found = _trigrams(other)
            share = len(wanted & found) / len(wanted | found)
            if share > most:
                best, most = [row], share
            elif share == most and best:
                best.append(row)
        if most < 0.5:
            return None
        vector = self.rows(best).mean(axis=0)
        return Match(vector, "similar spelling", tuple(self._word(row) for row in best))

    def similarity(self, one: str, other: str) -> float:
        """The cosine of two words.

        Raises:
            InputError: there is no vector for one of them.
        """
        first, second = self._unit(one), self._unit(other)
        return float(first @ second)

    def neighbors(self, word: str, count: int = 10) -> list[Neighbor]:
        """The words nearest to a word by cosine, itself left out.

        Raises:
            InputError: there is no vector for the word.
        """
        return self.neighbors_of([word], count)[0]

    def neighbors_of(self, words: Sequence[str], count: int = 10) -> list[list[Neighbor]]:
        """The same for many words at once, which is much faster.

        Raises:
            InputError: there is no vector for a word.
        """
        queries = np.stack([self._unit(word) for word in words])
        return self.nearest(queries, count, without=[self._own(word) for word in words])

    def analogy(self, a: str, b: str, c: str, count: int = 10) -> list[Neighbor]:
        """The words that are to ``c`` what ``b`` is to ``a``: the nearest to b - a + c (3CosAdd,
        Levy & Goldberg 2014, eq. 2), the three themselves left out.

        Raises:
            InputError: there is no vector for one of them.
        """
        query = self._unit(b) - self._unit(a) + self._unit(c)
        without = [row for word in (a, b, c) for row in self._own(word)]
        return self.nearest(query[None], count, without=[without])[0]

    def odd_one_out(self, words: Sequence[str]) -> str:
        """The word farthest from the mean of all.

        Raises:
            InputError: there is no vector for one of them, or there are fewer than three.
        """
        if len(words) < 3:
            raise InputError(f"odd one out of fewer than 3 words: {', '.join(words)}")
        units = np.stack([self._unit(word) for word in words])
        return words[int((units @ units.mean(axis=0)).argmin())]

    def nearest(
        self, queries: Floats, count: int, *, without: Sequence[Sequence[int]] | None = None
    ) -> list[list[Neighbor]]:
        """The nearest words to vectors, by cosine, computed block by block.

        Args:
            queries: (Q, U).
            count: how many.
            without: for each query rows to leave out.
        """
        skipped = without or [()] * len(queries)
        spare = count + max((len(rows) for rows in skipped), default=0)
        lengths = np.linalg.norm(queries, axis=1, keepdims=True)
        units = (queries / np.maximum(lengths, 1e-12)).astype(np.float32)
        best = _Best(len(queries), spare)
        for begin in range(0, len(self), _BLOCK_ROWS):
            block = slice(begin, begin + _BLOCK_ROWS)
            best.add(units @ (self.rows(block) / self.norms[block, None]).T, begin)
        return [
            [
                Neighbor(self._word(int(row)), float(score))
                for row, score in zip(rows, row_scores, strict=True)
                if int(row) not in leave and row >= 0
            ][:count]
            for rows, row_scores, leave in zip(best.rows, best.scores, skipped, strict=True)
        ]

    @property
    def norms(self) -> Floats:
        """The length of each vector, (N,), never zero; worked out once."""
        if self._norms is None:
            lengths = [
                np.linalg.norm(
                    self.rows(slice(begin, begin + _BLOCK_ROWS)).astype(np.float64), axis=1
                )
                for begin in range(0, len(self), _BLOCK_ROWS)
            ]
            joined = np.concatenate([np.zeros(0, np.float32), *lengths])
            self._norms = np.maximum(joined, 1e-12).astype(np.float32)
        return self._norms

    def _unit(self, word: str) -> Floats:
        match = self.find(word)
        if match is None:
            raise InputError(f"no vector for {word!r}")
        return match.vector / max(float(np.linalg.norm(match.vector)), 1e-12)

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
        """
        matrix = np.zeros((len(vocabulary), self.units), np.float32)
        found = np.zeros(len(vocabulary), np.bool_)
        for place, word in enumerate(vocabulary):
            match = self.find(word) if word else None
            if match is not None:
                matrix[place], found[place] = match.vector, True
        if found.any() and not found.all():
            known = matrix[found]
            rng = np.random.default_rng(random_state)
            shape = (int((~found).sum()), self.units)
            matrix[~found] = rng.normal(known.mean(axis=0), known.std(axis=0), shape)
        tokens = None
        if counts is not None:
            weights = np.asarray(counts, np.float64)
            tokens = float(weights[found].sum() / max(weights.sum(), 1e-12))
        return Alignment(matrix, found, float(found.mean()) if len(found) else 0.0, tokens)

    def save(self, path: str | Path, *, dtype: str | None = None) -> None:
        """Write a store.

        Args:
            path: the file.
            dtype: its type; by default the one in which they are kept.
        """
        with StoreWriter(Path(path), units=self.units, dtype=dtype or self.dtype) as writer:
            for begin in range(0, len(self), _BLOCK_ROWS):
                rows = range(begin, min(begin + _BLOCK_ROWS, len(self)))
                block = slice(rows.start, rows.stop)
                writer.add([self._word(row) for row in rows], self.rows(block))
            writer.finish(source={}, reading=self.reading, subwords=self.subwords)

    def to_gensim(self) -> Any:
        """The same as gensim's ``KeyedVectors``.

        Raises:
            MissingExtraError: gensim is not installed.
        """
        from textrnn.embeddings.gensim_files import to_keyed_vectors

        return to_keyed_vectors(list(self.words), self.rows(slice(None)))

    @classmethod
    def from_gensim(cls, keyed_vectors: Any) -> Vectors:
        """The vectors of gensim's ``KeyedVectors``."""
        words = [str(word) for word in keyed_vectors.index_to_key]
        return cls(words, np.asarray(keyed_vectors.vectors, np.float32))


class _Best:
    """The highest scores of each query so far, highest first.

    Attributes:
        rows: (Q, count); -1 where there are fewer.
        scores: (Q, count).
    """

    def __init__(self, queries: int, count: int) -> None:
        self.rows = np.full((queries, count), -1, np.int64)
        self.scores = np.full((queries, count), -np.inf, np.float32)

    def add(self, scores: Floats, first: int) -> None:
        """Take in the scores of further rows, (Q, rows), the first being row ``first``.

        Hardly any is higher than the lowest that is kept, so few are sorted.
        """
        count = self.rows.shape[1]
        if first == 0 and scores.shape[1] > count:  # nothing is kept yet, and all are higher
            lowest = np.partition(scores, -count, axis=1)[:, -count]
            query, place = np.nonzero(scores >= lowest[:, None])
        else:
            query, place = np.nonzero(scores > self.scores[:, -1:])
        queries = np.concatenate([np.repeat(np.arange(len(scores)), count), query])
        rows = np.concatenate([self.rows.ravel(), place + first])
        values = np.concatenate([self.scores.ravel(), scores[query, place]])
        order = np.lexsort((rows, -values, queries))
        ends = np.searchsorted(queries[order], np.arange(len(scores)))
        kept = order[ends[:, None] + np.arange(count)]
        self.rows, self.scores = rows[kept], values[kept]


def convert(
    path: str | Path,
    store: Path,
    *,
    dtype: str = "float32",
    on_bytes: Callable[[int], None] = lambda count: None,
) -> None:
    """Write the store of a file, in one pass.

    Args:
        path: the file, of any format.
        store: the file to be.
        dtype: of the store.
        on_bytes: called with how many bytes were read.

    Raises:
        InputError: the file is missing or damaged; nothing is left behind.
    """
    reading = Reading()
    source = describe_source(Path(str(path)))
    check_output(store, [path, f"{path}.vectors.npy"])
    blocks = read_blocks(path, reading, on_bytes=on_bytes)
    first = next(blocks)
    with StoreWriter(store, units=first.vectors.shape[1], dtype=dtype) as writer:
        writer.add(first.words, first.vectors)
        del first
        for block in blocks:
            writer.add(block.words, block.vectors)
        writer.finish(source=source, reading=_facts(reading), subwords=reading.subwords)


def describe_source(path: Path) -> dict[str, Any]:
    """What tells whether a file has changed: name, bytes, time of change, hash of both its ends."""
    archive = path if path.exists() else Path(str(path).rpartition(":")[0] or str(path))
    try:
        with archive.open("rb") as file:
            stat = os.fstat(file.fileno())
            digest = hashlib.sha256(file.read(_EDGE_BYTES))
            file.seek(max(0, stat.st_size - _EDGE_BYTES))
            digest.update(file.read(_EDGE_BYTES))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return {
        "name": path.name,
        "bytes": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "sha256": digest.hexdigest(),
    }


def store_paths(path: Path, dtype: str) -> list[Path]:
    """Where a file's store may lie: beside it, or in the cache folder."""
    if not path.exists() and ":" in str(path):  # a zip's member
        archive, _, member = str(path).rpartition(":")
        path = Path(f"{archive}-{member.replace('/', '-')}")
    name = f"{path.name}.{_SHORT[dtype]}{_ENDING}"
    home = os.environ.get("TEXTRNN_CACHE") or Path.home() / ".cache" / "textrnn"
    folder = hashlib.sha256(str(path.absolute()).encode("utf-8", "surrogateescape")).hexdigest()
    return [path.with_name(name), Path(home) / folder[:16] / name]


def _is_store(path: str | Path) -> bool:
    try:
        with Path(path).open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def _facts(reading: Reading) -> dict[str, Any]:
    return {
        "format": reading.format,
        "rows": reading.rows,
        "duplicates": reading.duplicates,
        "undecodable": reading.undecodable,
    }


def _trigrams(word: str) -> set[str]:
    bordered = f"<{word}>"
    return {bordered[i : i + _NGRAM] for i in range(max(1, len(bordered) - _NGRAM + 1))}

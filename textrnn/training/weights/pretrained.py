"""An embedding to begin with, from word vectors: their words, their rows, what they cover.

Nothing here needs Keras: what does not fit is refused before it is loaded. Shapes: V rows of the
embedding, U units.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings import Vectors
from textrnn.embeddings.catalog import vectors_path
from textrnn.embeddings.loading import load_table
from textrnn.embeddings.matching import find_word, forms
from textrnn.embeddings.sources import describe_source
from textrnn.embeddings.tables import Table
from textrnn.errors import ConfigurationError, InputError

_MOST_BYTES = 12_000_000  # of the table that serves: 8 bits a number, 4 bytes more a row

Floats = NDArray[np.float32]
Keys = Callable[[Sequence[str]], list[str]]


def vector_units(files: Sequence[Path]) -> int:
    """How many numbers a word has, in all files together; little more than a row is read, and of a
    pickle, which is read whole, no second time.

    Raises:
        InputError: a file is missing, or holds no vectors.
    """
    paths = [vectors_path(file) for file in files]
    return sum(_units(path, str(describe_source(path))) for path in paths)


@lru_cache(maxsize=16)
def _units(path: Path, state: str) -> int:
    """The same of one file, which is in some state."""
    return Vectors.load(path, limit=1).units


def check_units(files: Sequence[Path], units: int) -> None:
    """See that an embedding of so many units can begin with some files.

    Raises:
        ConfigurationError: it cannot.
        InputError: a file is missing, or holds no vectors.
    """
    found = vector_units(files)
    if found != units:
        raise ConfigurationError(
            f"{shown(files)}: {found} numbers a word; the embedding has {units}: leave its units "
            f"(embedding_units=…) out, or say {found}"
        )


def largest_vocabulary(units: int) -> int:
    """The rows of so many numbers that fit in 12 MB once they have 8 bits."""
    return _MOST_BYTES // (units + 4)


def origin(file: Path) -> str:
    """What tells whether a file is the one that a run began with: its name and its size."""
    path = vectors_path(file)
    size = path.stat().st_size if path.is_file() else ""  # of a zip's member none is told
    return f"{file.name} {size}"


def shown(files: Sequence[Path]) -> str:
    """The files, for a message."""
    return " + ".join(map(str, files))


@dataclass(frozen=True)
class Coverage:
    """How much of some texts has vectors.

    Attributes:
        types: different words.
        found_types: those with a vector.
        tokens: all words.
        found_tokens: those with a vector.
    """

    types: int
    found_types: int
    tokens: int
    found_tokens: int

    def __str__(self) -> str:
        types = self.found_types / max(self.types, 1)
        tokens = self.found_tokens / max(self.tokens, 1)
        return f"{types:.1%} of {self.types:,} words, {tokens:.1%} of {self.tokens:,} tokens"


class PretrainedVectors:
    """Word vectors of one file, or of several, whose numbers stand end to end.

    A vocabulary may know words by other names than a file: in lower case, its digits as zeros. The
    first of the file's words that have the same name, which is the most frequent, stands for it.
    Where none has, a word is looked up as :meth:`textrnn.embeddings.Vectors.find` does, so that a
    cased word has its lower-cased vector.

    Args:
        files: vectors that ship, by name, or files of any format that :class:`Vectors` reads.
        keys: what the vocabulary knows words by; nothing, where it has no such words.
        words: of the vocabulary, if it is to have no others: the files' others are not kept then.

    Raises:
        InputError: a file cannot be read.
    """

    def __init__(
        self, files: Sequence[Path], keys: Keys, *, words: Iterable[str] | None = None
    ) -> None:
        self.files = files
        keep = None if words is None else _Needed(words, keys)
        # Beside a user's file nothing is written; a store that a command made there is read.
        self._parts = [load_table(file, keep=keep, cache=False)[0] for file in files]
        self._units = [vector_units([file]) for file in files]  # a part without rows has none
        self._rows = [_first_rows(keys(part.words())) for part in self._parts]

    def frequent(self, count: int, *, without: Container[str]) -> list[str]:
        """The most frequent words; of several files each one's in turn.

        Args:
            count: so many at the most.
            without: not these.
        """
        ranks: dict[str, int] = {}
        for rows in self._rows:
            for word, row in rows.items():
                ranks[word] = min(row, ranks.get(word, row))
        others = (word for word in sorted(ranks, key=ranks.__getitem__) if word not in without)
        return list(islice(others, max(count, 0)))

    def coverage(self, counts: Mapping[str, int]) -> Coverage:
        """How much of texts has vectors, of how often each word occurs in them."""
        found = [count for word, count in counts.items() if self.knows(word)]
        return Coverage(len(counts), len(found), sum(counts.values()), sum(found))

    def rows(
        self,
        vocabulary: Mapping[str, int],
        rows: int,
        *,
        trained: Floats | None = None,
        random_state: int,
    ) -> tuple[Floats, int]:
        """Rows for an embedding.

        Words that have no vector keep their trained ones, brought to the same size, or else get
        random ones as large.

        Args:
            vocabulary: the row of each word.
            rows: V.
            trained: vectors trained before, (V, U).
            random_state: of the random vectors.

        Returns:
            The rows (V, U), and how many words have a vector.

        Raises:
            InputError: none has.
        """
        rng = np.random.default_rng(random_state)
        found = np.zeros(rows, np.bool_)
        blocks, given = [], []
        for part, units, first_rows in zip(self._parts, self._units, self._rows, strict=True):
            places, known = _known(part, units, first_rows, vocabulary)
            found[places] = True
            scale = float(np.std(known, dtype=np.float64)) if len(places) else 0.0
            blocks.append(rng.normal(0.0, scale, (rows, units)).astype(np.float32))
            given.append((places, known))
        if not found.any():
            raise InputError(f"{shown(self.files)}: no vector of a word of the vocabulary")
        for block, (places, known) in zip(blocks, given, strict=True):
            block[found] = 0.0  # what another file knows is nothing here
            block[places] = known
        filled = np.concatenate(blocks, axis=1)
        if trained is not None:
            scale = float(np.std(filled[found], dtype=np.float64))
            filled[~found] = trained[~found] * np.float32(scale / max(float(trained.std()), 1e-9))
        return filled, int(found.sum())

    def knows(self, word: str) -> bool:
        """Whether a word has a vector."""
        return any(word in rows for rows in self._rows) or any(
            find_word(part, word) is not None for part in self._parts
        )


class _Needed:
    """The words of a file that a vocabulary's may be looked up as."""

    def __init__(self, words: Iterable[str], keys: Keys) -> None:
        self._words, self._keys = set(words), keys
        self._forms = set(chain.from_iterable(map(forms, self._words)))

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        return word in self._forms or self._keys([word])[0] in self._words


def _first_rows(keys: Sequence[str]) -> dict[str, int]:
    """The first row of each key, in their order."""
    rows: dict[str, int] = {}
    for row, key in enumerate(keys):
        if key:
            rows.setdefault(key, row)
    return rows


def _known(
    part: Table, units: int, first_rows: Mapping[str, int], vocabulary: Mapping[str, int]
) -> tuple[NDArray[np.int64], Floats]:
    """The places of words that have a vector, and their vectors."""
    direct = [(place, first_rows[w]) for w, place in vocabulary.items() if w in first_rows]
    looked_up = [
        (place, match.vector)
        for word, place in vocabulary.items()
        if word not in first_rows and (match := find_word(part, word)) is not None
    ]
    places = [place for place, _ in (*direct, *looked_up)]
    vectors = np.zeros((len(places), units), np.float32)
    if direct:
        vectors[: len(direct)] = part.rows([row for _, row in direct])
    for number, (_, vector) in enumerate(looked_up, start=len(direct)):
        vectors[number] = vector
    return np.array(places, np.int64), vectors

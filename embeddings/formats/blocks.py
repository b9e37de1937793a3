"""What readers of word vectors give: some words and their rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.arguments import MOST_UNITS, short
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import InputError

LONGEST_WORD = 1 << 16  # bytes; a "word" beyond that means that the file is something else
BLOCK_BYTES = 1 << 22
BLOCK_ROWS = 16_384

Floats = NDArray[np.float32]


@dataclass
class Reading:
    """What came up while reading.

    Attributes:
        format: one of :data:`textrnn.embeddings.reading.FORMATS`.
        rows: in the file.
        duplicates: rows of words that came before; the first of them counts.
        undecodable: words with bytes that are not UTF-8, which became U+FFFD.
        subwords: of fastText's ``.bin`` what makes vectors of unknown words.
    """

    format: str = ""
    rows: int = 0
    duplicates: int = 0
    undecodable: int = 0
    subwords: Subwords | None = None

    def facts(self) -> dict[str, Any]:
        """All but the subwords."""
        return {
            "format": self.format,
            "rows": self.rows,
            "duplicates": self.duplicates,
            "undecodable": self.undecodable,
        }

    def decoded(self, word: bytes) -> str:
        """A word as text."""
        try:
            return word.decode("utf-8")
        except UnicodeDecodeError:
            self.undecodable += 1
            return word.decode("utf-8", "replace")


@dataclass(frozen=True)
class Wanted:
    """What is to be read of a file.

    Attributes:
        keep: only these words; the numbers of others are not even parsed.
        limit: so many rows at the most; of text, of word2vec's binary and of an ``.npz`` nothing
            after them is read.
        on_bytes: called with how many bytes were read.
    """

    keep: Container[str] | None = None
    limit: int | None = None
    on_bytes: Callable[[int], None] = lambda count: None

    def has(self, word: str) -> bool:
        """Whether a word is wanted."""
        return self.keep is None or word in self.keep


@dataclass(frozen=True)
class Block:
    """Some words and their vectors, (words, units)."""

    words: list[str]
    vectors: Floats


def check_units(units: int, place: str) -> None:
    """Refuse a number of units that no vectors have.

    Raises:
        InputError: it is none.
    """
    if not 1 <= units <= MOST_UNITS:
        raise InputError(
            f"{place}: vectors of {units:,} numbers; a word has from 1 to {MOST_UNITS:,}"
        )


def check_finite(block: Block, place: Callable[[int], str]) -> Block:
    """The same block.

    Args:
        block: some rows.
        place: names one in messages.

    Raises:
        InputError: a number is not finite.
    """
    finite = np.isfinite(block.vectors)
    if not finite.all():
        row = int(np.flatnonzero(~finite.all(axis=1))[0])
        raise InputError(f"{place(row)}: a number of {short(block.words[row])} is not finite")
    return block


def chosen(
    words: list[str],
    rows_of: Callable[[slice | list[int]], NDArray[Any]],
    name: str,
    reading: Reading,
    wanted: Wanted,
) -> Iterator[Block]:
    """Of words that are in memory and rows that can be asked for, those that are wanted.

    Args:
        words: all.
        rows_of: gives rows by their numbers.
        name: the file's.
        reading: filled in.
        wanted: which of them.

    Raises:
        InputError: a number is not finite.
    """
    count = len(words) if wanted.limit is None else min(wanted.limit, len(words))
    for begin in range(0, max(count, 1), BLOCK_ROWS):
        numbers = range(begin, min(begin + BLOCK_ROWS, count))
        reading.rows += len(numbers)
        rows = [row for row in numbers if wanted.has(words[row])]
        all_of_them = len(rows) == len(numbers)
        vectors = rows_of(slice(numbers.start, numbers.stop) if all_of_them else rows)
        yield finite_rows([words[row] for row in rows], vectors, rows, name)


def finite_rows(words: list[str], vectors: NDArray[Any], rows: Iterable[int], name: str) -> Block:
    """A block of rows that have no lines, with their numbers from 0.

    Raises:
        InputError: a number is not finite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.asarray(vectors).astype(np.float32, copy=False)
    numbers = list(rows)
    return check_finite(Block(words, found), lambda row: f"{name}: row {numbers[row] + 1:,}")

"""The nearest of many vectors, by cosine, block by block.

Shapes: N words, U units, Q queries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.tables import BLOCK_ROWS, Table

Floats = NDArray[np.float32]
Lengths = NDArray[np.float64]

_QUERIES = 1024  # compared at once


@dataclass(frozen=True)
class Neighbor:
    """A word and its cosine with what was asked for."""

    word: str
    similarity: float


def lengths(rows: Floats) -> Lengths:
    """The length of each row, (N,), in 64 bits: squares of large numbers do not fit 32; 1 where
    all of a row is zero.
    """
    found = np.linalg.norm(rows.astype(np.float64), axis=-1)
    return np.where(found > 0, found, 1.0)


def to_length_one(rows: Floats, sizes: Lengths | None = None) -> Floats:
    """Rows brought to length 1, (N, U); those of zeros stay so.

    Args:
        rows: (N, U).
        sizes: their lengths, where they are known.
    """
    sizes = lengths(rows) if sizes is None else sizes
    if not len(sizes) or (sizes.min() > 1e-30 and sizes.max() < 1e30):
        return np.divide(rows, sizes[:, None].astype(np.float32))
    exact: Floats = (rows / sizes[:, None]).astype(np.float32)
    return exact


class Best:
    """The highest scores of each query so far, highest first.

    Attributes:
        rows: (Q, count); -1 where there are fewer.
        scores: (Q, count).
    """

    def __init__(self, queries: int, count: int) -> None:
        self.rows: NDArray[np.int64] = np.full((queries, count), -1, np.int64)
        self.scores: NDArray[np.float32] = np.full((queries, count), -np.inf, np.float32)

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


def table_lengths(table: Table) -> Lengths:
    """The length of each vector of a table, (N,), 1 where it is zero."""
    begins = range(0, len(table), BLOCK_ROWS)
    parts = [lengths(table.rows(slice(begin, begin + BLOCK_ROWS))) for begin in begins]
    return np.concatenate([np.zeros(0), *parts])


def find_nearest(
    table: Table,
    sizes: Lengths,
    queries: Floats,
    count: int,
    without: Sequence[frozenset[int]],
) -> list[list[Neighbor]]:
    """The words of a table that are nearest to each query.

    Args:
        table: of N words.
        sizes: the lengths of its vectors, (N,).
        queries: (Q, U).
        count: how many.
        without: for each query rows to leave out.
    """
    found: list[list[Neighbor]] = []
    for begin in range(0, len(queries), _QUERIES):
        part = slice(begin, begin + _QUERIES)
        spare = min(count + max(map(len, without[part])), len(table))
        best = _best(table, sizes, to_length_one(queries[part]), spare)
        for rows, scores, skipped in zip(best.rows, best.scores, without[part], strict=True):
            kept = [
                Neighbor(table.word(row), score)
                for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
                if row >= 0 and row not in skipped
            ]
            found.append(kept[:count])
    return found


def _best(table: Table, sizes: Lengths, units: Floats, count: int) -> Best:
    """The nearest rows to queries of length 1."""
    best = Best(len(units), count)
    for begin in range(0, len(table) if count else 0, BLOCK_ROWS):
        block = slice(begin, begin + BLOCK_ROWS)
        best.add(units @ to_length_one(table.rows(block), sizes[block]).T, begin)
    return best

"""The nearest of many vectors, by cosine, block by block.

Shapes: N words, U units, Q queries.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BLOCK_ROWS = 16_384


def lengths(rows: Floats) -> NDArray[np.float64]:
    """The length of each row, (N,), in 64 bits: squares of large numbers do not fit 32; 1 where
    all of a row is zero.
    """
    found = np.linalg.norm(rows.astype(np.float64), axis=-1)
    return np.where(found > 0, found, 1.0)


def to_length_one(rows: Floats, sizes: NDArray[np.float64] | None = None) -> Floats:
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

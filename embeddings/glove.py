"""GloVe, trained here: counting which words stand near each other, then weighted least squares.

Pennington, Socher & Manning 2014: a pair of words that are d apart counts 1/d (section 4.2); for
each pair of count x, f(x) (w . v + b + c - log x)^2 is made small (eq. 8) by AdaGrad, where f(x) =
min(1, (x / m)^0.75) (eq. 9); a word's vector is w + v (section 4.2). Pairs are learned in batches,
whose gradients are added up before a step. The paper's m of 100 is for billions of words; here it
is 10 unless another is asked for.

Shapes: V words, U units, P pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import MissingExtraError

_CHUNK_TOKENS = 1 << 20  # counted at once
_BATCH_PAIRS = 1 << 14  # learned at once
_POWER = 0.75
_FIRST_SQUARES = 1e-6  # of AdaGrad: its first steps are as long as the rate says

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Cooccurrences:
    """Pairs of words and their counts, (P,) each; a pair stands there in both orders."""

    words: NDArray[np.int32]
    contexts: NDArray[np.int32]
    counts: Floats


def count_cooccurrences(
    sentences: Iterable[Sequence[int]], *, vocabulary_size: int, window: int
) -> Cooccurrences:
    """Count the pairs of a corpus, which is read once.

    Args:
        sentences: token ids; no window goes from one sentence to the next.
        vocabulary_size: V.
        window: the most tokens between two that count, plus one.
    """
    keys, sums = np.zeros(0, np.int64), np.zeros(0, np.float64)
    waiting: list[tuple[Ids, NDArray[np.float64]]] = []
    size = 0
    for ids, sentence in _chunks(sentences):
        found = _chunk_pairs(ids, sentence, vocabulary_size, window)
        waiting.append(found)
        size += len(found[0])
        if size > len(keys):  # merging costs about as much as what is there already
            keys, sums = _merged([(keys, sums), *waiting])
            waiting, size = [], 0
    keys, sums = _merged([(keys, sums), *waiting])
    words, contexts = np.divmod(keys, vocabulary_size)
    itself = words == contexts
    sums[itself] *= 2  # a word beside itself is in each one's window
    other = ~itself
    return Cooccurrences(
        np.concatenate([words, contexts[other]]).astype(np.int32),
        np.concatenate([contexts, words[other]]).astype(np.int32),
        np.concatenate([sums, sums[other]]).astype(np.float32),
    )


def _chunks(sentences: Iterable[Sequence[int]]) -> Iterable[tuple[Ids, Ids]]:
    """Many sentences end to end: their ids, and the number of the sentence of each."""
    ids: list[NDArray[np.int64]] = []
    count = 0
    for sentence in sentences:
        ids.append(np.asarray(sentence, np.int64))
        count += len(sentence)
        if count >= _CHUNK_TOKENS:
            yield np.concatenate(ids), np.repeat(np.arange(len(ids)), [len(s) for s in ids])
            ids, count = [], 0
    if ids:
        yield np.concatenate(ids), np.repeat(np.arange(len(ids)), [len(s) for s in ids])


def _chunk_pairs(
    ids: Ids, sentence: Ids, size: int, window: int
) -> tuple[Ids, NDArray[np.float64]]:
    """The pairs of a chunk as numbers, sorted, the first word being the lower id, with sums."""
    keys, weights = [], []
    for distance in range(1, window + 1):
        together = sentence[distance:] == sentence[:-distance]
        first, second = ids[:-distance][together], ids[distance:][together]
        keys.append(np.minimum(first, second) * size + np.maximum(first, second))
        weights.append(np.full(len(first), 1.0 / distance))
    return _merged([(np.concatenate(keys), np.concatenate(weights))])


def _merged(
    parts: Sequence[tuple[Ids, NDArray[np.float64]]],
) -> tuple[Ids, NDArray[np.float64]]:
    keys = np.concatenate([part[0] for part in parts])
    weights = np.concatenate([part[1] for part in parts])
    if not len(keys):
        return keys, weights
    order = np.argsort(keys, kind="stable")
    keys, weights = keys[order], weights[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[starts], np.add.reduceat(weights, starts)


def train_glove(
    pairs: Cooccurrences,
    *,
    vocabulary_size: int,
    units: int,
    epochs: int = 25,
    learning_rate: float = 0.05,
    most_count: float = 10.0,
    random_state: int = 0,
    on_epoch: Callable[[int, float], None] = lambda epoch, loss: None,
) -> Floats:
    """Vectors from counted pairs.

    Args:
        pairs: of :func:`count_cooccurrences`.
        vocabulary_size: V.
        units: U.
        epochs: passes over the pairs, in a new order each.
        learning_rate: of AdaGrad.
        most_count: m: pairs that occur more often weigh no more.
        random_state: of the initial vectors and the orders.
        on_epoch: called with the number of the epoch, from 1, and its mean loss.

    Returns:
        (V, U); the row of a word that is in no pair is zero.

    Raises:
        MissingExtraError: SciPy is not installed.
    """
    try:
        from scipy.sparse import csr_array
    except ModuleNotFoundError as error:
        raise MissingExtraError("training word vectors", "train") from error
    rng = np.random.default_rng(random_state)
    tables = [_Table(vocabulary_size, units, learning_rate, rng, csr_array) for _ in range(2)]
    logs = np.log(pairs.counts)
    weights = np.minimum(1.0, (pairs.counts / most_count) ** _POWER).astype(np.float32)
    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(logs))
        total = 0.0
        for begin in range(0, len(order), _BATCH_PAIRS):
            batch = order[begin : begin + _BATCH_PAIRS]
            rows = pairs.words[batch], pairs.contexts[batch]
            one, other = (table.rows[row] for table, row in zip(tables, rows, strict=True))
            # The bias is the last column of a table's rows.
            gap = np.einsum("pu,pu->p", one[:, :-1], other[:, :-1])
            gap += one[:, -1] + other[:, -1] - logs[batch]
            slope = weights[batch] * gap
            total += float(slope @ gap)
            one[:, -1] = other[:, -1] = 1.0  # what a bias is multiplied by
            tables[0].step(rows[0], slope, other)
            tables[1].step(rows[1], slope, one)
        on_epoch(epoch, total / max(len(logs), 1))
    vectors = (tables[0].rows + tables[1].rows)[:, :-1]
    vectors[np.bincount(pairs.words, minlength=vocabulary_size) == 0] = 0.0
    return np.ascontiguousarray(vectors)


class _Table:
    """The vectors of one side with their biases, and AdaGrad's sums of squares."""

    def __init__(
        self,
        size: int,
        units: int,
        learning_rate: float,
        rng: np.random.Generator,
        sparse: Callable[..., Any],
    ) -> None:
        self.rows = ((rng.random((size, units + 1)) - 0.5) / units).astype(np.float32)
        self._squares = np.full((size, units + 1), _FIRST_SQUARES, np.float32)
        self._rate = learning_rate
        self._sparse = sparse  # SciPy's, whose products are compiled

    def step(self, rows: NDArray[np.int32], slope: Floats, others: Floats) -> None:
        """AdaGrad (Duchi et al. 2011) on some rows, of which some may come several times.

        Args:
            rows: (P,).
            slope: (P,); times the row of ``others`` it is the gradient of a row.
            others: (P, units + 1).
        """
        order = np.argsort(rows, kind="stable")
        sorted_rows = rows[order]
        starts = np.flatnonzero(np.concatenate([[True], sorted_rows[1:] != sorted_rows[:-1]]))
        borders = np.append(starts, len(rows))
        shape = (len(starts), len(rows))
        sums = self._sparse((slope[order], order, borders), shape=shape) @ others
        changed = sorted_rows[starts]
        squares = self._squares[changed] + sums**2
        self._squares[changed] = squares
        self.rows[changed] -= self._rate * sums / np.sqrt(squares)

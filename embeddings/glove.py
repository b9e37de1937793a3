"""GloVe, trained here: counting which words stand near each other, then weighted least squares.

Pennington, Socher & Manning 2014: a pair of words that are d apart counts 1/d (section 4.2), and a
pair of count x weighs f(x) = min(1, (x / m)^0.75) (eq. 9) in a sum of squares (eq. 8); a word's
vector is w + v (section 4.2). That paper has billions of words and leaves out the pairs that never
met. With millions of words those say much: here they are learned too, with a small weight of their
own (as Hu, Koren & Volinsky 2008 do for ratings). What w . v is to be is the positive pointwise
mutual information of a pair: words' frequencies stand for the paper's two biases (Levy, Goldberg
& Dagan 2015; contexts smoothed as in section 3.2 there). The sum is made small by alternating least
squares from the truncated singular value decomposition, each side solved exactly while the other
stands still, and not by AdaGrad: docs/vectors.md has the measurements.

Shapes: V words, U units, P pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import ConfigurationError, MissingExtraError

_CHUNK_TOKENS = 1 << 20  # counted at once
_POWER = 0.75  # of counts in their weight, and of contexts' frequencies
_RIDGE = 1.0  # weight of the squares of the vectors themselves
_MORE_COLUMNS, _SKETCH_POWERS = 10, 3  # of the sketch: columns past the units, powers

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
    epochs: int = 3,
    most_count: float = 10.0,
    unseen_weight: float = 0.03,
    random_state: int = 0,
    on_epoch: Callable[[int, float], None] = lambda epoch, loss: None,
) -> tuple[Floats, Floats]:
    """Vectors of words and of contexts, whose products come nearest to what the pairs say.

    A word's own vector is the sum of the two. It is zero where the word is in no pair, or in none
    that is more frequent than chance would have it.

    Args:
        pairs: of :func:`count_cooccurrences`.
        vocabulary_size: V.
        units: U.
        epochs: how often each side is solved; with 0 the vectors are those of the decomposition,
            for which all pairs weigh the same.
        most_count: m: pairs that occur more often weigh no more.
        unseen_weight: of a pair that never met, above 0 and at most 1; no pair weighs less.
        random_state: of the sketch that the decomposition begins with.
        on_epoch: called with the number of the epoch, from 1, and its loss over P: the sum of
            squares and, with a weight of 1, the squares of the vectors themselves.

    Returns:
        Two of (V, U); units past the number of words are zero.

    Raises:
        ConfigurationError: a number is out of range.
        MissingExtraError: SciPy is not installed.
    """
    if epochs < 0 or most_count <= 0:
        raise ConfigurationError("epochs must be 0 or more, and most_count above 0")
    if not 0 < unseen_weight <= 1:
        raise ConfigurationError(
            f"unseen_weight must be above 0 and at most 1; received {unseen_weight}"
        )
    try:
        from scipy.sparse import csr_array
    except ModuleNotFoundError as error:
        raise MissingExtraError("training word vectors", "train") from error
    if not len(pairs.counts):
        return (np.zeros((vocabulary_size, units), np.float32),) * 2
    places = pairs.words, pairs.contexts
    shape = (vocabulary_size, vocabulary_size)
    targets = csr_array((_information(pairs, vocabulary_size), places), shape=shape)
    shares = np.clip((pairs.counts / most_count) ** _POWER, unseen_weight, 1.0)
    weights = csr_array((shares.astype(np.float32), places), shape=shape).data
    # A pair weighs the same in both orders, and both are there: only the target is another one.
    turned = targets.T.tocsr()
    words, contexts = _decomposed(targets, units, np.random.default_rng(random_state))
    for epoch in range(1, epochs + 1):
        _solve(words, contexts, targets, weights, unseen_weight)
        loss = _solve(contexts, words, turned, weights, unseen_weight)
        on_epoch(epoch, (loss + _RIDGE * float(np.sum(words**2))) / len(weights))
    return words, contexts


def _information(pairs: Cooccurrences, size: int) -> Floats:
    """The positive pointwise mutual information of pairs, (P,), in nats."""
    totals = np.bincount(pairs.words, pairs.counts, size)
    smoothed = totals**_POWER
    expected = totals[pairs.words] * (smoothed / smoothed.sum())[pairs.contexts]
    found: Floats = np.maximum(np.log(pairs.counts / expected), 0.0).astype(np.float32)
    return found


def _decomposed(matrix: Any, units: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Two factors (V, units) whose product is nearest to a sparse matrix (V, V).

    The truncated singular value decomposition by a random sketch and powers of the matrix (Halko,
    Martinsson & Tropp 2011, algorithm 5.1 with 4.4); each factor takes the square roots of the
    singular values.
    """
    size = matrix.shape[0]
    sketch = rng.standard_normal((size, min(size, units + _MORE_COLUMNS)), np.float32)
    for _ in range(_SKETCH_POWERS):
        sketch, _ = np.linalg.qr(matrix @ sketch)
        sketch, _ = np.linalg.qr(matrix.T @ sketch)
    left, values, right = np.linalg.svd(matrix @ sketch, full_matrices=False)
    factors = np.zeros((2, size, units), np.float32)
    kept = min(units, len(values))
    roots = np.sqrt(values[:kept])
    factors[0, :, :kept] = left[:, :kept] * roots
    factors[1, :, :kept] = (sketch @ right[:kept].T) * roots
    return factors[0], factors[1]


def _solve(
    rows: Floats, others: Floats, targets: Any, weights: Floats, unseen_weight: float
) -> float:
    """Give each row the values that make the sum of squares least while the others stand still.

    Args:
        rows: (V, U); changed in place. Those of words in no pair become zero.
        others: (V, U).
        targets: what rows times others are to be, sparse (V, V); 0 where there is none.
        weights: of the pairs that are there, (P,).
        unseen_weight: of all others.

    Returns:
        The weighted sum of squares with the ridge on ``rows``.
    """
    begins, places, values = targets.indptr, targets.indices, targets.data
    roots = np.sqrt(weights - np.float32(unseen_weight))
    unseen = unseen_weight * (others.T @ others)
    unseen.flat[:: len(unseen) + 1] += _RIDGE
    loss = float(np.sum(weights * values**2, dtype=np.float64))
    for row, (begin, end) in enumerate(pairwise(begins)):
        if begin == end:
            rows[row] = 0.0
            continue
        found = others[places[begin:end]]
        wanted = found.T @ (weights[begin:end] * values[begin:end])
        found *= roots[begin:end, None]
        rows[row] = np.linalg.solve(found.T @ found + unseen, wanted)
        loss -= float(rows[row] @ wanted)
    return loss

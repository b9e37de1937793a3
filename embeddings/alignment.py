"""The vectors of a vocabulary, row by row: what a network's embedding begins with.

Shapes: V words, U units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.arguments import check_words, received
from textrnn.embeddings.matching import Match
from textrnn.errors import ConfigurationError

_LARGEST = float(np.finfo(np.float32).max)

Floats = NDArray[np.float32]


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


def align(
    find: Callable[[str], Match | None],
    vocabulary: Sequence[str],
    units: int,
    *,
    counts: Sequence[int] | None,
    random_state: int,
) -> Alignment:
    """See :meth:`textrnn.embeddings.Vectors.matrix_for`.

    Args:
        find: looks a word up.
        vocabulary: V words; an empty one is not looked up.
        units: U.
        counts: how often each occurs.
        random_state: of the rows of words that are not found.
    """
    vocabulary = check_words(vocabulary, "vocabulary")
    weights = None if counts is None else _check_counts(counts, len(vocabulary))
    matrix = np.zeros((len(vocabulary), units), np.float32)
    found = np.zeros(len(vocabulary), np.bool_)
    for place, word in enumerate(vocabulary):
        match = find(word) if word else None
        if match is not None:
            matrix[place], found[place] = match.vector, True
    if found.any() and not found.all():
        matrix[~found] = _drawn(matrix[found], int((~found).sum()), random_state)
    tokens = None
    if weights is not None:
        tokens = float(weights[found].sum() / max(weights.sum(), 1e-12))
    return Alignment(matrix, found, float(found.mean()) if len(found) else 0.0, tokens)


def _drawn(known: Floats, count: int, random_state: int) -> Floats:
    """So many rows with each unit's mean and deviation over the known ones."""
    exact = known.astype(np.float64)
    rng = np.random.default_rng(random_state)
    rows = rng.normal(exact.mean(axis=0), exact.std(axis=0), (count, known.shape[1]))
    return np.asarray(rows.clip(-_LARGEST, _LARGEST), np.float32)


def _check_counts(counts: Sequence[int], size: int) -> NDArray[np.float64]:
    try:
        found = np.asarray(counts, np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"counts must be numbers; received {received(counts)}") from error
    if found.shape != (size,) or not np.isfinite(found).all() or (found < 0).any():
        raise ConfigurationError(f"counts must be {size} numbers of 0 or more")
    return found

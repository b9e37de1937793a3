"""Cross-entropy over a sample of the vocabulary, for training where the whole takes too long.

Shapes: N predictions, V tokens, K candidates, E units.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.configuration import require

_SMOOTHING = 0.75  # the power of the frequencies, as Mikolov et al. 2013 drew noise words


class Candidates:
    """Draws the same number of different tokens for each step, frequent ones more often.

    Args:
        counts: how often each token occurs, (V,).
        size: K, below V.

    Attributes:
        log_expected: logarithm of the probability that a token is drawn, (V,), float32.

    Raises:
        ConfigurationError: ``size`` is not between 1 and V - 1.
    """

    def __init__(self, counts: NDArray[np.int64], size: int) -> None:
        require(
            1 <= size < len(counts),
            f"candidates must be at least 1 and below the vocabulary's {len(counts)}: {size}",
        )
        weights = (counts + 1.0) ** _SMOOTHING
        self.size = size
        self._log_weights = np.log(weights / weights.sum())
        expected = _inclusion(weights / weights.sum(), size)
        self.log_expected: NDArray[np.float32] = np.log(expected).astype(np.float32)

    def draw(self, rng: np.random.Generator) -> NDArray[np.int32]:
        """K different tokens, by the Gumbel-top-k trick (Vieira 2014; Kool et al. 2019)."""
        keys = self._log_weights + rng.gumbel(size=len(self._log_weights))
        return np.argpartition(-keys, self.size)[: self.size].astype(np.int32)


def _inclusion(shares: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """How probably each token is among the ``size`` first arrivals of Poisson processes.

    They arrive at rates ``shares``; the time until which ``size`` have arrived is taken as its
    mean, which is found by bisection.
    """
    low, high = 0.0, 1.0
    while -np.expm1(-shares * high).sum() < size:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if -np.expm1(-shares * middle).sum() < size else (low, middle)
    return np.asarray(-np.expm1(-shares * high))


def sampled_cross_entropy(
    hidden: Any, targets: Any, candidates: Any, rows: Any, bias: Any, log_expected: Any
) -> Any:
    """Cross-entropy of each prediction over its target and the candidates (Jean et al. 2015, eq.
    9 to 11): logits less the logarithm of how probably each was drawn.

    Args:
        hidden: (N, E); in numbers of 16 bits the products are taken in those.
        targets: (N,).
        candidates: (K,), all different.
        rows: the output matrix, (V, E).
        bias: (V,).
        log_expected: as :class:`Candidates` has it, (V,).

    Returns:
        (N,), in nats. A candidate that is the target counts once.
    """
    correction = bias - log_expected
    right = ops.sum(ops.cast(hidden, rows.dtype) * ops.take(rows, targets, axis=0), axis=1)
    right = right + ops.take(correction, targets)
    drawn = ops.cast(ops.take(rows, candidates, axis=0), hidden.dtype)
    others = ops.cast(ops.matmul(hidden, ops.transpose(drawn)), rows.dtype)  # (N, K)
    others = others + ops.take(correction, candidates)
    others = ops.where(targets[:, None] == candidates[None, :], -1e9, others)
    return ops.logsumexp(ops.concatenate([right[:, None], others], axis=1), axis=1) - right

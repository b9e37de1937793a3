"""Fitting a classifier's probabilities to validation texts.

Shapes: B texts, L labels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.classifier.calibration import Calibration
from textrnn.training.classifier.validation import cross_entropy_nats

# Lower and upper bounds; temperatures are searched by their logarithms.
_TEMPERATURES = (0.5, 4.0)
_SHARES = (0.0, 4.0)
_GROWTHS = (-1.0, 1.0)
_GROWTH_DEVIATION = 0.5  # of growths before any text is seen: few texts leave them near 0


def fit_calibration(
    logits: NDArray[np.float32],
    lengths: NDArray[np.int64],
    numbers: NDArray[np.int64],
    scores: NDArray[np.float32] | None = None,
) -> Calibration:
    """The calibration that gives validation texts the least cross-entropy.

    The two growths have a normal prior around 0 besides.

    Args:
        logits: of the network, (B, L).
        lengths: tokens of each text, (B,).
        numbers: the right label's of each text, (B,).
        scores: of a bag of n-grams, (B, L); without, its share stays 0.
    """
    from scipy.optimize import minimize

    bounds = [tuple(np.log(_TEMPERATURES).tolist()), _GROWTHS]
    first = [0.0, 0.0]
    if scores is not None:
        bounds += [_SHARES, _GROWTHS]
        first += [1.0, 0.0]

    def loss(values: NDArray[np.float64]) -> float:
        prior = np.sum(values[1::2] ** 2) / (2 * _GROWTH_DEVIATION**2 * len(numbers))
        found = _calibration(values).apply(logits, lengths, scores)
        return cross_entropy_nats(found, numbers) + float(prior)

    found = minimize(loss, first, method="L-BFGS-B", bounds=bounds).x
    return Calibration(**{k: round(v, 4) for k, v in _calibration(found).as_dict().items()})


def _calibration(values: NDArray[np.float64]) -> Calibration:
    """From what is searched: the temperature's logarithm, its growth, the share, its growth."""
    return Calibration(float(np.exp(values[0])), *map(float, values[1:]))

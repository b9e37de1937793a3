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
_FEW = 1000  # texts, of which fewer draw the temperature towards 1, the more the fewer they are
_TEMPERATURE_DEVIATION = 0.15  # of its logarithm before any of few texts is seen
_SHARE_DEVIATION = 0.5  # of a bag's share, likewise: network and bag count alike


def fit_calibration(
    logits: NDArray[np.float32],
    lengths: NDArray[np.int64],
    numbers: NDArray[np.int64],
    scores: NDArray[np.float32] | None = None,
) -> Calibration:
    """The calibration that gives validation texts the least cross-entropy.

    The two growths have a normal prior around 0 besides, and of few texts the temperature's
    logarithm around 0 and a bag's share around 1: some texts that are all right would say that
    every answer is certain, or that one of the two is not needed.

    Args:
        logits: of the network, (B, L).
        lengths: tokens of each text, (B,).
        numbers: the right label's of each text, (B,).
        scores: of a bag of n-grams, (B, L); without, its share stays 0.
    """
    from scipy.optimize import minimize

    bounds = [tuple(np.log(_TEMPERATURES).tolist()), _GROWTHS]
    first = [0.0, 0.0]
    few = max(0.0, 1 - len(numbers) / _FEW)
    if scores is not None:
        bounds += [_SHARES, _GROWTHS]
        first += [1.0, 0.0]

    def loss(values: NDArray[np.float64]) -> float:
        prior = np.sum(values[1::2] ** 2) / (2 * _GROWTH_DEVIATION**2 * len(numbers))
        prior += few * values[0] ** 2 / (2 * _TEMPERATURE_DEVIATION**2 * len(numbers))
        if scores is not None:
            prior += few * (values[2] - 1) ** 2 / (2 * _SHARE_DEVIATION**2 * len(numbers))
        found = _calibration(values).apply(logits, lengths, scores)
        return cross_entropy_nats(found, numbers) + float(prior)

    found = minimize(loss, first, method="L-BFGS-B", bounds=bounds).x
    return Calibration(**{k: round(v, 4) for k, v in _calibration(found).as_dict().items()})


def _calibration(values: NDArray[np.float64]) -> Calibration:
    """From what is searched: the temperature's logarithm, its growth, the share, its growth."""
    return Calibration(float(np.exp(values[0])), *map(float, values[1:]))

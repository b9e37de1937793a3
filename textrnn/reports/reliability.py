"""Whether probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

BINS = 15


@dataclass(frozen=True)
class ReliabilityBin:
    """The texts whose top probability lies in (``low``, ``high``].

    Attributes:
        low: lower border.
        high: upper border.
        texts: how many there are.
        confidence: their mean top probability; 0 where there are none.
        accuracy: the share of them that is right; 0 where there are none.
    """

    low: float
    high: float
    texts: int
    confidence: float
    accuracy: float


def reliability(
    confidence: ArrayLike, correct: ArrayLike, *, bins: int = BINS
) -> tuple[ReliabilityBin, ...]:
    """Sort texts into bins of equal width by their top probability.

    Args:
        confidence: top probability of each text, (texts,), from 0 to 1.
        correct: whether the top label is right, (texts,).
        bins: how many bins.
    """
    probability, right = np.asarray(confidence, float), np.asarray(correct, bool)
    borders = [i / bins for i in range(1, bins)]  # looked up, since 0.6 * 15 need not be 9
    number = np.searchsorted(borders, probability, side="left")
    found = []
    for i in range(bins):
        inside = number == i
        count = int(inside.sum())
        mean = float(probability[inside].mean()) if count else 0.0
        share = float(right[inside].mean()) if count else 0.0
        found.append(ReliabilityBin(i / bins, (i + 1) / bins, count, mean, share))
    return tuple(found)


def expected_calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """The mean gap between confidence and accuracy over the texts (Guo et al. 2017, eq. 3).

    Example:
        >>> sure_and_right_half_the_time = reliability([1.0, 1.0], [True, False])
        >>> expected_calibration_error(sure_and_right_half_the_time)
        0.5
    """
    texts = sum(one.texts for one in bins)
    gaps = sum(one.texts * abs(one.accuracy - one.confidence) for one in bins)
    return gaps / texts if texts else 0.0

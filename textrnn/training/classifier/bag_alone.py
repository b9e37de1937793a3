"""Fitting when a bag of n-grams answers by itself, to validation texts.

In each range of lengths the bag gets probabilities of its own, by least cross-entropy (Platt 1999,
with a number for each label). Then its surest answers are left to it, as many as may be for what
that costs: where network and bag together would answer otherwise, the difference of the two
labels' probabilities is how much more often they are right. Short texts are all left to the
network. That is told by every text, while what
the answers really gain and lose is told by the few on which they differ.

Shapes: B texts, L labels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import to_dict
from textrnn.heads.classifier.bag_alone import MOST_BIAS, MOST_SHARPNESS, BagAlone
from textrnn.heads.classifier.calibration import softmax
from textrnn.heads.classifier.parts import BAG_ALONE
from textrnn.training.classifier.validation import cross_entropy_nats

MOST_LOSS = 0.0002  # of accuracy, in each range of lengths: a fifth of what nobody would notice
# Below, one word turns the sense, as "not", and the network takes next to no time.
LEAST_TOKENS = 40
FEWEST_TEXTS = 1000  # of which fewer say nothing of so small a loss
_BORDERS = (10, 20, 40, 80, 160, 320)  # tokens
_FEWEST_IN_RANGE = 250
_BIAS_COST_NATS = 1e-3  # of its square: a label that no text of a range has is not impossible there
_STEPS = 10_000  # to a probability

Fitting = tuple[float, tuple[float, ...], float]  # of a range: sharpness, bias, sure_above


def fit_bag_alone(
    bag_scores: NDArray[np.float32],
    together: NDArray[np.float64],
    lengths: NDArray[np.int64],
    numbers: NDArray[np.int64],
) -> BagAlone | None:
    """When a bag may answer by itself; None where the texts are too few to say so.

    Args:
        bag_scores: of the bag, (B, L).
        together: calibrated logits of network and bag, (B, L).
        lengths: tokens of each text, (B,).
        numbers: the right label's of each text, (B,).
    """
    if len(numbers) < FEWEST_TEXTS:
        return None
    from_tokens = _ranges(lengths)
    ranges = np.searchsorted(from_tokens, lengths, side="right") - 1
    exact = softmax(together)
    is_long = lengths >= LEAST_TOKENS
    found = [
        _fit_range(bag_scores[ours], exact[ours], numbers[ours], is_long[ours])
        for ours in (ranges == number for number in range(len(from_tokens)))
    ]
    sharpness, bias, sure_above = zip(*found, strict=True)
    return BagAlone(tuple(from_tokens), sharpness, bias, sure_above, LEAST_TOKENS)


def bag_alone_settings(
    bag_scores: NDArray[np.float32],
    together: NDArray[np.float64],
    lengths: NDArray[np.int64],
    numbers: NDArray[np.int64],
    *,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """What :func:`fit_bag_alone` finds, as a manifest has it for serving; nothing where the texts
    are too few. ``say`` is told in a line how many of them the bag then answers.
    """
    alone = fit_bag_alone(bag_scores, together, lengths, numbers)
    if alone is None:
        return {}
    probabilities = alone.probabilities(bag_scores, lengths)
    by_bag, exact = alone.is_sure(probabilities, lengths), together.argmax(axis=1)
    answers = np.where(by_bag, probabilities.argmax(axis=1), exact)
    say(
        f"the bag of n-grams answers {by_bag.mean():.0%} of the validation texts by itself: "
        f"accuracy {(answers == numbers).mean():.4f}, {(exact == numbers).mean():.4f} where the "
        "network reads all"
    )
    return {BAG_ALONE: to_dict(alone)}


def _ranges(lengths: NDArray[np.int64]) -> list[int]:
    """The least tokens of ranges of lengths that have enough texts each, from 0."""
    found, left = [0], len(lengths)
    for border in _BORDERS:
        above = int((lengths >= border).sum())
        if left - above >= _FEWEST_IN_RANGE and above >= _FEWEST_IN_RANGE:
            found.append(border)
            left = above
    return found


def _fit_range(
    scores: NDArray[np.float32],
    exact: NDArray[np.float64],
    numbers: NDArray[np.int64],
    is_long: NDArray[np.bool_],
) -> Fitting:
    """What suits the texts of one range, of which the long ones may be left to the bag."""
    from scipy.optimize import minimize

    labels = scores.shape[1]

    def loss(values: NDArray[np.float64]) -> float:
        logits = values[0] * scores + values[1:]
        improbable = _BIAS_COST_NATS * float(values[1:] @ values[1:])
        return cross_entropy_nats(logits, numbers) + improbable

    bounds = [(0.0, MOST_SHARPNESS), *[(-MOST_BIAS, MOST_BIAS)] * labels]
    begin = np.concatenate([[1.0], np.zeros(labels)])
    values = minimize(loss, begin, method="L-BFGS-B", bounds=bounds).x.round(4)
    sharpness, bias = float(values[0]), tuple(map(float, values[1:]))
    alone = softmax(sharpness * scores + np.array(bias))
    return sharpness, bias, _sure_above(alone[is_long], exact[is_long])


def _sure_above(alone: NDArray[np.float64], exact: NDArray[Any]) -> float:
    """The probability above which the bag's answers cost no more than they may.

    Args:
        alone: the bag's probabilities, (B, L).
        exact: those of network and bag together, (B, L).
    """
    given = alone.argmax(axis=1)
    loss = exact.max(axis=1) - exact[np.arange(len(exact)), given]
    order = np.argsort(-alone.max(axis=1), kind="stable")
    if not len(order):
        return 1.0
    kept = int((np.cumsum(loss[order]) / len(order) <= MOST_LOSS).sum())
    if kept == len(order):
        return 0.0
    return min(1.0, math.ceil(float(alone[order[kept]].max()) * _STEPS) / _STEPS)

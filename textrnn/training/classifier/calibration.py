"""Fitting a classifier's probabilities to validation texts.

Shapes: B texts, L labels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.classifier.calibration import MOST_BAG_SHARE, Calibration
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.validation import accuracy, cross_entropy_nats

# Lower and upper bounds, and what is most probable before any text is seen: its mean and deviation.
_SHARPNESS, _SHARPNESS_PRIOR = (0.02, 2.0), (1.0, 0.15)  # what a network's logits are multiplied by
_BAG, _BAG_PRIOR = (0.0, 8.0), (1.0, 0.25)  # the same of a bag's scores
# Of a network's logits beside a bag, which knows much of the same: half as much at so many texts.
_BESIDE, _BESIDE_DEVIATION, _HALF_AT = 0.4, 0.1, 100
_GROWTHS, _GROWTH_PRIOR = (-1.0, 1.0), (0.0, 0.5)  # of both with the length of a text
_LEAST_SPREAD = 0.01  # of lengths: a deviation must not be 0
_FEW = 1000  # texts, of which fewer heed what is probable the more, the fewer they are


def calibrate(
    logits: NDArray[np.float32],
    texts: EncodedTexts,
    scores: NDArray[np.float32] | None,
    *,
    begins_with_model: bool,
    say: Callable[[str], None],
) -> tuple[Calibration, NDArray[np.int64]]:
    """The calibration that suits validation texts, and the labels' numbers then answered, (B,).

    Args:
        logits: of the network, (B, L).
        texts: those.
        scores: of a bag of n-grams, (B, L), where there is one.
        begins_with_model: as :func:`fit_calibration` has it.
        say: told in a line how much a bag counts.
    """
    lengths = texts.lengths
    if scores is None:
        return fit_calibration(logits, lengths, texts.labels), logits.argmax(axis=1)
    found = fit_calibration(
        logits, lengths, texts.labels, scores, begins_with_model=begins_with_model
    )
    together = found.apply(logits, lengths, scores)
    say(
        f"validation accuracy of the bag of n-grams {accuracy(scores, texts.labels):.4f}, together "
        f"with the network {accuracy(together, texts.labels):.4f}"
    )
    return found, together.argmax(axis=1)


def fit_calibration(
    logits: NDArray[np.float32],
    lengths: NDArray[np.int64],
    numbers: NDArray[np.int64],
    scores: NDArray[np.float32] | None = None,
    *,
    begins_with_model: bool = False,
) -> Calibration:
    """The calibration that gives validation texts the least cross-entropy.

    Logits and scores are each multiplied by a number, at these texts' own typical length. Few texts
    are drawn towards numbers that are probable anyway: some texts that are all right would say that
    every answer is certain, or that one of the two is not needed. Many of which a network knows
    nothing leave the bag to answer. Texts of about one length say little of how the numbers grow
    with it, which draws that growth to 0.

    Args:
        logits: of the network, (B, L).
        lengths: tokens of each text, (B,).
        numbers: the right label's of each text, (B,).
        scores: of a bag of n-grams, (B, L); without, its share stays 0.
        begins_with_model: whether the network knew much before, however few these texts are.
    """
    from scipy.optimize import minimize

    few = max(0.0, 1 - len(numbers) / _FEW)
    typical = np.array([np.median(lengths)]).astype(np.int64)
    mean, deviation = _GROWTH_PRIOR
    spread = float(np.log(np.maximum(lengths, 1)).std())
    growth = mean, deviation * min(1.0, max(spread, _LEAST_SPREAD)), 1.0
    sharpness = _SHARPNESS_PRIOR
    if scores is not None and not begins_with_model:
        sharpness = _BESIDE * len(numbers) / (len(numbers) + _HALF_AT), _BESIDE_DEVIATION
    bounds, priors = [_SHARPNESS, _GROWTHS], [(*sharpness, few), growth]
    if scores is not None:
        bounds += [_BAG, _GROWTHS]
        priors += [(*_BAG_PRIOR, few), growth]
    means, deviations, weights = np.array(priors).T

    def loss(values: NDArray[np.float64]) -> float:
        improbable = weights @ ((values - means) / deviations) ** 2 / (2 * len(numbers))
        found = _calibration(values, typical).apply(logits, lengths, scores)
        return cross_entropy_nats(found, numbers) + float(improbable)

    found = minimize(loss, means, method="L-BFGS-B", bounds=bounds).x
    return Calibration(
        **{k: round(v, 4) for k, v in _calibration(found, typical).as_dict().items()}
    )


def _calibration(values: NDArray[np.float64], typical: NDArray[np.int64]) -> Calibration:
    """From what is searched, for texts of the typical length: what logits are multiplied by, how
    the temperature grows, what a bag's scores are multiplied by, how its share grows.

    A bag's share is what its scores count beside the logits: beside those of a network that knows
    nothing it would have no end, so that these never count less than a model may say.
    """
    sharpness, growth, *bag = map(float, values)
    scale, share_growth = bag or (0.0, 0.0)
    relative = Calibration(1.0, growth, 1.0, share_growth)  # to what is written down
    divisor, share = float(relative.divisor(typical)[0]), float(relative.share(typical)[0])
    scale *= divisor / share
    sharpness = max(sharpness * divisor, _SHARPNESS[0], scale / MOST_BAG_SHARE)
    return Calibration(1 / sharpness, growth, scale / sharpness, share_growth)

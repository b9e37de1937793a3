"""A network and a ridge regression, each fitted alone, as one network: their weighted mean, in the
shares that fit the validation windows best (stacking: Wolpert 1992, Breiman 1996).

Shapes: N windows, H steps of the horizon, K targets, W steps of a window, S steps forecast at once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.forecaster.rolling import Floats
from textrnn.runtime.graph import Weights


def best_share(truth: Floats, forecast: Floats, other: Floats) -> float:
    """The share of a forecast, from 0 to 1, with which its mean with another has the least squared
    error.

    Args:
        truth: what came, (N, H, K).
        forecast: the one, of the same shape.
        other: the other, of the same shape.

    Example:
        >>> came = np.array([[[1.0], [3.0]]])
        >>> best_share(came, came + 1, came - 3), best_share(came, came + 2, came + 1)
        (0.75, 0.0)
    """
    apart = forecast - other
    square = float((apart**2).sum())
    share = float(((truth - other) * apart).sum()) / square if square > 0 else 1.0
    return min(max(share, 0.0), 1.0)


def mixed(
    network: ForecasterNetwork, weights: Weights, ridge: NDArray[np.float32], share: float
) -> tuple[ForecasterNetwork, Weights]:
    """The network that has a linear forecast beside it, and its weights.

    Args:
        network: which reads windows less their last values, without a linear forecast.
        weights: its own.
        ridge: the matrix of the regression, (W + 1, S).
        share: of the network.
    """
    beside = replace(network, head=replace(network.head, linear=True))
    last = {name: weights[name] * np.float32(share) for name in ("output/kernel", "output/bias")}
    rest = ridge * np.float32(1.0 - share)
    return beside, {**weights, **last, "linear/kernel": rest[:-1], "linear/bias": rest[-1]}

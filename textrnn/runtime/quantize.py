"""Whole numbers of 7 or 8 bits for weights, with a scale for each row or column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import TrainingError


def check_finite(weights: Mapping[str, NDArray[np.floating]]) -> None:
    """See that weights can be served.

    Args:
        weights: arrays by their names.

    Raises:
        TrainingError: one holds NaN or an infinite number.
    """
    for name, values in weights.items():
        if not np.isfinite(values).all():
            raise TrainingError(
                f"the weights {name!r} hold numbers that are not finite; train with a lower "
                "learning rate, or look at the vectors that training began with"
            )


def quantize(
    weights: NDArray[np.float32],
    *,
    axis: int | tuple[int, ...],
    bits: int = 8,
    name: str = "",
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Symmetric linear quantisation: ``weights ~ scale * integers``, zero kept exact.

    Args:
        weights: any shape.
        axis: the axes over which one scale is shared (those that disappear from the scales).
        bits: 8 uses -127 to 127. 7 uses -63 to 63: on processors without VNNI two products of
            8-bit numbers can overflow the 16-bit sums of the AVX2 kernels; with 7 bits they fit.
        name: of the weights, for the message.

    Returns:
        The integers, int8, in the shape of ``weights``, and the scales, float32, with ``axis`` of
        length 1.

    Raises:
        TrainingError: a weight is not finite.
    """
    check_finite({name: weights})
    limit = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=axis, keepdims=True, initial=0.0) / limit
    # A row of zeros, or of numbers too small to divide by, becomes a row of zeros.
    scale = np.where(largest >= np.finfo(np.float32).tiny, largest, 1.0).astype(np.float32)
    return np.rint(weights / scale).astype(np.int8), scale

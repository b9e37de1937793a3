"""Weights before training, as Keras begins them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from textrnn.network import Network

Array = NDArray[np.float64]


def initial_weight(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """A weight before training.

    An embedding is uniform in ±0.05; a recurrent matrix is orthogonal (Saxe et al. 2014), so that
    at first no direction of the state grows or shrinks; other matrices are uniform in
    ±sqrt(6 / (rows + columns)) (Glorot & Bengio 2010, eq. 16); biases are zero (those of an
    LSTM's forget gate :class:`textrnn.lab.cells.lstm.LSTM` sets to 1).

    Args:
        name: of the weight, as :mod:`textrnn.network` names weights.
        shape: its shape; more than two axes are a convolution's.
        rng: draws the numbers.
    """
    kind = name.rpartition("/")[2]
    if kind == "bias":
        return np.zeros(shape)
    if kind.endswith("embedding"):
        return rng.uniform(-0.05, 0.05, shape)
    if kind == "recurrent":
        return _orthogonal(shape, rng)
    window = int(np.prod(shape[:-2]))
    limit = float(np.sqrt(6.0 / (window * (shape[-2] + shape[-1]))))
    return rng.uniform(-limit, limit, shape)


def untrained(network: Network, random_state: int) -> dict[str, Array]:
    """All weights of a network before training; here the biases of forget gates are zero, too."""
    rng = np.random.default_rng(random_state)
    return {
        name: initial_weight(name, shape, rng) for name, shape in network.weight_shapes().items()
    }


def _orthogonal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Rows (U, G x U) of length 1 that stand at right angles to each other."""
    q, r = np.linalg.qr(rng.normal(size=shape[::-1]))
    rows: Array = (q * np.sign(np.diag(r))).T
    return rows

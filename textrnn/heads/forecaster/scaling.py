"""Scaling of columns: fitted on what trains, undone in what is forecast.

Shapes: T steps, C columns, K targets, which come first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require, require_choice
from textrnn.heads.forecaster.network import SCALINGS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scaling:
    """What each column is less, and then divided by.

    Attributes:
        kind: ``standard``, mean and deviation; ``minmax``, the range from 0 to 1; ``none``.
        offset: of each column.
        scale: of each column, above 0: 1 for one that never changes.
    """

    kind: str
    offset: tuple[float, ...]
    scale: tuple[float, ...]

    def __post_init__(self) -> None:
        require_choice("scaling", self.kind, SCALINGS)
        require(len(self.offset) == len(self.scale), "scaling: an offset and a scale a column")
        finite = all(map(math.isfinite, (*self.offset, *self.scale)))
        require(finite and min(self.scale) > 0, "scaling: numbers that cannot be")

    @classmethod
    def fit(cls, values: Sequence[Floats], kind: str) -> Scaling:
        """The scaling of the columns of one or more series, (T, C) each."""
        rows = np.concatenate(values)
        if kind == "minmax":
            offset = rows.min(axis=0)
            scale = rows.max(axis=0) - offset
        elif kind == "standard":
            offset, scale = rows.mean(axis=0), rows.std(axis=0)
        else:
            offset, scale = np.zeros(rows.shape[1]), np.ones(rows.shape[1])
        changes = scale > 1e-12 * np.maximum(1.0, np.abs(offset))
        scale = np.where(changes, scale, 1.0)
        return cls(kind, tuple(offset.tolist()), tuple(scale.tolist()))

    def apply(self, values: Floats) -> Floats:
        """Scaled values of columns, (…, C)."""
        scaled: Floats = (values - np.array(self.offset)) / np.array(self.scale)
        return scaled

    def undo(self, values: Floats) -> Floats:
        """Values of the first columns in their own units, (…, K).

        Example:
            >>> scaling = Scaling("standard", (10.0, 0.0), (2.0, 1.0))
            >>> scaling.undo(np.array([[-1.0], [3.0]])).tolist()
            [[8.0], [16.0]]
        """
        targets = values.shape[-1]
        undone: Floats = values * np.array(self.scale[:targets]) + np.array(self.offset[:targets])
        return undone

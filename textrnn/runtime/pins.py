"""Units that stand still, so that a text's 8-bit numbers do not depend on the texts beside it.

ONNX Runtime's ``DynamicQuantizeLSTM`` brings what it multiplies to 8 bits by the least and the
largest of its numbers: of all texts' inputs at once, and at each step of all texts' states. So the
scale, and with it the rounding, would follow whoever shares the batch. Here the ends of the range
are always there: every token's input has two numbers more that no weight reads, at the bounds of
what an input can be; and every state has units more, which begin at 1 or -1, the bounds of what a
state can be, and stay there. These are the pins. A scale that follows the range is then constant.

An input's bound is what its tables rarely exceed; the little that does is cut off, since a range
that took in every outlier would round all the rest the more.

Shapes: D directions, U units, W units with pins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

# The third has the other sign backward: so 1 and -1 are there too when directions are multiplied.
_SIGNS = ((1.0, -1.0, 1.0), (1.0, -1.0, -1.0))
_ROUND = 8  # matrices of other widths are slower
_SHUT = 30.0  # a gate with this bias is open, with its negative shut, to the last bit
_HELD = 20.0  # a memory whose tanh is 1, to the last bit


def usual_bound(table: Array) -> float:
    """What the numbers of a table rarely exceed: half as much again as one in 10,000 does.

    Example:
        >>> float(usual_bound(np.array([[2.0, -4.0], [0.0, 4.0]], np.float32)))
        6.0
    """
    return 1.5 * float(np.quantile(np.abs(table), 0.9999)) if table.size else 0.0


def pinned_units(units: int) -> int:
    """W: the units of a layer with its pins.

    Example:
        >>> pinned_units(100), pinned_units(256)
        (104, 264)
    """
    return -(-(units + len(_SIGNS[0])) // _ROUND) * _ROUND


def pin_columns(matrices: Array, units: int) -> Array:
    """Gates' columns (D, rows, 4 x U) to (D, rows, 4 x W); the new ones are 0."""
    gates = matrices.reshape(*matrices.shape[:2], 4, units)
    more = pinned_units(units) - units
    wide = np.pad(gates, ((0, 0), (0, 0), (0, 0), (0, more)))
    return wide.reshape(*matrices.shape[:2], -1)


def pin_rows(matrices: Array, units: int) -> Array:
    """States' rows (D, U, columns) to (D, W, columns); nobody reads the new ones."""
    return np.pad(matrices, ((0, 0), (0, pinned_units(units) - units), (0, 0)))


def pin_bias(bias: Array, units: int) -> Array:
    """Biases (D, 8 x U), input's and state's, to (D, 8 x W), ONNX's order of gates: i, o, f, c.

    The pins take nothing in, forget nothing and show all.
    """
    wide = pin_columns(bias.reshape(len(bias), 2, -1), units).reshape(len(bias), 2, 4, -1)
    wide[:, 0, :3, units:] = np.array([-_SHUT, _SHUT, _SHUT], np.float32)[:, None]
    return wide.reshape(len(bias), -1)


def pin_memory(directions: int, units: int) -> Array:
    """The memory with which texts begin, (D, 1, W)."""
    memory = np.zeros((directions, 1, pinned_units(units)), np.float32)
    signs = np.array(_SIGNS[:directions], np.float32)
    memory[:, 0, units : units + signs.shape[1]] = _HELD * signs
    return memory

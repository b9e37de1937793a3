"""Recurrent units removed from trained encoders, whole: the network that remains is a smaller one.

A unit is what Wen et al. 2018 ("Learning Intrinsic Sparse Structures within Long Short-Term
Memory", section 3) call a component of the intrinsic sparse structure: its columns in the kernels
of all gates, its row and columns in the recurrent matrices, and its rows in whatever reads it.
Without it every other matrix stays as it is. Those with the least weights go: the L2 norm of all of
a unit's weights is what Wen et al. penalise as a group, and a filter's norm what Li et al. 2017
("Pruning Filters for Efficient ConvNets", section 3.1) choose filters by.

Shapes: I numbers that an encoder reads, G gates, U units.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.counted import counted
from textrnn.network import GATES, Encoder, directions

Weights = dict[str, NDArray[np.float32]]
Units = NDArray[np.int64]


@dataclass(frozen=True)
class Reader:
    """A weight whose rows, from ``first`` on, read what an encoder gives."""

    name: str
    first: int = 0


def prune_units(
    weights: Mapping[str, NDArray[np.float32]],
    encoders: Sequence[Encoder],
    readers: Sequence[Reader],
    share: float,
) -> tuple[Weights, tuple[Encoder, ...]]:
    """Remove the units with the least weights, of each encoder and direction the same share.

    Directions that are put end to end choose for themselves; where they are added, multiplied or
    averaged, a unit of one goes with that of the other.

    Args:
        weights: of the whole network, by name.
        encoders: stacked on one another.
        readers: what reads the last of them.
        share: of the units that go, from 0 to below 1.

    Returns:
        The weights and the encoders that remain.

    Raises:
        ConfigurationError: no unit of an encoder would be left.
    """
    pruned, smaller, gone = dict(weights), list[Encoder](), dict[str, list[int]]()
    for number, encoder in enumerate(encoders):
        ours = readers
        if number + 1 < len(encoders):
            above = f"encoder_{number + 1}"
            ours = [Reader(f"{above}/{way}/kernel") for way in directions(encoders[number + 1])]
        kept = _strongest(weights, encoder, f"encoder_{number}", ours, share)
        for direction, units in kept.items():
            _cut(pruned, encoder, f"encoder_{number}/{direction}", units)
        rows = _removed(encoder, kept)
        for reader in ours:
            gone.setdefault(reader.name, []).extend(reader.first + row for row in rows)
        smaller.append(replace(encoder, units=len(kept["forward"])))
    for name, rows in gone.items():
        pruned[name] = np.delete(pruned[name], rows, axis=0)
    return pruned, tuple(smaller)


def units_left(units: int, share: float) -> int:
    """How many of an encoder's units remain.

    Raises:
        ConfigurationError: none does.
    """
    left = round(units * (1 - share))
    most = math.floor(100 * (units - 1) / units) / 100
    enough = f"{most:g} leaves some" if most else "leave it out"
    require(
        left >= 1,
        f"prune: {share:g} leaves none of the {counted(units, 'unit')} of an encoder; {enough}",
    )
    return left


def _strongest(
    weights: Mapping[str, NDArray[np.float32]],
    encoder: Encoder,
    name: str,
    readers: Sequence[Reader],
    share: float,
) -> dict[str, Units]:
    """The units that stay in each direction, (kept,), in order."""
    count = units_left(encoder.units, share)
    squares = {
        direction: _squares(weights, encoder, f"{name}/{direction}", readers, first)
        for direction, first in _places(encoder).items()
    }
    if encoder.merge != "concat":
        squares = dict.fromkeys(squares, sum(squares.values(), np.zeros(encoder.units)))
    return {
        direction: np.sort(np.argsort(-found, kind="stable")[:count])
        for direction, found in squares.items()
    }


def _places(encoder: Encoder) -> dict[str, int]:
    """Where the units of each direction begin in what the encoder gives."""
    apart = encoder.units if encoder.merge == "concat" else 0
    return {direction: number * apart for number, direction in enumerate(directions(encoder))}


def _squares(
    weights: Mapping[str, NDArray[np.float32]],
    encoder: Encoder,
    name: str,
    readers: Sequence[Reader],
    first: int,
) -> NDArray[np.float64]:
    """The sum of the squares of each unit's weights, (U,)."""
    units = encoder.units
    recurrent = np.square(weights[f"{name}/recurrent"], dtype=np.float64)  # (U, G x U)
    found: NDArray[np.float64] = recurrent.sum(axis=1)
    for matrix in (np.square(weights[f"{name}/kernel"], dtype=np.float64), recurrent):
        found += matrix.sum(axis=0).reshape(GATES[encoder.cell], units).sum(axis=0)
    for reader in readers:
        begin = reader.first + first
        rows = weights[reader.name][begin : begin + units].reshape(units, -1)
        found += np.square(rows, dtype=np.float64).sum(axis=1)
    return found


def _cut(weights: Weights, encoder: Encoder, name: str, units: Units) -> None:
    """Leave these units alone in the weights of one direction."""
    for part in ("kernel", "recurrent", "bias"):
        value = weights[f"{name}/{part}"]
        by_gate = value.reshape(*value.shape[:-1], GATES[encoder.cell], encoder.units)
        weights[f"{name}/{part}"] = by_gate[..., units].reshape(*value.shape[:-1], -1)
    weights[f"{name}/recurrent"] = weights[f"{name}/recurrent"][units]


def _removed(encoder: Encoder, kept: Mapping[str, Units]) -> list[int]:
    """The numbers of what the encoder gave that are not there any more."""
    places = _places(encoder)
    rows = {places[direction] + int(unit) for direction in kept for unit in kept[direction]}
    return sorted(set(range(encoder.output_units)) - rows)

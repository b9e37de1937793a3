"""What a cell does as it reads one text: each gate by token, and the path of its state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from textrnn.configuration import require, require_choice, require_whole
from textrnn.counted import counted
from textrnn.lab.bptt import Reading, read
from textrnn.lab.cells.cell import Array, KernelCell
from textrnn.lab.cells.kinds import CELLS
from textrnn.lab.experiment import Experiment, HeatRow, HeatTable
from textrnn.lab.trained import TrainedModel, require_tokens

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GATES = ("i", "f", "o", "z", "r")  # shares, from 0 to 1
_DETAILED = 2  # units that a screen shows by their equations
_SMALL_EMBEDDING = 8
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+|[^\w\s]")

Points = tuple[tuple[float, float], ...]
Series = tuple[float, ...]


@dataclass(frozen=True)
class UnitValues:
    """One unit of a cell.

    Attributes:
        unit: its number, from 0.
        values: each value by its name, a number for each token.
    """

    unit: int
    values: Mapping[str, Series]


@dataclass(frozen=True)
class GateValues(Experiment):
    """The values of a cell by token. T tokens.

    Attributes:
        cell: ``rnn``, ``lstm`` or ``gru``.
        source: the model whose cell it is, with layer and direction; empty of random weights.
        tokens: in the order in which they are read, T.
        units: of the cell.
        equations: of each value.
        means: each gate's mean over all units, by token.
        moved: how far the state moved at each token, the length of the difference.
        path: the state after each token in two dimensions, its two principal components.
        shown: the units that move most, first the one that does so most.
    """

    cell: str
    source: str
    tokens: tuple[str, ...]
    units: int
    equations: Mapping[str, str]
    means: Mapping[str, Series]
    moved: Series
    path: Points
    shown: tuple[UnitValues, ...]

    @property
    def title(self) -> str:
        """See :meth:`Experiment.title`."""
        whose = self.source or "random weights"
        return f"What a cell does as it reads: {self.cell}, {counted(self.units, 'unit')}, {whose}"

    def findings(self) -> list[str]:
        """See :meth:`Experiment.findings`."""
        roles = CELLS[self.cell].roles
        told = [
            "x is the token's vector, ' marks the step before. "
            + "; ".join(f"{name}: {role}" for name, role in roles.items())
            + "."
        ]
        farthest = int(np.argmax(self.moved))
        told.append(f"The state moved farthest at {self.tokens[farthest]!r}.")
        if "f" in self.means:
            kept = int(np.argmin(self.means["f"]))
            told.append(
                f"It forgot most at {self.tokens[kept]!r}: in the mean of all units "
                f"{self.means['f'][kept]:.0%} of the memory stayed."
            )
        return told

    def tables(self) -> list[HeatTable]:
        """See :meth:`Experiment.tables`."""
        rows = [
            HeatRow(f"{name} = {self.equations[name]}", _texts(mean), mean)
            for name, mean in self.means.items()
        ]
        least, most = min(self.moved), max(self.moved)
        spread = (most - least) or 1.0
        shades = [(one - least) / spread for one in self.moved]
        rows.append(HeatRow("moved = |h - h'|", [f"{one:.1f}" for one in self.moved], shades))
        tables = [HeatTable(f"Mean of all {self.units} units", self.tokens, rows)]
        for unit in self.shown[:_DETAILED]:
            rows = [
                HeatRow(f"{name} = {self.equations[name]}", _texts(values), _shades(values))
                for name, values in unit.values.items()
            ]
            tables.append(HeatTable(f"Unit {unit.unit}, which moves much", self.tokens, rows))
        return tables

    def as_dict(self) -> dict[str, Any]:
        """See :meth:`Experiment.as_dict`."""
        return asdict(self)

    def figure(self) -> Figure:
        """See :meth:`Experiment.figure`."""
        from textrnn.lab.pictures import gates_figure

        return gates_figure(self)


def cell(
    text: str,
    kind: str | None = None,
    *,
    model: str | Path | None = None,
    layer: int = 1,
    backward: bool = False,
    units: int = 8,
    num: int = 12,
    random_state: int = 0,
) -> GateValues:
    """Run a cell over a text, in NumPy.

    Args:
        text: what it reads.
        kind: ``rnn``, ``lstm`` or ``gru``; of a model's cell it may be left out, and without a
            model it is an LSTM.
        model: a classifier or generator, by its name or path, whose weights and vocabulary are
            taken; by default a small network with random weights, which reads words.
        layer: which of the model's encoders, from 1.
        backward: the model's encoder that reads from the end.
        units: of the small network.
        num: the most units whose values are kept.
        random_state: of the small network's weights.

    Raises:
        ConfigurationError: the model has no such cell, or a number is out of range.
        InputError: the text has no tokens.
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
    """
    require_whole("num", num, least=1)
    require_whole("units", units, least=1)
    require_whole("random_state", random_state, least=0)
    if kind is not None:
        require_choice("cell", kind, tuple(CELLS))
    if model is None:
        tokens, ran, reading = _small(text, kind or "lstm", units, random_state)
        return _measured(ran, tokens, reading, "", num)
    trained = TrainedModel.open(model)
    tokens, ids = trained.tokens(text)
    layers = trained.encode(ids)
    require(
        1 <= layer <= len(layers),
        f"layer must be from 1 to {len(layers)}, the encoders of {trained.name}; received {layer}",
    )
    encoded, direction = layers[layer - 1], "backward" if backward else "forward"
    require(direction in encoded.cells, f"no encoder of {trained.name} reads {direction}")
    ran = encoded.cells[direction]
    require(kind in (None, ran.name), f"the cell of {trained.name} is {ran.name}, not {kind}")
    source = f"{trained.name}, encoder {layer} {direction}"
    tokens = tokens[::-1] if backward else tokens
    return _measured(ran, tokens, encoded.readings[direction], source, num)


def _small(
    text: str, kind: str, units: int, random_state: int
) -> tuple[list[str], KernelCell, Reading]:
    """A text read by random weights: its words, the cell, and what it gave."""
    tokens = _WORD.findall(text)
    require_tokens(tokens)
    rng = np.random.default_rng(random_state)
    words = {word: rng.normal(size=_SMALL_EMBEDDING) for word in dict.fromkeys(tokens)}
    ran = CELLS[kind].random(_SMALL_EMBEDDING, units, rng)
    return tokens, ran, read(ran, np.stack([words[word] for word in tokens])[:, None])


def _measured(
    ran: KernelCell, tokens: list[str], reading: Reading, source: str, num: int
) -> GateValues:
    """The values of a reading of one text."""
    values = {
        name: np.stack([step[name][0] for step in reading.values]).astype(np.float64)
        for name in ran.equations
    }  # (T, U) each
    states = values["h"]
    before = np.concatenate([np.zeros_like(states[:1]), states[:-1]])
    kept = values.get("c", states)  # what is kept: the memory, where there is one
    swing = np.ptp(np.concatenate([np.zeros_like(kept[:1]), kept]), axis=0)
    shown = np.argsort(-swing, kind="stable")[:num].tolist()
    return GateValues(
        ran.name,
        source,
        tuple(tokens),
        ran.units,
        dict(ran.equations),
        {name: _series(values[name].mean(axis=1)) for name in _GATES if name in values},
        _series(np.linalg.norm(states - before, axis=1)),
        _two_dimensions(states),
        tuple(
            UnitValues(unit, {name: _series(array[:, unit]) for name, array in values.items()})
            for unit in shown
        ),
    )


def _two_dimensions(states: Array) -> Points:
    """States (T, U) by their two principal components; zeros where there are fewer."""
    centred = states - states.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    flat = np.zeros((len(states), 2))
    flat[:, : len(sizes[:2])] = left[:, :2] * sizes[:2]
    return tuple((float(x), float(y)) for x, y in flat)


def _series(values: Array) -> Series:
    return tuple(float(value) for value in values)


def _texts(values: Series) -> list[str]:
    return [f"{value:.2f}" for value in values]


def _shades(values: Series) -> list[float]:
    """As they are, where none is beyond 1; a memory may be."""
    most = max(1.0, *map(abs, values))
    return [value / most for value in values]

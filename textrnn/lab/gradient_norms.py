"""How far a gradient reaches: its length by the distance that it has gone back.

The derivative of a state by one many steps before is a product of as many matrices. Where they
shrink, it vanishes: what is far away is not learned. Where they stretch, it explodes: a single step
of training throws the weights away (Hochreiter 1991; Bengio et al. 1994; Pascanu et al. 2013).
Clipping the gradient mends the second, a cell whose state is added to mends the first (Hochreiter &
Schmidhuber 1997; Cho et al. 2014).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from textrnn.configuration import require, require_choice, require_whole
from textrnn.counted import counted
from textrnn.lab.adding import Adding
from textrnn.lab.bptt import backpropagate, clip, read
from textrnn.lab.cells.cell import Cell, State
from textrnn.lab.cells.kinds import CELLS
from textrnn.lab.experiment import Experiment, HeatRow, HeatTable
from textrnn.lab.training import TaskNetwork, train

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLIP_NORM = 1.0
STRETCH = 1.5  # what the recurrent matrix of the exploding network is multiplied by
_DISTANCES = (1, 5, 10, 20, 50, 100, 200, 500)
_TEXTS = 16  # over which the lengths of gradients are averaged
_DESCENT_STEPS, _DESCENT_RATE, _DESCENT_LENGTH = 60, 0.05, 50
_LEARNED_DISTANCE = 50
_DECADES = 8.0  # powers of ten from no colour to the deepest


@dataclass(frozen=True)
class GradientCurve:
    """The length of one network's gradient by distance.

    Attributes:
        cell: of the network.
        weights: ``random``, ``random x 1.5`` (its recurrent matrix multiplied) or ``trained``.
        norms: the length of the gradient of an output by the state so many steps before, from 0
            on; where it begins it is 1.
    """

    cell: str
    weights: str
    norms: tuple[float, ...]


@dataclass(frozen=True)
class Descent:
    """A short training by plain gradient descent.

    Attributes:
        clip_norm: the greatest length of a gradient; None for any.
        losses: before each step.
        norms: the length of each gradient before it was clipped.
    """

    clip_norm: float | None
    losses: tuple[float, ...]
    norms: tuple[float, ...]


@dataclass(frozen=True)
class GradientNorms(Experiment):
    """Gradients by distance, and what clipping does where they explode.

    Attributes:
        units: of each cell.
        random_state: of weights, texts and training.
        curves: a cell and its weights each.
        descents: of the simple network with stretched weights, without and with clipping.
    """

    units: int
    random_state: int
    curves: tuple[GradientCurve, ...]
    descents: tuple[Descent, ...]

    @property
    def title(self) -> str:
        """See :meth:`Experiment.title`."""
        return (
            f"How far a gradient reaches: {counted(self.units, 'unit')}, "
            f"{counted(self.length, 'step')} back"
        )

    @property
    def length(self) -> int:
        """The greatest distance."""
        return len(self.curves[0].norms) - 1

    def findings(self) -> list[str]:
        """See :meth:`Experiment.findings`."""
        told = [
            "Each number is the length of the gradient of the last output by the state so many "
            "steps before: 1 where it begins. Blue: it vanishes; orange: it explodes.",
            "A step back multiplies by (1 - h²) U in an rnn, by the forget gate f in an lstm's "
            "memory, by the update gate z (and more) in a gru.",
        ]
        for curve in self.curves:
            if curve.weights == "trained":
                told.append(f"{curve.cell}, trained: {counted(self.length, 'step')} back "
                            f"{curve.norms[-1]:.1g} of the gradient is left.")  # fmt: skip
        free, clipped = self.descents
        told.append(
            f"Where it explodes (rnn, random x {STRETCH}), {len(free.losses)} steps of gradient "
            f"descent bring the loss from {free.losses[0]:.3g} to {free.losses[-1]:.1e}; with "
            f"gradients clipped to {clipped.clip_norm:g}, to {clipped.losses[-1]:.3g}."
        )
        return told

    def tables(self) -> list[HeatTable]:
        """See :meth:`Experiment.tables`."""
        distances = [d for d in _DISTANCES if d <= self.length]
        rows = []
        for curve in self.curves:
            logs = np.log10(np.maximum(curve.norms, 1e-300))
            rows.append(
                HeatRow(
                    f"{curve.cell} {curve.weights}",
                    [f"{curve.norms[d]:.0e}" for d in distances],
                    [float(np.clip(logs[d] / _DECADES, -1, 1)) for d in distances],
                    curve=np.clip(1 + logs / _DECADES, 0, 1).tolist(),
                )
            )
        columns = [str(d) for d in distances]
        title = "Length of the gradient, by the steps that it went back"
        return [HeatTable(title, columns, rows, "near to far"), self._descent_table()]

    def _descent_table(self) -> HeatTable:
        places = [0, 1, 2, 5, 10, 20, len(self.descents[0].losses) - 1]
        rows = []
        for descent in self.descents:
            name = f"clipped to {descent.clip_norm:g}" if descent.clip_norm else "not clipped"
            shades = [min(1.0, max(0.0, math.log10(descent.losses[p]) / _DECADES)) for p in places]
            rows.append(HeatRow(name, [f"{descent.losses[p]:.0e}" for p in places], shades))
        return HeatTable("Loss, by the steps of gradient descent", [str(p) for p in places], rows)

    def as_dict(self) -> dict[str, Any]:
        """See :meth:`Experiment.as_dict`."""
        return asdict(self)

    def figure(self) -> Figure:
        """See :meth:`Experiment.figure`."""
        from textrnn.lab.pictures import gradients_figure

        return gradients_figure(self)


def gradients(
    cells: Sequence[str] = tuple(CELLS),
    *,
    length: int = 100,
    units: int = 32,
    steps: int = 800,
    random_state: int = 0,
    on_progress: Callable[[int, int], None] = lambda count, total: None,
) -> GradientNorms:
    """Measure how gradients vanish and explode, in sequences of the adding task
    (:class:`textrnn.lab.adding.Adding`).

    Args:
        cells: of ``rnn``, ``lstm`` and ``gru``.
        length: the greatest distance.
        units: of each cell.
        steps: of the training, after which the trained weights are measured.
        random_state: the same one gives the same numbers.
        on_progress: called with how many steps of training were done since, and how many there are.

    Raises:
        ConfigurationError: a cell is unknown, or a number is out of range.
    """
    require(len(cells) >= 1, "name at least one cell")
    for name in cells:
        require_choice("cell", name, tuple(CELLS))
    for what, number in (("length", length), ("units", units), ("steps", steps)):
        require_whole(what, number, least=1)
    require_whole("random_state", random_state, least=0)
    total = steps * len(cells)
    curves = [*_random_curves(cells, units, length, random_state)]
    for name in cells:
        rng = np.random.default_rng(random_state)
        network = TaskNetwork(CELLS[name].random(Adding.inputs, units, rng), Adding(), rng)
        train(
            network, steps=steps, distance=_LEARNED_DISTANCE, batch_size=32, learning_rate=0.005,
            clip_norm=CLIP_NORM, rng=rng, on_step=lambda loss, norm: on_progress(1, total),
        )  # fmt: skip
        norms = norms_by_distance(network.cell, length, random_state)
        curves.append(GradientCurve(name, "trained", norms))
    descents = tuple(_descend(most, units, random_state) for most in (None, CLIP_NORM))
    return GradientNorms(units, random_state, tuple(curves), descents)


def norms_by_distance(cell: Cell, length: int, random_state: int) -> tuple[float, ...]:
    """The length of the gradient of a random direction of the last output by the state before it,
    0 to ``length`` steps back; the geometric mean over some texts.

    Args:
        cell: reads the adding task's inputs.
        length: the greatest distance.
        random_state: of the texts and directions.
    """
    rng = np.random.default_rng(random_state)
    reading = read(cell, Adding().batch(length + 1, _TEXTS, rng).inputs)
    direction = rng.normal(size=reading.outputs.shape[1:])
    d_outputs = np.zeros_like(reading.outputs)
    d_outputs[-1] = direction / np.linalg.norm(direction, axis=1, keepdims=True)
    states = backpropagate(cell, reading, d_outputs).states
    return tuple(_length(state) for state in reversed(states))


def _length(state: State) -> float:
    """The length of a state's gradient, all its arrays together: their geometric mean over texts,
    since lengths multiply.
    """
    squares = sum(np.sum(array**2, axis=1) for array in state)
    return float(np.exp(np.mean(0.5 * np.log(np.maximum(squares, 1e-300)))))


def _random_curves(
    cells: Sequence[str], units: int, length: int, random_state: int
) -> list[GradientCurve]:
    """Each cell as it begins, and the simple one with its recurrent matrix stretched."""
    curves = []
    for name in cells:
        cell = CELLS[name].random(Adding.inputs, units, np.random.default_rng(random_state))
        curves.append(GradientCurve(name, "random", norms_by_distance(cell, length, random_state)))
    if "rnn" in cells:
        norms = norms_by_distance(_stretched(units, random_state), length, random_state)
        curves.insert(1, GradientCurve("rnn", f"random x {STRETCH}", norms))
    return curves


def _stretched(units: int, random_state: int) -> Cell:
    """A simple cell whose recurrent matrix stretches every direction: for it to explode, the
    largest must be stretched by more than 1 (Pascanu et al. 2013, section 2.1).
    """
    cell = CELLS["rnn"].random(Adding.inputs, units, np.random.default_rng(random_state))
    cell.weights["recurrent"] *= STRETCH
    return cell


def _descend(clip_norm: float | None, units: int, random_state: int) -> Descent:
    """Train the stretched network by plain gradient descent."""
    rng = np.random.default_rng(random_state)
    network = TaskNetwork(_stretched(units, random_state), Adding(), rng)
    losses, norms = [], []
    for _ in range(_DESCENT_STEPS):
        loss, found = network.gradients(network.task.batch(_DESCENT_LENGTH, 32, rng))
        losses.append(loss)
        norms.append(clip(found, clip_norm or math.inf))
        for name, gradient in found.items():
            network.weights[name] -= _DESCENT_RATE * gradient
    return Descent(clip_norm, tuple(losses), tuple(norms))

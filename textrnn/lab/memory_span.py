"""How far cells remember: trained on a task over small distances and large ones, and measured at
each (Hochreiter & Schmidhuber 1997, section 5; Arjovsky et al. 2016, section 4.1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from textrnn.configuration import require, require_choice, require_whole
from textrnn.counted import counted
from textrnn.lab.adding import Adding
from textrnn.lab.cells.cell import Cell
from textrnn.lab.cells.kinds import CELLS
from textrnn.lab.copying import Copying
from textrnn.lab.experiment import Experiment, HeatRow, HeatTable
from textrnn.lab.task import Task
from textrnn.lab.training import TaskNetwork, train

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TASKS: dict[str, Task] = {task.name: task for task in (Copying(), Adding())}
_DISTANCES = (2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500)
_BEYOND = 2  # times the greatest distance of training are measured
_BATCH, _RATE, _CLIP_NORM = 32, 0.005, 1.0
_TESTED = 256  # sequences at each distance
_SMOOTHED = 40  # points of a curve of losses

MakeCell = Callable[[int, int, np.random.Generator], Cell]
"""Makes a cell of so many inputs and units."""


@dataclass(frozen=True)
class DistanceScores:
    """What one cell learned of one task.

    Attributes:
        task: the task's name.
        cell: the cell's.
        scores: at each distance.
        losses: as it learned, each the mean of many batches.
    """

    task: str
    cell: str
    scores: tuple[float, ...]
    losses: tuple[float, ...]


@dataclass(frozen=True)
class Memory(Experiment):
    """Scores by task, cell and distance.

    Attributes:
        units: of each cell.
        steps: batches that each learned from.
        length: the greatest distance of training.
        random_state: of weights and sequences.
        distances: those that were measured.
        results: a task and a cell each.
    """

    units: int
    steps: int
    length: int
    random_state: int
    distances: tuple[int, ...]
    results: tuple[DistanceScores, ...]

    @property
    def title(self) -> str:
        """See :meth:`Experiment.title`."""
        return (
            f"How far a cell of {counted(self.units, 'unit')} remembers: "
            f"{counted(self.steps, 'batch', 'batches')}, distances to {self.length}"
        )

    def reach(self, result: DistanceScores) -> int:
        """The greatest distance up to which every one is bridged; 0 where none is."""
        reached = 0
        for distance, score in zip(self.distances, result.scores, strict=True):
            if not TASKS[result.task].is_solved(score):
                break
            reached = distance
        return reached

    def findings(self) -> list[str]:
        """See :meth:`Experiment.findings`."""
        told = [
            "copying: say two symbols again, so many steps later (accuracy; chance "
            f"{Copying.chance:g}). adding: add two marked numbers of so many (mean squared error; "
            f"who always says 1 has {Adding.chance:.3f}). Orange: remembered."
        ]
        for result in self.results:
            reached = self.reach(result)
            how = f"bridges {reached} steps" if reached else "bridges no distance"
            told.append(f"{result.task}: {result.cell} {how}.")
        return told

    def tables(self) -> list[HeatTable]:
        """See :meth:`Experiment.tables`."""
        tables = []
        for name in dict.fromkeys(result.task for result in self.results):
            task = TASKS[name]
            rows = [self._row(task, result) for result in self.results if result.task == name]
            title = f"{name}: {task.score_name} by distance"
            tables.append(HeatTable(title, [str(d) for d in self.distances], rows, "loss"))
        return tables

    @staticmethod
    def _row(task: Task, result: DistanceScores) -> HeatRow:
        best = 1.0 if task.higher_is_better else 0.0
        gained = [(score - task.chance) / (best - task.chance) for score in result.scores]
        most, digits = max(result.losses) or 1.0, 2 if task.higher_is_better else 3
        return HeatRow(
            result.cell,
            [f"{score:.{digits}f}" for score in result.scores],
            [min(1.0, max(0.0, share)) for share in gained],
            [loss / most for loss in result.losses],
        )

    def as_dict(self) -> dict[str, Any]:
        """See :meth:`Experiment.as_dict`."""
        return asdict(self)

    def figure(self) -> Figure:
        """See :meth:`Experiment.figure`."""
        from textrnn.lab.pictures import memory_figure

        return memory_figure(self)


def memory(
    cells: Sequence[str] = tuple(CELLS),
    *,
    tasks: Sequence[str] = tuple(TASKS),
    length: int = 50,
    units: int = 32,
    steps: int = 2000,
    random_state: int = 0,
    on_progress: Callable[[int, int], None] = lambda count, total: None,
) -> Memory:
    """Train each cell on each task, in NumPy, and measure it by distance.

    Args:
        cells: of ``rnn``, ``lstm`` and ``gru``.
        tasks: of ``copying`` and ``adding``.
        length: the greatest distance of training; twice as far is measured.
        units: of each cell.
        steps: batches to learn from.
        random_state: the same one gives the same numbers.
        on_progress: called with how many steps of training were done since, and how many there are.

    Raises:
        ConfigurationError: a cell or task is unknown, or a number is out of range.
    """
    require(len(cells) >= 1 and len(tasks) >= 1, "name at least one cell and one task")
    for what, names, known in (("cell", cells, CELLS), ("task", tasks, TASKS)):
        for name in names:
            require_choice(what, name, tuple(known))
    for what, number in (("length", length), ("units", units), ("steps", steps)):
        require_whole(what, number, least=1)
    require_whole("random_state", random_state, least=0)
    distances = measured_distances(length)
    total = steps * len(cells) * len(tasks)
    results = tuple(
        scores_by_distance(
            CELLS[cell].random, TASKS[task], cell=cell, length=length, units=units, steps=steps,
            random_state=random_state, on_step=lambda: on_progress(1, total),
        )
        for task in tasks
        for cell in cells
    )  # fmt: skip
    return Memory(units, steps, length, random_state, distances, results)


def measured_distances(length: int) -> tuple[int, ...]:
    """The distances that are measured where training goes to ``length``."""
    return tuple(d for d in _DISTANCES if d <= _BEYOND * length)


def scores_by_distance(
    make: MakeCell,
    task: Task,
    *,
    cell: str,
    length: int,
    units: int,
    steps: int,
    random_state: int = 0,
    on_step: Callable[[], None] = lambda: None,
) -> DistanceScores:
    """Train one cell on one task, and measure it; also one of your own.

    Args:
        make: makes the cell.
        task: what it learns.
        cell: what it is to be called.
        length: the greatest distance of training.
        units: of the cell.
        steps: batches to learn from.
        random_state: of weights and sequences.
        on_step: called after each batch.
    """
    rng = np.random.default_rng(random_state)
    network = TaskNetwork(make(task.inputs, units, rng), task, rng)
    losses: list[float] = []

    def keep(loss: float, norm: float) -> None:
        losses.append(loss)
        on_step()

    train(
        network, steps=steps, distance=length, batch_size=_BATCH, learning_rate=_RATE,
        clip_norm=_CLIP_NORM, rng=rng, on_step=keep,
    )  # fmt: skip
    tested = np.random.default_rng(random_state + 1)
    scores = tuple(network.score(d, _TESTED, tested) for d in measured_distances(length))
    parts = np.array_split(losses, min(_SMOOTHED, steps))
    return DistanceScores(task.name, cell, scores, tuple(float(part.mean()) for part in parts))

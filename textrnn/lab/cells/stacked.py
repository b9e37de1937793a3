"""Cells one above the other, which are a cell again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textrnn.configuration import require
from textrnn.lab.cells.cell import Array, Cell, State, Values, Weights


class StackedCells(Cell):
    """Each cell reads the output of the one below it, in the same step (Graves et al. 2013,
    eq. 11).

    Its state is that of all cells, the topmost first, whose output is the stack's. Values and
    weights are called ``0/h``, ``1/h`` …, counted from the bottom.

    Args:
        cells: from the bottom to the top.
    """

    name: ClassVar[str] = "stacked"

    def __init__(self, cells: Sequence[Cell]) -> None:
        require(len(cells) >= 1, "a stack needs at least one cell")
        self.cells: tuple[Cell, ...] = tuple(cells)
        self.units = cells[-1].units
        self.weights = self._joined([cell.weights for cell in cells])  # the same arrays
        self.state_names = tuple(
            f"{number}/{name}"
            for number, cell in reversed(list(enumerate(cells)))
            for name in cell.state_names
        )

    def first_state(self, batch: int) -> State:
        """Zeros, for each cell as many as it has units."""
        return self._downward([cell.first_state(batch) for cell in self.cells])

    def step(self, x: Array, state: State) -> tuple[State, Values]:
        """See :meth:`Cell.step`."""
        states, values = [], []
        for cell, before in zip(self.cells, self._upward(state), strict=True):
            after, found = cell.step(x, before)
            x = after[0]
            states.append(after)
            values.append(found)
        return self._downward(states), self._joined(values)

    def step_back(self, values: Values, d_state: State) -> tuple[Array, State, Weights]:
        """See :meth:`Cell.step_back`; from the top, each cell hands down what its input gets."""
        d_states = self._upward(d_state)
        d_befores, d_weights = list[State](), list[Weights]()
        d_x: Array | None = None
        for number in reversed(range(len(self.cells))):
            d_output, *others = d_states[number]
            d_after = (d_output if d_x is None else d_output + d_x, *others)
            prefix = f"{number}/"
            own = {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}
            d_x, d_before, found = self.cells[number].step_back(own, d_after)
            d_befores.insert(0, d_before)
            d_weights.insert(0, found)
        assert d_x is not None
        return d_x, self._downward(d_befores), self._joined(d_weights)

    def _upward(self, state: State) -> list[State]:
        """The states of the cells, from the bottom."""
        states, end = [], len(state)
        for cell in self.cells:
            begin = end - len(cell.state_names)
            states.append(state[begin:end])
            end = begin
        return states

    @staticmethod
    def _downward(states: Sequence[State]) -> State:
        """The states of the cells as one, the topmost first."""
        return tuple(array for state in reversed(states) for array in state)

    @staticmethod
    def _joined(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
        return {
            f"{n}/{name}": array for n, part in enumerate(parts) for name, array in part.items()
        }

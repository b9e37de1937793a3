"""The rows of a table that is read whole, each with its place in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rows:
    """Columns of a table.

    Attributes:
        source: the file, or what messages call the data.
        unit: what the numbers count: ``line``, ``record`` or ``entry``.
        numbers: of the rows.
        cells: those of each column, by its name, as the file has them.
    """

    source: str
    unit: str
    numbers: Sequence[int]
    cells: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.numbers)

    def place(self, row: int) -> str:
        """Where a row stands, as ``a.csv: line 3``."""
        return f"{self.source}: {self.unit} {self.numbers[row]:,}"

    def taken(self, places: Sequence[int]) -> Rows:
        """The rows at some places, from 0."""
        cells = {name: [column[at] for at in places] for name, column in self.cells.items()}
        return Rows(self.source, self.unit, [self.numbers[at] for at in places], cells)

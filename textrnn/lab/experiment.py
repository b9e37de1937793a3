"""What every experiment of the lab gives: numbers, tables of them in colours, a picture, a page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class HeatRow:
    """A row of numbers that are seen as colours, too.

    Attributes:
        name: what stands before it, as its equation.
        texts: its cells.
        shades: the colour of each cell, from -1 (blue) over 0 (none) to 1 (orange).
        curve: more numbers than cells, from 0 to 1, shown as a line behind them.
    """

    name: str
    texts: Sequence[str]
    shades: Sequence[float]
    curve: Sequence[float] = ()


@dataclass(frozen=True)
class HeatTable:
    """Rows under common columns.

    Attributes:
        title: what they show.
        columns: the names of the cells, one may stand several times.
        rows: the rows.
        curve_title: what stands over the rows' curves.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[HeatRow]
    curve_title: str = ""


class Experiment(ABC):
    """The outcome of an experiment, plain and frozen."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What was done, in a line."""

    @abstractmethod
    def findings(self) -> list[str]:
        """What is to be seen, a sentence or two each, with the numbers."""

    @abstractmethod
    def tables(self) -> list[HeatTable]:
        """The numbers as a screen shows them."""

    @abstractmethod
    def as_dict(self) -> dict[str, Any]:
        """All numbers as JSON values."""

    @abstractmethod
    def figure(self) -> Figure:
        """The picture.

        Raises:
            MissingExtraError: Matplotlib is not installed.
        """

    def plot(self, path: str | Path) -> None:
        """Write the picture to a .png, .svg or .pdf.

        Raises:
            ConfigurationError: the kind of picture is unknown.
            MissingExtraError: Matplotlib is not installed.
        """
        from textrnn.reports.pictures import write_picture

        write_picture(self.figure(), Path(path))

    def to_html(self) -> str:
        """A page that needs nothing else, with the picture in it.

        Raises:
            MissingExtraError: Matplotlib is not installed.
        """
        from textrnn.lab.page import experiment_page

        return experiment_page(self)

    def _repr_html_(self) -> str:
        from textrnn.lab.page import tables_html

        return tables_html(self)

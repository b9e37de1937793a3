"""A report: what was measured of a model, for programs and for people. No task is known here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: above it; tables whose columns have none are shown without a head.
        is_number: whether its cells stand to the right.
        is_bold: whether they are what is looked for.
        fit: what becomes of it where a screen is too narrow: ``wrap`` at blanks, ``fold`` anywhere,
            ``whole`` it stays, or ``cut`` with an ellipsis.
    """

    name: str = ""
    is_number: bool = False
    is_bold: bool = False
    fit: str = "wrap"


@dataclass(frozen=True)
class Table:
    """Texts in rows and columns."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]

    def filled(self) -> Table:
        """The same without the columns that no row fills."""
        kept = [any(cells) for cells in zip(*self.rows, strict=True)]
        rows = [list(compress(row, kept)) for row in self.rows]
        return Table(list(compress(self.columns, kept)), rows)


@dataclass(frozen=True)
class Section:
    """A part of a report as a screen shows it.

    Attributes:
        headline: what counts most.
        about: what stands behind it in the same line, and below it.
        table: the numbers.
    """

    headline: str = ""
    about: str = ""
    table: Table | None = None


class Report(Protocol):
    """What every evaluation of a model gives, whatever the model does."""

    def scores(self) -> dict[str, float]:
        """The measures by name, the one that counts most first, as model cards keep them."""

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between what the first of the measures lies with a probability of 95%; None where that is
        not known.
        """

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""

    def markdown(self, *, title: str) -> str:
        """In GitHub-flavoured Markdown, which shows the pictures of :meth:`figures` beside it;
        texts and labels are shown as they are, markup included.
        """

    def figures(self) -> Mapping[str, Figure]:
        """Pictures by their files' names.

        Raises:
            MissingExtraError: Matplotlib is not installed.
        """

    def sections(self) -> Sequence[Section]:
        """As tables for a screen."""

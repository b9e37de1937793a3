"""Precision, recall and F1 of labels, and what is taken for what: as tables and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textrnn.reports.folder import escape_markdown
from textrnn.reports.harmless import one_line
from textrnn.reports.report import Column, Table


@dataclass(frozen=True)
class LabelScore:
    """Scores of one label, or an average of several.

    Attributes:
        label: the label, or the name of the average.
        precision: share of what was given this label that has it; 0 where nothing was.
        recall: share of what has it that was given it; 0 where nothing does.
        f1: their harmonic mean; 0 where both are 0.
        support: how many texts or spans have it.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int

    def cells(self) -> tuple[str, ...]:
        """Its numbers as tables show them."""
        numbers = (f"{value:.4f}" for value in (self.precision, self.recall, self.f1))
        return (*numbers, f"{self.support:,}")


def score_table(scores: Iterable[LabelScore], *, items: str) -> Table:
    """A row a label; ``items`` are what the support counts, as ``texts``."""
    names = ("precision", "recall", "F1", items)
    columns = [Column("label"), *(Column(name, is_number=True) for name in names)]
    return Table(columns, [(one_line(score.label), *score.cells()) for score in scores])


def score_markdown(scores: Iterable[LabelScore], *, items: str) -> str:
    """The same as a table of Markdown."""
    rows = (f"| {escape_markdown(s.label)} | {' | '.join(s.cells())} |" for s in scores)
    head = f"| label | precision | recall | F1 | {items} |"
    return "\n".join([head, "| --- | ---: | ---: | ---: | ---: |", *rows])


def confusion_table(labels: Sequence[str], confusion: Sequence[Sequence[int]]) -> Table:
    """Gold labels in rows, predicted ones in columns.

    Args:
        labels: those of rows and columns.
        confusion: how often each gold label was answered with each label, (L, L).
    """
    names = [one_line(label) for label in labels]
    columns = [Column("gold \\ predicted"), *(Column(name, is_number=True) for name in names)]
    rows = zip(names, confusion, strict=True)
    return Table(columns, [(name, *(f"{count:,}" for count in row)) for name, row in rows])

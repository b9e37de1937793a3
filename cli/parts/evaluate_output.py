"""Reports as tables on the terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from textrnn.cli.parts.display import Display
from textrnn.reports import report as plain
from textrnn.reports.harmless import harmless


def show_report(report: plain.Report) -> None:
    """Print a report's sections, a blank line between them."""
    display = Display()
    for number, section in enumerate(report.sections()):
        if number:
            display.print()
        if section.headline:
            display.print(Text.assemble((section.headline, "bold"), section.about))
        if section.table is not None:
            display.print(shown_table(section.table))


def shown_table(table: plain.Table) -> Table:
    """A table as Rich shows it."""
    has_head = any(column.name for column in table.columns)
    shown = Table(box=None, pad_edge=False, show_header=has_head)
    cells = [[Text(harmless(cell)) for cell in row] for row in table.rows]
    for number, column in enumerate(table.columns):
        widest = max((row[number].cell_len for row in cells), default=0)
        shown.add_column(
            column.name,
            justify="right" if column.is_number else "left",
            style="bold" if column.is_bold else None,
            overflow="fold" if column.fit == "fold" else "ellipsis",
            no_wrap=column.fit in ("whole", "cut"),
            min_width=widest if column.fit == "whole" else None,
        )
    for row in cells:
        shown.add_row(*row)
    return shown

"""Scores as tables on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from textrnn.evaluation import ClassificationReport, GenerationReport, NoveltyReport, SpanReport

if TYPE_CHECKING:
    from textrnn.evaluation import ClassScore, SpanScore

_SLIPS = 8


def show_report(report: ClassificationReport | SpanReport | GenerationReport) -> None:
    """Print the scores, and the confusion, the commonest errors or what a generator writes."""
    console = Console(highlight=False)
    if isinstance(report, GenerationReport):
        _show_generation(console, report)
        return
    if isinstance(report, SpanReport):
        console.print(
            f"[bold]F1 {report.micro.f1:.4f}[/] on {report.sentences:,} sentences, "
            f"{report.tokens:,} tokens, calibration error {report.calibration_error:.4f}\n"
        )
        console.print(_scores((*report.classes, report.micro), "spans"))
    else:
        console.print(
            f"[bold]accuracy {report.accuracy:.4f}[/] on {report.texts:,} texts, "
            f"calibration error {report.calibration_error:.4f}\n"
        )
        console.print(_scores((*report.classes, report.macro, report.weighted), "texts"))
    console.print()
    console.print(_confusion(report))
    if isinstance(report, SpanReport) and report.slips:
        console.print("\n[bold]commonest errors[/] (right in \\[ ], given in { })")
        console.print(_slips(report))


def _show_generation(console: Console, report: GenerationReport) -> None:
    found = report.perplexity
    console.print(
        f"[bold]perplexity {found.perplexity:.2f}[/] of a token, "
        f"[bold]{found.bits_per_character:.3f} bits[/] a character\n"
        f"{found.documents:,} documents, {found.tokens:,} tokens ({found.unknown:,} unknown), "
        f"{found.characters:,} characters\n"
    )
    console.print(novelty_table(report.novelty))


def novelty_table(report: NoveltyReport) -> Table:
    """What is new and what is copied, a fact a line."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("written", f"{report.texts:,} texts, {report.tokens:,} tokens")
    shares = ", ".join(f"{share:.3f}" for share in report.distinct.values())
    table.add_row("distinct-1, -2, -3", shares)
    if report.ngram is None:
        table.add_row("novelty", "not known: the model keeps no fingerprint of its training text")
        return table
    if report.new_share is not None:
        table.add_row(f"new {report.ngram}-grams", f"{report.new_share:.1%}")
    copy = report.longest_copy
    if copy is None:
        table.add_row("longest copy", f"none of {report.ngram} tokens or more")
    else:
        shown = " / ".join(copy.text.strip().split("\n"))
        table.add_row("longest copy", Text(f"{copy.tokens} tokens: {shown}"))
    return table


def _scores(rows: Iterable[ClassScore | SpanScore], counted: str) -> Table:
    table = Table("label", box=None, pad_edge=False)
    for name in ("precision", "recall", "F1", counted):
        table.add_column(name, justify="right")
    for row in rows:
        numbers = (f"{value:.4f}" for value in (row.precision, row.recall, row.f1))
        table.add_row(escape(row.label), *numbers, f"{row.support:,}")
    return table


def _confusion(report: ClassificationReport | SpanReport) -> Table:
    table = Table("gold \\ predicted", box=None, pad_edge=False)
    for label in report.labels:
        table.add_column(escape(label), justify="right")
    for label, counts in zip(report.labels, report.confusion, strict=True):
        table.add_row(escape(label), *(f"{count:,}" for count in counts))
    return table


def _slips(report: SpanReport) -> Table:
    rows = [
        (f"{slip.count:,}", Text(f"{slip.gold} → {slip.predicted}"), Text(slip.context))
        for slip in report.slips[:_SLIPS]
    ]
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", min_width=max(len(count) for count, *_ in rows))
    table.add_column(no_wrap=True, min_width=max(change.cell_len for _, change, _ in rows))
    table.add_column(overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table

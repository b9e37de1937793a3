"""Scores as tables on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from textrnn.cli.parts.display import Display
from textrnn.heads.classifier.scores import ClassificationReport
from textrnn.heads.generator.novelty import NoveltyReport
from textrnn.heads.generator.scores import GenerationReport
from textrnn.heads.tagger.scores import SpanReport
from textrnn.reports.harmless import harmless, one_line

if TYPE_CHECKING:
    from textrnn.heads.classifier.scores import ClassScore
    from textrnn.heads.tagger.scores import SpanScore

_SLIPS = 8


def show_report(report: ClassificationReport | SpanReport | GenerationReport) -> None:
    """Print the scores, and the confusion, the commonest errors or what a generator writes."""
    display = Display()
    if isinstance(report, GenerationReport):
        _show_generation(display, report)
        return
    if isinstance(report, SpanReport):
        _headline(
            display,
            f"F1 {report.micro.f1:.4f}",
            f" on {report.sentences:,} sentences, {report.tokens:,} tokens, "
            f"calibration error {report.calibration_error:.4f}\n",
        )
        display.print(_scores((*report.classes, report.micro), "spans"))
    else:
        _headline(
            display,
            f"accuracy {report.accuracy:.4f}",
            f" on {report.texts:,} texts, calibration error {report.calibration_error:.4f}\n",
        )
        display.print(_scores((*report.classes, report.macro, report.weighted), "texts"))
    display.print()
    display.print(_confusion(report))
    if isinstance(report, SpanReport) and report.slips:
        display.print()
        _headline(display, "commonest errors", " (right in [ ], given in { })")
        display.print(_slips(report))


def _headline(display: Display, score: str, rest: str) -> None:
    """The score that counts most, in bold, and what it was measured on."""
    display.print(Text.assemble((score, "bold"), rest))


def _show_generation(display: Display, report: GenerationReport) -> None:
    found = report.perplexity
    _headline(
        display,
        f"perplexity {found.perplexity:.2f}",
        f" of a token, {found.bits_per_character:.3f} bits a character\n"
        f"{found.documents:,} documents, {found.tokens:,} tokens ({found.unknown:,} unknown), "
        f"{found.characters:,} characters\n",
    )
    display.print(novelty_table(report.novelty))


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
        table.add_row("longest copy", Text(harmless(f"{copy.tokens} tokens: {shown}")))
    return table


def _scores(rows: Iterable[ClassScore | SpanScore], counted: str) -> Table:
    table = Table("label", box=None, pad_edge=False)
    for name in ("precision", "recall", "F1", counted):
        table.add_column(name, justify="right")
    for row in rows:
        numbers = (f"{value:.4f}" for value in (row.precision, row.recall, row.f1))
        table.add_row(one_line(row.label), *numbers, f"{row.support:,}")
    return table


def _confusion(report: ClassificationReport | SpanReport) -> Table:
    table = Table("gold \\ predicted", box=None, pad_edge=False)
    for label in report.labels:
        table.add_column(one_line(label), justify="right")
    for label, counts in zip(report.labels, report.confusion, strict=True):
        table.add_row(one_line(label), *(f"{count:,}" for count in counts))
    return table


def _slips(report: SpanReport) -> Table:
    rows = [
        (
            f"{slip.count:,}",
            Text(one_line(f"{slip.gold} → {slip.predicted}")),
            Text(one_line(slip.context)),
        )
        for slip in report.slips[:_SLIPS]
    ]
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", min_width=max(len(count) for count, *_ in rows))
    table.add_column(no_wrap=True, min_width=max(change.cell_len for _, change, _ in rows))
    table.add_column(overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table

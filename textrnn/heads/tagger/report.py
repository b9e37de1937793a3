"""A tagger's report as a folder: numbers, words and two pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textrnn.heads.tagger.scores import SpanReport, SpanScore
from textrnn.reports.folder import escape_markdown, write_folder
from textrnn.reports.pictures import confusion_figure, reliability_figure
from textrnn.text.alignment import misalignment_note

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_HEAD = "| label | precision | recall | F1 | spans |\n| --- | ---: | ---: | ---: | ---: |"


def write_span_report(report: SpanReport, folder: Path, *, title: str) -> None:
    """Write ``report.json``, ``report.md``, ``confusion.png`` and ``reliability.png``.

    Args:
        report: the scores.
        folder: made where there is none.
        title: what was measured on what.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    write_folder(
        folder,
        {"title": title, **report.as_dict()},
        span_report_markdown(report, title=title),
        report_figures(report),
    )


def report_figures(report: SpanReport) -> dict[str, Figure]:
    """The report's pictures by their files' names.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    return {
        "confusion.png": confusion_figure(
            report.labels,
            report.confusion,
            title=f"F1 {report.micro.f1:.1%} over {report.micro.support:,} spans",
        ),
        "reliability.png": reliability_figure(
            report.bins, calibration_error=report.calibration_error, counted="spans"
        ),
    }


def span_report_markdown(report: SpanReport, *, title: str) -> str:
    """The report in Markdown, which shows the pictures beside it.

    Args:
        report: the scores.
        title: the heading.

    Returns:
        GitHub-flavoured Markdown; texts and labels are shown as they are, markup included.
    """
    plain = escape_markdown
    scores = "\n".join(_row(score) for score in (*report.classes, report.micro))
    slips = "\n".join(
        f"| {slip.count:,} | {plain(slip.text)} | {plain(slip.gold)} | {plain(slip.predicted)} | "
        f"{plain(slip.context)} |"
        for slip in report.slips
    )
    parts = [
        f"# {plain(title)}",
        f"{report.sentences:,} sentences, {report.tokens:,} tokens: F1 **{report.micro.f1:.4f}**, "
        f"calibration error {report.calibration_error:.4f}.",
        plain(_misalignments(report)),
        f"{_HEAD}\n{scores}",
        "![Confusion](confusion.png) ![Reliability](reliability.png)",
        "## The commonest errors\n\nIn the context the right span stands in \\[ \\], the one given "
        "in { }." * bool(slips),
        f"| times | words | right | given | context |\n| ---: | --- | --- | --- | --- |\n{slips}"
        * bool(slips),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _misalignments(report: SpanReport) -> str:
    if not report.misaligned:
        return ""
    return misalignment_note(report.misaligned, report.micro.support, report.first_misaligned)


def _row(score: SpanScore) -> str:
    numbers = f"{score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} | {score.support:,}"
    return f"| {escape_markdown(score.label)} | {numbers} |"

"""A classifier's report as a folder: numbers, words and two pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textrnn.heads.classifier.scores import ClassificationReport, ClassScore
from textrnn.reports.folder import escape_markdown, write_folder
from textrnn.reports.pictures import confusion_figure, reliability_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_classification_report(report: ClassificationReport, folder: Path, *, title: str) -> None:
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
        classification_report_markdown(report, title=title),
        report_figures(report),
    )


def report_figures(report: ClassificationReport) -> dict[str, Figure]:
    """The report's pictures by their files' names.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    return {
        "confusion.png": confusion_figure(
            report.labels,
            report.confusion,
            title=f"{report.accuracy:.1%} of {report.texts:,} texts right",
        ),
        "reliability.png": reliability_figure(
            report.bins, calibration_error=report.calibration_error, counted="texts"
        ),
    }


def classification_report_markdown(report: ClassificationReport, *, title: str) -> str:
    """The report in Markdown, which shows the pictures beside it.

    Args:
        report: the scores.
        title: the heading.

    Returns:
        GitHub-flavoured Markdown; texts and labels are shown as they are, markup included.
    """
    plain = escape_markdown
    rows = [_row(score) for score in (*report.classes, report.macro, report.weighted)]
    mistakes = [
        f"- **{plain(m.predicted)}** ({m.probability:.3f}), should be **{plain(m.gold)}**: "
        f"{plain(m.text)}"
        for m in report.mistakes
    ]
    parts = [
        f"# {plain(title)}",
        f"{report.texts:,} texts: accuracy **{report.accuracy:.4f}**, "
        f"calibration error {report.calibration_error:.4f}.",
        "\n".join(
            [
                "| label | precision | recall | F1 | texts |",
                "| --- | ---: | ---: | ---: | ---: |",
                *rows,
            ]
        ),
        "![Confusion](confusion.png) ![Reliability](reliability.png)",
        "## The most confident mistakes" if mistakes else "",
        "\n".join(mistakes),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _row(score: ClassScore) -> str:
    numbers = f"{score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} | {score.support:,}"
    return f"| {escape_markdown(score.label)} | {numbers} |"

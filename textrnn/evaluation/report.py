"""A classifier's report as a folder: numbers, words and two pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.corpora import json_line
from textrnn.corpora.files.writing import write_files
from textrnn.evaluation.classification import ClassificationReport, ClassScore
from textrnn.evaluation.pictures import confusion_figure, reliability_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPORT_FILES = ("report.json", "report.md", "confusion.png", "reliability.png")
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~$])")


def write_report(report: ClassificationReport, folder: Path, *, title: str) -> None:
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
        report_markdown(report, title=title),
        {"confusion.png": confusion_figure(report), "reliability.png": reliability_figure(report)},
    )


def write_folder(
    folder: Path, numbers: Mapping[str, Any], words: str, figures: Mapping[str, Figure]
) -> None:
    """Write ``report.json``, ``report.md`` and the pictures.

    Args:
        folder: made where there is none.
        numbers: JSON values.
        words: Markdown.
        figures: by file name.
    """
    text = json_line(numbers, indent=2) + "\n"
    # a text read from JSON can hold half a surrogate pair, which UTF-8 cannot
    contents = {
        "report.json": text.encode("utf-8", "replace"),
        "report.md": words.encode("utf-8", "replace"),
    }
    for name, figure in figures.items():
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        contents[name] = picture.getvalue()
    write_files(folder, contents)


def report_markdown(report: ClassificationReport, *, title: str) -> str:
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


def escape_markdown(text: str) -> str:
    """A text on one line, its markup escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))

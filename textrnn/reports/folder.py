"""A report as a folder: numbers, words and pictures."""

from __future__ import annotations

import io
import re
from pathlib import Path

from textrnn.corpora import json_line
from textrnn.corpora.files.writing import write_files
from textrnn.reports.report import Report

REPORT_FILES = ("report.json", "report.md")  # and the pictures that a report has
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~$])")


def write_report(report: Report, folder: Path, *, title: str) -> None:
    """Write ``report.json``, ``report.md`` and the report's pictures.

    Args:
        report: any.
        folder: made where there is none.
        title: what was measured on what.

    Raises:
        MissingExtraError: it has pictures, and Matplotlib is not installed.
    """
    text = json_line({"title": title, **report.as_dict()}, indent=2) + "\n"
    # a text read from JSON can hold half a surrogate pair, which UTF-8 cannot
    contents = {
        "report.json": text.encode("utf-8", "replace"),
        "report.md": report.markdown(title=title).encode("utf-8", "replace"),
    }
    for name, figure in report.figures().items():
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        contents[name] = picture.getvalue()
    write_files(folder, contents)


def escape_markdown(text: str) -> str:
    """A text on one line, its markup escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))

"""A classifier's report as a folder: numbers, words and two pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.corpora import json_line
from textrnn.corpora.files.writing import write_files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPORT_FILES = ("report.json", "report.md", "confusion.png", "reliability.png")
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~$])")


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


def escape_markdown(text: str) -> str:
    """A text on one line, its markup escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))

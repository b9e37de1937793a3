"""A report as a folder: numbers, words and pictures."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from pathlib import Path

from textrnn.corpora import json_line
from textrnn.corpora.files.writing import write_files
from textrnn.errors import ConfigurationError
from textrnn.reports.page import report_page
from textrnn.reports.report import Report, Section, Table

REPORT_FILES = ("report.json", "report.md", "report.html")  # and the pictures that a report has
_PICTURES = "pictures"  # where report.json names them
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~$])")


def write_report(report: Report, folder: Path, *, title: str) -> None:
    """Write ``report.json``, ``report.md``, ``report.html`` and the report's pictures.

    Args:
        report: any.
        folder: made where there is none.
        title: what was measured on what.

    Raises:
        MissingExtraError: it has pictures, and Matplotlib is not installed.
        ConfigurationError: as :func:`check_report_folder`.
    """
    figures = report.figures()
    check_report_folder(folder, [*REPORT_FILES, *figures])
    numbers = {"title": title, **report.as_dict(), _PICTURES: list(figures)}
    text = json_line(numbers, indent=2) + "\n"
    # a text read from JSON can hold half a surrogate pair, which UTF-8 cannot
    contents = {
        "report.json": text.encode("utf-8", "replace"),
        "report.md": report.markdown(title=title).encode("utf-8", "replace"),
        "report.html": report_page(report.sections(), figures, title=title).encode(
            "utf-8", "replace"
        ),
    }
    for name, figure in figures.items():
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        contents[name] = picture.getvalue()
    write_files(folder, contents)


def check_report_folder(folder: Path, names: Iterable[str]) -> None:
    """See that a report replaces nothing but an earlier one.

    Args:
        folder: where it is to be written.
        names: of the files that it has.

    Raises:
        ConfigurationError: a file of such a name is there, and no report that was written there
            has it.
    """
    ours = _files_of_report(folder)
    there = [name for name in names if name not in ours and (folder / name).exists()]
    if there:
        raise ConfigurationError(
            f"{folder}: its {there[0]} is of no report that textrnn wrote: move it, or name "
            "another folder"
        )


def _files_of_report(folder: Path) -> set[str]:
    """What :func:`write_report` wrote there: its page begins with the title of the numbers."""
    try:
        numbers = json.loads((folder / "report.json").read_text("utf-8"))
        first = f"# {escape_markdown(numbers['title'])}\n"
        if (folder / "report.md").read_text("utf-8").startswith(first):
            return {*REPORT_FILES, *numbers.get(_PICTURES, ())}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        pass
    return set()


def escape_markdown(text: str) -> str:
    """A text on one line, its markup escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def markdown_table(table: Table) -> str:
    """A table of Markdown."""
    head = [escape_markdown(column.name) for column in table.columns]
    marks = ["---:" if column.is_number else "---" for column in table.columns]
    rows = [[escape_markdown(cell) for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, marks, *rows))


def report_markdown(
    sections: Iterable[Section], pictures: Iterable[str], *, title: str, notes: str = ""
) -> str:
    """A page of Markdown that says what a screen shows.

    Args:
        sections: of the report.
        pictures: the names of their files, in the page's folder.
        title: what was measured on what.
        notes: Markdown that explains the tables.
    """
    parts = [f"# {escape_markdown(title)}"]
    for section in sections:
        about = escape_markdown(section.about)
        mark = "" if section.about[:1] in (",", ":") else " "
        parts.append(f"**{escape_markdown(section.headline)}**{mark}{about}.")
        parts += [markdown_table(section.table)] if section.table else []
    parts += [notes, *(f"![{name.partition('.')[0]}]({name})" for name in pictures)]
    return "\n\n".join(part for part in parts if part) + "\n"

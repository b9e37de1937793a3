"""Results as a table, TSV, CSV or JSON lines; to a terminal, a pipe, or a file in one piece."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from textrnn.cli.streams import ON_SURROGATES
from textrnn.corpora.writing import open_text_output
from textrnn.errors import InputError
from textrnn.harmless import harmless, one_line

if TYPE_CHECKING:
    from textrnn.corpora import Line
    from textrnn.results import Classification

FORMATS = ("table", "tsv", "csv", "jsonl")
_COLOURS = ("green", "red", "cyan", "magenta", "yellow", "blue")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

Rows = Iterable["tuple[Line, Classification]"]


def choose_format(wanted: str | None, output: Path | None) -> str:
    """The format asked for, or that of the file's ending, or what suits a terminal or a pipe."""
    if wanted is not None:
        return wanted
    if output is not None:
        ending = output.suffix.lstrip(".").lower()
        return ending if ending in FORMATS else "tsv"
    return "table" if sys.stdout.isatty() else "tsv"


def write_rows(rows: Rows, file: TextIO, *, form: str, top_k: int, labels: tuple[str, ...]) -> None:
    """Write results as they come.

    Args:
        rows: where each text came from, and its result.
        file: where to write.
        form: one of FORMATS.
        top_k: how many labels a text.
        labels: all labels of the model, which decide widths and colours.
    """
    if form == "table":
        _write_table(rows, file, top_k, labels)
    elif form == "jsonl":
        _write_jsonl(rows, file, top_k)
    elif form == "csv":
        _write_csv(rows, file, top_k)
    else:
        for line, result in rows:
            pairs = [f"{label}\t{value:.4f}" for label, value in result.top(top_k)]
            file.write("\t".join([*pairs, line.text.translate(_ESCAPES)]) + "\n")


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears whole at the end and not at all after an error.

    Raises:
        InputError: it cannot be written there, or there is no standard output.
    """
    if path is None:
        if sys.stdout is None:
            raise InputError("standard output is closed; name a file with --output")
        yield sys.stdout
        return
    with open_text_output(path, errors=ON_SURROGATES) as file:
        yield file


def _write_jsonl(rows: Rows, file: TextIO, top_k: int) -> None:
    for line, result in rows:
        record = {"file": line.source, "line": line.number, **result.as_dict(top_k=top_k)}
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _write_csv(rows: Rows, file: TextIO, top_k: int) -> None:
    writer = csv.writer(file, lineterminator="\n")
    more = [f"{name}_{k}" for k in range(2, top_k + 1) for name in ("label", "probability")]
    writer.writerow(["file", "line", "label", "probability", *more, "text"])
    for line, result in rows:
        pairs = [cell for label, value in result.top(top_k) for cell in (label, f"{value:.4f}")]
        writer.writerow([line.source, line.number, *pairs, line.text])


def _write_table(rows: Rows, file: TextIO, top_k: int, labels: tuple[str, ...]) -> None:
    """A row a text, as it comes; the widths depend on the model alone, so the columns line up."""
    from rich.text import Text

    from textrnn.cli.display import Display

    display = Display(file)
    width = max(len("label"), *(Text(harmless(label)).cell_len for label in labels))
    # Reversed, so that of two labels in alphabetical order (negative, positive) the last is green.
    colours = {label: _COLOURS[i % len(_COLOURS)] for i, label in enumerate(reversed(labels))}
    answer_width = 1 + width + 2 + len("prob.")
    head = f" {'label':<{width}}  prob.".ljust(answer_width * top_k)
    display.print_row(Text(f"{head}  text", style="bold"))
    for line, result in rows:
        row = Text()
        for label, value in result.top(top_k):
            shown = Text(harmless(label), style=colours[label])
            shown.pad_right(width - shown.cell_len)
            row.append(" ").append_text(shown)
            row.append(f"  {value:.3f}", style="bold" if value >= 0.9 else "dim")
        row.pad_right(answer_width * top_k - row.cell_len)
        display.print_row(row.append(f"  {one_line(line.text)}"))

"""Results as a table, TSV, CSV or JSON lines; to a terminal, a pipe, or a file in one piece."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from textrnn.cli.errors import ON_SURROGATES
from textrnn.corpora.writing import open_text_output
from textrnn.errors import InputError

if TYPE_CHECKING:
    from textrnn.corpora import Line
    from textrnn.results import Classification

FORMATS = ("table", "tsv", "csv", "jsonl")
_BLOCK_ROWS = 200  # rows of a table that are laid out at once; the columns are the same in all
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
    """Blocks of rows under one head; the widths depend on the model alone, so they line up."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=file, highlight=False)
    width = max(len("label"), *(Text(label).cell_len for label in labels))
    # Reversed, so that of two labels in alphabetical order (negative, positive) the last is green.
    colours = {label: _COLOURS[i % len(_COLOURS)] for i, label in enumerate(reversed(labels))}
    head = True
    for block in _blocks(rows):
        table = Table(box=SIMPLE_HEAD if head else None, show_header=head, expand=True)
        table.pad_edge = True
        for k in range(top_k):
            table.add_column("label" if not k else "", width=width, no_wrap=True)
            table.add_column("prob." if not k else "", width=6, justify="right")
        table.add_column("text", ratio=1, no_wrap=True, overflow="ellipsis")
        for line, result in block:
            cells: list[Text] = []
            for label, value in result.top(top_k):
                cells.append(Text(label, style=colours[label]))
                cells.append(Text(f"{value:.3f}", style="bold" if value >= 0.9 else "dim"))
            cells += [Text("")] * (2 * top_k - len(cells))
            table.add_row(*cells, Text(_one_line(line.text)))
        console.print(table)
        head = False


def _blocks(rows: Rows) -> Iterator[list[tuple[Line, Classification]]]:
    block = []
    for row in rows:
        block.append(row)
        if len(block) == _BLOCK_ROWS:
            yield block
            block = []
    if block:
        yield block


def printable(text: str) -> str:
    """A text without control characters but line ends, as wide on the screen as it looks."""
    if text.isprintable():
        return text
    spaced = text.replace("\t", "    ").replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in spaced)


def _one_line(text: str) -> str:
    """A text's beginning without line ends and control characters, which would break the table."""
    shown = " ".join(text[:2000].split())
    return "".join(char if char.isprintable() else "�" for char in shown)

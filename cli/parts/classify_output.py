"""Classifications as a table, TSV, CSV, JSON or Parquet; to a terminal, a pipe, or a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from textrnn.cli.parts.cell_output import write_csv, write_tsv
from textrnn.cli.parts.columns import Columns, cell
from textrnn.cli.parts.output import open_output
from textrnn.cli.parts.record_output import (
    PLACE,
    record_of,
    write_answers_as_parquet,
    write_json_array,
    write_json_lines,
)
from textrnn.reports.harmless import one_line

if TYPE_CHECKING:
    from rich.text import Text

    from textrnn.corpora import Line
    from textrnn.heads.classifier.result import Classification

FORMATS = ("table", "tsv", "csv", "jsonl", "json", "parquet")
ENDINGS = {f".{form}": form for form in FORMATS[1:]} | {".ndjson": "jsonl", ".txt": "tsv"}
_COLOURS = ("green", "red", "cyan", "magenta", "yellow", "blue")
_SHOWN_COLUMNS, _SHOWN_WIDTH = 3, 12  # of a record's own fields, in a table on the screen

Rows = Iterable["tuple[Line, Classification]"]


@dataclass(frozen=True)
class Layout:
    """How classifications are written.

    Attributes:
        form: one of FORMATS.
        top_k: how many labels a text.
        labels: all labels of the model, which decide widths and colours.
        columns: the records' own fields.
        is_safe: whether cells that spreadsheets would run get a ' before them.
    """

    form: str
    top_k: int
    labels: tuple[str, ...]
    columns: Columns
    is_safe: bool = False

    def names(self) -> list[str]:
        """Of the columns of the answer."""
        return answer_names(self.top_k)

    def answer(self, line: Line, result: Classification) -> list[str]:
        """Labels and probabilities; empty where there was no text."""
        if getattr(line, "error", ""):
            return [""] * (2 * self.top_k)
        return [x for label, value in result.top(self.top_k) for x in (label, f"{value:.4f}")]


def answer_names(top_k: int) -> list[str]:
    """The columns of labels and probabilities in CSV and TSV."""
    first = ["label", "probability"]
    return first + [f"{name}_{k}" for k in range(2, top_k + 1) for name in first]


def taken_names(form: str, top_k: int) -> list[str]:
    """What columns of records may not be called beside the answers."""
    if form == "parquet":
        return [*PLACE, *_kinds(())]
    return [*PLACE, *answer_names(top_k)]


def _kinds(labels: Sequence[str]) -> dict[str, Any]:
    """Of the columns of Parquet."""
    from textrnn.heads.classifier.classifier import Classifier

    return {"language": "text", **Classifier.column_kinds(labels, {})}


def write_rows(rows: Rows, output: Path | None, layout: Layout) -> None:
    """Write results as they come.

    Args:
        rows: where each text came from, and its result.
        output: the file; None for standard output.
        layout: how.
    """
    if layout.form == "parquet":
        assert output is not None
        answered = ((line, result.columns()) for line, result in rows)
        write_answers_as_parquet(answered, output, layout.columns, _kinds(layout.labels))
        return
    with open_output(output) as file:
        if layout.form == "table":
            _write_table(rows, file, layout)
        elif layout.form == "csv":
            write_csv(rows, file, layout)
        elif layout.form == "tsv":
            write_tsv(rows, file, layout, is_table=output is not None)
        else:
            write = write_json_lines if layout.form == "jsonl" else write_json_array
            found = (record_of(line, result.as_dict_of_top(layout.top_k)) for line, result in rows)
            write(found, file)


def _write_table(rows: Rows, file: TextIO, layout: Layout) -> None:
    """A row a text, as it comes; the widths depend on the model alone, so the columns line up."""
    from rich.text import Text

    from textrnn.cli.parts.display import Display

    display, labels, top_k = Display(file), layout.labels, layout.top_k
    width = max(len("label"), *(Text(one_line(label)).cell_len for label in labels))
    # Reversed, so that of two labels in alphabetical order (negative, positive) the last is green;
    # what is neutral has none.
    coloured = [label for label in reversed(labels) if label != "neutral"]
    colours = {label: _COLOURS[i % len(_COLOURS)] for i, label in enumerate(coloured)}
    answer_width = 1 + width + 2 + len("prob.")
    head = Text(f" {'label':<{width}}  prob.".ljust(answer_width * top_k), style="bold")
    names = list(layout.columns.names.values())[:_SHOWN_COLUMNS]
    display.print_row(head.append_text(_short_cells(names)).append("  text"))
    for line, result in rows:
        row = Text()
        for label, value in [] if getattr(line, "error", "") else result.top(top_k):
            shown = Text(one_line(label), style=colours.get(label, ""))
            shown.pad_right(width - shown.cell_len)
            row.append(" ").append_text(shown)
            row.append(f"  {value:.3f}", style="bold" if value >= 0.9 else "dim")
        row.pad_right(answer_width * top_k - row.cell_len)
        row.append_text(_short_cells(layout.columns.values(line)[:_SHOWN_COLUMNS]))
        display.print_row(row.append(f"  {one_line(line.text)}"))


def _short_cells(values: Iterable[object]) -> Text:
    from rich.text import Text

    row = Text()
    for value in values:
        shown = Text(one_line(cell(value)))
        shown.truncate(_SHOWN_WIDTH, overflow="ellipsis", pad=True)
        row.append("  ").append_text(shown)
    return row

"""Explained texts in colours, as JSON, Parquet or an HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from textrnn.cli.parts.columns import Columns
from textrnn.cli.parts.output import open_output
from textrnn.cli.parts.record_output import (
    record_of,
    write_answers_as_parquet,
    write_json_array,
    write_json_lines,
)
from textrnn.reports.harmless import harmless

if TYPE_CHECKING:
    from rich.text import Text

    from textrnn.corpora import Line
    from textrnn.explaining.explanation import Explanation

FORMATS = ("text", "jsonl", "json", "parquet", "html")
ENDINGS = {".html": "html", ".htm": "html", ".jsonl": "jsonl", ".ndjson": "jsonl",
            ".json": "json", ".parquet": "parquet", ".txt": "text"}  # fmt: skip
TAKEN = ("file", "line", "text", "error", "language", "label", "probability", "method",
          "faithfulness", "weights", "curve", "random_curve")  # fmt: skip
_NAMED = 6  # tokens under a text, at most
_FAINTEST = 0.08  # share of the heaviest weight under which a token is not shaded
_STRONG = {"for": (22, 120, 60), "against": (165, 40, 40), "attention": (95, 70, 165)}
_DARK = 38  # what the faintest shades are mixed with

Rows = Iterator["tuple[Line, list[Explanation]]"]


def write_explained(rows: Rows, output: Path | None, *, form: str, columns: Columns) -> None:
    """Write explanations as they come.

    Args:
        rows: where each text came from, and its explanations; none of what is no text.
        output: the file; None for standard output.
        form: one of FORMATS.
        columns: the records' own fields, for Parquet.
    """
    if form == "parquet":
        from textrnn.explaining.explanation import Explanation

        assert output is not None
        kinds = {"language": "text", **Explanation.column_kinds()}
        write_answers_as_parquet(_records(rows), output, columns, kinds)
        return
    with open_output(output) as file:
        _write(rows, file, form)


def _write(rows: Rows, file: TextIO, form: str) -> None:
    if form == "html":
        from textrnn.explaining.page import explanation_page

        pages = (explanations for _, explanations in rows)
        file.writelines(explanation_page(pages))
    elif form in ("jsonl", "json"):
        write = write_json_lines if form == "jsonl" else write_json_array
        write((record_of(line, found) for line, found in _records(rows)), file)
    else:
        _write_coloured(rows, file)


def _records(rows: Rows) -> Iterator[tuple[Line, dict[str, Any]]]:
    """Each explanation; a text that is none has one without anything in it."""
    for line, explanations in rows:
        for explanation in explanations:
            yield line, explanation.as_dict()
        if not explanations:
            yield line, {"label": None, "probability": None}


def _write_coloured(rows: Iterable[tuple[Line, list[Explanation]]], file: TextIO) -> None:
    """Each text shaded, with its label, how faithful the weights are, and the heaviest in words,
    for where there are no colours.
    """
    from textrnn.cli.parts.display import Display

    display = Display(file)
    for _, explanations in rows:
        for explanation in explanations:
            display.print(_shaded(explanation))
            about = (
                f"{explanation.label} {explanation.probability:.3f} · {explanation.method} · "
                f"faithfulness {explanation.faithfulness:+.2f}"
            )
            display.print(about, style="dim")
            display.print(_heaviest(explanation), style="dim")
        display.print()


def _shaded(explanation: Explanation) -> Text:
    from rich.text import Text

    shown, end = Text(), 0
    for token in explanation.weights:
        shown.append(harmless(explanation.text[end : token.start]))
        share = abs(token.weight) / explanation.heaviest
        style = "" if share < _FAINTEST else f"on {_shade(explanation, token.weight, share)}"
        shown.append(harmless(token.text), style=style)
        end = token.end
    return shown.append(harmless(explanation.text[end:]))


def _heaviest(explanation: Explanation) -> str:
    """The tokens that weigh most, as ``long -0.42 · acted +0.31``, heaviest first."""
    tokens = sorted(explanation.weights, key=lambda token: abs(token.weight), reverse=True)
    least = _FAINTEST * explanation.heaviest
    shown = [token for token in tokens[:_NAMED] if abs(token.weight) >= least]
    return " · ".join(f"{harmless(token.text)} {token.weight:+.2f}" for token in shown)


def _shade(explanation: Explanation, weight: float, share: float) -> str:
    """A background colour, the stronger the heavier."""
    kind = "for" if weight > 0 else "against"
    strong = _STRONG["attention" if explanation.method == "attention" else kind]
    mixed = (round(_DARK + (part - _DARK) * share) for part in strong)
    return "rgb({},{},{})".format(*mixed)

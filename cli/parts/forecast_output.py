"""Forecasts as a table with the course of the series, as CSV, TSV or JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from textrnn.cli.parts.output import open_output
from textrnn.cli.parts.record_output import write_json_array, write_json_lines
from textrnn.reports.harmless import one_line

if TYPE_CHECKING:
    from textrnn.heads.forecaster.result import Forecast

FORMATS = ("table", "csv", "tsv", "jsonl", "json")
ENDINGS = {f".{form}": form for form in FORMATS[1:]} | {".ndjson": "jsonl", ".txt": "table"}
_BARS = "▁▂▃▄▅▆▇█"
_SHOWN_COURSE = 48  # characters of the known steps and of the forecast, each


def write_forecasts(forecasts: Sequence[Forecast], output: Path | None, *, form: str) -> None:
    """Write forecasts.

    Args:
        forecasts: one for each series.
        output: a file; None for standard output.
        form: one of FORMATS; CSV, TSV and JSON have a row for each step and target.
    """
    rows = chain.from_iterable(one.rows() for one in forecasts)
    with open_output(output) as file:
        if form == "table":
            _write_tables(forecasts, file)
        elif form == "jsonl":
            write_json_lines(rows, file)
        elif form == "json":
            write_json_array(rows, file)
        else:
            _write_cells(rows, file, divider="," if form == "csv" else "\t")


def _write_cells(rows: Iterable[dict[str, Any]], file: TextIO, *, divider: str) -> None:
    """Names, then values, the numbers in full."""
    writer = csv.writer(file, delimiter=divider, lineterminator="\n")
    for number, row in enumerate(rows):
        if not number:
            writer.writerow(row)
        writer.writerow(row.values())


def _write_tables(forecasts: Sequence[Forecast], file: TextIO) -> None:
    """For each target of each series its course, then a row for each step."""
    from rich.text import Text

    from textrnn.cli.parts.display import Display
    from textrnn.cli.parts.evaluate_output import shown_table
    from textrnn.heads.forecaster.result import shown_value
    from textrnn.reports.report import Column, Table

    display, is_first = Display(file), True
    for forecast in forecasts:
        rows = list(forecast.rows())
        for number, target in enumerate(forecast.targets):
            if not is_first:
                display.print()
            is_first = False
            name = f"{forecast.known.name}, {target}" if forecast.known.name else target
            known, ahead = course(forecast, number)
            display.print(
                Text.assemble((one_line(name), "bold"), " ", known, (ahead, "bold cyan")),
                soft_wrap=True,
            )
            own = [row for row in rows if row["target"] == target]
            names = [key for key in own[0] if key not in ("series", "target")]
            columns = [
                Column(key, is_number=key != "time", is_bold=key == "forecast",
                       fit="whole" if key == "time" else "wrap")
                for key in names
            ]  # fmt: skip
            cells = [[shown_value(row[key]) for key in names] for row in own]
            display.print(shown_table(Table(columns, cells)))


def course(forecast: Forecast, target: int) -> tuple[str, str]:
    """The last known steps of a target and its forecast as bars, on one scale."""
    ahead = forecast.values[:, target].tolist()
    known = forecast.known.values[-max(_SHOWN_COURSE, len(ahead)) :, target].tolist()
    known, ahead = _thinned(known), _thinned(ahead)
    low, high = min(known + ahead), max(known + ahead)
    return sparkline(known, low, high), sparkline(ahead, low, high)


def _thinned(values: list[float]) -> list[float]:
    """Means of as many neighbours as it takes to make them few enough."""
    size = -(-len(values) // _SHOWN_COURSE)
    parts = [values[at : at + size] for at in range(0, len(values), size)]
    return [sum(part) / len(part) for part in parts]


def sparkline(values: Sequence[float], low: float, high: float) -> str:
    """Values as bars of eight heights.

    Example:
        >>> sparkline([0, 1, 2, 7], 0, 7)
        '▁▂▃█'
    """
    top = len(_BARS) - 1
    scale = (high - low) or 1.0
    return "".join(_BARS[round(top * (value - low) / scale)] for value in values)

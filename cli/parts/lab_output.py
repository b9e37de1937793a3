"""An experiment of the lab on a screen, in a picture, on a page or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.command import output_option
from textrnn.cli.parts.output import open_output, report_format
from textrnn.configuration import require
from textrnn.corpora import json_line
from textrnn.corpora.files.outputs import check_output
from textrnn.reports.harmless import one_line

if TYPE_CHECKING:
    from rich.text import Text

    from textrnn.cli.parts.display import Display
    from textrnn.lab.experiment import Experiment, HeatRow, HeatTable

_LEVELS = "▁▂▃▄▅▆▇█"
_CURVE = 14  # characters
_WARM, _COLD, _DARK = (235, 130, 30), (50, 115, 235), (38, 38, 44)


@dataclass(frozen=True)
class LabOutput:
    """Where an experiment is shown.

    Attributes:
        form: ``table`` or ``json``, of what is printed.
        page: the page or JSON file to write.
        plot: the picture to draw.
    """

    form: str
    page: Path | None
    plot: Path | None

    def check(self, inputs: Iterable[str | Path | None] = ()) -> None:
        """See that the files can be written, before the work begins.

        Args:
            inputs: what is read.

        Raises:
            ConfigurationError: a file is of another kind.
            InputError: it cannot be written there.
        """
        from textrnn.reports.pictures import check_picture

        inputs = list(inputs)
        if self.page is not None:
            kinds = (".html", ".htm", ".json")
            require(self.page.suffix.lower() in kinds, f"{self.page}: name a .html or .json")
            check_output(self.page, inputs)
        if self.plot is not None:
            check_picture(self.plot)
            check_output(self.plot, [*inputs, self.page])

    def show(self, experiment: Experiment) -> None:
        """Print it, and write what was asked for."""
        if self.form == "json":
            click.echo(json_line(experiment.as_dict(), indent=2))
        else:
            _print(experiment)
        if self.plot is not None:
            experiment.plot(self.plot)
        if self.page is not None:
            is_json = self.page.suffix.lower() == ".json"
            content = json_line(experiment.as_dict(), indent=2) if is_json else experiment.to_html()
            with open_output(self.page) as file:
                file.write(content)


def lab_output(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of :class:`LabOutput`, which the command gets as ``output``."""

    @wraps(command)
    def called(*args: Any, form: str, page: Path | None, plot: Path | None, **more: Any) -> None:
        command(*args, output=LabOutput(form, page, plot), **more)

    file = click.Path(dir_okay=False, path_type=Path)
    with_page = output_option("--output", "page", type=file, metavar="PAGE",
                              help="Also write it to this .html, or its numbers to a "
                              ".json.")  # fmt: skip
    with_plot = output_option("--plot", type=file, metavar="PICTURE",
                              help="Also draw it: .png, .svg or .pdf.")  # fmt: skip
    return report_format(with_page(with_plot(called)))


def _print(experiment: Experiment) -> None:
    """Findings and tables on standard output."""
    from textrnn.cli.parts.display import Display

    display = Display()
    display.print(experiment.title, style="bold")
    for line in experiment.findings():
        display.print(line)
    for table in experiment.tables():
        display.print()
        _print_table(display, table)


def _print_table(display: Display, table: HeatTable) -> None:
    """A table, in parts that are each as wide as the screen has room for."""
    from rich.cells import cell_len

    margin = max(cell_len(one_line(row.name)) for row in table.rows) + 1
    has_curve = any(row.curve for row in table.rows)
    room = display.width - margin - (_CURVE + 2 if has_curve else 0)
    display.print(table.title, style="bold")
    for part in _parts(table, room):
        _print_part(display, table, part, margin)


def _widths(table: HeatTable) -> list[int]:
    """Of each column, in characters of the screen."""
    from rich.cells import cell_len

    columns = zip(table.columns, *(row.texts for row in table.rows), strict=True)
    return [max(cell_len(one_line(text)) for text in column) + 1 for column in columns]


def _parts(table: HeatTable, room: int) -> list[range]:
    """Columns that fit beside each other."""
    parts, begin, used = [], 0, 0
    for number, width in enumerate(_widths(table)):
        if used + width > room and number > begin:
            parts.append(range(begin, number))
            begin, used = number, 0
        used += width
    return [*parts, range(begin, len(table.columns))]


def _print_part(display: Display, table: HeatTable, part: range, margin: int) -> None:
    """Some columns of a table, each row behind its name."""
    from rich.cells import set_cell_size
    from rich.text import Text

    widths = _widths(table)
    is_last = part.stop == len(table.columns)
    head = Text(" " * margin)
    for number in part:
        head.append_text(_right(table.columns[number], widths[number]))
    if is_last and table.curve_title:
        head.append(f"  {table.curve_title}")
    display.print_row(head)
    for row in table.rows:
        line = Text(set_cell_size(one_line(row.name), margin))
        for number in part:
            line.append_text(_cell(row, number, widths[number]))
        if is_last:
            line.append(_spark(row.curve))
        display.print_row(line)


def _right(text: str, width: int) -> Text:
    """A text that ends a column's width."""
    from rich.cells import cell_len
    from rich.text import Text

    text = one_line(text)
    return Text(" " * (width - 1 - cell_len(text)) + text + " ")


def _cell(row: HeatRow, number: int, width: int) -> Text:
    """A number on its colour."""
    text, shade = _right(row.texts[number], width), row.shades[number]
    strong = _WARM if shade > 0 else _COLD
    red, green, blue = (round(d + (s - d) * abs(shade)) for d, s in zip(_DARK, strong, strict=True))
    ink = "rgb(0,0,0)" if shade > 0.6 else "rgb(255,255,255)"
    text.stylize(f"{ink} on rgb({red},{green},{blue})")
    return text


def _spark(curve: Sequence[float]) -> str:
    """Numbers from 0 to 1 as bars of as many heights."""
    if not curve:
        return ""
    last = len(curve) - 1
    picked = (curve[round(last * n / (_CURVE - 1))] for n in range(_CURVE))
    return "  " + "".join(
        _LEVELS[min(int(value * len(_LEVELS)), len(_LEVELS) - 1)] for value in picked
    )

"""``textrnn forecast``: the steps that follow a series of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, answer_option, input_option, output_option
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.forecast_output import ENDINGS, FORMATS, write_forecasts
from textrnn.cli.parts.formats import output_format
from textrnn.cli.parts.model_name import ModelName
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import output_file
from textrnn.cli.parts.remote_option import server_option
from textrnn.cli.parts.series_options import series_options
from textrnn.corpora.files.outputs import check_output
from textrnn.corpora.formats.records import RECORD_FORMATS
from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.heads.forecaster.forecaster import Forecaster
    from textrnn.heads.forecaster.result import Forecast

_FILE_OPTIONS = (
    *series_options,
    input_option("--input-format", type=Choice(RECORD_FORMATS),
                 help="Of the file [by suffix, or else csv]."),
    input_option("--encoding", default="utf-8", show_default=True, help="Of the file."),
)  # fmt: skip


def _file_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options on how the file is read."""
    for add in reversed(_FILE_OPTIONS):
        command = add(command)
    return command


@click.command(cls=Command)
@click.argument("model", type=ModelName())
@click.argument("file", shell_complete=complete_file)
@_file_options
@answer_option("--horizon", type=click.IntRange(1), metavar="STEPS",
               help="Steps to forecast [as many as the model learned].")  # fmt: skip
@answer_option("--interval", type=click.FloatRange(0.5, 0.99), default=0.9, show_default=True,
               help="Share of what comes that is to lie between the bounds.")  # fmt: skip
@output_option("--format", "form", type=Choice(FORMATS),
               help="Of the forecast [table on a terminal, or csv].")  # fmt: skip
@output_file
@server_option
@output_option("--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="PICTURE",
               help="Also draw the forecast: .png, .svg or .pdf.")  # fmt: skip
@click.pass_obj
def command(
    settings: dict[str, bool],
    model: str,
    file: str,
    horizon: int | None,
    interval: float,
    form: str | None,
    output: Path | None,
    plot: Path | None,
    time: str | None,
    group: str | None,
    missing: str,
    decimal: str | None,
    input_format: str | None,
    encoding: str,
) -> None:
    """Forecast the steps that follow the series in FILE, beside what simple methods say of them.

    MODEL is a forecaster's name, or its folder or zip. FILE is a table with a step a row: CSV, TSV,
    JSON lines, JSON or Parquet, compressed or not; - is standard input. It must have the columns
    that the model was trained with, and end where the forecast begins.

    \b
        textrnn forecast models/mine weather.csv --horizon 48 --plot forecast.png
        textrnn forecast models/mine weather.csv --interval 0.8 --output forecast.csv
    """
    from textrnn.cli.parts.opening import open_model
    from textrnn.cli.parts.terms import note_terms
    from textrnn.heads.examples import ExampleSource
    from textrnn.heads.forecaster.forecaster import Forecaster

    note = note_writer(quiet=settings["quiet"])
    for path in (output, plot):
        check_output(path, [file, model])
    form = output_format(form, output, ENDINGS, terminal="table", pipe="csv")
    head = open_model(Forecaster, "forecast", model=model, threads=None)
    note_terms([head])
    source = ExampleSource(
        file, input_format, encoding, time=time, group=group, missing=missing, decimal=decimal
    )
    series = list(head.read_examples(head.completed(source), on_note=note))
    forecasts = list(head.answer(series, horizon=horizon, interval=interval))
    if plot is not None:
        _draw(forecasts, plot)
    write_forecasts(forecasts, output, form=form)
    _tell(head, forecasts, note)


def _draw(forecasts: Sequence[Forecast], plot: Path) -> None:
    """Draw the forecast of the one series.

    Raises:
        ConfigurationError: there are several.
    """
    if len(forecasts) > 1:
        raise ConfigurationError(
            f"--plot draws one series; the file holds {len(forecasts):,}: leave it out, or give a "
            "file of one group"
        )
    forecasts[0].plot(plot)


def _tell(head: Forecaster, forecasts: Sequence[Forecast], note: Callable[[str], None]) -> None:
    """What a reader of the forecasts might overlook."""
    from textrnn.heads.forecaster.baselines import season_note

    first, learned = forecasts[0], head.network.horizon
    if first.better:
        note(
            "when the model was validated, the network was no better than "
            f"{' and '.join(first.better)}: see the columns beside the forecast"
        )
    if missing := season_note(head.season, head.network.window):
        note(missing)
    if len(first.values) > learned:
        note(
            f"the model learned to forecast {learned} steps; beyond them it reads its own forecast "
            "as if it had happened"
        )

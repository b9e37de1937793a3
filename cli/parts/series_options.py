"""The options on how series are read from a table, of every command that forecasts."""

from __future__ import annotations

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import input_option
from textrnn.corpora.series.options import DECIMALS, ERROR, FILLINGS

# Where no option names them, time and group are the columns that the model was trained with.
series_options = (
    input_option("--time", help="Column of the time of a series [the model's]."),
    input_option("--group", help="Column that tells several series apart [the model's]."),
    input_option("--missing", type=Choice(FILLINGS), default=ERROR,
                 show_default=True, help="What becomes of gaps in a series."),
    input_option("--decimal", type=Choice(DECIMALS),
                 help="What divides wholes from parts in numbers [what they show]."),
)  # fmt: skip

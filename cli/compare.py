"""``textrnn compare``: networks of recipes, trained on the same examples."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from textrnn.cli.parts.command import Command, Option
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.experiments import EXPERIMENT, experiment_options, show_experiment


@click.pass_context
def _compare(context: click.Context, /, **options: Any) -> None:
    """Train several networks on the same examples with the same random states, and compare them.

    RECIPES are files that `textrnn train --recipe` takes, which differ in their settings alone; or
    one with [[compare]] tables, each with a name and the settings in which it differs. Scores
    are measured on the recipe's validation files, or else on a part of the examples that no network
    learns. Two models that are trained already are compared by `textrnn models compare`.

    \b
        textrnn compare recipes/compare-imdb.toml --data DIR --out imdb
        textrnn compare lstm.toml gru.toml --data DIR --out cells --seeds 5
    """
    from textrnn.experiments.comparison import compare

    show_experiment(partial(compare, **options), context)


command = Command(
    "compare",
    callback=_compare,
    help=_compare.__doc__,
    params=[
        click.Argument(["recipes"], nargs=-1, required=True, shell_complete=complete_file),
        Option(["--data"], group=EXPERIMENT, metavar="DIR",
               help="Where the recipes' files lie [TEXTRNN_DATA]."),
        Option(["--seeds"], group=EXPERIMENT, type=click.IntRange(1), default=3, show_default=True,
               help="Random states with which each network is trained; --resume takes more."),
        *experiment_options(),
    ],
)  # fmt: skip

"""``textrnn models compare``: two models of one task on the same examples."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from textrnn.cli.parts.command import Command, speed_option
from textrnn.cli.parts.example_options import example_options, refuse_unheeded
from textrnn.cli.parts.model_name import ModelName
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import report_format
from textrnn.cli.parts.progress import text_progress
from textrnn.corpora import json_line
from textrnn.counted import counted
from textrnn.reports.harmless import one_line
from textrnn.reports.measured import CHANCE

if TYPE_CHECKING:
    from textrnn.heads.comparison import Agreement, Comparison
    from textrnn.heads.examples import ExampleSource
    from textrnn.reports.report import Table


@click.command("compare", cls=Command)
@click.argument("first", type=ModelName())
@click.argument("second", type=ModelName())
@example_options
@report_format
@speed_option("--threads", type=click.IntRange(1), help="For the networks [as many as cores].")
@click.pass_context
def compare_models(
    context: click.Context,
    first: str,
    second: str,
    source: ExampleSource,
    form: str,
    threads: int | None,
) -> None:
    """Score two models of one task on the texts of FILE, and say whether they differ.

    FILE is what `textrnn evaluate` takes. Of classifiers and taggers it is told how often both
    give the same answer, and whether the difference could be chance (McNemar's test; a text
    of a tagger counts as right where all its spans are). The perplexities of generators compare
    where both have one vocabulary, their bits per character always. What trains networks to compare
    them is `textrnn compare`.

    \b
        textrnn models compare sentiment-en mine test.csv
    """
    from textrnn.catalog import load
    from textrnn.cli.parts.display import Display
    from textrnn.cli.parts.evaluate_output import shown_table
    from textrnn.heads.comparison import compare
    from textrnn.serving.foreign import watched_examples

    heads = load(first, threads=threads), load(second, threads=threads)
    refuse_unheeded(context, heads[0])
    quiet = context.obj["quiet"]
    note = note_writer(quiet=quiet)
    with text_progress(quiet=quiet) as on_progress:
        watch = partial(watched_examples, on_note=note)
        found = compare(*heads, source, on_progress=on_progress, on_note=note, watch=watch)
    if form == "json":
        click.echo(json_line(found.as_dict(), indent=2))
        return
    names = (first, second) if found.names[0] == found.names[1] else found.names
    Display().print(shown_table(_scores(found, names)))
    if found.agreement is not None:
        click.echo()
        for line in _told(found.agreement, *map(one_line, names)):
            click.echo(line)


def _scores(found: Comparison, names: tuple[str, str]) -> Table:
    """The scores of both side by side."""
    from textrnn.reports.report import Column, Table

    columns = [Column(), *(Column(one_line(name), is_number=True) for name in names)]
    first, second = found.scores
    return Table(
        columns, [(name, f"{score:.4f}", f"{second[name]:.4f}") for name, score in first.items()]
    )


def _told(found: Agreement, first: str, second: str) -> Iterator[str]:
    """How the answers go together, in three lines."""
    neither = found.examples - found.both_right - found.only_first - found.only_second
    yield f"same answer to {found.alike:,} of {counted(found.examples, 'text')}"
    yield (
        f"right: both {found.both_right:,}, {first} alone {found.only_first:,}, "
        f"{second} alone {found.only_second:,}, neither {neither:,}"
    )
    low, high = (f"{100 * bound:+.1f}" for bound in found.interval)
    chance = f"= {found.p_value:.3f}" if found.p_value >= 0.001 else "< 0.001"
    verdict = "hardly chance" if found.p_value < CHANCE else "may be chance"
    yield (
        f"{second} less {first}: {100 * found.difference:+.1f} points (95% interval {low} to "
        f"{high}); McNemar's test: p {chance}, {verdict}"
    )

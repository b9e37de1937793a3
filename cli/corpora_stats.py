"""``textrnn corpora stats``: a file of texts measured."""

from __future__ import annotations

from pathlib import Path

import click

from textrnn.cli.parts.command import Command
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.corpus_file import column_options, tagged_source, text_source
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import report_format
from textrnn.corpora import json_line
from textrnn.counted import counted
from textrnn.reports.harmless import one_line


@click.command(cls=Command)
@click.argument("file", shell_complete=complete_file)
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.png",
              help="Draw vocabulary growth and labels.")  # fmt: skip
@report_format
@column_options
@click.pass_context
def stats(
    context: click.Context,
    /,
    file: str,
    plot: Path | None,
    form: str,
    **columns: str | None,
) -> None:
    """Measure texts: lengths, vocabulary growth, label counts."""
    from textrnn.corpora import measure, measure_tagged, read_any, read_tagged, statistics_png
    from textrnn.corpora.files.outputs import check_output
    from textrnn.corpora.files.writing import write_file

    if plot is not None:
        if plot.suffix.lower() != ".png":
            raise click.UsageError("--plot draws a PNG: give it a name that ends in .png")
        check_output(plot, [file])
    tagged = tagged_source(file, columns)
    if tagged is not None:
        on_note = note_writer(quiet=context.obj["quiet"])
        found = measure_tagged(read_tagged(tagged, on_note=on_note))
    else:
        found = measure(read_any(text_source(file, columns)))
    if plot is not None:
        write_file(plot, statistics_png(found))
    if form == "json":
        click.echo(json_line(found.as_dict(), indent=2))
        return
    click.echo(
        f"{counted(found.texts, 'text')}, {counted(found.tokens, 'token')}, "
        f"{counted(found.characters, 'character')}"
    )
    click.echo(counted(found.types, "different token"))
    quantiles = found.length_quantiles.items()
    lengths = ", ".join(f"{share:.0%} {length:,}" for share, length in quantiles)
    click.echo(f"tokens a text: {lengths}")
    for label, count in found.labels.items():
        share = "spans" if tagged is not None else f"{count / found.texts:.1%}"
        click.echo(f"{count:10,}  {one_line(label)} ({share})")
    frequent = " ".join(token for token, _ in found.frequent)
    click.echo(f"most frequent: {frequent}")

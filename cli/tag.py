"""``textrnn tag``: the names in texts."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, answer_option, input_option, output_option
from textrnn.cli.parts.folder_answers import ShardOptions, answer_folder, shard_options
from textrnn.cli.parts.formats import output_format
from textrnn.cli.parts.input_options import input_options
from textrnn.cli.parts.inputs import Inputs
from textrnn.cli.parts.model_name import model_option
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import output_file
from textrnn.cli.parts.progress import byte_progress
from textrnn.cli.parts.remote_option import local_speed_option
from textrnn.cli.parts.summary import Summary
from textrnn.cli.parts.tag_output import ENDINGS, FORMATS, TAKEN, write_tagged
from textrnn.corpora.files.outputs import check_output
from textrnn.counted import counted
from textrnn.text.words import MAX_TOKEN

if TYPE_CHECKING:
    from textrnn.corpora import Line
    from textrnn.heads.tagger.result import TaggedText


@click.command(cls=Command)
@input_options("tag")
@input_option("--pretokenized", is_flag=True,
              help="FILE is CoNLL columns: the first of them holds the words.")  # fmt: skip
@model_option("the texts' language")
@answer_option("--labels", help="Keep these alone, as PER,ORG.")
@answer_option("--min-probability", type=click.FloatRange(0, 1), default=0.0, show_default=True,
               help="Leave out what is less probable.")  # fmt: skip
@answer_option("--readings", type=click.IntRange(1), default=1, show_default=True, metavar="K",
               help="Also the most probable ways to read each text (jsonl and table).")  # fmt: skip
@output_option("--format", "form", type=Choice(FORMATS),
               help="Of the answers [text in colours on a terminal, or jsonl].")  # fmt: skip
@output_file
@local_speed_option(
    "--batch-size", type=click.IntRange(1), default=128, show_default=True, help="Texts a batch."
)
@local_speed_option(
    "--threads",
    type=click.IntRange(1),
    help="Batches at a time [as many as cores, less one].",
)
@shard_options
@click.pass_obj
def command(
    settings: dict[str, bool],
    inputs: Inputs,
    pretokenized: bool,
    model: str | None,
    labels: str | None,
    min_probability: float,
    readings: int,
    form: str | None,
    output: Path | None,
    batch_size: int,
    threads: int | None,
    shards: ShardOptions,
) -> None:
    """Find the names in texts: people, organisations, places.

    A text is a row of .csv, .tsv, .jsonl, .json or .parquet, whose other columns come out again
    beside the answer; of other files and of standard input (-) a line that is not blank; with
    --whole a file. FILE may be compressed (gzip, bzip2, xz).

    \b
        textrnn tag news.txt
        textrnn tag --text "Ada Lovelace was born in London." --format conll
        textrnn tag news.txt --output news.html
    """
    shards.check(inputs, {"--pretokenized": pretokenized, "--output": output, "--format": form})
    from textrnn.cli.parts.answering import Answering
    from textrnn.heads.tagger.tagger import Tagger

    quiet, note = settings["quiet"], note_writer(quiet=settings["quiet"])
    options = _options(labels, min_probability, readings, batch_size)
    if shards.folder is not None:
        answer_folder(inputs, shards, Tagger, options, model=model, threads=threads, quiet=quiet)
        return
    if pretokenized and (inputs.texts or inputs.whole):
        raise click.UsageError("--pretokenized reads files, without --text and --whole")
    inputs = inputs.gathered()
    check_output(output, [*inputs.files, model])
    form = output_format(form, output, ENDINGS, terminal="text", pipe="jsonl")
    summary: Summary[TaggedText] = Summary(
        labels=lambda tagged: (entity.label for entity in tagged.entities),
        number=lambda tagged: tagged.cut_words,
    )
    with byte_progress(inputs.total_bytes(), quiet=quiet, output=output) as on_bytes:
        lines: Iterator[Line] = (
            inputs.sentences(on_bytes, note) if pretokenized else inputs.stream(on_bytes, note)
        )
        answering = Answering(Tagger, "tag", inputs, lines, model=model, threads=threads)
        columns = answering.columns(form, TAKEN)
        known = answering.router.labels
        Tagger.check_options(known, options)
        rows = answering.rows(options, read=attrgetter("words" if pretokenized else "text"))
        write_tagged(summary.watch(rows), output, form=form, labels=known, columns=columns)
    answering.note(note)
    if summary.total:
        note(f"words of more than {MAX_TOKEN:,} characters, read in pieces: {summary.total:,}")
    if settings["verbose"] or (not quiet and output is not None):
        click.echo(
            f"{counted(summary.texts, 'text')}, "
            f"{counted(summary.labels.total(), 'entity', 'entities')} "
            f"({str(summary) or 'none'}) by {answering.router.names}",
            err=True,
        )


def _options(
    labels: str | None, min_probability: float, readings: int, batch_size: int
) -> dict[str, Any]:
    """What a tagger is asked for."""
    kept = None if labels is None else sorted({name.strip() for name in labels.split(",")})
    return {
        "batch_size": batch_size,
        "readings": readings if readings > 1 else 0,
        "labels": kept,
        "min_probability": min_probability,
    }

"""``textrnn classify``: a label and a probability for each text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.classify_output import ENDINGS, FORMATS, Layout, taken_names, write_rows
from textrnn.cli.parts.command import Command, answer_option, output_option
from textrnn.cli.parts.folder_answers import ShardOptions, answer_folder, shard_options
from textrnn.cli.parts.formats import output_format
from textrnn.cli.parts.input_options import input_options
from textrnn.cli.parts.inputs import Inputs
from textrnn.cli.parts.mode_option import mode_options
from textrnn.cli.parts.model_name import model_option
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import output_file
from textrnn.cli.parts.progress import byte_progress
from textrnn.cli.parts.remote_option import local_speed_option
from textrnn.cli.parts.summary import Summary
from textrnn.corpora.files.outputs import check_output
from textrnn.corpora.labels import UNCERTAIN
from textrnn.counted import counted
from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.heads.classifier.result import Classification


@click.command(cls=Command)
@input_options("classify")
@model_option("the texts' language")
@answer_option("--abstain", type=click.FloatRange(0, 1), default=0.0, metavar="P",
               help="Answer `uncertain` where no label has this probability.")  # fmt: skip
@answer_option(
    "--top-k", type=click.IntRange(1), help="Labels to show for a text [1; all in jsonl and json]."
)
@mode_options(answer_option)
@output_option(
    "--format", "form", type=Choice(FORMATS), help="Of the answers [table on a terminal, or tsv]."
)
@output_file
@output_option(
    "--safe-csv",
    is_flag=True,
    help="Put a ' before cells that spreadsheets would run as formulas (csv, tsv).",
)
@local_speed_option(
    "--batch-size", type=click.IntRange(1), default=16, show_default=True, help="Texts a batch."
)
@local_speed_option(
    "--threads", type=click.IntRange(1), help="Batches at a time [as many as cores]."
)
@shard_options
@click.pass_obj
def command(
    settings: dict[str, bool],
    inputs: Inputs,
    model: str | None,
    abstain: float,
    top_k: int | None,
    mode: str,
    form: str | None,
    output: Path | None,
    safe_csv: bool,
    batch_size: int,
    threads: int | None,
    shards: ShardOptions,
) -> None:
    """Label the texts of files, each with a probability.

    A text is a row of .csv, .tsv, .jsonl, .json or .parquet, whose other columns come out again
    beside the answer; of other files and of standard input (-) a line that is not blank; with
    --whole a file. FILE may be compressed (gzip, bzip2, xz).

    \b
        textrnn classify reviews.txt
        textrnn classify reviews.csv --text-field body --output labels.csv
        textrnn classify --text "What a day!" --format jsonl
        zcat reviews.gz | textrnn classify - --output labels.csv
        textrnn classify reviews/ --output-folder labels/ --engine ray

    Where a model's bag of n-grams is sure of a text, the network beside it does not read that text;
    jsonl and json say which answered.
    """
    shards.check(inputs, {"--output": output, "--format": form, "--top-k": top_k})
    from textrnn.cli.parts.answering import Answering
    from textrnn.heads.classifier.classifier import Classifier

    quiet, note = settings["quiet"], note_writer(quiet=settings["quiet"])
    options = {"batch_size": batch_size, "abstain": abstain, "mode": mode}
    if shards.folder is not None:
        answer_folder(
            inputs, shards, Classifier, options, model=model, threads=threads, quiet=quiet
        )
        return
    inputs = inputs.gathered()
    check_output(output, [*inputs.files, model])
    form = output_format(form, output, ENDINGS, terminal="table", pipe="tsv")
    if form == "parquet" and top_k is not None:
        raise ConfigurationError("--top-k: a Parquet file has the probability of every label")
    summary: Summary[Classification] = Summary(
        labels=lambda result: (result.label,), number=lambda result: result.tokens
    )
    with byte_progress(inputs.total_bytes(), quiet=quiet, output=output) as on_bytes:
        lines = inputs.stream(on_bytes, note)
        answering = Answering(Classifier, "classify", inputs, lines, model=model, threads=threads)
        labels = answering.router.labels
        every = len(labels) if form in ("jsonl", "json") else 1
        top = min(top_k or every, len(labels))
        columns = answering.columns(form, taken_names(form, top))
        shown = (UNCERTAIN, *labels) if abstain else labels
        rows = summary.watch(answering.rows(options))
        write_rows(rows, output, Layout(form, top, shown, columns, safe_csv))
    answering.note(note)
    if settings["verbose"] or (not quiet and output is not None):
        click.echo(
            f"{counted(summary.texts, 'text')} ({summary}), {summary.rate:,.0f} tokens/s by "
            f"{answering.router.names}",
            err=True,
        )

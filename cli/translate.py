"""``textrnn translate``: texts in another language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, answer_option, output_option
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
from textrnn.cli.parts.translate_output import (
    ENDINGS,
    FORMATS,
    TAKEN,
    TranslationLayout,
    write_translations,
)
from textrnn.cli.parts.translators import translators_into
from textrnn.corpora.files.outputs import check_output
from textrnn.counted import counted
from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.corpora import Line
    from textrnn.heads.translator.result import Translation

Rows = Iterator[tuple["Line", "Translation"]]


@click.command(cls=Command)
@input_options("translate")
@model_option("the texts' language")
@answer_option("--to", metavar="LANGUAGE",
               help="Into which language, as en: takes the model that translates each text's "
               "language into it [classical-zh for Chinese, en-zh for English].")  # fmt: skip
@answer_option("--beam", type=click.IntRange(1), default=5, show_default=True, metavar="N",
               help="Beginnings kept of a sentence; 1: always the best token.")  # fmt: skip
@answer_option("--n-best", type=click.IntRange(1), default=1, show_default=True, metavar="N",
               help="Tell so many translations of each text, each with its score.")  # fmt: skip
@answer_option("--length-penalty", type=click.FloatRange(0, 10), metavar="X",
               help="Higher favours longer translations; 0: as probable as they are [what fits "
               "the model, or 1].")  # fmt: skip
@answer_option("--length-reward", type=click.FloatRange(0, 10), metavar="X",
               help="What each token adds, against translations that say too little [what fits "
               "the model, or 0].")  # fmt: skip
@answer_option("--coverage-penalty", type=click.FloatRange(0, 10), default=0.0, show_default=True,
               metavar="X", help="Higher favours those that looked at every word.")  # fmt: skip
@answer_option("--no-repeat-ngram", type=click.IntRange(0), default=0, metavar="N",
               help="No sequence of so many tokens twice in a sentence [off].")  # fmt: skip
@output_option("--format", "form", type=Choice(FORMATS),
               help="Of the translations [table on a terminal, or text: a line each].")  # fmt: skip
@output_file
@output_option("--alignment", is_flag=True,
               help="Tell which word each word looked at, in text and table; JSON always "
               "does.")  # fmt: skip
@output_option("--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="PICTURE",
               help="Also draw the attention of a single text: .png, .svg or .pdf.")  # fmt: skip
@output_option("--safe-csv", is_flag=True,
               help="Put a ' before cells that spreadsheets would run as formulas (csv, "
               "tsv).")  # fmt: skip
@local_speed_option("--batch-size", type=click.IntRange(1), default=64, show_default=True,
                    help="Sentences a batch.")  # fmt: skip
@local_speed_option("--threads", type=click.IntRange(1), help="For the network [as many as cores].")
@shard_options
@click.pass_obj
def command(
    settings: dict[str, bool],
    /,
    inputs: Inputs,
    model: str | None,
    to: str | None,
    form: str | None,
    output: Path | None,
    alignment: bool,
    plot: Path | None,
    safe_csv: bool,
    threads: int | None,
    shards: ShardOptions,
    **options: Any,
) -> None:
    """Translate the texts of files, sentence by sentence.

    A text is a row of .csv, .tsv, .jsonl, .json or .parquet, whose other columns come out again
    beside the translation; of other files and of standard input (-) a line, blank ones too; with
    --whole a file, whose line ends are kept. FILE may be compressed (gzip, bzip2, xz).

    \b
        textrnn translate old.txt --output new.txt
        textrnn translate --text "Where is the nearest hotel?"
        textrnn translate --to en --text "最近的旅馆在哪里？"
        textrnn translate --text "学而时习之" --plot attention.png
        textrnn translate --model mine pairs.csv --text-field old --output new.csv
        textrnn generate 床前明月光 | textrnn translate -
    """
    shards.check(
        inputs,
        {"--output": output, "--format": form, "--alignment": alignment, "--plot": plot,
         "--to": to},
    )  # fmt: skip
    if to is not None and model:
        raise click.UsageError("--to chooses the model: leave it out, or --model")
    from textrnn.cli.parts.answering import Answering
    from textrnn.heads.translator.translator import Translator

    quiet, note = settings["quiet"], note_writer(quiet=settings["quiet"])
    if shards.folder is not None:
        answer_folder(
            inputs, shards, Translator, options, model=model, threads=threads, quiet=quiet
        )
        return
    inputs = replace(inputs, blank=True).gathered()
    for path in (output, plot):
        check_output(path, [*inputs.files, model])
    form = output_format(form, output, ENDINGS, terminal="table", pipe="text")
    if alignment and form == "text" and options["n_best"] > 1:
        raise ConfigurationError(
            "--alignment is told of the best translation alone: take --format table or jsonl, or "
            "leave --n-best out"
        )
    summary: Summary[Translation] = Summary(
        labels=lambda result: ["broken off"] * result.broken_off,
        number=lambda result: sum(len(one.target_tokens) for one in result.sentences),
    )
    with byte_progress(inputs.total_bytes(), quiet=quiet, output=output) as on_bytes:
        lines = inputs.stream(on_bytes, note)
        answering = Answering(
            Translator, "translate", inputs, lines, model=model, threads=threads,
            by_language=None if to is None else translators_into(to),
        )  # fmt: skip
        columns = answering.columns(form, TAKEN)
        rows: Rows = summary.watch(answering.rows(options))
        if plot is not None:
            rows = _drawn(rows, plot)
        layout = TranslationLayout(form, columns, options["n_best"], alignment, safe_csv)
        write_translations(rows, output, layout)
    answering.note(note)
    if broken := summary.labels.total():
        note(f"broken off, for they found no end: {counted(broken, 'sentence')}")
    if settings["verbose"] or (not quiet and output is not None):
        click.echo(
            f"{counted(summary.texts, 'text')}, {summary.rate:,.0f} tokens/s by "
            f"{answering.router.names}",
            err=True,
        )


def _drawn(rows: Rows, plot: Path) -> Rows:
    """The same rows, of which there is to be one, whose attention is drawn.

    Raises:
        ConfigurationError: there are several, or nothing was translated.
    """
    first = list(islice(rows, 2))
    if len(first) > 1:
        raise ConfigurationError("--plot draws one text: name it with --text, or leave --plot out")
    for _, result in first:
        result.plot(plot)
    return iter(first)

"""``textrnn evaluate``: a model's scores on texts that it has not seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.command import Command, options_under, output_option, speed_option
from textrnn.cli.parts.example_options import example_options, refuse_unheeded
from textrnn.cli.parts.mode_option import mode_options
from textrnn.cli.parts.model_name import ModelName
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import report_format
from textrnn.cli.parts.progress import text_progress
from textrnn.corpora import json_line
from textrnn.errors import ConfigurationError, TextRNNError

if TYPE_CHECKING:
    from textrnn.heads.examples import ExampleSource

generator_option = options_under("Generators")
forecaster_option = options_under("Forecasters")
translator_option = options_under("Translators")
classifier_option = options_under("Classifiers")


@click.command(cls=Command)
@click.argument("model", type=ModelName())
@example_options
@report_format
@output_option("--report", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
               help="Also write a page, numbers, mistakes and pictures there.")  # fmt: skip
@output_option("--fail-under", type=click.FloatRange(0, 100), metavar="X",
               help="Exit with 1 if the main score, accuracy, F1 or BLEU, is lower.")  # fmt: skip
@generator_option(
    "--samples",
    default=50,
    show_default=True,
    help="Texts that it is to write.",
)
@generator_option(
    "--temperature",
    default=0.8,
    show_default=True,
    help="At which it writes them.",
)
@generator_option("--cache", type=int, metavar="TOKENS",
                  help="Let so many tokens that were read come again where the text is alike "
                  "[off].")  # fmt: skip
@classifier_option(
    "--labels", "among", help="Answer and measure these alone, as negative,positive."
)
@mode_options(classifier_option)
@translator_option("--beam", type=click.IntRange(1), metavar="N",
                   help="Beginnings kept of each sentence [5].")  # fmt: skip
@translator_option("--length-penalty", type=click.FloatRange(0, 10), metavar="X",
                   help="As textrnn translate has it [what fits the model].")  # fmt: skip
@translator_option("--length-reward", type=click.FloatRange(0, 10), metavar="X",
                   help="The same.")  # fmt: skip
@forecaster_option("--horizon", type=click.IntRange(1), metavar="STEPS",
                   help="Steps to forecast [as many as the model learned].")  # fmt: skip
@forecaster_option("--interval", type=click.FloatRange(0.5, 0.99),
                   help="Level of the intervals that are measured [0.9].")  # fmt: skip
@forecaster_option("--stride", type=click.IntRange(1), metavar="STEPS",
                   help="From one forecast to the next [1].")  # fmt: skip
@speed_option("--batch-size", type=click.IntRange(1),
              help="Texts a batch [16 for a classifier, 32 for a tagger, 64 for a "
              "translator].")  # fmt: skip
@speed_option("--threads", type=click.IntRange(1),
              help="For the network [as many as cores; for a tagger one less].")  # fmt: skip
@click.pass_context
def command(
    context: click.Context,
    /,
    model: str,
    source: ExampleSource,
    form: str,
    report: Path | None,
    fail_under: float | None,
    threads: int | None,
    among: str | None,
    **options: Any,
) -> None:
    """Score MODEL on the texts of FILE.

    MODEL is a model's name, or its folder or zip. FILE is CSV or TSV with a header, JSONL, a
    label before each text (label-first), or a folder with pos and neg inside (imdb); for a tagger
    CoNLL columns, or what annotation tools export (JSON, JSONL, Parquet, brat's .ann); for a
    generator running text: .txt, JSONL or a folder; for a forecaster a table with a step a
    row, from each of which it forecasts; for a translator pairs: TSV, CSV, JSONL, Parquet, or the
    lines of FILE beside those of --target.

    \b
        textrnn evaluate sentiment-en test.csv --map-label 1=positive --map-label 0=negative
        textrnn evaluate sentiment-en reviews.jsonl --labels negative,positive
        textrnn evaluate ner-en test.conll --report ner-report
        textrnn evaluate poetry-zh poems.jsonl
        textrnn evaluate models/mine weather.csv --stride 24 --report report
        textrnn evaluate models/translator test.de --target test.en
    """
    from textrnn.catalog import load
    from textrnn.cli.parts.evaluate_output import show_report
    from textrnn.cli.parts.terms import note_terms
    from textrnn.corpora.files.outputs import check_folder_output
    from textrnn.reports.folder import REPORT_FILES, check_report_folder, write_report
    from textrnn.serving.foreign import watched_examples

    if report is not None:
        check_folder_output(report, REPORT_FILES, [source.file, model])
        check_report_folder(report, REPORT_FILES)
    head = load(model, threads=threads)
    note_terms([head])
    refuse_unheeded(context, head)
    if fail_under is not None and fail_under > head.top_score:
        raise ConfigurationError(
            f"--fail-under: the main score of a {head.task} is {head.top_score:g} at most; "
            f"received {fail_under:g}"
        )
    if report is not None:
        check_folder_output(report, head.pictures, [source.file, model])
        check_report_folder(report, head.pictures)
    quiet = context.obj["quiet"]
    note = note_writer(quiet=quiet)
    options["among"] = None if among is None else [name.strip() for name in among.split(",")]
    asked = {name: options[name] for name in head.evaluate_options if options[name] is not None}
    with text_progress(quiet=quiet) as on_progress:
        examples = head.read_examples(head.completed(source), on_note=note)
        examples = watched_examples(head, examples, note)
        scores = head.evaluate(examples, on_progress=on_progress, on_note=note, **asked)
    name, score = next(iter(scores.scores().items()))
    if fail_under is not None and name in head.lower_is_better:
        raise ConfigurationError(f"--fail-under: {name} is the better the lower")
    if report is not None:
        write_report(scores, report, title=f"{head.bundle.name} on {Path(source.file).name}")
    if form == "json":
        click.echo(json_line(scores.as_dict(), indent=2))
    else:
        show_report(scores)
    if fail_under is not None and score < fail_under:
        raise TextRNNError(f"{name} {score:.4f} is under {fail_under:g} (--fail-under)")

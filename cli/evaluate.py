"""``textrnn evaluate``: a model's scores on texts that it has not seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.label_names import renamed_labels
from textrnn.cli.parts.model_name import ModelName
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.progress import text_progress
from textrnn.corpora import json_line


@click.command()
@click.argument("model", type=ModelName())
@click.argument("file", shell_complete=complete_file)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.option("--report", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Also write numbers, mistakes and pictures there.")  # fmt: skip
@click.option("--map-label", "pairs", multiple=True, metavar="OLD=NEW",
              help="As 1=positive; OLD= drops a tagger's label.")  # fmt: skip
@click.option("--text-column", "--text-field", help="Column or key of the text, by name or number.")
@click.option("--label-column", help="Column or key of the label, by name or number.")
@click.option("--input-format",
              help="csv, tsv, jsonl, json, label-first, imdb, conll or brat, if not by "
              "suffix.")  # fmt: skip
@click.option("--scheme", type=click.Choice(["iob1", "bio", "bioes"]),
              help="Of CoNLL tags: only what follows its rules counts [any scheme].")  # fmt: skip
@click.option("--unit", type=click.Choice(["line", "file"]), default="file", show_default=True,
              help="What a document of a .txt is, for a generator.")  # fmt: skip
@click.option("--reflow", is_flag=True, help="Join the lines of paragraphs, for a generator.")
@click.option("--samples", default=50, show_default=True, help="Texts a generator is to write.")
@click.option("--temperature", default=0.8, show_default=True, help="At which it writes them.")
@click.option("--encoding", default="utf-8", show_default=True, help="Of the file.")
@click.option("--batch-size", type=click.IntRange(1),
              help="[16 for a classifier, 32 for a tagger]")  # fmt: skip
@click.option("--threads", type=click.IntRange(1),
              help="For the network [as many as cores; for a tagger one less].")  # fmt: skip
@click.pass_obj
def command(
    settings: dict[str, bool],
    /,
    model: str,
    file: str,
    form: str,
    report: Path | None,
    pairs: tuple[str, ...],
    threads: int | None,
    text_column: str | None,
    label_column: str | None,
    input_format: str | None,
    **options: Any,
) -> None:
    """Score MODEL on the texts of FILE.

    MODEL is a model's name, or its folder or zip. FILE is CSV or TSV with a header, JSONL, a
    label before each text (label-first), or a folder with pos and neg inside (imdb); for a tagger
    CoNLL columns, or what annotation tools export (JSON, JSONL, Parquet, brat's .ann); for a
    generator running text: .txt, JSONL or a folder.

    \b
        textrnn evaluate sentiment-en test.csv --map-label 1=positive --map-label 0=negative
        textrnn evaluate ner-en test.conll --report ner-report
        textrnn evaluate poetry-zh poems.jsonl
    """
    from textrnn.catalog import load
    from textrnn.cli.parts.evaluate_output import show_report
    from textrnn.corpora.files.outputs import check_folder_output
    from textrnn.heads.examples import ExampleSource
    from textrnn.reports.folder import REPORT_FILES, write_report

    if report is not None:
        check_folder_output(report, REPORT_FILES, [file, model])
    head = load(model, threads=threads)
    if report is not None:
        check_folder_output(report, head.pictures, [file, model])
    reading = {name: options[name] for name in ("scheme", "unit", "reflow", "encoding")}
    names = renamed_labels(pairs, droppable=True)
    source = ExampleSource(
        file, input_format, text=text_column, label=label_column, labels=names, **reading
    )
    note = note_writer(quiet=settings["quiet"])
    asked = {name: options[name] for name in head.evaluate_options if options[name] is not None}
    with text_progress(quiet=settings["quiet"]) as on_progress:
        examples = head.read_examples(source, on_note=note)
        scores = head.evaluate(examples, on_progress=on_progress, on_note=note, **asked)
    if report is not None:
        write_report(scores, report, title=f"{head.bundle.name} on {Path(file).name}")
    if form == "json":
        click.echo(json_line(scores.as_dict(), indent=2))
    else:
        show_report(scores)

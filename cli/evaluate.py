"""``textrnn evaluate``: a model's scores on texts that it has not seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.evaluate_output import show_report
from textrnn.cli.parts.label_names import relabelled, renamed_labels
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.progress import text_progress
from textrnn.corpora import json_line

if TYPE_CHECKING:
    from textrnn.heads.classifier.classifier import Classifier
    from textrnn.heads.classifier.scores import ClassificationReport
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.generator.scores import GenerationReport
    from textrnn.heads.tagger.scores import SpanReport
    from textrnn.heads.tagger.tagger import Tagger


@click.command()
@click.argument("model")
@click.argument("file")
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
    model: str,
    file: str,
    form: str,
    report: Path | None,
    pairs: tuple[str, ...],
    text_column: str | None,
    label_column: str | None,
    input_format: str | None,
    scheme: str | None,
    unit: str,
    reflow: bool,
    samples: int,
    temperature: float,
    encoding: str,
    batch_size: int | None,
    threads: int | None,
) -> None:
    """Score MODEL on the texts of FILE.

    MODEL is a shipped model's name or a model folder. FILE is CSV or TSV with a header, JSONL, a
    label before each text (label-first), or a folder with pos and neg inside (imdb); for a tagger
    CoNLL columns, or what annotation tools export (JSON, JSONL, Parquet, brat's .ann); for a
    generator running text: .txt, JSONL or a folder.

    \b
        textrnn evaluate sentiment-en test.csv --map-label 1=positive --map-label 0=negative
        textrnn evaluate ner-en test.conll --report ner-report
        textrnn evaluate poetry-zh poems.jsonl
    """
    from textrnn.catalog import load
    from textrnn.corpora import (
        DocumentSource,
        Source,
        TaggedSource,
        read_documents,
        read_labelled,
        read_tagged,
    )
    from textrnn.corpora.files.outputs import check_folder_output
    from textrnn.heads.classifier.report import write_classification_report
    from textrnn.heads.classifier.scores import evaluate_classifier
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.generator.report import write_generation_report
    from textrnn.heads.generator.scores import evaluate_generator
    from textrnn.heads.tagger.report import write_span_report
    from textrnn.heads.tagger.scores import evaluate_tagger
    from textrnn.heads.tagger.tagger import Tagger
    from textrnn.reports.folder import REPORT_FILES
    from textrnn.text.alignment import misalignment_note

    if report is not None:
        check_folder_output(report, REPORT_FILES, [file, model])
    head: Classifier | Tagger | Generator = load(model, threads=threads)
    title = f"{head.bundle.name} on {Path(file).name}"
    scores: ClassificationReport | SpanReport | GenerationReport
    with text_progress(quiet=settings["quiet"]) as on_text:
        options: dict[str, Any] = {"on_text": on_text}
        if batch_size is not None:
            options["batch_size"] = batch_size
        if isinstance(head, Tagger):
            tagged = TaggedSource(
                file, input_format, scheme, renamed_labels(pairs, droppable=True), encoding
            )
            on_note = note_writer(quiet=settings["quiet"])
            scores = evaluate_tagger(head, read_tagged(tagged, on_note=on_note), **options)
            if scores.misaligned:
                on_note(
                    misalignment_note(
                        scores.misaligned, scores.micro.support, scores.first_misaligned
                    )
                )
            if report is not None:
                write_span_report(scores, report, title=title)
        elif isinstance(head, Generator):
            source = DocumentSource(
                file, input_format, unit, text_column, reflow=reflow, encoding=encoding
            )
            scores = evaluate_generator(
                head,
                read_documents(source),
                samples=samples,
                temperature=temperature,
                on_tokens=on_text,
            )
            if report is not None:
                write_generation_report(scores, report, title=title)
        else:
            texts = Source(file, input_format, text_column, label_column, encoding=encoding)
            examples = relabelled(read_labelled(texts), renamed_labels(pairs))
            scores = evaluate_classifier(head, examples, **options)
            if report is not None:
                write_classification_report(scores, report, title=title)
    if form == "json":
        click.echo(json_line(scores.as_dict(), indent=2))
    else:
        show_report(scores)

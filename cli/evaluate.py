"""``textrnn evaluate``: a model's scores on labelled texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textrnn.cli.progress import text_progress
from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.evaluation import ClassificationReport


@click.command()
@click.argument("model")
@click.argument("file")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.option("--report", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Also write numbers, mistakes and pictures there.")  # fmt: skip
@click.option("--map-label", "pairs", multiple=True, metavar="OLD=NEW", help="As 1=positive.")
@click.option("--text-column", help="Column or key of the text, by name or number.")
@click.option("--label-column", help="Column or key of the label, by name or number.")
@click.option("--input-format", help="csv, tsv, jsonl, label-first or imdb, if not by suffix.")
@click.option("--encoding", default="utf-8", show_default=True, help="Of the file.")
@click.option("--batch-size", type=click.IntRange(1), default=32, show_default=True)
@click.option("--threads", type=click.IntRange(1), help="For the network [as many as cores].")
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
    encoding: str,
    batch_size: int,
    threads: int | None,
) -> None:
    """Score MODEL on the labelled texts of FILE.

    MODEL is a shipped model's name or a model folder. FILE is CSV or TSV with a header, JSONL, a
    label before each text (label-first), or a folder with pos and neg inside (imdb).

    \b
        textrnn evaluate sentiment-en test.csv --map-label 1=positive --map-label 0=negative
    """
    from textrnn.catalog import load
    from textrnn.corpora import Source, read_labelled
    from textrnn.evaluation import evaluate_classifier, write_report

    source = Source(file, input_format, text_column, label_column, _renamed(pairs), None, encoding)
    classifier = load(model, threads=threads)
    with text_progress(quiet=settings["quiet"]) as on_text:
        scores = evaluate_classifier(
            classifier, read_labelled(source), batch_size=batch_size, on_text=on_text
        )
    if report is not None:
        write_report(scores, report, title=f"{classifier.bundle.name} on {Path(file).name}")
    if form == "json":
        click.echo(json.dumps(scores.as_dict(), indent=2, ensure_ascii=False))
    else:
        _show(scores)


def _renamed(pairs: tuple[str, ...]) -> dict[str, str]:
    names = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not (old and equals and new):
            raise ConfigurationError(f"--map-label: expected OLD=NEW; received {pair!r}")
        names[old] = new
    return names


def _show(report: ClassificationReport) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(
        f"[bold]accuracy {report.accuracy:.4f}[/] on {report.texts:,} texts, "
        f"calibration error {report.calibration_error:.4f}\n"
    )
    scores = Table("label", box=None, pad_edge=False)
    for name in ("precision", "recall", "F1", "texts"):
        scores.add_column(name, justify="right")
    for row in (*report.classes, report.macro, report.weighted):
        numbers = (f"{value:.4f}" for value in (row.precision, row.recall, row.f1))
        scores.add_row(row.label, *numbers, f"{row.support:,}")
    console.print(scores)
    confusion = Table("gold \\ predicted", box=None, pad_edge=False)
    for label in report.labels:
        confusion.add_column(label, justify="right")
    for label, counts in zip(report.labels, report.confusion, strict=True):
        confusion.add_row(label, *(f"{count:,}" for count in counts))
    console.print()
    console.print(confusion)

"""``textrnn corpora check``: what ruins training, found in a file before it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, input_option
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.corpus_file import column_options, tagged_source, text_source
from textrnn.cli.parts.errors import FAILED
from textrnn.cli.parts.keywords import as_options
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import report_format
from textrnn.corpora import json_line, record_format
from textrnn.corpora.series.options import DECIMALS, SeriesOptions
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.reports.harmless import one_line

if TYPE_CHECKING:
    from textrnn.corpora import CheckReport, Finding, Span, SpannedText

# What a table may be in which no column is called as a text's usually is.
_OTHERWISE = (
    "name the text's with --text-field …, or its number from 0 where there is no header; or both "
    "sides of a translator's pairs with --source-field … and --target-field …; or add --series "
    "where it holds a forecaster's numbers"
)


@click.command(cls=Command)
@click.argument("file", shell_complete=complete_file)
@click.option("--against", multiple=True, metavar="FILE", help="Another split; may be given again.")
@click.option("--near-copies", type=click.FloatRange(0, 1, min_open=True), metavar="SHARE",
              help="Find texts that have this share (0.5: half) of their runs of ten characters in "
              "common with one of another split.")  # fmt: skip
@click.option("--scheme", type=Choice(["iob1", "bio", "bioes"]),
              help="FILE has CoNLL columns, with tags of this scheme.")  # fmt: skip
@input_option("--source-field", help="FILE holds pairs: column or key of the texts.")
@input_option("--target-field", help="FILE holds pairs: column or key of their translations.")
@input_option("--target", "target_file", metavar="FILE",
              help="Its lines are the translations of the lines of FILE.")  # fmt: skip
@input_option("--series", is_flag=True, help="FILE is a table of numbers, a step a row.")
@input_option("--time", help="Of a series: column of the time [found].")
@input_option("--group", help="Of a series: column that tells several series apart.")
@input_option("--decimal", type=Choice(DECIMALS),
              help="Of a series: what divides wholes from parts [found].")  # fmt: skip
@report_format
@column_options
@click.pass_context
def check(
    context: click.Context,
    /,
    file: str,
    against: tuple[str, ...],
    near_copies: float | None,
    scheme: str | None,
    source_field: str | None,
    target_field: str | None,
    target_file: str | None,
    series: bool,
    time: str | None,
    group: str | None,
    decimal: str | None,
    form: str,
    **columns: str | None,
) -> None:
    """Find what ruins training: duplicates, overlap with other splits, texts with two labels,
    empty and garbled texts, mixed encodings, imbalance; in tagged text (CoNLL columns, what
    annotation tools export) errors of tag schemes, spans that are wrong or that no tagger finds;
    in pairs for translators (--target, or --source-field and --target-field) empty sides, texts
    that are their own translation, lengths far apart; in a forecaster's series (--series) times
    that repeat, go back or leave gaps, cells without numbers, constant columns, extreme numbers.

    The exit code is 1 where something was found.
    """
    from textrnn.corpora import check_tagged

    of_pairs = (target_file, source_field, target_field)
    is_pairs = any(of_pairs)
    if is_pairs and (near_copies or scheme or columns["text_field"] or columns["label_field"]):
        raise click.UsageError(
            "--near-copies, --scheme, --text-field and --label-field are not for pairs"
        )
    if target_file and (source_field or target_field):
        raise click.UsageError(
            "--source-field and --target-field name columns, which two files (--target) have not"
        )
    of_series = SeriesOptions(time=time, group=group, decimal=decimal)
    is_series = series or of_series != SeriesOptions()
    others = (
        *of_pairs,
        against,
        near_copies,
        scheme,
        columns["text_field"],
        columns["label_field"],
    )
    if is_series and any(others):
        raise click.UsageError(
            "--series takes --time, --group, --decimal, --input-format and --encoding alone"
        )
    if near_copies and scheme:
        raise click.UsageError("--near-copies is for texts, not for columns with --scheme")
    if near_copies and not against:
        raise click.UsageError("--near-copies needs another split to compare with: --against FILE")
    files = [file, target_file] if target_file else [file]
    is_utf8 = (columns["encoding"] or "utf-8") == "utf-8"
    findings = _of_encoding(files) if is_utf8 else []
    report: CheckReport | None = None
    if not any(finding.kind in ("encoding", "mixed encodings") for finding in findings):
        is_columns = scheme is not None
        is_other = is_pairs or is_series
        tagged = None if is_other else tagged_source(file, columns, is_columns=is_columns)
        if tagged is not None and near_copies:
            raise click.UsageError("--near-copies is for labelled texts, not for tagged ones")
        if tagged is not None:
            report = check_tagged(
                tagged,
                scheme=scheme,
                against=[replace(tagged, file=other) for other in against],
                unfindable=_unfindable,
                on_note=note_writer(quiet=context.obj["quiet"]),
            )
        elif is_series:
            report = _check_series(file, of_series, columns)
        elif is_pairs:
            report = _check_pairs(file, against, of_pairs, columns)
        else:
            report = _check_texts(file, against, near_copies or 0.0, columns)
        findings += report.findings
    for finding in findings:
        finding.message = as_options(finding.message)
        finding.examples = [*map(as_options, finding.examples)]
    if form == "json":
        _show_json(
            file, "rows" if is_series else "pairs" if is_pairs else "texts", report, findings
        )
    else:
        _show_table(file, report, findings)
    if findings:
        context.exit(FAILED)


def _of_encoding(files: Sequence[str]) -> list[Finding]:
    """What is wrong with the bytes of files, which are named where there are several."""
    from textrnn.corpora import check_encoding

    findings: list[Finding] = []
    for file in files:
        of_file = check_encoding(file) if file != "-" and Path(file).is_file() else []
        for finding in of_file if len(files) > 1 else ():
            finding.message = f"{file}: {finding.message}"
        findings += of_file
    return findings


def _check_texts(
    file: str, against: tuple[str, ...], near_copies: float, columns: dict[str, str | None]
) -> CheckReport:
    """What is wrong with a file of texts, which may be meant as another one.

    Raises:
        InputError: it cannot be read; where it has no texts that are known as such, the message
            tells how other files are named, too.
    """
    from textrnn.corpora import check_labelled
    from textrnn.corpora.formats.record import NAME_THE_TEXT

    source, *others = (text_source(name, columns) for name in (file, *against))
    try:
        return check_labelled(source, against=others, near_copies=near_copies)
    except InputError as error:
        what, is_nameless, _ = str(error).partition(NAME_THE_TEXT)
        if not is_nameless:
            raise
        raise InputError(f"{what}; {_OTHERWISE}") from error


def _check_pairs(
    file: str,
    against: tuple[str, ...],
    of_pairs: tuple[str | None, str | None, str | None],
    columns: dict[str, str | None],
) -> CheckReport:
    """What is wrong with a file of pairs, or with two files."""
    from textrnn.corpora.checks.pairs import check_pairs
    from textrnn.corpora.pairs import PairSource

    target_file, source, target = of_pairs
    form, encoding = columns["input_format"], columns["encoding"] or "utf-8"
    first, *others = (
        PairSource(name, target_file or "", source, target, form, encoding)
        for name in (file, *against)
    )
    return check_pairs(first, against=others)


def _check_series(file: str, options: SeriesOptions, columns: dict[str, str | None]) -> CheckReport:
    """What is wrong with a table of numbers."""
    from textrnn.corpora.checks.series import check_series
    from textrnn.corpora.formats.records import RECORD_FORMATS

    form = columns["input_format"]
    if form is not None and form not in RECORD_FORMATS:
        known = ", ".join(RECORD_FORMATS)
        raise click.UsageError(f"--input-format of a series is one of {known}; received {form}")
    return check_series(file, options, form=form, encoding=columns["encoding"] or "utf-8")


def _unfindable(text: SpannedText) -> list[Span]:
    """The spans that do not begin and end where the tokens of a text in its language do."""
    from textrnn.text.alignment import token_spans
    from textrnn.text.language import detect_language
    from textrnn.text.words import find_words

    if not text.spans:
        return []
    level = "character" if detect_language([text.text]) == "zh" else "word"
    return token_spans(text.spans, find_words(text.text, level=level))[1]


def _show_table(file: str, report: CheckReport | None, findings: list[Finding]) -> None:
    if report is not None:
        labels = ", ".join(f"{count:,} {one_line(label)}" for label, count in report.labels.items())
        if not labels and report.unit == "text" and record_format(file):
            labels = "without labels; where there are some, --label-field names their column"
        click.echo(
            f"{file}: {counted(report.texts, report.unit)}{f' ({labels})' if labels else ''}"
        )
    for finding in findings:
        click.echo(f"\n{finding.kind}: {finding.count:,}\n  {finding.message}")
        for example in finding.examples:
            click.echo(f"    {one_line(example)}")
    if not findings:
        click.echo("nothing wrong was found")


def _show_json(file: str, what: str, report: CheckReport | None, findings: list[Finding]) -> None:
    facts = {
        "file": file,
        what: None if report is None else report.texts,
        "labels": {} if report is None else report.labels,
        "findings": [finding.__dict__ for finding in findings],
    }
    click.echo(json_line(facts, indent=2))

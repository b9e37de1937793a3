"""``textrnn models``: what there is, what it says of itself, where it lies, whether it is whole;
and the mean of several.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path, shipped_models
from textrnn.cli.parts.label_names import relabelled, renamed_labels
from textrnn.errors import BundleError, ConfigurationError, MissingExtraError
from textrnn.reports.harmless import harmless


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List, show, verify and average models; without a command, list them.

    NAME is a shipped model's name or the path of a model folder.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_models, form="table")


@command.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def list_models(form: str) -> None:
    """List the models that ship with textrnn."""
    bundles = [Bundle.open(model_path(name)) for name in shipped_models()]
    if form == "json":
        click.echo(json.dumps([_facts(bundle) for bundle in bundles], indent=2))
        return
    from rich.table import Table

    from textrnn.cli.parts.display import Display

    table = Table("name", "task", "language", "size", "description", box=None, pad_edge=False)
    for bundle in bundles:
        manifest = bundle.manifest
        size = f"{bundle.size_bytes / 1e6:.1f} MB"
        facts = (bundle.name, manifest.task, manifest.language, size, manifest.description)
        table.add_row(*map(harmless, facts))
    Display().print(table)


@command.command()
@click.argument("name")
def show(name: str) -> None:
    """Show a model's card."""
    card = Bundle.open(model_path(name)).card()
    if not sys.stdout.isatty():
        click.echo(card, nl=False)
        return
    from rich.markdown import Markdown

    from textrnn.cli.parts.display import Display

    Display().print(Markdown(harmless(card), hyperlinks=False))


@command.command()
@click.argument("name")
def path(name: str) -> None:
    """Print the folder of a model."""
    click.echo(str(Bundle.open(model_path(name)).path))


@command.command()
@click.argument("name")
def verify(name: str) -> None:
    """Compare each of a model's files with its sha256."""
    bundle = Bundle.open(model_path(name))
    checks = bundle.verify()
    for check in checks:
        state = "ok" if check.ok else "missing" if check.found is None else "damaged"
        click.echo(f"{state:8} {check.expected[:16]}…  {check.name}")
    broken = [check.name for check in checks if not check.ok]
    if broken:
        raise BundleError(f"{bundle.path}: {', '.join(broken)} cannot be trusted; install it again")


@command.command()
@click.argument("models", nargs=-1, required=True, metavar="NAME NAME...")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="The folder that becomes the model.")  # fmt: skip
@click.option("--shares", metavar="N,N", help="What each counts, as 3,1 [all alike].")
@click.option("--name", default="", help="The model's name [that of the folder].")
@click.option("--validation", metavar="FILE",
              help="Labelled texts to calibrate it by [as the first model is].")  # fmt: skip
@click.option("--text-column", "--text-field", help="Column or key of the text, by name or number.")
@click.option("--label-column", help="Column or key of the label, by name or number.")
@click.option("--map-label", "pairs", multiple=True, metavar="OLD=NEW",
              help="Another name for a label, as 1=positive; may be given again.")  # fmt: skip
@click.option("--input-format", help="csv, tsv, jsonl, json, … [by suffix].")
@click.option("--encoding", default="utf-8", show_default=True, help="Of the file.")
@click.pass_obj
def average(
    settings: dict[str, bool],
    models: tuple[str, ...],
    out: Path,
    shares: str | None,
    name: str,
    validation: str | None,
    text_column: str | None,
    label_column: str | None,
    pairs: tuple[str, ...],
    input_format: str | None,
    encoding: str,
) -> None:
    """Write a classifier whose weights are the mean of others'.

    They must be of one network, vocabulary and labels, and should have begun with one model:
    runs over other orders of the texts, or a model and what it began with.

    \b
        textrnn models average first second --out mean
        textrnn models average mine began-with --shares 3,1 --out mean --validation valid.csv
    """
    from textrnn.corpora import Source, read_labelled
    from textrnn.corpora.files.outputs import refuse_inputs

    refuse_inputs(out, [*models, validation])
    try:
        from textrnn.training.classifier.average import average_models
    except ModuleNotFoundError as error:
        raise MissingExtraError("averaging models", "train") from error
    examples = None
    if validation is not None:
        source = Source(validation, input_format, text_column, label_column, encoding=encoding)
        examples = relabelled(read_labelled(source), renamed_labels(pairs))
    average_models(
        models,
        out,
        shares=_shares(shares),
        validation=examples,
        name=name,
        on_message=lambda line: None if settings["quiet"] else click.echo(line, err=True),
    )


def _shares(text: str | None) -> tuple[float, ...]:
    """``3,1`` as numbers."""
    try:
        return tuple(map(float, text.split(","))) if text else ()
    except ValueError as error:
        raise ConfigurationError(
            f"--shares: expected numbers with commas between; received {text!r}"
        ) from error


def _facts(bundle: Bundle) -> dict[str, object]:
    manifest = bundle.manifest
    return {
        "name": bundle.name,
        "task": manifest.task,
        "language": manifest.language,
        "labels": list(manifest.labels),
        "bytes": bundle.size_bytes,
        "scores": manifest.scores,
        "description": manifest.description,
        "path": str(bundle.path),
    }

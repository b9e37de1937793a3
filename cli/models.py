"""``textrnn models``: what there is, what it says of itself, where it lies, whether it is whole."""

from __future__ import annotations

import json
import sys

import click

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import FoundModel, model_path, own_models, shipped_models
from textrnn.cli import models_compare, models_making
from textrnn.cli.parts.command import Group
from textrnn.cli.parts.model_name import ModelName
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import report_format
from textrnn.errors import BundleError
from textrnn.reports.harmless import harmless


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List, show, verify, hand on and compare models; without a command, list them.

    NAME is that of a shipped model or of one of your own: in this folder, in its models/, or in
    TEXTRNN_MODELS (else textrnn/models among your data), where `import` puts them. Or it is the
    path of a model's folder or zip.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_models, form="table")


@command.command("list")
@report_format
@click.pass_context
def list_models(context: click.Context, form: str) -> None:
    """List your own models, and those that ship with textrnn."""
    note = note_writer(quiet=context.obj["quiet"])
    found = own_models(on_damage=lambda error: note(str(error)))
    found += [FoundModel(name, Bundle.open(model_path(name))) for name in shipped_models()]
    if form == "json":
        click.echo(json.dumps([_facts(model) for model in found], indent=2))
        return
    from rich.table import Table

    from textrnn.cli.parts.display import Display

    head = ("name", "task", "language", "size", "licence", "where", "description")
    table = Table(*head, box=None, pad_edge=False)
    for model in found:
        facts = _facts(model)
        size = f"{model.bundle.size_bytes / 1e6:.1f} MB"
        where = "shipped" if model.bundle.is_shipped else facts["path"]
        table.add_row(*(harmless(str(cell)) for cell in (
            facts["name"], facts["task"], facts["language"] or "-", size,
            model.bundle.manifest.licence.split(":")[0] or "-", where, facts["description"],
        )))  # fmt: skip
    Display().print(table)


@command.command()
@click.argument("name", type=ModelName())
@click.pass_obj
def show(settings: dict[str, bool], name: str) -> None:
    """Show a model's card, and what wrote the model."""
    bundle = Bundle.open(model_path(name))
    card, manifest = bundle.card(), bundle.manifest
    writer = f"textrnn {manifest.textrnn_version or '(version not stated)'}"
    note_writer(quiet=settings["quiet"])(
        f"{bundle.path}: written by {writer}, bundle format {manifest.format_version}"
    )
    if not sys.stdout.isatty():
        click.echo(card, nl=False)
        return
    from rich.markdown import Markdown

    from textrnn.cli.parts.display import Display

    Display().print(Markdown(harmless(card), hyperlinks=False))


@command.command()
@click.argument("name", type=ModelName())
def path(name: str) -> None:
    """Print the folder of a model."""
    click.echo(str(Bundle.open(model_path(name)).path))


@command.command()
@click.argument("name", type=ModelName())
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


def _facts(model: FoundModel) -> dict[str, object]:
    bundle, manifest = model.bundle, model.bundle.manifest
    return {
        "name": model.name,
        "task": manifest.task,
        "language": manifest.language,
        "labels": list(manifest.labels),
        "bytes": bundle.size_bytes,
        "scores": manifest.scores,
        "description": manifest.description,
        "licence": manifest.licence,
        "path": str(bundle.path),
        "shipped": bundle.is_shipped,
        "textrnn_version": manifest.textrnn_version,
        "format_version": manifest.format_version,
    }


for each in (*models_making.COMMANDS, models_compare.compare_models):
    command.add_command(each)

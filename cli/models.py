"""``textrnn models``: what there is, what it says of itself, where it lies, whether it is whole."""

from __future__ import annotations

import json
import sys

import click

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path, shipped_models
from textrnn.errors import BundleError
from textrnn.reports.harmless import harmless


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List, show and verify models; without a command, list them.

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

"""``textrnn corpora``: public corpora listed, shown and fetched."""

from __future__ import annotations

import json
from pathlib import Path

import click

from textrnn.cli.corpora_checking import check
from textrnn.cli.corpora_stats import stats
from textrnn.cli.parts.command import Group
from textrnn.cli.parts.completing import complete_corpus, complete_file
from textrnn.cli.parts.errors import FAILED
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import report_format
from textrnn.counted import counted
from textrnn.reports.harmless import one_line


@click.group(cls=Group)
def command() -> None:
    """Find public corpora; check and measure files of texts.

    \b
        textrnn corpora list
        textrnn corpora prepare recipes/sentiment-en.toml --data data
        textrnn corpora check train.csv --against test.csv
        textrnn corpora check train.conll --scheme bio
        textrnn corpora check doccano.jsonl
        textrnn corpora check load.csv --series
        textrnn corpora stats train.csv --plot train.png
    """


@command.command("list")
@report_format
def list_corpora(form: str) -> None:
    """List public corpora; those that are on this disk are marked."""
    from textrnn.corpora.catalog import corpora, corpora_folder

    folder = corpora_folder()
    rows = [
        (corpus.name, corpus.language, corpus.task, corpus.licence, (folder / corpus.name).is_dir())
        for corpus in corpora().values()
    ]
    if form == "json":
        names = ("name", "language", "task", "licence", "here")
        click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2))
        return
    for name, language, task, licence, here in rows:
        click.echo(f"{'*' if here else ' '} {name:16} {language:3} {task:20} {licence}")


@command.command()
@click.argument("name", shell_complete=complete_corpus)
def show(name: str) -> None:
    """Say what a public corpus is, who may use it, and where it lies."""
    from textrnn.corpora.catalog import corpora_folder, find_corpus

    corpus = find_corpus(name)
    for label in ("title", "task", "language", "size", "licence", "terms", "home"):
        click.echo(f"{label:10} {getattr(corpus, label)}")
    for file in corpus.files:
        click.echo(f"{'file':10} {file.url}")
        click.echo(f"{'sha256':10} {file.sha256 or 'not published'}")
    folder = corpora_folder() / corpus.name
    click.echo(f"{'here':10} {folder if folder.is_dir() else 'no'}")


@command.command("download")
@click.argument("name", shell_complete=complete_corpus)
@click.option("--folder", metavar="DIR", help="[TEXTRNN_DATA, or ~/.cache/textrnn/corpora]")
@click.pass_obj
def download_command(settings: dict[str, bool], name: str, folder: str | None) -> None:
    """Fetch a public corpus, check it and unpack it; a download that broke off is gone on with."""
    from textrnn.cli.parts.progress import download_progress
    from textrnn.corpora.catalog import corpora_folder, download_corpus, find_corpus

    corpus, note = find_corpus(name), note_writer(quiet=settings["quiet"])
    if not settings["quiet"]:
        click.echo(f"{corpus.title}: {corpus.licence}; for {corpus.terms}", err=True)
    with download_progress(quiet=settings["quiet"]) as (on_file, on_bytes):
        files = download_corpus(
            corpus,
            corpora_folder(folder),
            on_file=on_file,
            on_bytes=on_bytes,
            on_wait=lambda: note(f"{name} is being fetched already; waiting for it"),
        )
    for file in files[:20]:
        click.echo(str(file))
    if len(files) > 20:
        click.echo(f"… {counted(len(files), 'file')} in all", err=True)


@command.command()
@click.argument("recipe", shell_complete=complete_file, metavar="RECIPE.toml")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), required=True,
              metavar="DIR", help="The folder below which the files are laid.")  # fmt: skip
@click.pass_context
def prepare(context: click.Context, recipe: str, data: Path) -> None:
    """Fetch the files that a recipe names, check them, and lay them where it reads them.

    Files that are there are kept; what was fetched stays in DIR/archives, for other recipes. Of
    what no program may fetch it is said where people get it, and the exit code is 1.

    \b
        textrnn corpora prepare recipes/multi30k-en-de.toml --data data
        textrnn train --recipe recipes/multi30k-en-de.toml --data data --out models/en-de
    """
    from textrnn.cli.parts.progress import download_progress
    from textrnn.corpora.preparing import prepare as prepare_files
    from textrnn.training.recipes.recipe import recipe_files

    quiet = context.obj["quiet"]
    note = note_writer(quiet=quiet)
    paths = recipe_files(recipe)
    with download_progress(quiet=quiet) as (on_file, on_bytes):
        found = prepare_files(
            paths,
            data,
            on_file=on_file,
            on_bytes=on_bytes,
            on_wait=lambda: note("another process is fetching the same file; waiting for it"),
        )
    for path in found.laid:
        click.echo(str(data / path))
    if found.there:
        note(f"{counted(len(found.there), 'file')} had been there")
    for path, told in found.missing.items():
        click.echo(f"textrnn: {one_line(path)} is not fetched: {told}", err=True)
    if found.missing:
        context.exit(FAILED)


command.add_command(check)
command.add_command(stats)

"""``textrnn embeddings``, the commands that make files: stored, trained and fetched vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, output_option
from textrnn.cli.parts.completing import complete_file, complete_published, complete_vectors
from textrnn.cli.parts.embeddings_input import LIMIT, size_of
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.progress import byte_progress
from textrnn.counted import counted
from textrnn.errors import InputError


class StoreFile(click.Path):
    """A file that becomes a store of vectors, which is no text for standard output."""

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """The path that a word of the command line names."""
        if value == "-":
            self.fail(
                "vectors go into a file, not to standard output: name one", parameter, context
            )
        return super().convert(value, parameter, context)


_DTYPES = Choice(["float32", "float16", "int8"])
_DTYPE = output_option(
    "--dtype", type=_DTYPES, default="float32", show_default=True, help="Of the vectors' numbers."
)


@click.command(cls=Command)
@click.argument("vectors", shell_complete=complete_vectors)
@click.argument("store", type=StoreFile(path_type=Path))
@_DTYPE
@LIMIT
@click.pass_obj
def convert(
    settings: dict[str, bool], vectors: str, store: Path, dtype: str, limit: int | None
) -> None:
    """Write VECTORS to the binary file STORE, which opens at once and is read as far as asked."""
    from textrnn.embeddings import Vectors
    from textrnn.embeddings import convert as convert_file

    with byte_progress(size_of(vectors), quiet=settings["quiet"]) as on_bytes:
        convert_file(vectors, store, dtype=dtype, limit=limit, on_bytes=on_bytes)
    if not settings["quiet"]:
        made = Vectors.open(store)
        click.echo(
            f"wrote {store}: {counted(len(made), 'word')}, {counted(made.units, 'unit')}, {dtype}",
            err=True,
        )


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, shell_complete=complete_file)
@output_option("--output", type=StoreFile(dir_okay=False, path_type=Path), required=True,
              help="The store to write.")  # fmt: skip
@output_option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--method", type=Choice(["skipgram", "cbow", "fasttext", "glove"]),
              default="skipgram", show_default=True, help="How they are trained.")  # fmt: skip
@click.option("--units", default=100, show_default=True, help="Numbers a word.")
@click.option("--epochs", type=int, help="Passes over the texts [5; GloVe solves 3 times].")
@click.option("--window", default=5, show_default=True, help="Words to either side.")
@click.option("--min-frequency", default=5, show_default=True, help="Rarer words are left out.")
@click.option("--lowercase/--no-lowercase", default=True, show_default=True, help="Fold case.")
@click.option("--random-state", default=0, show_default=True, help="Fixes the result.")
@_DTYPE
@click.pass_obj
def train(
    settings: dict[str, bool],
    /,
    files: tuple[str, ...],
    output: Path,
    force: bool,
    method: str,
    lowercase: bool,
    dtype: str,
    epochs: int | None,
    **numbers: int,
) -> None:
    """Train word vectors on FILES: texts, JSON lines or tables of texts, packed or not."""
    from textrnn.corpora import check_readable, read_texts
    from textrnn.corpora.files.outputs import check_output, refuse_existing
    from textrnn.embeddings import train_word_vectors
    from textrnn.embeddings.store.writer import check_store_name

    for file in files:
        check_readable(file)
    check_output(output, files)
    check_store_name(output)
    if output.exists() and not output.is_file():
        raise InputError(f"{output}: a device or a pipe; name a file")
    if not force:
        refuse_existing(output)

    def say(line: str) -> None:
        if not settings["quiet"]:
            click.echo(line, err=True)

    vectors = train_word_vectors(
        lambda: (text for file in files for text in read_texts(file)),
        method=method,
        epochs=epochs,
        lowercase=lowercase,
        on_message=say,
        **numbers,
    )
    vectors.save(output, dtype=dtype)
    say(f"wrote {output}: {counted(len(vectors), 'word')}, {counted(vectors.units, 'unit')}")


@click.command("list", cls=Command)
def list_vectors() -> None:
    """List the word vectors that ship, which every command knows by name, and published ones."""
    from textrnn.embeddings.catalog import published_vectors, shipped_vectors

    click.echo("shipped:")
    for ship in shipped_vectors().values():
        _list_line(ship.name, ship.language, str(ship.units), ship.licence, ship.title)
    click.echo("published (textrnn embeddings download NAME):")
    for found in published_vectors().values():
        _list_line(found.name, found.language, found.units, found.licence, found.title)


def _list_line(name: str, language: str, units: str, licence: str, title: str) -> None:
    click.echo(f"  {name:14} {language:3} {units:18} {licence:13} {title}")


@click.command(cls=Command)
@click.argument("name", shell_complete=complete_published)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path(),
              help="Where to put the file [here].")  # fmt: skip
@click.pass_obj
def download(settings: dict[str, bool], name: str, folder: Path) -> None:
    """Fetch published word vectors; a download that broke off is gone on with."""
    from textrnn.cli.parts.progress import download_progress
    from textrnn.corpora.files.downloading import download as fetch
    from textrnn.embeddings.catalog import find_published

    vectors, note = find_published(name), note_writer(quiet=settings["quiet"])
    with download_progress(quiet=settings["quiet"]) as (on_file, on_bytes):
        file = vectors.url.rsplit("/", 1)[-1]
        on_file(file)
        target = fetch(
            vectors.url,
            folder / file,
            sha256=vectors.sha256,
            on_bytes=on_bytes,
            on_wait=lambda: note(f"{name} is being fetched already; waiting for it"),
        )
    click.echo(str(target))


COMMANDS = (convert, train, list_vectors, download)

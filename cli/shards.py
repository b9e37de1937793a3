"""What ``classify`` and ``tag`` share where they answer whole folders: ``--output-folder``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from textrnn.errors import TextRNNError

ENGINES = ("local", "ray")


@dataclass(frozen=True)
class ShardOptions:
    """The options that are about shards.

    Attributes:
        folder: where the answers go; None where the command answers no shards.
        text_field: where a record has its text.
        engine: one of ENGINES.
        address: of a Ray cluster.
    """

    folder: Path | None
    text_field: str
    engine: str
    address: str | None

    def check(self, others: Mapping[str, object]) -> None:
        """See that they fit to one another and to the command's other options.

        Args:
            others: what does not go with shards, by name; false where it was not given.

        Raises:
            click.UsageError: they do not.
        """
        if self.folder is None and self.engine != "local":
            raise click.UsageError(f"--engine {self.engine} needs --output-folder")
        if self.address is not None and self.engine != "ray":
            raise click.UsageError("--address is for --engine ray")
        for name, value in others.items():
            if self.folder is not None and value:
                raise click.UsageError(f"--output-folder does not go with {name}")


def shard_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that are about shards; the command gets them as ``shards``."""

    @wraps(command)
    def wrapped(
        *args: Any,
        output_folder: Path | None,
        text_field: str,
        engine: str,
        address: str | None,
        **options: Any,
    ) -> None:
        shards = ShardOptions(output_folder, text_field, engine, address)
        command(*args, shards=shards, **options)

    for option in (
        click.option("--address", help="Of a Ray cluster [one is started on this machine]."),
        click.option("--engine", type=click.Choice(ENGINES), default="local", show_default=True,
                     help="What answers the shards of --output-folder."),
        click.option("--text-field", default="text", show_default=True,
                     help="Where a record of JSON lines or Parquet has its text."),
        click.option("--output-folder", type=click.Path(file_okay=False, path_type=Path),
                     help="Answer each FILE (text, JSON lines, Parquet; a folder or pattern of "
                     "them) in a file of its own there, unless it is there already."),
    ):  # fmt: skip
        option(wrapped)
    return wrapped


def answer_folder(
    inputs: Sequence[str],
    shard_options: ShardOptions,
    *,
    model: str | None,
    task: str,
    quiet: bool,
    **settings: Any,
) -> None:
    """Answer shards and say what became of them.

    Args:
        inputs: files, folders, patterns.
        shard_options: where the answers go, and what gives them.
        model: a shipped model or a model folder; by default the one for the first texts' language.
        task: ``classifier`` or ``tagger``.
        quiet: whether to say nothing of shards that are done.
        **settings: further settings of :class:`textrnn.shards.ShardSettings`.

    Raises:
        TextRNNError: shards could not be answered; the others were.
    """
    from textrnn.shards import (
        ShardReport,
        ShardSettings,
        answer_shards,
        drop_partials,
        find_shards,
        first_texts,
        prepare_folder,
    )

    folder = shard_options.folder
    assert folder is not None
    settings["text_field"] = shard_options.text_field
    shards = find_shards(inputs, folder)
    plan = ShardSettings(model=model or "", task=task, **settings)
    if model is None:
        from textrnn.catalog import default_model
        from textrnn.language import detect_language

        language = detect_language(first_texts(shards, plan))
        plan = ShardSettings(model=default_model(task, language), task=task, **settings)
    prepare_folder(folder, plan)
    waiting = [shard for shard in shards if not shard.target.exists()]
    failed: list[ShardReport] = []
    done = [0, 0]

    def report(found: ShardReport) -> None:
        if found.error:
            failed.append(found)
        else:
            done[0] += 1
            done[1] += found.records
            if not quiet:
                click.echo(f"{found.source}: {found.records:,} records", err=True)

    if waiting and shard_options.engine == "ray":
        from textrnn.ray_engine import answer_shards_on_ray

        answer_shards_on_ray(waiting, plan, report, address=shard_options.address)
    elif waiting:
        answer_shards(waiting, plan, report)
    drop_partials(folder)
    if not quiet:
        skipped = f", {len(shards) - len(waiting):,} were answered before"
        click.echo(
            f"{done[0]:,} shards with {done[1]:,} records answered"
            f"{skipped if len(waiting) < len(shards) else ''}",
            err=True,
        )
    if failed:
        reasons = "; ".join(found.error for found in failed)
        raise TextRNNError(f"{len(failed):,} shards could not be answered: {reasons}")

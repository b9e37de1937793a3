"""What ``classify`` and ``tag`` share where they answer whole folders: ``--output-folder``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from textrnn.cli.parts.inputs import Inputs
from textrnn.cli.parts.notes import note_writer
from textrnn.errors import TextRNNError
from textrnn.reports.harmless import one_line

_SHOWN = 3  # files that are left out
ENGINES = ("local", "ray")


@dataclass(frozen=True)
class ShardOptions:
    """The options that are about shards.

    Attributes:
        folder: where the answers go; None where the command answers no shards.
        engine: one of ENGINES.
        address: of a Ray cluster.
    """

    folder: Path | None
    engine: str
    address: str | None

    def check(self, files: Sequence[str], others: Mapping[str, object]) -> None:
        """See that they fit to one another and to the command's other options.

        Args:
            files: what was named.
            others: what does not go with shards, by name; false where it was not given.

        Raises:
            click.UsageError: they do not.
        """
        if self.folder is None and self.engine != "local":
            raise click.UsageError(f"--engine {self.engine} needs --output-folder")
        if self.address is not None and self.engine != "ray":
            raise click.UsageError("--address is for --engine ray")
        if self.folder is None:
            return
        if not files or "-" in files:
            raise click.UsageError(
                "--output-folder needs a FILE, folder or pattern; standard input is no shard"
            )
        for name, value in others.items():
            if value:
                raise click.UsageError(f"--output-folder does not go with {name}")


def shard_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that are about shards; the command gets them as ``shards``."""

    @wraps(command)
    def wrapped(
        *args: Any,
        output_folder: Path | None,
        engine: str,
        address: str | None,
        **options: Any,
    ) -> None:
        shards = ShardOptions(output_folder, engine, address)
        command(*args, shards=shards, **options)

    for option in (
        click.option("--address", help="Of a Ray cluster [one is started on this machine]."),
        click.option("--engine", type=click.Choice(ENGINES), default="local", show_default=True,
                     help="What answers the shards of --output-folder."),
        click.option("--output-folder", type=click.Path(file_okay=False, path_type=Path),
                     help="Answer each FILE (texts or records; a folder or pattern of them) in "
                     "a file of its own there, unless that was done before."),
    ):  # fmt: skip
        option(wrapped)
    return wrapped


def answer_folder(
    inputs: Inputs,
    shard_options: ShardOptions,
    *,
    model: str | None,
    task: str,
    quiet: bool,
    **settings: Any,
) -> None:
    """Answer shards and say what became of them.

    Args:
        inputs: files, folders, patterns, and how they are read.
        shard_options: where the answers go, and what gives them.
        model: a shipped model or a model folder; by default that of each text's language.
        task: ``classifier`` or ``tagger``.
        quiet: whether to say nothing of shards that are done.
        **settings: further settings of :class:`textrnn.serving.shards.ShardSettings`.

    Raises:
        TextRNNError: shards could not be answered; the others were.
    """
    from textrnn.catalog import model_language
    from textrnn.serving.answer_folder import AnswerFolder
    from textrnn.serving.routing import ForeignTexts
    from textrnn.serving.shards import ShardReport, ShardSettings, answer_shards, find_shards

    assert shard_options.folder is not None
    left_out: list[Path] = []
    shards = find_shards(inputs.files, shard_options.folder, left_out.append)
    if left_out and not quiet:
        first = ", ".join(map(str, left_out[:_SHOWN])) + (", …" if len(left_out) > _SHOWN else "")
        click.echo(f"textrnn: note: left out {_count(len(left_out), 'file')}: {first}", err=True)
    plan = ShardSettings(
        model=model or "",
        task=task,
        text_field=inputs.text_field,
        input_format=inputs.form,
        encoding=inputs.encoding,
        **settings,
    )
    foreign = ForeignTexts(only=model_language(model) if model else "")
    failed = answered = records = 0

    def report(found: ShardReport) -> None:
        nonlocal failed, answered, records
        if found.error:
            failed += 1
            click.echo(f"textrnn: {one_line(found.error)}", err=True)
            return
        folder.note(found)
        foreign.add_json(found.foreign)
        answered += 1
        records += found.records
        if not quiet:
            without = f", {found.textless:,} without a text" if found.textless else ""
            click.echo(
                f"{one_line(found.name)}: {_count(found.records, 'record')}{without}", err=True
            )

    with AnswerFolder(shard_options.folder, plan) as folder:
        waiting = [shard for shard in shards if not folder.is_answered(shard)]
        try:
            if waiting and shard_options.engine == "ray":
                from textrnn.serving.ray_engine import answer_shards_on_ray

                answer_shards_on_ray(waiting, plan, report, address=shard_options.address)
            elif waiting:
                answer_shards(waiting, plan, report)
        finally:
            folder.drop_partials()
    if foreign:
        note_writer(quiet=quiet)(str(foreign))
    if not quiet:
        earlier = len(shards) - len(waiting)
        click.echo(
            f"{_count(answered, 'shard')} with {_count(records, 'record')} answered"
            f"{f', {earlier:,} answered before' if earlier else ''}",
            err=True,
        )
    if failed:
        raise TextRNNError(f"{failed:,} of {_count(len(shards), 'shard')} could not be answered")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

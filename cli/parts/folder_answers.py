"""What ``classify`` and ``tag`` share where they answer whole folders: ``--output-folder``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import options_under
from textrnn.cli.parts.inputs import Inputs
from textrnn.cli.parts.keywords import as_options
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.remote_option import is_remote
from textrnn.corpora import read_lines, text_format
from textrnn.corpora.formats.likely import likely_note, watched
from textrnn.counted import counted
from textrnn.errors import TextRNNError
from textrnn.reports.harmless import one_line

if TYPE_CHECKING:
    from textrnn.heads.head import Head
    from textrnn.serving.shard_files import Shard
    from textrnn.serving.shards import ShardReport

_SHOWN = 3  # files that are left out
_FIRST_LINES = 10  # of a shard, of which two may tell its format
ENGINES = ("local", "ray")
folder_option = options_under("Whole folders")


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

    def check(self, inputs: Inputs, others: Mapping[str, object]) -> None:
        """See that they fit to one another and to the command's other options.

        Args:
            inputs: what was named.
            others: what else does not go with shards, by name; false where it was not given.

        Raises:
            click.UsageError: they do not.
        """
        if self.folder is None and self.engine != "local":
            raise click.UsageError(f"--engine {self.engine} needs --output-folder")
        if self.address is not None and self.engine != "ray":
            raise click.UsageError("--address is for --engine ray")
        if self.folder is None:
            return
        if not inputs.files or "-" in inputs.files:
            raise click.UsageError(
                "--output-folder needs a FILE, folder or pattern; standard input is no shard"
            )
        texts = {"--text": inputs.texts, "--whole": inputs.whole, "--server": is_remote()}
        for name, value in {**texts, **others}.items():
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

    for add in (
        folder_option("--address", help="Of a Ray cluster [one is started on this machine]."),
        folder_option("--engine", type=Choice(ENGINES), default="local", show_default=True,
                      help="What answers the shards of --output-folder."),
        folder_option("--output-folder", type=click.Path(file_okay=False, path_type=Path),
                      help="Answer each FILE (texts or records; a folder or pattern of them) in "
                      "a file of its own there, unless that was done before."),
    ):  # fmt: skip
        add(wrapped)
    return wrapped


def answer_folder(
    inputs: Inputs,
    shard_options: ShardOptions,
    kind: type[Head],
    options: dict[str, Any],
    *,
    model: str | None,
    threads: int | None,
    quiet: bool,
) -> None:
    """Answer shards and say what became of them.

    Args:
        inputs: files, folders, patterns, and how they are read.
        shard_options: where the answers go, and what gives them.
        kind: the head that answers.
        options: of its ``answer``.
        model: a shipped model or a model folder; by default that of each text's language.
        threads: for the network.
        quiet: whether to say nothing of shards that are done.

    Raises:
        TextRNNError: shards could not be answered; the others were.
    """
    from textrnn.catalog import model_language
    from textrnn.serving.answer_folder import answer_into
    from textrnn.serving.shards import ShardSettings, find_shards

    assert shard_options.folder is not None
    note, left_out = note_writer(quiet=quiet), list[Path]()
    shards = find_shards(inputs.files, shard_options.folder, left_out.append)
    if left_out:
        first = ", ".join(map(str, left_out[:_SHOWN])) + (", …" if len(left_out) > _SHOWN else "")
        note(f"left out {counted(len(left_out), 'file')}: {first}")
    for line in () if inputs.form else _likely_notes(shards, inputs.encoding):
        note(line)
    settings = ShardSettings(
        model=model or "",
        task=kind.task,
        text_field=inputs.text_field,
        input_format=inputs.form,
        encoding=inputs.encoding,
        threads=threads,
        options=options,
    )
    tally = _Tally(model_language(model) if model else "", quiet=quiet)
    earlier = answer_into(
        shard_options.folder,
        shards,
        settings,
        tally.add,
        engine=shard_options.engine,
        address=shard_options.address,
    )
    tally.sum_up(earlier)


def _likely_notes(shards: Iterable[Shard], encoding: str) -> Iterator[str]:
    """What shards look like that are read as plain lines: of each format the first one."""
    found: dict[str, str] = {}
    for shard in shards:
        if text_format(shard.source) == "txt":
            forms: list[str] = []
            with suppress(TextRNNError):  # what cannot be read is said in its report
                start = islice(read_lines(shard.source, encoding=encoding), _FIRST_LINES)
                for _ in watched(start, forms.append):
                    pass
            found.update({form: str(shard) for form in forms if form not in found})
    return (likely_note(name, form) for form, name in found.items())


class _Tally:
    """Says of each shard what became of it, and of all of them at the end.

    Args:
        language: of the one model that reads all; empty where each text has its own.
        quiet: whether to say nothing of shards that are done.
    """

    def __init__(self, language: str, *, quiet: bool) -> None:
        from textrnn.serving.foreign import ForeignTexts

        self._foreign, self._quiet = ForeignTexts(only=language), quiet
        self._failed = self._answered = self._records = 0

    def add(self, found: ShardReport) -> None:
        """Count a shard and say what became of it."""
        if found.error:
            self._failed += 1
            click.echo(f"textrnn: {one_line(as_options(found.error))}", err=True)
            return
        self._foreign.add_json(found.foreign)
        self._answered += 1
        self._records += found.records
        without = f", {found.textless:,} without a text" if found.textless else ""
        self._say(f"{one_line(found.name)}: {counted(found.records, 'record')}{without}")

    def sum_up(self, earlier: int) -> None:
        """Say what became of all; ``earlier`` shards had been answered before.

        Raises:
            TextRNNError: some could not be answered.
        """
        if self._foreign:
            note_writer(quiet=self._quiet)(str(self._foreign))
        self._say(
            f"{counted(self._answered, 'shard')} with {counted(self._records, 'record')} answered"
            f"{f', {earlier:,} answered before' if earlier else ''}"
        )
        if self._failed:
            every = counted(self._failed + self._answered + earlier, "shard")
            raise TextRNNError(f"{self._failed:,} of {every} could not be answered")

    def _say(self, line: str) -> None:
        if not self._quiet:
            click.echo(line, err=True)

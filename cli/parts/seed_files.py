"""What ``generate`` goes on from: a seed, or with ``--seed-file`` each line or record of a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import wraps
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from textrnn.cli.parts.columns import find_columns
from textrnn.cli.parts.command import input_option
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.generate_output import BETWEEN, Ended
from textrnn.cli.parts.input_options import file_options
from textrnn.cli.parts.inputs import Inputs
from textrnn.cli.parts.output import open_output
from textrnn.cli.parts.record_output import (
    PLACE,
    record_of,
    write_answers_as_parquet,
    write_json_array,
    write_json_lines,
)
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError, SeedError

if TYPE_CHECKING:
    from textrnn.corpora import TextLine
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.generator.result import Generation

_NOTES = 3  # that are shown
_TAKEN = (*PLACE, "seed", "continuation", "tokens", "log_probability", "perplexity", "finish",
          "random_state")  # fmt: skip

Rows = Iterator["tuple[TextLine, Generation | None]"]


def seed_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the seed, which needs no ``--seed`` before it, and ``--seed-file`` with how it is read;
    the command gets the one as ``seed`` and the other as ``seeds``, each None without.
    """

    @wraps(command)
    def wrapped(
        *args: Any,
        words: tuple[str, ...],
        seed: str | None,
        seed_file: str | None,
        input_format: str | None,
        text_field: str | None,
        encoding: str,
        **options: Any,
    ) -> None:
        seeds = None
        if seed_file is not None:
            seeds = Inputs([seed_file], (), False, encoding, input_format, text_field).gathered()
        elif input_format or text_field:
            raise click.UsageError("--input-format and --text-field are for --seed-file")
        command(*args, seed=_seed(seed, " ".join(words)), seeds=seeds, **options)

    file_options(wrapped)
    for add in (
        input_option("--seed-file", metavar="FILE", shell_complete=complete_file,
                     help="Go on from each line or record of it (text, csv, tsv, jsonl, json, "
                     "parquet)."),
        input_option("--seed", help="The text to go on from; it is kept as it is."),
        click.argument("words", nargs=-1, metavar="[SEED]"),
    ):  # fmt: skip
        add(wrapped)
    return wrapped


def _seed(option: str | None, argument: str) -> str | None:
    """The seed, of ``--seed`` or without it.

    Raises:
        ConfigurationError: it is given both ways, or is the name of a file.
    """
    if argument and option is not None:
        raise ConfigurationError(f"the seed is given twice: --seed {option!r}, and {argument!r}")
    if argument and os.path.isfile(argument):
        raise ConfigurationError(
            f"{argument} is a file: go on from its lines with --seed-file {argument}, or from its "
            f"name with --seed {argument}"
        )
    return argument or option


def write_from_seeds(
    seeds: Inputs,
    generator_for: Callable[[str], tuple[Generator, Iterable[str]]],
    output: Path | None,
    *,
    form: str,
    num: int,
    controls: dict[str, Any],
    on_note: Callable[[str], None],
) -> None:
    """Write texts on from each seed, in the seeds' order.

    Args:
        seeds: the file.
        generator_for: the model that writes on from a seed, and what to note of that.
        output: the file to write; None for standard output.
        form: one of :data:`textrnn.cli.parts.generate_output.FORMATS`.
        num: texts a seed.
        controls: of the writing.
        on_note: told in a line what a user would want to know.

    Raises:
        InputError: there is no seed, or the file is malformed.
    """
    lines = seeds.stream(on_note=on_note)
    first = next(lines, None)
    if first is None:
        raise InputError(f"{seeds.files[0]}: there is no seed in it")
    met = _Met()

    def rows() -> Rows:
        for line in chain([first], lines):
            if line.error:
                yield line, None
                continue
            try:
                generator, about = generator_for(line.text)
                results = generator.generate(line.text, num=num, **controls)
            except SeedError as error:
                met.unfit.append(f"{line.source}: line {line.number}: {error}")
                yield replace(line, error=str(error)), None
                continue
            met.notes.update(dict.fromkeys(about))
            for result in results:
                met.ended.add(result)
                yield line, result

    if form == "parquet":
        from textrnn.heads.generator.generator import Generator

        assert output is not None
        columns, _ = find_columns(seeds, iter([first]), form, _TAKEN)
        found = ((_whole(line, result), _answer(result)) for line, result in rows())
        write_answers_as_parquet(found, output, columns, Generator.column_kinds((), {}))
    else:
        with open_output(output) as file:
            _write(rows(), file, form)
    if seeds.textless.count:
        on_note(str(seeds.textless))
    for note in met.lines():
        on_note(note)


@dataclass
class _Met:
    """What a user would want to know of the seeds that were met.

    Attributes:
        notes: of the models, each once.
        unfit: where each seed stands that does not fit, and why.
        ended: how the texts ended.
    """

    notes: dict[str, None] = field(default_factory=dict)
    unfit: list[str] = field(default_factory=list)
    ended: Ended = field(default_factory=Ended)

    def lines(self) -> Iterator[str]:
        """The notes."""
        if self.unfit:
            seeds = counted(len(self.unfit), "seed does", "seeds do")
            yield f"{seeds} not fit and got no text; first: {self.unfit[0]}"
        yield from self.ended.lines()
        yield from list(self.notes)[:_NOTES]
        if len(self.notes) > _NOTES:
            yield f"{len(self.notes) - _NOTES:,} other such notes"


def _write(rows: Rows, file: TextIO, form: str) -> None:
    if form == "text":
        between = ""
        for _, result in rows:
            file.write(f"{between}{result.text if result else ''}\n")
            file.flush()
            between = f"{BETWEEN}\n"
        return
    write = write_json_lines if form == "jsonl" else write_json_array
    write((record_of(_whole(line, result), _answer(result)) for line, result in rows), file)


def _whole(line: TextLine, result: Generation | None) -> TextLine:
    """The place of a seed, with the text that was written on from it."""
    return line if result is None else replace(line, text=result.text)


def _answer(result: Generation | None) -> dict[str, Any]:
    return {"seed": None, "continuation": None} if result is None else result.as_dict()

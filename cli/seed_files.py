"""``generate --seed-file``: texts on from each line or record of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from textrnn.cli.columns import find_columns
from textrnn.cli.input_options import file_options
from textrnn.cli.inputs import Inputs
from textrnn.cli.output import open_output
from textrnn.cli.record_output import (
    PLACE,
    record_of,
    write_answers_as_parquet,
    write_json_array,
    write_json_lines,
)
from textrnn.errors import InputError

if TYPE_CHECKING:
    from textrnn.corpora import TextLine
    from textrnn.heads.generator import Generator
    from textrnn.results import Generation

FORMATS = ("text", "jsonl", "json", "parquet")
ENDINGS = {".txt": "text", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
           ".parquet": "parquet"}  # fmt: skip
_NOTES = 3  # that are shown
BETWEEN = "---"  # texts, in text files and on the screen
_TAKEN = (*PLACE, "seed", "continuation", "tokens", "log_probability", "perplexity", "finish",
          "random_state")  # fmt: skip

Rows = Iterator["tuple[TextLine, Generation | None]"]


def seed_file_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add ``--seed-file`` and how it is read; the command gets it as ``seeds``, None without."""

    @wraps(command)
    def wrapped(
        *args: Any,
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
        command(*args, seeds=seeds, **options)

    file_options(wrapped)
    click.option("--seed-file", metavar="FILE",
                 help="Go on from each line or record of it (text, csv, tsv, jsonl, json, "
                 "parquet).")(wrapped)  # fmt: skip
    return wrapped


def write_from_seeds(
    seeds: Inputs,
    generator_for: Callable[[str], tuple[Generator, Iterable[str]]],
    output: Path | None,
    *,
    form: str,
    num: int,
    controls: dict[str, Any],
) -> list[str]:
    """Write texts on from each seed, in the seeds' order.

    Args:
        seeds: the file.
        generator_for: the model that writes on from a seed, and what to note of that.
        output: the file to write; None for standard output.
        form: one of FORMATS.
        num: texts a seed.
        controls: of the writing.

    Returns:
        Notes on what a user would want to know.

    Raises:
        InputError: there is no seed, or the file is malformed.
    """
    lines = seeds.stream()
    first = next(lines, None)
    if first is None:
        raise InputError(f"{seeds.files[0]}: there is no seed in it")
    notes: dict[str, None] = {}

    def rows() -> Rows:
        line: TextLine | None = first
        while line is not None:
            if line.error:
                yield line, None
            else:
                generator, about = generator_for(line.text)
                notes.update(dict.fromkeys(about))
                for result in generator.generate(line.text, n=num, **controls):
                    yield line, result
            line = next(lines, None)

    if form == "parquet":
        from textrnn.parquet_types import generation_types

        assert output is not None
        columns, _ = find_columns(seeds, iter([first]), form, _TAKEN)
        found = ((_whole(line, result), _answer(result)) for line, result in rows())
        write_answers_as_parquet(found, output, columns, generation_types())
    else:
        with open_output(output) as file:
            _write(rows(), file, form)
    if len(notes) > _NOTES:
        notes = dict.fromkeys([*list(notes)[:_NOTES], f"{len(notes) - _NOTES:,} other such notes"])
    return [*([str(seeds.textless)] if seeds.textless.count else []), *notes]


def _write(rows: Rows, file: TextIO, form: str) -> None:
    if form == "text":
        between = ""
        for _, result in rows:
            if result is not None:
                file.write(f"{between}{result.text}\n")
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


def write_generations(results: list[Generation], output: Path | None, form: str) -> None:
    """Write the texts of one seed as a JSON array or as Parquet."""
    from textrnn.corpora.parquet import ParquetColumns, load_pyarrow, write_parquet
    from textrnn.corpora.writing import open_binary_output
    from textrnn.parquet_types import generation_types

    if form == "json":
        with open_output(output) as file:
            write_json_array((result.as_dict() for result in results), file)
        return
    assert output is not None
    arrow, _ = load_pyarrow()
    schema = arrow.schema([("text", arrow.string()), *generation_types()])
    with open_binary_output(output) as binary:
        write_parquet(binary, (({}, r.as_dict()) for r in results), ParquetColumns({}, {}, schema))

"""Where a command writes: standard output, or a file that appears whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import output_option
from textrnn.cli.parts.streams import ON_SURROGATES, ShownText
from textrnn.corpora.files.writing import open_text_output


class OutputFile(click.Path):
    """A file that is written; ``-`` is standard output, which commands know as None."""

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """The path that a word of the command line names."""
        return None if value == "-" else super().convert(value, parameter, context)


output_file = output_option(
    "--output",
    type=OutputFile(path_type=Path),
    help="Write to this file, in one piece; - is standard output.",
)

report_format = output_option(
    "--format", "form", type=Choice(["table", "json"]), default="table", show_default=True,
    help="Of what is shown.",
)  # fmt: skip


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears whole at the end and not at all after an error.

    Raises:
        InputError: it cannot be written there, or there is no standard output.
    """
    if path is None:
        sys.stdout.write("")  # a closed one refuses at once, before anything is read
        yield sys.stdout
        return
    with open_text_output(path, errors=ON_SURROGATES) as file:
        yield cast(TextIO, ShownText(file)) if file.isatty() else file

"""The file of examples by which ``evaluate`` and ``models compare`` measure, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from textrnn.cli.parts.completing import complete_examples_format, complete_file
from textrnn.cli.parts.label_names import renamed_labels

F = TypeVar("F", bound=Callable[..., None])


def example_options(command: F) -> F:
    """Add the argument FILE and the options about it; the command gets them as ``source``."""

    @wraps(command)
    def wrapped(
        *args: Any,
        file: str,
        pairs: tuple[str, ...],
        text_field: str | None,
        label_field: str | None,
        input_format: str | None,
        scheme: str | None,
        unit: str,
        reflow: bool,
        encoding: str,
        **options: Any,
    ) -> None:
        from textrnn.heads.examples import ExampleSource

        source = ExampleSource(
            file,
            input_format,
            encoding,
            text_field,
            label_field,
            renamed_labels(pairs, droppable=True),
            scheme=scheme,
            unit=unit,
            reflow=reflow,
        )
        command(*args, source=source, **options)

    for option in reversed(_OPTIONS):
        option(wrapped)
    return wrapped  # type: ignore[return-value]


_OPTIONS = (
    click.argument("file", shell_complete=complete_file),
    click.option("--map-label", "pairs", multiple=True, metavar="OLD=NEW",
                 help="As 1=positive; OLD= drops a tagger's label."),
    click.option("--text-field",
                 help="Column or key of the text, by name or number."),
    click.option("--label-field", help="Column or key of the label, by name or number."),
    click.option("--input-format", shell_complete=complete_examples_format,
                 help="csv, tsv, jsonl, json, label-first, imdb, conll or brat, if not by "
                 "suffix."),
    click.option("--scheme", type=click.Choice(["iob1", "bio", "bioes"]),
                 help="Of CoNLL tags: only what follows its rules counts [any scheme]."),
    click.option("--unit", type=click.Choice(["line", "file"]), default="file", show_default=True,
                 help="What a document of a .txt is, for a generator."),
    click.option("--reflow", is_flag=True, help="Join the lines of paragraphs, for a generator."),
    click.option("--encoding", default="utf-8", show_default=True, help="Of the file."),
)  # fmt: skip

"""The options by which ``classify``, ``tag`` and ``explain`` are told what to read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import input_option
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.inputs import Inputs, refuse_blank
from textrnn.corpora import TEXT_FORMATS

F = TypeVar("F", bound=Callable[..., None])


def file_options(command: Callable[..., None]) -> None:
    """Add the options about the files that a command reads."""
    for add in (
        input_option("--encoding", default="utf-8", show_default=True,
                     help="Of the files: gb18030, …"),
        input_option("--text-field", metavar="NAME",
                     help="Column or key of the text, or its number from 0 where there is no "
                     "header [text, sentence, review or content]."),
        input_option("--input-format", type=Choice(TEXT_FORMATS),
                     help="Of the files [by their endings, or txt: a text a line]."),
    ):  # fmt: skip
        add(command)


def input_options(verb: str) -> Callable[[F], F]:
    """Add the argument FILE and the options about it; the command gets them as ``inputs``.

    Args:
        verb: what the command does with a text, for the help.
    """

    def decorate(command: F) -> F:
        @wraps(command)
        def wrapped(
            *args: Any,
            files: tuple[str, ...],
            texts: tuple[str, ...],
            whole: bool,
            input_format: str | None,
            text_field: str | None,
            encoding: str,
            **options: Any,
        ) -> None:
            inputs = Inputs(files, texts, whole, encoding, input_format, text_field)
            command(*args, inputs=inputs, **options)

        file_options(wrapped)
        for add in (
            input_option("--whole", is_flag=True,
                         help="Take each file as one text, not line by line."),
            input_option("--text", "texts", multiple=True, callback=refuse_blank,
                         help=f"A text to {verb}; may be given again."),
            click.argument("files", nargs=-1, metavar="[FILE]...", shell_complete=complete_file),
        ):  # fmt: skip
            add(wrapped)
        return wrapped  # type: ignore[return-value]

    return decorate

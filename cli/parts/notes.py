"""Lines on standard error: errors, and notes that a user would want to know and did not ask for."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from textrnn.cli.parts.keywords import as_options
from textrnn.reports.harmless import one_line


def show_line(line: str) -> None:
    """Show a line on standard error; a terminal that is too narrow for it gets whole words."""
    line = one_line(as_options(line))
    if sys.stderr.isatty():
        from textrnn.cli.parts.display import Display

        Display(stderr=True).print(line)
    else:
        click.echo(line, err=True)


def note_writer(*, quiet: bool) -> Callable[[str], None]:
    """What writes a note, a line each; nothing where ``quiet``."""

    def write(line: str) -> None:
        if not quiet:
            show_line(f"textrnn: note: {line}")

    return write

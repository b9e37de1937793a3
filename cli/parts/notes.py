"""Notes on standard error: what a user would want to know and did not ask for."""

from __future__ import annotations

from collections.abc import Callable

import click

from textrnn.reports.harmless import one_line


def note_writer(*, quiet: bool) -> Callable[[str], None]:
    """What writes a note, a line each; nothing where ``quiet``."""

    def write(line: str) -> None:
        if not quiet:
            click.echo(f"textrnn: note: {one_line(line)}", err=True)

    return write

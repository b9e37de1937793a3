"""Rich, as the commands use it: what users, files and models say is shown and never obeyed."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from textrnn.reports.harmless import harmless

_ENDLESS = 1 << 20  # columns of what is no terminal: nothing is wrapped or cut there


class Display(Console):
    """A console on which no string is markup or an emoji's name, and nothing but Rich's own control
    sequences steers the terminal.

    In a file or a pipe nothing is wrapped and no table is cut.

    Args:
        file: where to write [standard output].
        stderr: write to standard error.
        quiet: show nothing.
    """

    def __init__(
        self, file: TextIO | None = None, *, stderr: bool = False, quiet: bool = False
    ) -> None:
        file = file or (sys.stderr if stderr else sys.stdout)
        self.is_narrow = file.isatty()
        self._is_notes = stderr
        super().__init__(
            file=file,
            width=None if self.is_narrow else _ENDLESS,
            soft_wrap=not self.is_narrow,
            markup=False,
            emoji=False,
            highlight=False,
            quiet=quiet,
        )

    def print_row(self, row: Text) -> None:
        """A row of a table: one line, cut with an ellipsis where a terminal is too narrow."""
        if self.is_narrow:
            row.truncate(self.width, overflow="ellipsis")
        self.print(row, soft_wrap=True)

    def on_broken_pipe(self) -> None:
        """Let the command end as it does for whatever nobody reads any more; Rich would exit."""
        if self._is_notes:
            self.quiet = True
            return
        raise BrokenPipeError

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """What Rich makes of something, its texts and links made harmless."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else _shown(segment)


def _shown(segment: Segment) -> Segment:
    text, style = segment.text, segment.style
    if isinstance(style, Style) and style.link:
        style = style.update_link(None)
    return Segment(harmless(text), style)

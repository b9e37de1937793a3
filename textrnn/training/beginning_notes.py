"""What the weights of a training begin with, told while it begins and kept for its bundle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textrnn.training.loop.run_folder import RunFolder

_FILE = "beginnings.txt"


class BeginningNotes:
    """A line on each thing that weights begin with; a run that goes on has those of its start.

    Args:
        folder: the run's, which keeps them.
        say: told each line.
    """

    def __init__(self, folder: RunFolder, say: Callable[[str], None]) -> None:
        self._folder, self._say = folder, say

    def note(self, source: Path | str, what: str) -> None:
        """Say and keep what a model, or a file of vectors, gave."""
        self._say(f"{source}: {what}")
        line = f"{Path(source).name}: {what}"
        if line not in (lines := self.lines()):
            text = "".join(f"{known}\n" for known in [*lines, line])
            self._folder.write(_FILE, text.encode("utf-8", "surrogateescape"))

    def lines(self) -> list[str]:
        """All of them, in order."""
        content = self._folder.read(_FILE) or b""
        return content.decode("utf-8", "surrogateescape").split("\n")[:-1]

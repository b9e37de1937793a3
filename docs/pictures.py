"""Draws the README's picture: the real command in a terminal of 96 columns, exported by Rich.

python docs/pictures.py
"""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

DOCS = Path(__file__).parent
COLUMNS = 96
COMMAND = "textrnn classify docs/samples/reviews-en.txt"


def terminal_output(arguments: list[str]) -> str:
    """What a command prints when it believes that it talks to a person."""
    chunks: list[bytes] = []

    def keep(descriptor: int) -> bytes:
        chunks.append(os.read(descriptor, 65536))
        return chunks[-1]

    os.environ.update(COLUMNS=str(COLUMNS), TERM="xterm-256color")
    status = pty.spawn(arguments, keep)
    if status:
        sys.exit(f"{' '.join(arguments)} failed")
    return b"".join(chunks).decode().replace("\r\n", "\n")


def main() -> None:
    """Write ``docs/classify.svg``."""
    os.chdir(DOCS.parent)
    program = str(Path(sys.executable).with_name("textrnn"))
    output = terminal_output([program, *COMMAND.split()[1:]])
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"))  # noqa: SIM115
    console.print(f"[bold]$[/] {COMMAND}")
    console.print(Text.from_ansi(output))
    console.save_svg(str(DOCS / "classify.svg"), title="textrnn")


if __name__ == "__main__":
    main()

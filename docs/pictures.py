"""Draws the pictures of README and docs: real commands in a terminal of 96 columns, exported by
Rich, and what commands draw themselves.

python docs/pictures.py            # all of them
python docs/pictures.py lab-cell   # those that are named
"""

from __future__ import annotations

import html
import os
import pty
import re
import shlex
import sys
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

DOCS = Path(__file__).parent
COLUMNS = 96
COMMANDS = {
    "classify": ["textrnn classify docs/samples/reviews-en.txt"],
    "forecast": ["textrnn forecast town-load docs/samples/load.csv --horizon 12"],
    "generate": [
        "textrnn generate --seed 床前明月光 --form 五绝 --rhyme --random-state 1",
        "textrnn generate --acrostic 春夏秋冬 --form 七绝 --random-state 2",
        "textrnn generate --seed It --temperature 0.7 --length 60 --random-state 1",
    ],
    "lab-cell": ["textrnn lab cell --model sentiment-en --text 'It was not good at all.'"],
    "tag": ["textrnn tag docs/samples/news-en.txt", "textrnn tag docs/samples/news-zh.txt"],
}
# What commands draw themselves, with --plot.
PLOTS = {
    "lab-attention": "textrnn lab attention sentiment-en --text 'It was not good at all.'",
    "lab-gates": "textrnn lab cell --model sentiment-en --text "
    "'The film was not good at all, but I loved the music.'",
    "lab-gradients": "textrnn lab gradients",
    "lab-memory": "textrnn lab memory",
    "lab-sampling": "textrnn lab sampling prose-en --seed 'It was' --top-p 0.9 --min-p 0.1",
}


def terminal_output(arguments: list[str]) -> str:
    """What a command prints when it believes that it talks to a person."""
    chunks: list[bytes] = []

    def keep(descriptor: int) -> bytes:
        chunks.append(os.read(descriptor, 65536))
        return chunks[-1]

    os.environ.update(COLUMNS=str(COLUMNS), TERM="xterm-256color", COLORTERM="truecolor")
    status = pty.spawn(arguments, keep)
    if status:
        sys.exit(f"{' '.join(arguments)} failed")
    return b"".join(chunks).decode().replace("\r\n", "\n")


def widened(svg: str) -> str:
    """The picture with room for wide characters: Rich gives every character one column."""

    def mend(match: re.Match[str]) -> str:
        text = html.unescape(match["text"])
        width = float(match["width"]) / len(text) * cell_len(text)
        return f'{match["before"]}textLength="{width:g}"{match["after"]}>{match["text"]}</text>'

    pattern = r'(?P<before><text [^>]*?)textLength="(?P<width>[^"]+)"(?P<after>[^>]*)>(?P<text>[^<]+)</text>'  # noqa: E501
    return re.sub(pattern, mend, svg)


def main(names: list[str]) -> None:
    """Write the pictures that are named, or all."""
    os.chdir(DOCS.parent)
    program = str(Path(sys.executable).with_name("textrnn"))
    for name, commands in COMMANDS.items():
        if names and name not in names:
            continue
        console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"))  # noqa: SIM115
        for command in commands:
            console.print(f"[bold]$[/] {command}")
            console.print(Text.from_ansi(terminal_output([program, *shlex.split(command)[1:]])))
        svg = console.export_svg(title="textrnn")
        (DOCS / f"{name}.svg").write_text(widened(svg), encoding="utf-8")
    for name, command in PLOTS.items():
        if not names or name in names:
            terminal_output([program, *shlex.split(command)[1:], "--plot", f"docs/{name}.png"])


if __name__ == "__main__":
    main(sys.argv[1:])

"""Writing together: the model proposes tokens, a person picks, types or takes back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from rich.columns import Columns
from rich.console import Group
from rich.text import Text

from textrnn.cli.parts.display import Display
from textrnn.reports.harmless import harmless

if TYPE_CHECKING:
    from textrnn.heads.generator.choices import Choice
    from textrnn.heads.generator.generator import Generator

_CHOICES = 9
_HELP = "1-9 picks, Enter takes 1, text is typed (+text for digits, u or q), u undoes, q quits"


def write_together(generator: Generator, seed: str, *, temperature: float) -> str:
    """Write a text token by token with whoever sits at standard input.

    Args:
        generator: the model.
        seed: the text so far.
        temperature: of the probabilities shown.

    Returns:
        The text, when the person quits, interrupts or picks its end, or the input ends.
    """
    display = Display(stderr=True)
    display.print(_HELP, style="dim")
    text = seed
    earlier: list[str] = []
    while True:
        choices = generator.choices(text, _CHOICES, temperature=temperature)
        display.print(_shown(text, choices))
        answer = _ask(display)
        if answer is None or answer == "q":
            return text
        if answer == "u":
            text = earlier.pop() if earlier else text
            continue
        picked = _picked(answer, choices)
        if picked is None:
            return text
        if picked:
            earlier.append(text)
            text += picked


def _ask(display: Display) -> str | None:
    """A line of the input without its end, or None after the last."""
    display.print(Text("> ", style="bold"), end="")
    display.file.flush()
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        return None  # what was written is not lost
    except UnicodeError:
        click.echo("that is not valid text", err=True)
        return "+"
    return line.rstrip("\r\n") if line else None


def _picked(answer: str, choices: list[Choice]) -> str | None:
    """What an answer adds to the text; None where it ends it."""
    if answer.startswith("+"):
        return answer[1:]
    if answer and not (answer.isascii() and answer.isdigit()):
        return answer
    number = int(answer[:4]) if answer else 1
    if not 1 <= number <= len(choices):
        click.echo(f"there are the choices 1 to {len(choices)}", err=True)
        return ""
    return choices[number - 1].text or None


def _shown(text: str, choices: list[Choice]) -> Group:
    """The text so far, and the choices in columns that break between them alone."""
    items = []
    for number, choice in enumerate(choices, start=1):
        item = Text(f"{number} ", style="cyan", no_wrap=True)
        item.append(_visible(choice.text), style="bold default")
        item.append(f" {choice.probability:.1%}", style="dim default")
        items.append(item)
    return Group(Text(harmless(text) or "(nothing yet)"), Columns(items, padding=(0, 3)))


def _visible(text: str) -> str:
    return {"": "(end)", "\n": "⏎", " ": "␣"}.get(text, harmless(text.replace("\n", "⏎")))

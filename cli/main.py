"""``textrnn``: the group of commands, and what all of them have in common."""

from __future__ import annotations

import atexit
import gc
import sys
from importlib import import_module
from typing import Any

import click

import textrnn
from textrnn.cli.parts.command import Group
from textrnn.cli.parts.errors import (
    flush_standard_output,
    report_errors,
    silence_standard_output,
)
from textrnn.cli.parts.signals import hear_signals
from textrnn.cli.parts.streams import settle_streams

# Each command with its line of help: modules are imported only when their command runs.
_COMMANDS = {
    "classify": "Label the texts of files, each with a probability.",
    "compare": "Train several networks on the same examples, and compare them.",
    "completion": "Print what makes a shell complete commands.",
    "compress": "Make a smaller and faster model of a trained one.",
    "corpora": "Find public corpora; check and measure files of texts.",
    "cross-validate": "Train once for each fold of examples, and measure by it.",
    "embeddings": "Look into word vectors, compare and measure them.",
    "evaluate": "Score a model on texts it has not seen.",
    "explain": "Show which words made a classifier answer as it did.",
    "export": "Make a site of models that answer in the browser.",
    "forecast": "Forecast how a series of numbers goes on.",
    "generate": "Write texts on from a seed.",
    "lab": "See how recurrent cells remember, forget and learn.",
    "models": "List, show and verify models.",
    "serve": "Answer requests over HTTP.",
    "tag": "Find the names in texts, each with a probability.",
    "train": "Train a model from texts or a recipe.",
    "translate": "Translate texts, and show what each word looked at.",
    "tune": "Search the settings with which a task learns best.",
}


class LazyGroup(Group):
    """A group that imports a command's module when the command is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import ``textrnn.cli.<name>``, a dash as ``_``, and return its ``command``."""
        if cmd_name not in _COMMANDS:
            return None
        command = import_module(f"textrnn.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Parse; that nobody reads the help (``| true``) is no error."""
        try:
            return super().make_context(*args, **more)
        except BrokenPipeError:
            silence_standard_output()
            raise click.exceptions.Exit(0) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; that nobody reads its output any more (``| head``) is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            silence_standard_output()
            ctx.exit(0)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(textrnn.__version__, prog_name="textrnn")
def cli() -> None:
    """Classify, tag, write and translate text, forecast series, with recurrent networks, on a CPU.

    \b
        textrnn classify reviews.txt
        textrnn tag news.txt
        textrnn generate --seed "床前明月光"
        echo "What a day!" | textrnn classify -
    """


def main() -> None:
    """The entry point: run the command, then leave with its exit code (see ``parts/errors.py``)."""
    hear_signals()
    atexit.register(gc.freeze)  # a tenth of a one-line call would go into looking for cycles
    settle_streams()
    code = report_errors(lambda: cli(standalone_mode=False, prog_name="textrnn"))
    flushed = report_errors(flush_standard_output)
    sys.exit(code or flushed)

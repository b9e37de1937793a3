"""``textrnn completion``: what makes a shell complete commands, options, models and the like."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command


@click.command(cls=Command)
@click.argument("shell", type=Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands, options, models, forms and corpora.

    Have it read where the shell begins:

    \b
        eval "$(textrnn completion bash)"                # in ~/.bashrc
        eval "$(textrnn completion zsh)"                 # in ~/.zshrc
        textrnn completion fish > ~/.config/fish/completions/textrnn.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(context.find_root().command, {}, "textrnn", "_TEXTRNN_COMPLETE")
    # Not ``source()``: that of bash asks which bash there is, and this one need not be it.
    click.echo(script.source_template % script.source_vars())

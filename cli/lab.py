"""``textrnn lab``: experiments by which one sees what recurrent networks do inside."""

from __future__ import annotations

from typing import Any

import click

from textrnn.cli.parts.choices import Choice, Several
from textrnn.cli.parts.command import Group, input_option
from textrnn.cli.parts.inputs import refuse_blank
from textrnn.cli.parts.lab_output import LabOutput, lab_output
from textrnn.cli.parts.model_name import ModelName, model_option
from textrnn.cli.parts.progress import patience
from textrnn.configuration import require

_CELL_NAMES, _TASK_NAMES = ("rnn", "lstm", "gru"), ("copying", "adding")
_CELLS = click.option(
    "--cells", type=Several(str, _CELL_NAMES), default=",".join(_CELL_NAMES), show_default=True,
    help="Commas between them.",
)  # fmt: skip
_UNITS = click.option("--units", type=click.IntRange(1), default=32, show_default=True,
                      help="Of each cell.")  # fmt: skip
_RANDOM_STATE = click.option("--random-state", default=0, show_default=True,
                             help="Fixes the result.")  # fmt: skip


def _only_text(context: click.Context, option: click.Parameter, texts: tuple[str, ...]) -> str:
    """The one text that was given."""
    require(len(texts) == 1, "the lab looks at one text: give one --text")
    return refuse_blank(context, option, texts)[0]


_TEXT = input_option("--text", multiple=True, required=True, callback=_only_text,
                     help="What it reads.")  # fmt: skip


@click.group(cls=Group)
def command() -> None:
    """See how recurrent cells remember, forget and learn: gates, gradients, attention, sampling.

    Everything is computed in NumPy, by code that is written to be read (textrnn/lab), and with the
    graphs of models as they serve. Each experiment shows numbers in colours; --plot draws them,
    --output writes a page.

    \b
        textrnn lab cell --model sentiment-en --text "It was not good."
        textrnn lab gradients
        textrnn lab memory
        textrnn lab attention sentiment-en --text "It was not good."
        textrnn lab sampling prose-en --seed "It was"
    """


@command.command()
@click.argument("kind", required=False, type=Choice(_CELL_NAMES), metavar="[rnn|lstm|gru]")
@_TEXT
@model_option("random weights", may_be_remote=False)
@click.option("--layer", type=click.IntRange(1), default=1, show_default=True,
              help="Which of the model's encoders.")  # fmt: skip
@click.option("--backward", is_flag=True, help="The model's encoder that reads from the end.")
@click.option("--units", type=click.IntRange(1), default=8, show_default=True,
              help="Of a cell with random weights.")  # fmt: skip
@click.option("--num", type=click.IntRange(1), default=12, show_default=True,
              help="Units to draw; the first two are shown by their equations.")  # fmt: skip
@_RANDOM_STATE
@lab_output
def cell(kind: str | None, text: str, output: LabOutput, **options: Any) -> None:
    """Show what a cell does as it reads: each gate by token, and the path of its state.

    \b
        textrnn lab cell lstm --text "It was not good."
        textrnn lab cell --text "It was not good." --model sentiment-en --plot gates.png
    """
    from textrnn.lab.gate_values import cell as read

    output.check([options["model"]])
    output.show(read(text, kind, **options))


@command.command()
@_CELLS
@click.option("--length", type=click.IntRange(1), default=100, show_default=True,
              help="Steps that the gradient goes back.")  # fmt: skip
@_UNITS
@click.option("--steps", type=click.IntRange(1), default=800, show_default=True,
              help="Batches that trained weights have learned from.")  # fmt: skip
@_RANDOM_STATE
@lab_output
@click.pass_obj
def gradients(
    settings: dict[str, bool],
    /,
    cells: tuple[str, ...],
    output: LabOutput,
    **options: Any,
) -> None:
    """Measure how gradients vanish and explode, by distance, with random and trained weights.

    \b
        textrnn lab gradients
        textrnn lab gradients --cells rnn,lstm --length 200 --plot gradients.png
    """
    from textrnn.lab.gradient_norms import gradients as measured

    output.check()
    with patience(quiet=settings["quiet"], work="training", items="steps") as on_progress:
        found = measured(cells, on_progress=on_progress, **options)
    output.show(found)


@command.command()
@_CELLS
@click.option("--tasks", type=Several(str, _TASK_NAMES), default=",".join(_TASK_NAMES),
              show_default=True, help="Commas between them.")  # fmt: skip
@click.option("--length", type=click.IntRange(1), default=50, show_default=True,
              help="The greatest distance of training; twice as far is measured.")  # fmt: skip
@_UNITS
@click.option("--steps", type=click.IntRange(1), default=2000, show_default=True,
              help="Batches to learn from.")  # fmt: skip
@_RANDOM_STATE
@lab_output
@click.pass_obj
def memory(
    settings: dict[str, bool],
    /,
    cells: tuple[str, ...],
    output: LabOutput,
    **options: Any,
) -> None:
    """Train cells to remember, and measure over what distance they do: about a minute.

    \b
        textrnn lab memory
        textrnn lab memory --tasks adding --length 100 --steps 4000 --plot memory.png
    """
    from textrnn.lab.memory_span import memory as measured

    output.check()
    with patience(quiet=settings["quiet"], work="training", items="batches") as on_progress:
        found = measured(cells, on_progress=on_progress, **options)
    output.show(found)


@command.command()
@click.argument("model", type=ModelName())
@_TEXT
@_RANDOM_STATE
@lab_output
def attention(model: str, text: str, random_state: int, output: LabOutput) -> None:
    """Show where MODEL looks, a classifier or a translator, before training and after.

    \b
        textrnn lab attention sentiment-en --text "It was not good." --plot attention.png
    """
    from textrnn.lab.attention_shares import attention as shares

    output.check([model])
    output.show(shares(model, text, random_state=random_state))


@command.command()
@click.argument("model", type=ModelName())
@input_option("--seed", default="", help="What the text begins with [nothing].")
@click.option("--temperature", type=Several(float), default="0.5,0.8,1.5", show_default=True,
              help="To try; commas between them.")  # fmt: skip
@click.option("--top-k", type=Several(int), default="5", show_default=True,
              help="Numbers of tokens to keep.")  # fmt: skip
@click.option("--top-p", type=Several(float), default="0.9,0.5", show_default=True,
              help="Probabilities to keep.")  # fmt: skip
@click.option("--min-p", type=Several(float), default="0.1", show_default=True,
              help="Shares of the best token's probability.")  # fmt: skip
@click.option("--num", type=click.IntRange(1), default=10, show_default=True,
              help="Tokens to list, the most probable ones.")  # fmt: skip
@lab_output
def sampling(model: str, seed: str, output: LabOutput, **options: Any) -> None:
    """Show what temperature, top-k, top-p and min-p do to the next token that MODEL draws.

    \b
        textrnn lab sampling poetry-zh --seed 床前明月
        textrnn lab sampling prose-en --seed "It was" --temperature 0.2,2 --plot sampling.png
    """
    from textrnn.lab.next_tokens import sampling as compared

    output.check([model])
    output.show(compared(model, seed, **options))

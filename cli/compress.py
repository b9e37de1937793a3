"""``textrnn compress``: a smaller and faster model of a trained one."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, options_under
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.example_options import evaluate_options, refuse_unheeded
from textrnn.cli.parts.model_name import ModelName
from textrnn.cli.parts.output import report_format
from textrnn.corpora import json_line
from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.heads.examples import ExampleSource

smaller, distilled = options_under("What goes"), options_under("Distillation")
model_option = options_under("Model")


@click.command(cls=Command)
@click.argument("model", type=ModelName())
@model_option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="The folder that becomes the smaller model.")  # fmt: skip
@smaller("--vocabulary", type=click.IntRange(1), metavar="N",
         help="Leave the N most frequent words or tokens [all].")  # fmt: skip
@smaller("--prune", type=click.FloatRange(0, 1, max_open=True), default=0.0, metavar="SHARE",
         help="Remove this share of the units of each encoder, as 0.3 [none].")  # fmt: skip
@smaller("--bits", type=Choice(["8", "32"]), help="Of the numbers that serve [the model's].")
@distilled("--train", type=click.Path(path_type=Path), metavar="FILE",
           shell_complete=complete_file,
           help="Texts, without labels, on which the smaller model learns to answer as the "
           "whole one does.")  # fmt: skip
@distilled("--epochs", type=click.IntRange(0), default=1, show_default=True,
           help="Passes over them; 0: they choose words alone.")  # fmt: skip
@evaluate_options
@report_format
@model_option("--name", default="", help="The model's name [that of the folder].")
@model_option("--force", is_flag=True, help="Replace a model that is there.")
@click.pass_context
def command(
    context: click.Context,
    /,
    model: str,
    source: ExampleSource,
    form: str,
    out: Path,
    vocabulary: int | None,
    prune: float,
    bits: str | None,
    train: Path | None,
    epochs: int,
    name: str,
    force: bool,
) -> None:
    """Make a smaller and faster model of MODEL, a classifier, a tagger or a generator.

    Units go whole, those with the least weights, and rare words; what is left can learn from texts
    (--train) to answer as MODEL does. What that costs and saves is measured by --evaluate, whose
    examples MODEL must not have learned; --text-field, --unit and --reflow are of both files.

    \b
        textrnn compress ner-en --vocabulary 20000 --out small --evaluate valid.conll
        textrnn compress mine --prune 0.5 --bits 8 --train texts.txt --evaluate valid.csv --out half
    """
    from textrnn.catalog import load
    from textrnn.cli.parts.evaluate_output import show_report
    from textrnn.cli.parts.training_progress import TrainingDisplay
    from textrnn.compressing.compress import compress

    refuse_unheeded(context, load(model))
    if train is None and context.get_parameter_source("epochs") is ParameterSource.COMMANDLINE:
        raise ConfigurationError("--epochs are passes over texts: give them too (--train FILE)")
    texts = None if train is None else replace(source, file=str(train), format=None)
    display = TrainingDisplay(quiet=context.obj["quiet"])
    with display:
        found = compress(
            model, out=out, vocabulary=vocabulary, prune=prune,
            bits=None if bits is None else int(bits), train=texts, epochs=epochs,
            evaluate=source if source.file else None,
            name=name, force=force, on_event=display.event, on_message=display.message,
        )  # fmt: skip
        display.message(f"wrote {out}")
    if form == "json":
        click.echo(json_line(found.as_dict(), indent=2))
    else:
        show_report(found)
    display.call(f"next: textrnn models show {shlex.quote(str(out))}")

"""``textrnn models``, the commands that make something: a mean, a zip to hand on, a model put where
it is found.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.bundle.bundle import Bundle, check_target
from textrnn.catalog import model_path
from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, input_option
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.label_names import relabelled, renamed_labels
from textrnn.cli.parts.model_name import ModelName
from textrnn.corpora.files.outputs import check_output, refuse_existing
from textrnn.corpora.source import FORMATS
from textrnn.errors import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textrnn.corpora import LabelledText

_COLUMNS = (
    input_option("--text-field", help="Column or key of the text, by name or number."),
    input_option("--label-field", help="Column or key of the label, by name or number."),
    input_option("--map-label", "pairs", multiple=True, metavar="OLD=NEW",
                 help="Another name for a label, as 1=positive; may be given again."),
    input_option("--input-format", type=Choice(FORMATS), help="Of the file [by suffix]."),
    input_option("--encoding", default="utf-8", show_default=True, help="Of the file."),
)  # fmt: skip


def _column_options(command: Any) -> Any:
    """Add what is said of a file of labelled texts; the command gets it as ``columns``."""
    for option in reversed(_COLUMNS):
        command = option(command)
    return command


@click.command("export", cls=Command)
@click.argument("name", type=ModelName())
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.zip")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.pass_obj
def export_model(settings: dict[str, bool], name: str, file: Path, force: bool) -> None:
    """Write a model as one zip, to hand on or to keep.

    Commands and textrnn.load take the zip as it is; `textrnn models import` puts it among your
    own models.

    \b
        textrnn models export tickets tickets.zip
    """
    from textrnn.bundle.exchange import pack_bundle

    if file.suffix.lower() != ".zip":
        raise ConfigurationError(f"{file}: a model is exported as a zip; name it FILE.zip")
    bundle = Bundle.open(model_path(name))
    check_output(file, [bundle.path])
    if not force:
        refuse_existing(file)
    pack_bundle(bundle, file)
    if not settings["quiet"]:
        click.echo(f"wrote {file} ({file.stat().st_size / 1e6:.1f} MB)", err=True)


@click.command("import", cls=Command)
@click.argument("file", shell_complete=complete_file, metavar="FILE.zip")
@click.option("--name", default="", help="What the model is to be called [as its card says].")
@click.option("--force", is_flag=True, help="Replace a model that is called so already.")
@click.pass_obj
def import_model(settings: dict[str, bool], file: str, name: str, force: bool) -> None:
    """Put a model among your own, where its name finds it from any folder.

    That is the folder TEXTRNN_MODELS, or else textrnn/models among your data. FILE is a zip or a
    model folder, from anybody: whatever is not as a model of textrnn is, is refused.

    \b
        textrnn models import tickets.zip
        textrnn classify notes.txt --model tickets
    """
    from textrnn import catalog

    folder = catalog.import_model(file, name=name, replace=force)
    click.echo(str(folder))
    if not settings["quiet"]:
        click.echo(f"from anywhere now: --model {folder.name}", err=True)


@click.command(cls=Command)
@click.argument("models", nargs=-1, required=True, type=ModelName(), metavar="NAME NAME...")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="The folder that becomes the model.")  # fmt: skip
@click.option("--shares", metavar="N,N", help="What each counts, as 3,1 [all alike].")
@click.option("--force", is_flag=True, help="Replace a model that is there.")
@click.option("--name", default="", help="The model's name [that of the folder].")
@input_option("--validation", metavar="FILE",
              help="Labelled texts to calibrate it by [as the first model is].")  # fmt: skip
@_column_options
@click.pass_obj
def average(
    settings: dict[str, bool],
    /,
    models: tuple[str, ...],
    out: Path,
    shares: str | None,
    force: bool,
    name: str,
    validation: str | None,
    **columns: Any,
) -> None:
    """Write a classifier whose weights are the mean of others'.

    They must be of one network, vocabulary and labels, and should have begun with one model:
    runs over other orders of the texts, or a model and what it began with.

    \b
        textrnn models average first second --out mean
        textrnn models average mine began-with --shares 3,1 --out mean --validation valid.csv
    """
    from textrnn.cli.parts.training_end import show_end
    from textrnn.cli.parts.training_progress import TrainingDisplay

    check_target(out, [validation])
    try:
        from textrnn.training.classifier.average import average_models
    except ModuleNotFoundError as error:
        raise MissingExtraError("averaging models", "train") from error
    examples = None if validation is None else _read_examples(validation, **columns)

    with TrainingDisplay(quiet=settings["quiet"]) as display:
        manifest = average_models(
            models,
            out,
            shares=_shares(shares),
            validation=examples,
            name=name,
            force=force,
            on_message=display.message,
        )
        show_end(out, manifest, display.message, display.call, force=force)


def _shares(text: str | None) -> tuple[float, ...]:
    """``3,1`` as numbers."""
    try:
        return tuple(map(float, text.split(","))) if text else ()
    except ValueError as error:
        raise ConfigurationError(
            f"--shares: expected numbers with commas between; received {text!r}"
        ) from error


def _read_examples(
    file: str,
    *,
    text_field: str | None,
    label_field: str | None,
    pairs: tuple[str, ...],
    input_format: str | None,
    encoding: str,
) -> Iterator[LabelledText]:
    from textrnn.corpora import Source, read_labelled

    source = Source(file, input_format, text_field, label_field, encoding=encoding)
    return relabelled(read_labelled(source), renamed_labels(pairs))


@click.command(cls=Command)
@click.argument("model", type=ModelName(), metavar="NAME")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="The folder that becomes the model.")  # fmt: skip
@input_option("--validation", metavar="FILE", required=True,
              help="Labelled texts that it did not learn from, 1,000 or more.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a model that is there.")
@_column_options
@click.pass_obj
def adapt(
    settings: dict[str, bool],
    /,
    model: str,
    out: Path,
    validation: str,
    force: bool,
    **columns: Any,
) -> None:
    """Write a classifier again, whose bag of n-grams answers what it is sure of.

    It must have a bag beside its network. What the network answers stays as it is; `classify` then
    asks it only for the texts of which the bag is not sure. New trainings do this by themselves
    where they validate on 1,000 texts or more.

    \b
        textrnn models adapt mine --validation valid.csv --out mine-faster
    """
    from textrnn.cli.parts.training_progress import TrainingDisplay

    check_target(out, [validation])
    try:
        from textrnn.training.classifier.adapt import adapt_model
    except ModuleNotFoundError as error:
        raise MissingExtraError("fitting a bag of n-grams", "train") from error
    with TrainingDisplay(quiet=settings["quiet"]) as display:
        examples = _read_examples(validation, **columns)
        adapt_model(model, out, validation=examples, force=force, on_message=display.message)


COMMANDS = (adapt, average, export_model, import_model)

"""The file of examples by which ``evaluate`` and ``models compare`` measure, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import input_option
from textrnn.cli.parts.completing import complete_file
from textrnn.cli.parts.label_names import renamed_labels
from textrnn.cli.parts.series_options import series_options
from textrnn.corpora.source import FORMATS
from textrnn.corpora.tagged import FORMATS as TAGGED_FORMATS
from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.heads.head import Head

EXAMPLE_FORMATS = tuple(dict.fromkeys((*FORMATS, *TAGGED_FORMATS)))

F = TypeVar("F", bound=Callable[..., None])


def example_options(command: F) -> F:
    """Add the argument FILE and the options about it; the command gets them as ``source``."""
    return _with_source(command, _FILE, (*_OF_TEXTS, *_OF_OTHERS))


def evaluate_options(command: F) -> F:
    """Add ``--evaluate FILE`` and the options about it that concern texts; the command gets them as
    ``source``, whose file is empty where none is named.
    """
    return _with_source(command, _EVALUATE, _OF_TEXTS)


def _with_source(command: F, file_parameter: Any, options: Sequence[Any]) -> F:
    """The command with some parameters, of which it gets one source of examples."""

    @wraps(command)
    def wrapped(*args: Any, file: str, pairs: tuple[str, ...], **given: Any) -> None:
        from textrnn.heads.examples import ExampleSource

        read = {
            field: given.pop(name)
            for name, field in _SOURCE.items()
            if name in given
        }  # fmt: skip
        labels = renamed_labels(pairs, droppable=True)
        command(*args, source=ExampleSource(file, labels=labels, **read), **given)

    for add in reversed((file_parameter, *options)):
        add(wrapped)
    return wrapped  # type: ignore[return-value]


def refuse_unheeded(context: click.Context, head: Head) -> None:
    """See that a model's head heeds every option that was given.

    Raises:
        ConfigurationError: it heeds one of them not.
    """
    heeded = {*head.example_options, *head.evaluate_options}
    names = {
        _FIELDS.get(option.name or "", option.name): option
        for option in context.command.params
        if _may_be_given(option, context.params)
    }
    for field, option in names.items():
        source = context.get_parameter_source(option.name or "")
        if source is ParameterSource.COMMANDLINE and field in _OF_SOME_HEADS - heeded:
            others = ", ".join(names[field].opts[-1] for field in names if field in heeded)
            raise ConfigurationError(
                f"{option.opts[-1]} means nothing to a {head.task} ({head.bundle.name}); "
                f"what does: {others}"
            )


def _may_be_given(option: click.Parameter, values: Mapping[str, Any]) -> bool:
    """Whether an option is not one of several flags for one value, and not the one given."""
    flag = getattr(option, "flag_value", None)
    return not isinstance(flag, str) or flag == values.get(option.name or "")


# The fields of a source that options set, by the names of these.
_SOURCE = {"text_field": "text", "label_field": "label", "input_format": "format",
           "scheme": "scheme", "unit": "unit", "reflow": "reflow", "encoding": "encoding",
           "time": "time", "group": "group", "missing": "missing", "decimal": "decimal",
           "source_field": "source", "target_field": "target",
           "target_file": "target_file"}  # fmt: skip
_FIELDS = {"pairs": "labels", **_SOURCE}
_OF_SOME_HEADS = {"text", "label", "labels", "scheme", "unit", "reflow", "batch_size", "samples",
                  "temperature", "cache", "among", "mode", "source", "target", "target_file",
                  "beam", "length_penalty", "length_reward", "horizon", "interval",
                  "stride"}  # fmt: skip
_FILE = click.argument("file", shell_complete=complete_file)
_EVALUATE = input_option("--evaluate", "file", default="", metavar="FILE",
                         shell_complete=complete_file,
                         help="Examples by which both models are measured.")  # fmt: skip
_OF_TEXTS = (
    input_option("--map-label", "pairs", multiple=True, metavar="OLD=NEW",
                 help="As 1=positive; OLD= drops a tagger's label."),
    input_option("--text-field", help="Column or key of the text, by name or number."),
    input_option("--label-field", help="Column or key of the label, by name or number."),
    input_option("--input-format", type=Choice(EXAMPLE_FORMATS), help="Of the file [by suffix]."),
    input_option("--scheme", type=Choice(["iob1", "bio", "bioes"]),
                 help="Of CoNLL tags: only what follows its rules counts [any scheme]."),
    input_option("--unit", type=Choice(["line", "file"]), default="file",
                 show_default=True, help="What a document of a .txt is, for a generator."),
    input_option("--reflow", is_flag=True,
                 help="Join the lines of paragraphs, for a generator."),
    input_option("--encoding", default="utf-8", show_default=True, help="Of the file."),
)  # fmt: skip
_OF_OTHERS = (
    input_option("--source-field", help="Column or key of a translator's sources."),
    input_option("--target-field", help="Column or key of their translations."),
    input_option("--target", "target_file", default="", metavar="FILE",
                 shell_complete=complete_file,
                 help="Their translations, a line for each line of the file."),
    *series_options,
)  # fmt: skip

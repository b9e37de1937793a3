"""The file that ``textrnn corpora check`` and ``stats`` look into, and the options about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import input_option
from textrnn.cli.parts.example_options import EXAMPLE_FORMATS

if TYPE_CHECKING:
    from textrnn.corpora import Source, TaggedSource

_COLUMNS = [
    input_option("--text-field", help="Column or key of the text, by name or number."),
    input_option("--label-field", help="Column or key of the label, by name or number."),
    input_option("--input-format", type=Choice(EXAMPLE_FORMATS), help="Of the file [by suffix]."),
    input_option("--encoding", default="utf-8", show_default=True, help="Of the file."),
]


def column_options(command: Any) -> Any:
    """Add the options about the file; the command gets them as ``columns``."""
    for option in reversed(_COLUMNS):
        command = option(command)
    return command


def text_source(file: str, columns: dict[str, str | None]) -> Source:
    """The file as one of texts."""
    from textrnn.corpora import Source

    return Source(
        file,
        columns["input_format"],
        columns["text_field"],
        columns["label_field"],
        encoding=columns["encoding"] or "utf-8",
    )


def tagged_source(
    file: str, columns: dict[str, str | None], *, is_columns: bool = False
) -> TaggedSource | None:
    """The file as tagged text; None where it is none."""
    from textrnn.corpora import TaggedSource, is_tagged
    from textrnn.corpora.tagged import FORMATS

    form, encoding = columns["input_format"], columns["encoding"] or "utf-8"
    named = columns["text_field"] or columns["label_field"]
    if not is_columns and (named or (form is not None and form not in FORMATS)):
        return None
    source = TaggedSource(file, form, encoding=encoding)
    return source if is_columns or is_tagged(source) else None

"""Tagged text: CoNLL columns, tables of words, and what annotation tools export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from textrnn.corpora.files.opening import file_ending, is_pipe, source_name
from textrnn.corpora.formats.records import record_format
from textrnn.corpora.formats.tagged.annotation_files import (
    ANNOTATION_FORMATS,
    is_annotated,
    read_annotations,
)
from textrnn.corpora.formats.tagged.annotations import SPAN_KEYS, TEXT_KEYS
from textrnn.corpora.formats.tagged.conll import read_columns, read_conll
from textrnn.corpora.formats.tagged.examples import (
    Example,
    OnNote,
    TaggedOptions,
    TaggedSentence,
    WordsLine,
)
from textrnn.corpora.formats.tagged.scheme_slips import noting_slips
from textrnn.corpora.formats.tagged.schemes import SCHEMES, Span
from textrnn.corpora.formats.tagged.shares import most_probable_spans, renamed_shares
from textrnn.corpora.formats.tagged.standoff import is_standoff, read_standoff
from textrnn.corpora.formats.tagged.word_tables import (
    first_cells,
    holds_words,
    is_word_table,
    read_tagged_table,
    read_word_table,
)
from textrnn.errors import ConfigurationError, InputError


def _read_table(path: str | Path, options: TaggedOptions, *, form: str) -> Iterator[Example]:
    """A table with a word a row, or with a text a row whose spans are JSON in a cell."""
    if not is_pipe(path) and is_annotated(path, form, encoding=options.encoding):
        return read_annotations(path, options, form=form)
    return read_tagged_table(path, options, form=form)


# A further format is a file in formats/tagged/, whose function takes a path and TaggedOptions and
# yields examples with their places, and a line here.
_READERS: dict[str, Callable[[str | Path, TaggedOptions], Iterator[Example]]] = {
    "conll": read_conll,
    "jsonl": partial(read_annotations, form="jsonl"),
    "json": partial(read_annotations, form="json"),
    "csv": partial(_read_table, form="csv"),
    "tsv": partial(_read_table, form="tsv"),
    "parquet": partial(read_annotations, form="parquet"),
    "brat": read_standoff,
}
FORMATS = tuple(_READERS)
_ENDINGS = {f".{name}": name for name in _READERS} | dict.fromkeys(
    (".conllu", ".bio", ".iob", ".bioes", ".bmes"), "conll"
)


@dataclass(frozen=True)
class TaggedSource:
    """A file of tagged text, as a recipe or the command line names it.

    Attributes:
        file: its path; ``-`` is standard input.
        format: ``conll``, ``jsonl``, ``json``, ``csv``, ``tsv``, ``parquet`` or ``brat``; by
            default what the ending tells, ``brat`` for a folder and for a text with an ``.ann``
            beside it, ``tsv`` for a table with a header that has a column for sentences or whose
            cells hold spans, else ``conll``.
        scheme: of the tags: ``iob1``, ``bio`` or ``bioes``: only what is written by its rules is
            a span then; by default all schemes are understood, and slips too.
        labels: new names for the file's labels; an empty name drops the label's spans. A label
            that is not named here stays.
        encoding: of the file.
    """

    file: str
    format: str | None = None
    scheme: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise ConfigurationError(
                f"format must be one of {', '.join(FORMATS)}; received {self.format!r}"
            )
        if self.scheme is not None and self.scheme not in SCHEMES:
            raise ConfigurationError(
                f"scheme must be one of {', '.join(SCHEMES)}; received {self.scheme!r}"
            )


def read_tagged(
    source: TaggedSource | str | Path, *, on_note: OnNote | None = None
) -> Iterator[Example]:
    """Read tagged text.

    See in :mod:`textrnn.corpora.formats.tagged` for CoNLL columns ``conll``, for JSON and Parquet
    ``annotations``, for CSV and TSV ``word_tables``, for brat ``standoff``.

    Args:
        source: a file, or its path where the defaults of :class:`TaggedSource` will do.
        on_note: told in a line what a reader might not expect.

    Yields:
        One sentence or text after another; memory does not grow with the file.

    Raises:
        InputError: the file cannot be read or a line is malformed; the message names the line.
    """
    source = source if isinstance(source, TaggedSource) else TaggedSource(str(source))
    read = _READERS[tagged_format(source)]
    examples = read(source.file, TaggedOptions(source.encoding, source.scheme, on_note))
    for example in noting_slips(examples, scheme=source.scheme, on_note=on_note):
        example = replace(example, spans=renamed_spans(example.spans, source.labels))
        if isinstance(example, TaggedSentence) and example.probabilities and source.labels:
            renamed = renamed_shares(example.probabilities, source.labels)
            spans = most_probable_spans(renamed)
            example = replace(example, spans=spans, probabilities=renamed)
        yield example


def tagged_format(source: TaggedSource) -> str:
    """The format that a source is read in."""
    if source.format is not None:
        return source.format
    if is_standoff(source.file):
        return "brat"
    ending = file_ending(source.file)
    if ending == ".tsv":
        return "tsv" if not is_pipe(source.file) and _is_table(source) else "conll"
    form = _ENDINGS.get(ending) or record_format(source.file)
    return form if form in _READERS else "conll"


def _is_table(source: TaggedSource) -> bool:
    """Whether a file with tabs is a table of words, or of texts with their spans, and no CoNLL."""
    names = first_cells(source.file, "tsv", encoding=source.encoding)
    is_of_texts = not {*names}.isdisjoint(TEXT_KEYS) and not {*names}.isdisjoint(SPAN_KEYS)
    return holds_words(names) or (
        is_of_texts and is_annotated(source.file, "tsv", encoding=source.encoding)
    )


def is_tagged(source: TaggedSource | str | Path) -> bool:
    """Whether a file holds tagged text, by its ending, or in JSON, Parquet and CSV by its first
    records.

    What can be read only once is not looked into.

    Raises:
        InputError: it cannot be read.
    """
    source = source if isinstance(source, TaggedSource) else TaggedSource(str(source))
    form, ending = tagged_format(source), file_ending(source.file)
    if form in (*ANNOTATION_FORMATS, "csv") and is_pipe(source.file):
        return False
    if form == "csv":
        is_words = is_word_table(source.file, form, encoding=source.encoding)
        return is_words or is_annotated(source.file, form, encoding=source.encoding)
    if form in ANNOTATION_FORMATS:
        return is_annotated(source.file, form, encoding=source.encoding)
    return form != "conll" or "conll" in (source.format, _ENDINGS.get(ending))


def read_words(
    path: str | Path, *, encoding: str = "utf-8", on_note: OnNote | None = None
) -> Iterator[WordsLine]:
    """Read the words of CoNLL columns, of which the first alone counts and may be the only one.

    Args:
        path: a file, or ``-``.
        encoding: of the file.
        on_note: told in a line what a reader might not expect.

    Yields:
        Each sentence's words, with the line it begins on.

    Raises:
        InputError: the file cannot be read, or a word is empty or cut by a blank.
    """
    form = tagged_format(TaggedSource(str(path)))
    if form in ("csv", "tsv"):
        for row in read_word_table(path, form, encoding=encoding):
            yield WordsLine(" ".join(row.words), row.number, source_name(path), tuple(row.words))
        return
    if form != "conll":
        raise InputError(f"{source_name(path)}: words are read from columns, not from {form}")
    for sentence in read_columns(path, tagged=False, encoding=encoding, on_note=on_note):
        words, first = tuple(row.cells[0] for row in sentence.rows), sentence.rows[0].line
        yield WordsLine(" ".join(words), first.number, first.source, words, sentence.above)


def renamed_spans(spans: Iterable[Span], labels: Mapping[str, str]) -> tuple[Span, ...]:
    """Spans with new names for some labels; an empty name drops the label's."""
    renamed = (replace(span, label=labels.get(span.label, span.label)) for span in spans)
    return tuple(span for span in renamed if span.label)

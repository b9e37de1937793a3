"""Examples that Python holds already: pairs, dictionaries, tables, or what the readers give.

A table is a pandas or Polars frame, an Arrow table, or a dictionary of columns; neither package is
imported for it. Messages count entries from 0, as Python does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from textrnn.corpora.documents import Passage, cut_passages
from textrnn.corpora.formats.record import Record, label_name, text_name, text_of
from textrnn.corpora.formats.tagged.annotations import AnnotationReader
from textrnn.corpora.formats.tagged.examples import Example, SpannedText, TaggedSentence
from textrnn.corpora.formats.tagged.scheme_slips import noting_slips
from textrnn.corpora.formats.tagged.schemes import is_tag
from textrnn.corpora.formats.tagged.word_tables import holds_words, tagged_sentences
from textrnn.corpora.labelled import LabelledText
from textrnn.corpora.probabilities import label_and_probabilities
from textrnn.corpora.tagged import renamed_spans
from textrnn.errors import InputError

Column = str | int | None


def labelled_texts(
    data: Any,
    *,
    text: Column = None,
    label: Column = None,
    labels: Mapping[str, str] | None = None,
    name: str = "data",
) -> Iterator[LabelledText]:
    """Labelled texts of ``(text, label)`` pairs, dictionaries, a table, or labelled texts.

    Args:
        data: these.
        text: the column or key of the text, or its number; by default a usual one, as ``text``.
        label: the same for the label, or the dictionary of the labels' probabilities in its place.
        labels: new names for labels, of which others stay.
        name: what messages call the data.

    Raises:
        InputError: an entry is nothing of these, or has no text or no label.

    Example:
        >>> list(labelled_texts([("A joy.", 1)], labels={"1": "good"}))
        [LabelledText(text='A joy.', label='good')]
    """
    for record, entry in given_records(data, name):
        if isinstance(entry, LabelledText):
            found = entry
        elif isinstance(entry, Mapping):
            fields, place = record.fields, record.place
            name_of_label = label_name(fields, label, place, is_needed=True) or ""
            found = _labelled(record, text_name(fields, text, place), name_of_label)
        elif isinstance(entry, list | tuple) and len(entry) == 2:
            found = _labelled(record, "0", "1")
        else:
            raise _unreadable(record, "(text, label), a dictionary or a LabelledText", entry)
        yield found.renamed(labels or {})


def tagged_texts(
    data: Any,
    *,
    labels: Mapping[str, str] | None = None,
    name: str = "data",
    on_note: Callable[[str], None] | None = None,
) -> Iterator[Example]:
    """Tagged text of pairs ``(text, [(start, end, label), …])`` or ``(words, tags)``, dictionaries
    as annotation tools export them, a table with a word a row, or tagged text.

    Args:
        data: these.
        labels: new names for labels; an empty one drops a label's spans.
        name: what messages call the data.
        on_note: told in a line what a reader might not expect.

    Raises:
        InputError: an entry is nothing of these, or a span or tag is wrong.

    Example:
        >>> list(tagged_texts([(["Ada", "left"], ["B-PER", "O"])]))[0].spans
        (Span(start=0, end=1, label='PER'),)
    """
    examples = _examples(given_records(data, name), on_note)
    for example in noting_slips(examples, on_note=on_note):
        yield replace(example, spans=renamed_spans(example.spans, labels or {}))


def passages(data: Any, *, text: Column = None, name: str = "data") -> Iterator[Passage]:
    """Documents, in pieces, of strings, dictionaries, a table, or passages.

    Args:
        data: these; each is a document.
        text: the column or key of the text, or its number; by default a usual one, as ``text``.
        name: what messages call the data.

    Raises:
        InputError: an entry is nothing of these.
    """
    for record, entry in given_records(data, name):
        if isinstance(entry, Passage):
            yield entry
        else:
            yield from cut_passages(_text(record, entry, text, ("a Passage",)).split("\n"))


def texts(data: Any, *, text: Column = None, name: str = "data") -> Iterator[str]:
    """Texts of strings, dictionaries or a table; otherwise as :func:`passages`."""
    return (_text(record, entry, text) for record, entry in given_records(data, name))


def given_records(data: Any, name: str) -> Iterator[tuple[Record, Any]]:
    """Each entry, and as a record; those of what is no dictionary are numbered."""
    if isinstance(data, str | bytes):
        raise InputError(f"{name}: expected several examples, received {data!r:.80}")
    for number, entry in enumerate(_entries(data, name)):
        if isinstance(entry, Mapping):
            entry = {str(key): _plain(value) for key, value in entry.items()}
            fields: Mapping[str, Any] = entry
        else:
            parts = entry if isinstance(entry, list | tuple) else [entry]
            fields = {str(place): _plain(part) for place, part in enumerate(parts)}
        yield Record(fields, number, name, "entry"), entry


def _entries(data: Any, name: str) -> Iterator[Any]:
    """The entries of data; of a table its rows, as dictionaries."""
    if isinstance(data, Mapping):  # of columns
        columns = {key: list(values) for key, values in data.items()}
        if len({len(values) for values in columns.values()}) > 1:
            lengths = ", ".join(f"{key} {len(values)}" for key, values in columns.items())
            raise InputError(f"{name}: columns of different lengths: {lengths:.200}")
        return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    if hasattr(data, "itertuples"):  # pandas
        rows = data.itertuples(index=False, name=None)
        return (dict(zip(data.columns, row, strict=True)) for row in rows)
    if hasattr(data, "iter_rows"):  # Polars
        return iter(data.iter_rows(named=True))
    if hasattr(data, "to_batches"):  # Arrow
        return (row for batch in data.to_batches() for row in batch.to_pylist())
    try:
        return iter(data)
    except TypeError:
        raise InputError(f"{name}: expected examples or a path, received {data!r:.80}") from None


def _plain(value: Any) -> Any:
    """A value as JSON would have it, without NumPy's numbers, tuples, and marks for nothing."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    is_nothing = type(value).__name__ == "NAType" or (isinstance(value, float) and value != value)
    return None if is_nothing else value


def _text(record: Record, entry: Any, wanted: Column, others: Sequence[str] = ()) -> str:
    """The text that an entry is, or that is in its field."""
    if isinstance(entry, str):
        return text_of(record, "0")
    if isinstance(entry, Mapping):
        return text_of(record, text_name(record.fields, wanted, record.place))
    raise _unreadable(record, " or ".join(["a text", "a dictionary", *others]), entry)


def _labelled(record: Record, text: str, label: str) -> LabelledText:
    """The text and label in the fields of these names."""
    found, probabilities = label_and_probabilities(record.fields[label], record.place)
    if found is None:
        raise InputError(f"{record.place}: a text without a label")
    return LabelledText(text_of(record, text), found, record.place, probabilities)


def _examples(
    records: Iterator[tuple[Record, Any]], on_note: Callable[[str], None] | None
) -> Iterator[Example]:
    first = next(records, None)
    if first is None:
        return
    all_records = chain([first], records)
    if isinstance(first[1], Mapping) and holds_words(first[0].fields):
        yield from tagged_sentences(record for record, _ in all_records)
        return
    reader = AnnotationReader()
    for record, entry in all_records:
        if isinstance(entry, TaggedSentence):
            yield replace(entry, tags=())  # whoever read them has noted what is wrong with them
        elif isinstance(entry, SpannedText):
            yield entry
        elif found := reader.read(_annotation(record, entry), record.place):
            yield replace(found, document=record.number)
    for note in reader.notes() if on_note else ():
        on_note(note)  # type: ignore[misc]


def _annotation(record: Record, entry: Any) -> dict[str, Any]:
    """A dictionary as annotation tools export it, of a dictionary or a pair."""
    if isinstance(entry, Mapping):
        return dict(record.fields)
    what = "(text, spans), (words, tags), a dictionary, a TaggedSentence or a SpannedText"
    if not isinstance(entry, list | tuple) or len(entry) != 2:
        raise _unreadable(record, what, entry)
    text, told = record.fields.values()
    if not isinstance(text, str | list) or not isinstance(told, list | dict):
        raise _unreadable(record, what, entry)
    if isinstance(text, str):
        return (
            {"text": text, **told} if isinstance(told, dict) else {"text": text, "entities": told}
        )
    for tag in told:
        if not isinstance(tag, str) or not is_tag(tag):
            raise InputError(f"{record.place}: {tag!r:.80} is no tag, as B-PER or O")
    return {"tokens": text, "tags": told}


def _unreadable(record: Record, expected: str, entry: Any) -> InputError:
    return InputError(f"{record.place}: expected {expected}; received {entry!r:.80}")

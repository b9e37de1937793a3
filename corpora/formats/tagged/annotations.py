"""What annotation tools export as JSON: a text and its spans, under whatever key.

==============  ==================================================================================
tool            a record
==============  ==================================================================================
this package    ``{"text", "entities": [{"start", "end", "label"}]}``
Prodigy         ``{"text", "spans": […]}``, or spans with ``token_start`` and ``token_end`` alone
displaCy        ``{"text", "ents": […]}``
doccano         ``{"text", "label": [[start, end, label]]}``, ``labels``, ``start_offset``
Label Studio    ``{"data": {"text"}, "annotations": [{"result": [{"value": …}]}]}``, or the short
                one, ``{"text", "label": [{"start", "end", "labels": [label]}]}``
spaCy           ``[text, {"entities": [[start, end, label]]}]``, or ``paragraphs`` of ``sentences``
CLUENER         ``{"text", "label": {label: {name: [[first, last]]}}}``
Hugging Face    ``{"tokens": […], "ner_tags": [tag, …]}``
a teacher       ``{"tokens": […], "probabilities": [{tag: probability}, …]}``
==============  ==================================================================================

Spans are counted in code points. Blanks at their ends are trimmed, and a span that is written twice
counts once. Where a span repeats its text, the two must agree; if they do in UTF-16 units, as
JavaScript counts, it is read so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from textrnn.corpora.formats.record import LABEL_NAMES
from textrnn.corpora.formats.tagged.examples import SpannedText, TaggedSentence
from textrnn.corpora.formats.tagged.schemes import Span, is_tag, tags_to_spans
from textrnn.corpora.formats.tagged.shares import most_probable_spans, tag_probabilities
from textrnn.corpora.formats.tagged.spans import checked_span, separate
from textrnn.counted import counted
from textrnn.errors import InputError

SPAN_KEYS = ("entities", "spans", "label", "labels", "annotations", "ents")
_SURE_KEYS = tuple(key for key in SPAN_KEYS if key not in LABEL_NAMES)
TEXT_KEYS = ("text", "content", "sentence")
_START_KEYS = ("start", "start_offset", "start_char", "begin")
_END_KEYS = ("end", "end_offset", "end_char")
_LABEL_KEYS = ("label", "labels", "type", "tag", "entity", "entity_type", "entity_group", "class")
_TAG_KEYS = ("tags", "ner_tags", "ner", "labels", "label")
_SHARES_KEY = "probabilities"
_NOT_ACCEPTED = ("reject", "ignore")  # Prodigy's answers beside "accept"


class AnnotationReader:
    """Reads records, and counts what it leaves out.

    Example:
        >>> read = AnnotationReader().read
        >>> read({"text": "Ada left.", "label": [[0, 4, "PER"]]}, "a.jsonl: line 1").spans
        (Span(start=0, end=3, label='PER'),)
    """

    def __init__(self) -> None:
        self._open: list[str] = []  # the places of texts that nobody has annotated or accepted
        self._several: list[str] = []  # and of those that were annotated more than once
        self._empty: list[str] = []  # and of those without a letter

    def read(self, record: Any, place: str) -> SpannedText | TaggedSentence | None:
        """A text and its spans.

        Args:
            record: JSON values; an object, or spaCy's pair of a text and an object.
            place: where it stands, for messages.

        Returns:
            The text; None where it is empty, or whoever annotates it has not done so, or did not
            accept it.

        Raises:
            InputError: it holds no text or no spans, or a span is wrong.
        """
        example = self._example(record, place)
        if example is None:
            return None
        if not (example.text.strip() if isinstance(example, SpannedText) else example.words):
            self._empty.append(place)
            return None
        return example

    def _example(self, record: Any, place: str) -> SpannedText | TaggedSentence | None:
        """As :meth:`read`, empty texts too."""
        if isinstance(record, list) and len(record) == 2 and isinstance(record[1], dict):
            record = {"text": record[0], **record[1]}
        if not isinstance(record, dict):
            raise InputError(f"{place}: expected an object with a text and its spans")
        if record.get("answer") in _NOT_ACCEPTED:
            self._open.append(place)
            return None
        sentence = _sentence(record, place)
        if sentence is not None:
            return sentence
        if isinstance(record.get("data"), dict):
            return self._label_studio(record, place)
        text = _text(record, place)
        found = {
            key: separate(text, dict.fromkeys(_spans(record[key], text, record, place), place))
            for key in SPAN_KEYS
            if _holds_spans(record.get(key))
        }
        if not found:
            keys = ", ".join(map(str, record))
            raise InputError(
                f"{place}: no spans under {', '.join(SPAN_KEYS[:-1])} or {SPAN_KEYS[-1]} (a text "
                f"without names has an empty list); its keys: {keys[:200] or 'none'}"
            )
        told = {spans: key for key, spans in found.items() if spans}
        if len(told) > 1:
            raise InputError(f"{place}: {' and '.join(map(repr, told.values()))} differ")
        return SpannedText(text, next(iter(told), ()), place=place)

    def _label_studio(self, record: Mapping[str, Any], place: str) -> SpannedText | None:
        """A task with the first annotation that was not cancelled."""
        text = _text(record["data"], place)
        annotations = record.get("annotations", record.get("completions"))
        if not isinstance(annotations, list) or not all(map(_has_result, annotations)):
            raise InputError(f"{place}: no 'annotations' with a 'result' beside 'data'")
        kept = [entry["result"] for entry in annotations if not entry.get("was_cancelled")]
        if not kept:
            self._open.append(place)
            return None
        if len(kept) > 1:
            self._several.append(place)
        values = [result.get("value") for result in kept[0] if isinstance(result, dict)]
        found = [value for value in values if isinstance(value, dict) and "start" in value]
        spans = separate(text, dict.fromkeys(_spans(found, text, record, place), place))
        return SpannedText(text, spans, place=place)

    def notes(self) -> Iterator[str]:
        """What was left out, a line each."""
        if self._empty:
            texts = counted(len(self._empty), "text is", "texts are")
            yield f"{texts} empty and left out (the first: {self._empty[0]})"
        if self._open:
            yield (
                f"{counted(len(self._open), 'text is', 'texts are')} not annotated, or not "
                "accepted, and left out; "
                f"first {self._open[0]}"
            )
        if self._several:
            yield (
                f"{counted(len(self._several), 'text was', 'texts were')} annotated more than "
                f"once: the first annotation is read; first {self._several[0]}"
            )


def holds_annotation(record: Any) -> bool:
    """Whether a record is a text with its spans, so far as its keys tell."""
    if isinstance(record, list):
        return len(record) == 2 and isinstance(record[1], dict)
    return isinstance(record, dict) and (
        any(record.get(key) and _holds_spans(record[key]) for key in SPAN_KEYS)
        or any(map(_looks_like_spans, record.values()))
        or any(record.get(key) == [] for key in _SURE_KEYS)
        or (
            any(key in record for key in _SURE_KEYS)  # wrong spans, or none
            and not any(record.get(key) for key in LABEL_NAMES)
        )
        or _words(record) is not None
    )


def _text(record: Mapping[str, Any], place: str) -> str:
    for key in TEXT_KEYS:
        if isinstance(record.get(key), str):
            return str(record[key])
    strings = [value for value in record.values() if isinstance(value, str)]
    if len(strings) == len(record) == 1:  # Label Studio's tasks name it as they like
        return strings[0]
    raise InputError(f"{place}: expected an object with a string under 'text'")


def _sentence(record: Mapping[str, Any], place: str) -> TaggedSentence | None:
    """A record of words and their tags; None where it is none."""
    words = _words(record)
    if words is None:
        return None
    key = next((key for key in _TAG_KEYS if _are_tags(record.get(key))), _SHARES_KEY)
    tags = record[key]
    if len(tags) != len(words):
        raise InputError(f"{place}: {len(words)} words, but {len(tags)} tags under {key!r}")
    if not all(words):
        raise InputError(f"{place}: word {list(words).index('') + 1} is empty")
    if key == _SHARES_KEY:
        probabilities = tuple(
            tag_probabilities(value, f"{place}: word {number}")
            for number, value in enumerate(tags, start=1)
        )
        spans = most_probable_spans(probabilities)
        return TaggedSentence(tuple(words), spans, place=place, probabilities=probabilities)
    if not all(isinstance(tag, str) for tag in tags):
        raise InputError(f"{place}: {key!r} holds numbers; write the names of the tags, as B-PER")
    spans, tags = tuple(tags_to_spans(tags)), tuple(map(sys.intern, tags))
    return TaggedSentence(tuple(words), spans, place=place, tags=tags)


def _words(record: Mapping[str, Any]) -> Sequence[str] | None:
    words = next((record[key] for key in ("tokens", "words") if key in record), None)
    is_words = isinstance(words, list) and all(isinstance(word, str) for word in words)
    is_tagged = any(_are_tags(record.get(key)) for key in _TAG_KEYS)
    return words if is_words and (is_tagged or _are_shares(record.get(_SHARES_KEY))) else None


def _are_tags(value: Any) -> bool:
    return isinstance(value, list) and all(
        is_tag(entry) if isinstance(entry, str) else isinstance(entry, int) for entry in value
    )


def _are_shares(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value)


def _holds_spans(value: Any) -> bool:
    """Whether a value is a list or an object of spans, not a label or a list of labels."""
    entries = list(value.values()) if isinstance(value, dict) else value
    return isinstance(entries, list) and all(isinstance(entry, dict | list) for entry in entries)


def _looks_like_spans(value: Any) -> bool:
    """Whether a list is one of spans, whatever its key."""
    if not isinstance(value, list) or not value:
        return False
    entry = value[0]
    if isinstance(entry, list):
        return len(entry) == 3 and [type(part) for part in entry] == [int, int, str]
    return isinstance(entry, dict) and all(
        any(key in entry for key in keys) for keys in (_START_KEYS, _END_KEYS)
    )


def _has_result(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("result"), list)


def _spans(value: Any, text: str, record: Mapping[str, Any], place: str) -> Iterator[Span]:
    if isinstance(value, dict):
        yield from _cluener(value, text, place)
        return
    for entry in value:
        if isinstance(entry, list):
            if len(entry) != 3:
                raise InputError(f"{place}: expected [start, end, label]; received {entry!r:.80}")
            start, end, label = entry
            yield checked_span(text, start, end, label, place)
        else:
            start, end = _ends(entry, record, place)
            label = _first(entry, _LABEL_KEYS)
            yield checked_span(text, start, end, label, place, said=entry.get("text"))


def _ends(entry: Mapping[str, Any], record: Mapping[str, Any], place: str) -> tuple[Any, Any]:
    start, end = _first(entry, _START_KEYS), _first(entry, _END_KEYS)
    if start is None and "token_start" in entry:
        try:
            tokens = record["tokens"]
            return tokens[entry["token_start"]]["start"], tokens[entry["token_end"]]["end"]
        except (KeyError, IndexError, TypeError):
            raise InputError(f"{place}: no tokens fit the span {dict(entry)!r:.80}") from None
    if start is None or end is None or _first(entry, _LABEL_KEYS) is None:
        raise InputError(
            f"{place}: a span needs 'start', 'end' and 'label'; received {dict(entry)!r:.80}"
        )
    return start, end


def _first(entry: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)


def _cluener(value: Mapping[str, Any], text: str, place: str) -> Iterator[Span]:
    """Spans whose last code point is told, by label and by what they say."""
    for label, names in value.items():
        for name, places in names.items() if isinstance(names, dict) else [(None, names)]:
            for ends in places if isinstance(places, list) else [places]:
                if not isinstance(ends, list) or len(ends) != 2 or not isinstance(ends[1], int):
                    raise InputError(f"{place}: expected [first, last]; received {ends!r:.80}")
                yield checked_span(text, ends[0], ends[1] + 1, label, place, said=name)

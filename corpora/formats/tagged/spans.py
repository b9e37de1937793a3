"""Spans of a text as files tell them: checked, trimmed, put in order."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from textrnn.corpora.formats.tagged.schemes import Span
from textrnn.errors import InputError


def separate(text: str, places: Mapping[Span, str]) -> tuple[Span, ...]:
    """Spans in order.

    Args:
        text: that they are of.
        places: where each stands, for messages.

    Raises:
        InputError: two overlap.
    """
    ordered = sorted(places)
    for one, other in pairwise(ordered):
        if other.start < one.end:
            shown = " and ".join(
                f"{text[s.start : s.end]!r:.60} ({s.label}, {s.start} to {s.end})"
                for s in (one, other)
            )
            raise InputError(f"{places[other]}: the spans {shown} overlap: keep one of them")
    return tuple(ordered)


def checked_span(
    text: str, start: Any, end: Any, label: Any, place: str, *, said: Any = None
) -> Span:
    """A span without blanks at its ends.

    Args:
        text: the whole text.
        start: its first code point.
        end: one past its last.
        label: what it is.
        place: where it stands, for messages.
        said: what text it has, by the file; None where it says nothing.

    Raises:
        InputError: it is none.
    """
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in (start, end)):
        raise InputError(
            f"{place}: a span's ends must be whole numbers; received {start!r}, {end!r}"
        )
    if isinstance(label, list) and len(label) == 1:
        label = label[0]
    if not isinstance(label, str) or not label.strip():
        raise InputError(
            f"{place}: the span {start} to {end} needs one label, a word; received {label!r}"
        )
    if start >= end:
        reason = "is empty" if start == end else "ends before it begins"
        raise InputError(f"{place}: the span {start} to {end} ({label}) {reason}")
    if isinstance(said, str) and said and _plain(text[start:end]) != _plain(said):
        start, end = _in_code_points(text, start, end, said, place)
    if start < 0 or end > len(text):
        raise InputError(
            f"{place}: the span {start} to {end} ({label}) lies outside the text's {len(text)} "
            "code points"
        )
    inside = text[start:end]
    if not inside.strip():
        raise InputError(f"{place}: the span {start} to {end} ({label}) is nothing but blanks")
    return Span(
        start + len(inside) - len(inside.lstrip()),
        end - len(inside) + len(inside.rstrip()),
        label.strip(),
    )


def _in_code_points(text: str, start: int, end: int, said: str, place: str) -> tuple[int, int]:
    """The ends of a span that was counted in UTF-16 units.

    Raises:
        InputError: that does not give the text it says, either.
    """
    units = text.encode("utf-16-le", "surrogatepass")
    first, last = (
        len(units[: 2 * max(0, unit)].decode("utf-16-le", "ignore")) for unit in (start, end)
    )
    if _plain(text[first:last]) != _plain(said):
        raise InputError(
            f"{place}: the span {start} to {end} is {text[max(0, start) : end]!r:.60}, but by the "
            f"file it is {said!r:.60}: count code points from 0, the end one past the last"
        )
    return first, last


def _plain(text: str) -> str:
    return " ".join(text.split())

"""Labels: read from a field, and compared: what differs by case or blanks is probably one."""

from __future__ import annotations

import ast
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from textrnn.configuration import some_of
from textrnn.corpora.formats.json_text import json_line
from textrnn.errors import InputError

# What a classifier answers where no label is probable enough (``abstain=…``).
UNCERTAIN = "uncertain"

_LONG_LIST = 1000  # characters of a cell that may spell several labels
_JOINTS = re.compile(r"[\s_\-]+")


def label_of(value: Any, place: str) -> str | None:
    """The label that a field's value says: of a list the only one; None where there is none.

    Args:
        value: a word, a number, a list, or a cell that spells a list.
        place: where it stands, for messages.

    Raises:
        InputError: there are several, or something that is no label.
    """
    if isinstance(value, str):
        value = value.strip()
        if value.startswith("[{") and "start" in value:
            raise InputError(
                f"{place}: a label is a word or a number; received spans, {value:.60}: a tagger "
                "learns from such texts"
            )
        if value.startswith(("['", '["')):
            found = spelled(value)
            return label_of(found if isinstance(found, list) else [value], place)
        return value or None
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], Mapping) and "start" in value[0]:
            return label_of(json_line(value), place)
        if len(value) > 1:
            several = ", ".join(map(str, value[:5]))
            raise InputError(f"{place}: several labels ({several}); a text may have one")
        return label_of(value[0], place) if value else None
    if isinstance(value, Mapping):
        raise InputError(f"{place}: a label is a word or a number; received {json_line(value):.60}")
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return json_line(value) if isinstance(value, bool | int | float) else str(value).strip()


def spelled(text: str) -> object:
    """The list or dictionary that a cell spells, as programs write them into tables; or else the
    text.
    """
    try:
        return ast.literal_eval(text) if len(text) < _LONG_LIST else text
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text


def label_key(label: str) -> str:
    """What labels have in common that are probably one.

    Example:
        >>> label_key("Very good ") == label_key("very_good"), label_key("1.0") == label_key("1")
        (True, True)
        >>> label_key("1") == label_key("-1")
        False
    """
    folded = unicodedata.normalize("NFKC", label).casefold().strip()
    try:
        number = float(folded)
    except ValueError:
        return _JOINTS.sub("", folded) or folded
    return repr(number + 0.0)  # -0.0 is 0.0


def wrong_label(label: str) -> str:
    """Why a classifier cannot have a label; empty where it can.

    Example:
        >>> wrong_label("very good"), wrong_label(" ")
        ('', 'it is empty')
    """
    if not label.strip():
        return "it is empty"
    if not label.isprintable():
        return "it holds a line end, a tab or another control character"
    if is_reserved(label):
        return (
            "that is the answer where no label is probable enough; rename it, as with "
            f"{_renaming([label], 'unclear')}"
        )
    return ""


def is_reserved(label: str) -> bool:
    """Whether a label is, in whatever letters, the word for no label."""
    return label.strip().casefold() == UNCERTAIN


def similar_labels(labels: Mapping[str, int]) -> list[list[str]]:
    """Groups of labels that are probably one, the most frequent of each group first.

    Args:
        labels: how often each is met.

    Example:
        >>> similar_labels({"positive": 5, "Positive": 2, "negative": 7})
        [['positive', 'Positive']]
    """
    groups: dict[str, list[str]] = {}
    for label in sorted(labels, key=lambda label: (-labels[label], label != label.lower(), label)):
        groups.setdefault(label_key(label), []).append(label)
    return [group for group in groups.values() if len(group) > 1]


def similar_labels_note(group: list[str], labels: Mapping[str, int]) -> str:
    """Which labels of a group are probably one, and how to join them."""
    first, *others = group
    shown = ", ".join(f"{label!r} ({labels[label]:,})" for label in group)
    return f"labels that are probably one: {shown}; join them with {_renaming(others, first)}"


def unknown_label_message(label: str, place: str, known: Collection[str], whose: str) -> str:
    """That a label is not among the known ones, and how to rename it.

    Args:
        label: it.
        place: where it was read, or nothing.
        known: the others.
        whose: those of, as ``the model's``.
    """
    nearest = next((other for other in known if label_key(other) == label_key(label)), "NEW")
    return (
        f"{place}{': ' if place else ''}label {label!r} is not one of {whose}: {some_of(known)}; "
        f"rename it with {_renaming([label], nearest)}"
    )


def _renaming(labels: Iterable[str], new: str) -> str:
    """The keyword that gives labels a new name."""
    return f"labels={dict.fromkeys(labels, new)}"

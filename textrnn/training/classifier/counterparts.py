"""More training texts, made of those there are."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from textrnn.corpora import LabelledText

_LONG_ENOUGH = 0.85  # a counterpart's length at least, as a share of what is wanted
_NEED_NOT_CUT = 1.3  # a text this many times as long as wanted, or shorter, is taken whole
_LEFT = 0.8  # what must be behind a piece's beginning, as a share of what is wanted
_MARKS = re.compile(r"[。！？；，!?;,.~…\s]+")  # where a sentence or a part of one ends


def length_counterparts(
    examples: Sequence[LabelledText], *, times: int, random_state: int
) -> list[LabelledText]:
    """Texts for each example that are about as long as it and have any of the labels.

    Where one label's texts are longer than another's, a model takes a text's length for its label.
    Among the counterparts of all examples each label has every length equally often: they are
    pieces of longer texts of the label drawn, or several texts of it, one behind the other.

    Args:
        examples: texts of one kind; pieces of unlike texts would not go together.
        times: how many counterparts each example gets.
        random_state: fixes the result.

    Returns:
        ``times`` texts for each example; none where no example says anything.

    Example:
        >>> few = [LabelledText("Bad.", "-"), LabelledText("Good, and so on, and so forth.", "+")]
        >>> len(length_counterparts(few, times=2, random_state=0))
        4
    """
    rng = random.Random(random_state)
    by_label: dict[str, list[str]] = {}
    for example in examples:
        if example.text.strip():
            by_label.setdefault(example.label, []).append(example.text.strip())
    labels = sorted(by_label)
    made: list[LabelledText] = []
    for example in list(examples) * times if labels else ():
        label = rng.choice(labels)
        wanted = len(example.text)
        text = _piece(rng.choice(by_label[label]), wanted, rng)
        while len(text) < _LONG_ENOUGH * wanted:
            text += " " + _piece(rng.choice(by_label[label]), wanted - len(text), rng)
        made.append(LabelledText(text, label))
    return made


def _piece(text: str, length: int, rng: random.Random) -> str:
    """About so many characters of a text, from one mark to another, or all of a shorter one."""
    if len(text) <= _NEED_NOT_CUT * length:
        return text
    ends = [mark.end() for mark in _MARKS.finditer(text)]
    start = rng.choice([0, *(end for end in ends if end <= len(text) - _LEFT * length)])
    later = [end for end in (*ends, len(text)) if end > start]
    stop = min(later, key=lambda end: abs(end - start - length))
    return text[start:stop].strip()

"""Tag schemes: how the spans of a sentence are written as one tag a word, and back.

=========  ==================================================================================
scheme     a span's words, first to last
=========  ==================================================================================
``iob1``   I I I; B only where a span of the same label ends right before
``bio``    B I I (also called IOB2)
``bioes``  B I E, and S for a span of one word (BMES, BMEWO and BILOU are read as such)
=========  ==================================================================================

A tag is such a letter, small or capital, a hyphen and the label, as ``B-PER``; ``O`` is outside of
all spans.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from textrnn.errors import ConfigurationError, InputError

SCHEMES = ("iob1", "bio", "bioes")
_PREFIXES = frozenset("BIESMLUW")
_CANONICAL = {"M": "I", "L": "E", "U": "S", "W": "S"}


@dataclass(frozen=True, order=True)
class Span:
    """A labelled stretch: of words, or of a text's code points.

    Attributes:
        start: its first.
        end: one past its last.
        label: what it is.
    """

    start: int
    end: int
    label: str


@lru_cache(maxsize=4096)  # of which a corpus has a few, for each of its words
def split_tag(tag: str) -> tuple[str, str]:
    """A tag's letter (B, I, O, E or S; M, L, U and W are turned into these) and its label.

    Raises:
        InputError: it is no tag.

    Example:
        >>> split_tag("M-ORG"), split_tag("O"), split_tag("B-creative-work")
        (('I', 'ORG'), ('O', ''), ('B', 'creative-work'))
    """
    letter, hyphen, label = tag.partition("-")
    letter, label = letter.upper(), label.strip()
    if letter == "O" and not hyphen:
        return "O", ""
    if letter not in _PREFIXES or not label:
        raise InputError(f"{tag!r} is no tag: expected O, or a letter of BIESMLUW, - and a label")
    return _CANONICAL.get(letter, letter), label


def plain_tag(tag: str) -> str:
    """A tag with the letters that all schemes are written in here.

    Example:
        >>> plain_tag("m-ORG")
        'I-ORG'
    """
    letter, label = split_tag(tag)
    return f"{letter}-{label}" if label else letter


def is_tag(tag: str) -> bool:
    """Whether :func:`split_tag` understands a tag."""
    try:
        split_tag(tag)
    except InputError:
        return False
    return True


def tags_to_spans(tags: Sequence[str], *, scheme: str | None = None) -> list[Span]:
    """The spans that tags stand for.

    Without a scheme all are understood. A span begins at B or S, and where I or E does not go on
    the span before (in IOB1 that is how it is written; elsewhere it is a slip, and read as
    conlleval reads it). It ends at E or S, and where the next word does not go on.

    With a scheme only what is written by its rules counts, as in seqeval's strict mode: in BIO a
    span begins at B alone, in BIOES it is S, or B to E.

    Args:
        tags: one a word.
        scheme: ``iob1``, ``bio``, ``bioes``, or None for any.

    Raises:
        InputError: one is no tag.
        ConfigurationError: the scheme is unknown.

    Example:
        >>> tags_to_spans(["B-PER", "E-PER", "O", "I-LOC", "I-LOC"])
        [Span(start=0, end=2, label='PER'), Span(start=3, end=5, label='LOC')]
    """
    if scheme is not None:
        _check_scheme(scheme)
    spans: list[Span] = []
    start, current = 0, ""
    for i, tag in enumerate(tags):
        letter, label = split_tag(tag)
        if current and (letter in "BSO" or label != current):
            spans.append(Span(start, i, current))
            current = ""
        if not current and letter != "O":
            start, current = i, label
        if current and letter in "ES":
            spans.append(Span(start, i + 1, current))
            current = ""
    if current:
        spans.append(Span(start, len(tags), current))
    if scheme in (None, "iob1"):
        return spans
    letters = [split_tag(tag)[0] for tag in tags]
    return [span for span in spans if _follows(letters[span.start : span.end], scheme)]


def spans_to_tags(spans: Iterable[Span], length: int, *, scheme: str = "bio") -> list[str]:
    """The tags of a sentence's words.

    Args:
        spans: of words; none may overlap another.
        length: how many words the sentence has.
        scheme: ``iob1``, ``bio`` or ``bioes``.

    Raises:
        ConfigurationError: the scheme is unknown, or spans overlap or lie outside the sentence.

    Example:
        >>> spans_to_tags([Span(0, 2, "PER"), Span(2, 3, "PER")], 4, scheme="iob1")
        ['I-PER', 'I-PER', 'B-PER', 'O']
    """
    _check_scheme(scheme)
    tags = ["O"] * length
    end, last = 0, ""
    for span in sorted(spans):
        if not (end <= span.start < span.end <= length):
            raise ConfigurationError(f"{span} overlaps another or lies outside 0 to {length}")
        touches = span.start == end and span.label == last
        tags[span.start : span.end] = _span_tags(span, scheme, touches)
        end, last = span.end, span.label
    return tags


def convert_tags(tags: Sequence[str], *, scheme: str) -> list[str]:
    """Tags of any scheme in another one.

    Example:
        >>> convert_tags(["B-PER", "I-PER", "B-LOC"], scheme="bioes")
        ['B-PER', 'E-PER', 'S-LOC']
    """
    return spans_to_tags(tags_to_spans(tags), len(tags), scheme=scheme)


def _check_scheme(scheme: str) -> None:
    if scheme not in SCHEMES:
        raise ConfigurationError(f"scheme must be one of {', '.join(SCHEMES)}; received {scheme!r}")


def _follows(letters: Sequence[str], scheme: str | None) -> bool:
    """Whether a span's letters are what the scheme writes."""
    if scheme == "bio":
        return letters[0] == "B" and set(letters[1:]) <= {"I"}
    inner = set(letters[1:-1]) <= {"I"}
    return list(letters) == ["S"] or (
        len(letters) > 1 and letters[0] == "B" and letters[-1] == "E" and inner
    )


def _span_tags(span: Span, scheme: str, touches: bool) -> list[str]:
    inner = span.end - span.start - 2
    if scheme == "iob1":
        letters = ("B" if touches else "I") + "I" * (inner + 1)
    elif scheme == "bio":
        letters = "B" + "I" * (inner + 1)
    else:
        letters = "S" if inner < 0 else "B" + "I" * inner + "E"
    return [f"{letter}-{span.label}" for letter in letters]

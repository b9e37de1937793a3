"""Spans of a text's code points as spans of its tokens, which is all that a tagger can find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textrnn.corpora import Span, SpannedText, TaggedSentence
from textrnn.text.words import find_words


def token_spans(
    spans: Iterable[Span], offsets: Sequence[tuple[int, int]]
) -> tuple[list[Span], list[Span]]:
    """Spans of tokens.

    Args:
        spans: of code points.
        offsets: of each token, its first code point and one past its last.

    Returns:
        Those that begin and end where tokens do, as spans of tokens; and the others as they were.

    Example:
        >>> offsets = [(0, 10), (11, 15)]  # Oslo-based firm
        >>> token_spans([Span(0, 4, "LOC"), Span(11, 15, "ORG")], offsets)
        ([Span(start=1, end=2, label='ORG')], [Span(start=0, end=4, label='LOC')])
    """
    first = {start: i for i, (start, _) in enumerate(offsets)}
    last = {end: i for i, (_, end) in enumerate(offsets)}
    aligned, others = [], []
    for span in spans:
        if span.start in first and span.end in last:
            aligned.append(Span(first[span.start], last[span.end] + 1, span.label))
        else:
            others.append(span)
    return aligned, others


class Misalignments:
    """Counts the spans that no tokens make up.

    Attributes:
        spans: how many spans there were.
        count: how many of them do not begin and end where tokens do.
        first: the first of these, with its place.
    """

    def __init__(self) -> None:
        self.spans: int = 0
        self.count: int = 0
        self.first: str = ""

    def add(
        self, example: TaggedSentence | SpannedText, offsets: Sequence[tuple[int, int]]
    ) -> None:
        """Count an example's spans.

        Args:
            example: of words, whose spans all fit, or a text.
            offsets: of each token of the text, its first code point and one past its last.
        """
        self.spans += len(example.spans)
        if isinstance(example, TaggedSentence):
            return
        _, others = token_spans(example.spans, offsets)
        self.count += len(others)
        if others and not self.first:
            span = others[0]
            place = f" in {example.place}" if example.place else ""
            self.first = f"{example.text[span.start : span.end]!r:.60} ({span.label}){place}"

    def __str__(self) -> str:
        return misalignment_note(self.count, self.spans, self.first)


def misalignment_note(count: int, spans: int, first: str) -> str:
    """What a user is told of spans that do not begin and end where tokens do."""
    return (
        f"{count:,} of {spans:,} spans do not begin and end where tokens do: no tagger finds them, "
        f"and they count as missed; first {first}"
    )


def count_misalignments(
    examples: Iterable[TaggedSentence | SpannedText], *, level: str
) -> Misalignments:
    """The spans of examples that no tokens of ``level`` make up."""
    found = Misalignments()
    for example in examples:
        if isinstance(example, SpannedText) and example.spans:
            found.add(example, find_words(example.text, level=level))
        else:
            found.add(example, ())
    return found

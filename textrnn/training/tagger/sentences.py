"""Tagged sentences: as they are learned, and as they are read when the model serves."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from textrnn.corpora import Span, SpannedText, TaggedSentence
from textrnn.heads.tagger.scores import SpanCounts, count_spans
from textrnn.heads.tagger.spans import joined_spans
from textrnn.text.alignment import token_spans
from textrnn.text.windows import plan_windows
from textrnn.text.words import find_words

Example = TaggedSentence | SpannedText


def text_of(example: Example) -> str:
    """All of its text."""
    return example.text if isinstance(example, SpannedText) else " ".join(example.words)


@dataclass(frozen=True)
class Sentence:
    """Words and the spans among them; ``missed`` counts spans that these words cannot make up.
    Where each word's tags have ``probabilities``, these are learned in place of the spans.
    """

    words: tuple[str, ...]
    spans: tuple[Span, ...]
    missed: int = 0
    probabilities: tuple[Mapping[str, float], ...] = ()


def as_sentence(example: Example, *, level: str) -> Sentence:
    """An example as words and spans of words.

    Text that comes uncut is cut at ``level``, and besides wherever a span begins or ends.

    Example:
        >>> as_sentence(SpannedText("Anna's here.", (Span(0, 4, "PER"),)), level="word").words
        ('Anna', "'s", 'here', '.')
    """
    if isinstance(example, TaggedSentence):
        return Sentence(example.words, example.spans, probabilities=example.probabilities)
    borders = sorted({place for span in example.spans for place in (span.start, span.end)})
    pieces = list(chain.from_iterable(
        _cut(start, end, borders) for start, end in find_words(example.text, level=level)
    ))  # fmt: skip
    words = tuple(example.text[start:end] for start, end in pieces)
    spans = []
    for span in example.spans:
        inside = [i for i, (a, b) in enumerate(pieces) if span.start <= a and b <= span.end]
        if inside:
            spans.append(Span(inside[0], inside[-1] + 1, span.label))
    return Sentence(words, tuple(spans))


def as_served(example: Example, *, level: str) -> Sentence:
    """An example in the words that a tagger reads when it serves, to be scored as it is served.

    Args:
        example: with the right spans.
        level: at which text that comes uncut is cut.
    """
    if isinstance(example, TaggedSentence):
        return Sentence(example.words, example.spans)
    offsets = find_words(example.text, level=level)
    spans, others = token_spans(example.spans, offsets)
    words = tuple(example.text[start:end] for start, end in offsets)
    return Sentence(words, tuple(spans), len(others))


def _cut(start: int, end: int, borders: Sequence[int]) -> Iterator[tuple[int, int]]:
    for border in borders:
        if start < border < end:
            yield start, border
            start = border
    yield start, end


def cut_long(sentence: Sentence, *, max_tokens: int) -> Iterator[Sentence]:
    """A sentence in pieces of at most ``max_tokens`` words, none of its spans cut in two.

    A span that is longer by itself makes a longer piece.
    """
    start = 0
    while len(sentence.words) - start > max_tokens:
        end = start + max_tokens
        for span in sentence.spans:
            if span.start < end < span.end:
                end = span.start if span.start > start else span.end
        yield _piece(sentence, start, end)
        start = end
    yield _piece(sentence, start, len(sentence.words))


class ServedTexts:
    """Texts as they are read when the model serves: long ones in windows, put together again.

    Args:
        sentences: their words and right spans.
        size: tokens of a window.
        overlap: tokens that neighbouring windows share.

    Attributes:
        windows: of all texts, in order; a span is in those that hold all of it.
    """

    def __init__(self, sentences: Sequence[Sentence], *, size: int, overlap: int) -> None:
        self._sentences, self._size, self._overlap = sentences, size, overlap
        self._bounds = [plan_windows(len(s.words), size=size, overlap=overlap) for s in sentences]
        self.windows = [
            _piece(sentence, start, end)
            for sentence, bounds in zip(sentences, self._bounds, strict=True)
            for start, end in bounds
        ]

    def __len__(self) -> int:
        return len(self._sentences)

    def part(self, members: Iterable[int]) -> ServedTexts:
        """Some of the texts, by their numbers."""
        sentences = [self._sentences[i] for i in members]
        return ServedTexts(sentences, size=self._size, overlap=self._overlap)

    def counts(self, found: Sequence[Sequence[Span]]) -> SpanCounts:
        """How many of the spans that were found in the windows are right."""
        place, joined = 0, []
        for bounds in self._bounds:
            parts = [
                [(span, 1.0) for span in spans] for spans in found[place : place + len(bounds)]
            ]
            joined.append([span for span, _ in joined_spans(parts, bounds)])
            place += len(bounds)
        missed = sum(sentence.missed for sentence in self._sentences)
        return count_spans([sentence.spans for sentence in self._sentences], joined, missed=missed)


def cased_copies(
    sentences: Sequence[Sentence], *, lower: float, upper: float, random_state: int
) -> list[Sentence]:
    """Copies of some sentences in small letters, and of some in capitals.

    Args:
        sentences: those to draw from.
        lower: share of them that is copied in small letters.
        upper: share that is copied in capitals.
        random_state: the same draws the same.
    """
    rng = random.Random(random_state)
    copies = []
    for share, change in ((lower, str.lower), (upper, str.upper)):
        for sentence in rng.sample(sentences, round(share * len(sentences))):
            copies.append(replace(sentence, words=tuple(map(change, sentence.words))))
    return copies


def _piece(sentence: Sentence, start: int, end: int) -> Sentence:
    spans = tuple(
        Span(span.start - start, span.end - start, span.label)
        for span in sentence.spans
        if start <= span.start and span.end <= end
    )
    probabilities = sentence.probabilities[start:end]
    return Sentence(sentence.words[start:end], spans, probabilities=probabilities)

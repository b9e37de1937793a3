"""Texts on their way through a tagger: cut into windows, run, decoded and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import Span
from textrnn.heads.tagger.cuts import Cut
from textrnn.heads.tagger.entity import Entity
from textrnn.heads.tagger.result import Reading, TaggedText
from textrnn.heads.tagger.spans import SpanDecoder, joined_spans, stitched
from textrnn.heads.tagger.word_vectors import WordVectors
from textrnn.runtime.session import Inputs, Outputs


@dataclass(frozen=True)
class Decoding:
    """How a tagger reads texts, and what it makes of what the network says.

    Attributes:
        windows_of: gives the windows in which a text of so many tokens is read.
        vectors: turns words into what the network reads.
        decoder: turns what it says into spans.
    """

    windows_of: Callable[[int], list[tuple[int, int]]]
    vectors: WordVectors
    decoder: SpanDecoder


class Pool:
    """Some texts on their way through a tagger.

    Args:
        cuts: the texts, cut into tokens.
        how: how they are read.
        readings: how many ways to read each text :meth:`results` finds besides.
        probable: whether :meth:`tag_probabilities` is wanted, and not :meth:`results`.
    """

    def __init__(
        self, cuts: list[Cut], how: Decoding, *, readings: int = 0, probable: bool = False
    ) -> None:
        self._vectors, self._decoder = how.vectors, how.decoder
        self._cuts, self._readings, self._probable = cuts, readings, probable
        self._bounds = [how.windows_of(len(cut.words)) for cut in cuts]
        pairs = zip(cuts, self._bounds, strict=True)
        self.windows: list[Sequence[str]] = [
            cut.words[begin:end] for cut, bounds in pairs for begin, end in bounds
        ]
        self._spans: list[list[tuple[Span, float]]] = [[] for _ in self.windows]
        self._emissions: list[Any] = [None] * len(self.windows)

    def inputs(self, members: Sequence[int]) -> Inputs:
        """What the network reads of some windows' words, and their lengths."""
        batch = [self.windows[i] for i in members]
        return {"features": self._vectors.look_up(batch), "lengths": self._lengths(members)}

    def take(self, members: Sequence[int], outputs: Outputs) -> None:
        """Decode the emissions (B, T, L) of some windows; keep them where they are asked for."""
        emissions, lengths = outputs["emissions"], self._lengths(members)
        if not self._probable:
            for i, found in zip(members, self._decoder.spans(emissions, lengths), strict=True):
                self._spans[i] = found
        if self._probable or self._readings:
            for i, rows, length in zip(members, emissions, lengths, strict=True):
                self._emissions[i] = rows[:length]

    def _lengths(self, members: Sequence[int]) -> NDArray[np.int32]:
        return np.fromiter((len(self.windows[i]) for i in members), np.int32, len(members))

    def results(self) -> Iterator[TaggedText]:
        """One for each text, when all windows are taken."""
        for cut, (bounds, part) in zip(self._cuts, self._parts(), strict=True):
            entities = tuple(
                _entity(cut, span, probability)
                for span, probability in joined_spans(self._spans[part], bounds)
            )
            found: tuple[Reading, ...] = ()
            if self._readings:
                found = self._found_readings(cut, stitched(self._emissions[part], bounds))
            yield TaggedText(cut.text, entities, cut.offsets, found, len(bounds))

    def tag_probabilities(self) -> Iterator[NDArray[np.float64]]:
        """Of each tag at each token, (tokens, L), one array for each text, when all windows are
        taken.
        """
        for bounds, part in self._parts():
            yield self._decoder.tag_probabilities(stitched(self._emissions[part], bounds))

    def _parts(self) -> Iterator[tuple[list[tuple[int, int]], slice]]:
        """The windows of each text: where they begin and end, and their places among all."""
        position = 0
        for bounds in self._bounds:
            yield bounds, slice(position, position + len(bounds))
            position += len(bounds)

    def _found_readings(self, cut: Cut, emissions: NDArray[np.float32]) -> tuple[Reading, ...]:
        """The most probable ways to read a text; an entity's probability is the reading's own."""
        return tuple(
            Reading(tuple(_entity(cut, span, probability) for span in spans), probability)
            for spans, probability in self._decoder.readings(emissions, self._readings)
        )


def _entity(cut: Cut, span: Span, probability: float) -> Entity:
    start, end = cut.offsets[span.start][0], cut.offsets[span.end - 1][1]
    return Entity(start, end, cut.text[start:end], span.label, probability)

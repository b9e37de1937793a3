"""From emissions to spans with their probabilities, and from windows to whole texts.

Shapes: B windows in a batch, T tokens (padded), L tags.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import Span, split_tag
from textrnn.decoding.chain import Chain
from textrnn.decoding.marginals import marginals
from textrnn.decoding.transitions import further_tag
from textrnn.decoding.viterbi import n_best, viterbi
from textrnn.text.windows import own_stretches


class SpanDecoder:
    """Finds the best spans under a chain.

    Args:
        tags: the tags' names, in the order of the emissions; the first is ``O``.
        chain: the scores of moves.
        temperature: probabilities, not the spans, are computed from scores divided by it.
    """

    def __init__(self, tags: Sequence[str], chain: Chain, *, temperature: float = 1.0) -> None:
        self.tags: tuple[str, ...] = tuple(tags)
        self._parts = [split_tag(tag) for tag in tags]
        self._chain = chain
        self._temperature = temperature
        self._flat_chain = chain.scaled(temperature)

    def spans(
        self, emissions: NDArray[np.float32], lengths: NDArray[np.integer]
    ) -> list[list[tuple[Span, float]]]:
        """The best spans of each window, each with its probability.

        Args:
            emissions: (B, T, L).
            lengths: tokens of each window, (B,).
        """
        paths = viterbi(emissions, lengths, self._chain)
        found: list[list[tuple[Span, float]]] = [[] for _ in paths]
        some = [row for row, path in enumerate(paths) if path.any()]
        if not some:
            return found
        under = marginals(emissions[some] / self._temperature, lengths[some], self._flat_chain)
        for place, row in enumerate(some):
            path = paths[row]
            for span in self._named(path):
                tags = path[span.start : span.end]
                further = further_tag(self.tags, span.label)
                found[row].append((span, under.span(place, span.start, tags, further)))
        return found

    def readings(
        self, emissions: NDArray[np.float32], count: int
    ) -> list[tuple[list[Span], float]]:
        """The most probable ways to read one text, best first, each with its probability.

        Args:
            emissions: (T, L).
            count: how many.
        """
        found = n_best(emissions / self._temperature, self._flat_chain, count)
        return [(self._named(path), float(np.exp(log))) for path, log in found]

    def tag_probabilities(self, emissions: NDArray[np.float32]) -> NDArray[np.float64]:
        """How probable each tag is at each token of a text, (T, L).

        Args:
            emissions: (T, L).
        """
        if not len(emissions):
            return np.empty(emissions.shape)
        length = np.array([len(emissions)])
        under = marginals(emissions[None] / self._temperature, length, self._flat_chain)
        found: NDArray[np.float64] = under.tags[0]
        return found

    def _named(self, path: NDArray[np.int64]) -> list[Span]:
        """The spans of a path; only what is not ``O``, most often little, is looked at.

        The chain lets no path break its scheme, so that nothing has to be mended here.
        """
        spans: list[Span] = []
        start = end = 0
        label = ""  # of a span that is open: BIO does not say where it ends
        for place, number in zip(*(part.tolist() for part in _inside(path)), strict=True):
            letter, name = self._parts[number]
            if label and (letter in "BS" or place > end):
                spans.append(Span(start, end, label))
                label = ""
            if letter in "BS":
                start, label = place, name
            end = place + 1
            if letter in "ES":
                spans.append(Span(start, end, label))
                label = ""
        if label:
            spans.append(Span(start, end, label))
        return spans


def _inside(path: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of a path that are not ``O``, and their tags' numbers."""
    places = np.flatnonzero(path)
    return places, path[places]


def joined_spans(
    spans: Sequence[Sequence[tuple[Span, float]]], bounds: Sequence[tuple[int, int]]
) -> Iterator[tuple[Span, float]]:
    """A text's spans from those of its windows.

    Each window answers for what begins in its own stretch.

    Args:
        spans: of each window, with their probabilities.
        bounds: where the windows begin and end.
    """
    if len(bounds) == 1:
        yield from spans[0]
        return
    done = 0
    for found, (start, _), (first, last) in zip(spans, bounds, own_stretches(bounds), strict=True):
        for span, probability in found:
            moved = Span(span.start + start, span.end + start, span.label)
            if first <= moved.start < last and moved.start >= done:
                yield moved, probability
                done = moved.end


def stitched(
    emissions: Sequence[NDArray[np.float32]], bounds: Sequence[tuple[int, int]]
) -> NDArray[np.float32]:
    """A text's emissions from those of its windows, (tokens, L).

    Args:
        emissions: of each window, (its tokens, L).
        bounds: where the windows begin and end.
    """
    parts = [
        rows[first - start : last - start]
        for rows, (start, _), (first, last) in zip(
            emissions, bounds, own_stretches(bounds), strict=True
        )
    ]
    return np.concatenate(parts)

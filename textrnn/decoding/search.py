"""Beam search over several sources at once: the best that can be written of each.

All beginnings of all sources go through the network together, and what is kept of them is chosen in
arrays. B sources, W beginnings kept of each, R = B x W rows, S tokens of a source, T written
tokens, C candidates a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.search_options import SearchOptions
from textrnn.decoding.seen import Seen
from textrnn.text.tokenizer import Tokenizer

IMPOSSIBLE = -1e8  # the log-probability of what must not come; a graph has no infinity


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """A text that a search found.

    Attributes:
        ids: its tokens, without its end, (T,).
        score: by what it is compared with others; see :meth:`SearchOptions.score`.
        log_probability: of its tokens and its end, in nats.
        attention: how much each token looked at each of the source's, (T, S).
        ended: whether it came to its end, and did not break off at the most tokens.
    """

    ids: NDArray[np.int64]
    score: float
    log_probability: float
    attention: NDArray[np.float32]
    ended: bool


@dataclass(frozen=True, eq=False)
class Candidates:
    """What may come next in each row.

    Attributes:
        tokens: the most probable ones, best first, (R, C).
        log_probabilities: of each, in nats, (R, C).
        attention: how much each row looks at the source's tokens, (R, S).
    """

    tokens: NDArray[np.int64]
    log_probabilities: NDArray[np.float32]
    attention: NDArray[np.float32]


class Writer(Protocol):
    """Where each row stands in what it writes."""

    def next(
        self,
        tokens: NDArray[np.int32],
        *,
        candidates: int,
        banned: Sequence[NDArray[np.int64]] | None = None,
    ) -> Candidates:
        """Read one token of each row, and say what may come next.

        Args:
            tokens: (R,).
            candidates: how many of the most probable, C.
            banned: of each row tokens that must not come.
        """

    def keep(self, sources: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        """Go on with some rows alone.

        Args:
            sources: which of the sources that there are are left, in order.
            rows: which row each of the new rows goes on from; a source's rows lie side by side.
        """


def search(
    writer: Writer, lengths: Sequence[int], most: Sequence[int], options: SearchOptions
) -> list[list[Hypothesis]]:
    """Write on from the beginning until enough texts of each source have come to their ends.

    Args:
        writer: the network, before the first token; of each source ``options.beam`` rows.
        lengths: tokens of each source, (B,).
        most: the most tokens that are written of each source, the end among them, (B,).
        options: how.

    Returns:
        Up to ``options.n_best`` texts of each source, the best first; one at least.
    """
    return _Search(writer, lengths, most, options).run()


@dataclass(frozen=True)
class _Ending:
    """Where a text came to its end: the slot is that before the end, or of the last token where it
    broke off; the total is its log-probability and what its tokens are rewarded with.
    """

    step: int
    slot: int
    score: float
    total: float
    ended: bool

    @property
    def written(self) -> int:
        """Its tokens, without its end."""
        return self.step if self.ended else self.step + 1


class _Search:
    """The arrays of a search. What is kept of a source has a slot in each, from 0 to W - 1."""

    def __init__(
        self,
        writer: Writer,
        lengths: Sequence[int],
        most: Sequence[int],
        options: SearchOptions,
    ) -> None:
        self._writer, self._options = writer, options
        self._lengths, self._most = np.array(lengths), np.array(most)
        sources, width = len(self._lengths), options.beam
        self._active = np.arange(sources)  # the sources that are written on
        self._scores = np.full((sources, width), -np.inf)  # of beginnings, with their rewards
        self._scores[:, 0] = 0.0  # at first all are the same
        self._last = np.full((sources, width), Tokenizer.START, np.int32)
        self._covered = np.zeros((sources, width, max(lengths, default=0)))
        self._seen = [
            [Seen(ngram=options.no_repeat_ngram) for _ in range(width)] for _ in range(sources)
        ]
        # Of each step, for all sources: which token came into a slot, from which, and what it
        # looked at when it came from there.
        self._tokens: list[NDArray[np.int64]] = []
        self._parents: list[NDArray[np.int64]] = []
        self._attention: list[NDArray[np.float32]] = []
        self._endings: list[list[_Ending]] = [[] for _ in range(sources)]

    def run(self) -> list[list[Hypothesis]]:
        """All steps."""
        for step in count():
            if not len(self._active):
                break
            self._advance(step)
        return [self._found(source) for source in range(len(self._endings))]

    def _advance(self, step: int) -> None:
        """Write one token of each beginning, and let go of the sources that are done."""
        width, sources = self._options.beam, len(self._active)
        found = self._writer.next(
            self._last.reshape(-1), candidates=width + 1, banned=self._banned()
        )
        attention = found.attention.reshape(sources, width, -1)
        self._covered = self._covered + attention
        tokens, parents, sums = self._best(found)
        ends, possible = tokens == Tokenizer.END, sums > IMPOSSIBLE / 2
        for row, place in np.argwhere((ends & possible)[:, :width]):
            self._end(row, step, parents[row, place], sums[row, place], ended=True)
        # The best that go on: a stable sort puts ends behind, and what cannot come.
        stays = ends | ~possible
        going = np.argsort(stays, axis=1, kind="stable")[:, :width]
        sums[stays] = -np.inf
        self._scores = np.take_along_axis(sums, going, axis=1)
        self._last = np.take_along_axis(tokens, going, axis=1).astype(np.int32)
        parents = np.take_along_axis(parents, going, axis=1)
        self._remember(parents, attention)
        self._go_on(step, parents)

    def _best(
        self, found: Candidates
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Of each source the best candidates of all its beginnings, best first, twice as many as
        are kept, since some may be ends: tokens, the slots that they go on from, and the
        log-probabilities of all, with the rewards of their tokens.
        """
        sources, width = self._scores.shape
        each = found.tokens.shape[1]
        logs = found.log_probabilities.astype(np.float64)
        logs += self._options.length_reward * (found.tokens != Tokenizer.END)
        logs = logs.reshape(sources, width, each)
        sums = (self._scores[:, :, None] + logs).reshape(sources, width * each)
        order = np.argsort(-sums, axis=1, kind="stable")[:, : 2 * width]
        tokens = np.take_along_axis(found.tokens.reshape(sources, -1), order, axis=1)
        return tokens, order // each, np.take_along_axis(sums, order, axis=1)

    def _banned(self) -> list[NDArray[np.int64]] | None:
        if not self._options.no_repeat_ngram:
            return None
        return [seen.repeating() for source in self._seen for seen in source]

    def _end(self, row: int, step: int, slot: int, total: float, *, ended: bool) -> None:
        """Note that a text came to its end, or broke off there."""
        source = self._active[row]
        covered = self._covered[row, slot, : self._lengths[source]]
        score = self._options.score(float(total), step + 1, covered)
        self._endings[source].append(_Ending(step, int(slot), score, float(total), ended))

    def _remember(self, parents: NDArray[np.int64], attention: NDArray[np.float32]) -> None:
        """Keep what came into each slot of this step."""
        sources, width = len(self._endings), self._options.beam
        for kept, new in ((self._tokens, self._last), (self._parents, parents)):
            kept.append(np.zeros((sources, width), np.int64))
            kept[-1][self._active] = new
        self._attention.append(np.zeros((sources, *attention.shape[1:]), np.float32))
        self._attention[-1][self._active] = attention

    def _go_on(self, step: int, parents: NDArray[np.int64]) -> None:
        """Reorder what is kept of beginnings, and leave out sources that are done."""
        width = self._options.beam
        self._covered = np.take_along_axis(self._covered, parents[:, :, None], axis=1)
        going = np.zeros(len(self._active), bool)
        for row, source in enumerate(self._active):
            some = np.isfinite(self._scores[row, 0])
            is_full = step + 1 >= self._most[source]
            going[row] = some and not is_full and not self._is_decided(row, int(source))
            if some and is_full and not self._endings[source]:
                self._end(row, step, 0, self._scores[row, 0], ended=False)
        left = np.flatnonzero(going)
        if self._options.no_repeat_ngram:
            self._seen = [
                [_with(self._seen[row][slot], token) for slot, token in zip(*pair, strict=True)]
                for row, *pair in zip(left, parents[left], self._last[left], strict=True)
            ]
        self._active, self._covered = self._active[left], self._covered[left]
        self._scores, self._last = self._scores[left], self._last[left]
        if len(left):
            self._writer.keep(left, (left[:, None] * width + parents[left]).reshape(-1))

    def _is_decided(self, row: int, source: int) -> bool:
        """Whether enough texts came to their ends, and none that is written on is ahead of them
        all: where tokens are rewarded, a longer text may overtake those that ended.
        """
        endings = self._endings[source]
        if len(endings) < self._options.beam:
            return False
        best = max(ending.total for ending in endings)
        return not self._options.length_reward or bool(self._scores[row, 0] <= best)

    def _found(self, source: int) -> list[Hypothesis]:
        """The best texts of a source."""
        best = sorted(self._endings[source], key=lambda ending: -ending.score)
        found = [self._trace(source, ending) for ending in best[: self._options.n_best]]
        nothing = np.zeros((0, self._lengths[source]), np.float32)
        return found or [Hypothesis(np.zeros(0, np.int64), 0.0, 0.0, nothing, ended=False)]

    def _trace(self, source: int, ending: _Ending) -> Hypothesis:
        """Follow a text back to its beginning."""
        ids, looked = [], []
        slot = ending.slot
        for step in reversed(range(ending.written)):
            parent = self._parents[step][source, slot]
            ids.append(self._tokens[step][source, slot])
            looked.append(self._attention[step][source, parent, : self._lengths[source]])
            slot = parent
        empty = np.zeros((0, self._lengths[source]), np.float32)
        return Hypothesis(
            np.array(ids[::-1], np.int64),
            ending.score,
            ending.total - self._options.length_reward * ending.written,
            np.stack(looked[::-1]) if looked else empty,
            ending.ended,
        )


def _with(seen: Seen, token: int) -> Seen:
    """A copy that has one token more."""
    longer = seen.copy()
    longer.add(token)
    return longer

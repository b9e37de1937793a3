"""What is new in what a model writes, and what is copied from the text it learned from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.counted import counted
from textrnn.heads.generator.fingerprint import Fingerprint
from textrnn.reports.harmless import harmless
from textrnn.reports.report import Column, Table


@dataclass(frozen=True)
class Copy:
    """A run of a text that the training text has too.

    Attributes:
        tokens: its length, as far as the fingerprint can tell: at least so many.
        text: what it says.
    """

    tokens: int
    text: str


@dataclass(frozen=True)
class NoveltyReport:
    """How varied texts are, and how much of them is new.

    Attributes:
        texts: how many.
        tokens: of them all.
        distinct: for n = 1, 2 and 3 the different n-grams as a share of all (Li et al. 2016,
            section 5.2).
        ngram: n of what follows; None where the model keeps no fingerprint.
        new_share: share of the texts' n-grams that the training text has not, among those that the
            fingerprint samples; None where it samples none.
        longest_copy: the longest run that the training text has too; None where there is none of
            at least n tokens.
    """

    texts: int
    tokens: int
    distinct: dict[int, float]
    ngram: int | None
    new_share: float | None
    longest_copy: Copy | None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        copy = self.longest_copy
        return {
            "texts": self.texts,
            "tokens": self.tokens,
            **{f"distinct_{n}": share for n, share in self.distinct.items()},
            "ngram": self.ngram,
            "new_share": self.new_share,
            "longest_copy_tokens": None if copy is None else copy.tokens,
            "longest_copy": None if copy is None else copy.text,
        }

    def table(self) -> Table:
        """What is new and what is copied, a fact a row."""
        shares = ", ".join(f"{share:.3f}" for share in self.distinct.values())
        rows = [
            ("written", f"{counted(self.texts, 'text')}, {counted(self.tokens, 'token')}"),
            ("distinct-1, -2, -3", shares),
            *self._copied(),
        ]
        return Table([Column(is_bold=True), Column(fit="fold")], rows)

    def _copied(self) -> Iterator[tuple[str, str]]:
        if self.ngram is None:
            yield "novelty", "not known: the model keeps no fingerprint of its training text"
            return
        if self.new_share is not None:
            yield f"new {self.ngram}-grams", f"{self.new_share:.1%}"
        copy = self.longest_copy
        if copy is None:
            yield "longest copy", f"none of {self.ngram} tokens or more"
        else:
            shown = " / ".join(copy.text.strip().split("\n"))
            yield "longest copy", harmless(f"{copy.tokens} tokens: {shown}")


def measure_novelty(
    texts: Sequence[NDArray[np.int32]],
    fingerprint: Fingerprint | None,
    decode: Callable[[NDArray[np.int32]], str],
) -> NoveltyReport:
    """Compare texts with one another and with a training text.

    Args:
        texts: token ids, (tokens,) each.
        fingerprint: of the training text.
        decode: ids to text.
    """
    seen = sampled = 0
    longest: Copy | None = None
    for ids in texts if fingerprint is not None else ():
        assert fingerprint is not None
        asked = fingerprint.sampled(ids)
        known = fingerprint.known(ids) & asked
        sampled += int(asked.sum())
        seen += int(known.sum())
        begin, end = longest_run(asked, known)
        if end > begin:
            tokens = end - begin - 1 + fingerprint.size
            if longest is None or tokens > longest.tokens:
                longest = Copy(tokens, decode(ids[begin : begin + tokens]))
    return NoveltyReport(
        texts=len(texts),
        tokens=sum(map(len, texts)),
        distinct={n: distinct_share(texts, n) for n in (1, 2, 3)},
        ngram=None if fingerprint is None else fingerprint.size,
        new_share=1.0 - seen / sampled if sampled else None,
        longest_copy=longest,
    )


def longest_run(asked: NDArray[np.bool_], known: NDArray[np.bool_]) -> tuple[int, int]:
    """The longest stretch of n-grams without one that is known to be new.

    Args:
        asked: which n-grams the fingerprint can speak of, (N,).
        known: which of those the training text has, (N,).

    Returns:
        The place of the stretch's first known n-gram and one past its last; (0, 0) if none is.
        Between them lie n-grams that nothing is known of.
    """
    best, begin, last = (0, 0), -1, -1
    for place in np.flatnonzero(asked).tolist():
        if not known[place]:
            begin = -1
            continue
        begin = place if begin < 0 else begin
        last = place + 1
        if last - begin > best[1] - best[0]:
            best = (begin, last)
    return best


def distinct_share(texts: Sequence[NDArray[np.int32]], size: int) -> float:
    """Different n-grams as a share of all; 0 where the texts are too short to have any."""
    grams = [
        np.lib.stride_tricks.sliding_window_view(ids, size) for ids in texts if len(ids) >= size
    ]
    if not grams:
        return 0.0
    everything = np.concatenate(grams)
    return len(np.unique(everything, axis=0)) / len(everything)

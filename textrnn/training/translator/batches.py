"""Pairs as token ids, and batches of those that are about as long.

Shapes: B pairs of a batch, S tokens of a source, T tokens of a target that are predicted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.pairs import Pair
from textrnn.runtime.session import pad
from textrnn.text.tokenizer import Tokenizer

_CHUNK = 20_000  # pairs that are tokenised at once
_SHORT = 5  # tokens, added to both sides: the ratio of short ones says little

Ids = NDArray[np.int32]


@dataclass(frozen=True)
class PairBatch:
    """One step's pairs, padded with 0.

    Attributes:
        source: (B, S).
        target: with ``<s>`` before and ``</s>`` behind, (B, T + 1).
    """

    source: Ids
    target: Ids

    @property
    def token_count(self) -> int:
        """Tokens that are predicted."""
        return int(np.count_nonzero(self.target[:, 1:]))

    @property
    def texts(self) -> int:
        """The same: what the mean loss of a step weighs in the epoch's."""
        return self.token_count


@dataclass(frozen=True)
class EncodedPairs:
    """Pairs as token ids.

    Attributes:
        sources: one array (S,) for each.
        targets: one array (T + 1,) for each, from ``<s>`` to ``</s>``.
    """

    sources: Sequence[Ids]
    targets: Sequence[Ids]

    def __len__(self) -> int:
        return len(self.sources)

    @classmethod
    def of(cls, pairs: Sequence[Pair], source: Tokenizer, target: Tokenizer) -> EncodedPairs:
        """The ids of some pairs."""
        sources, targets = list[Ids](), list[Ids]()
        ends = np.array([Tokenizer.START], np.int32), np.array([Tokenizer.END], np.int32)
        for begin in range(0, len(pairs), _CHUNK):
            part = pairs[begin : begin + _CHUNK]
            sources += [text.ids for text in source.encode_batch([p.source for p in part])]
            for text in target.encode_batch([p.target for p in part]):
                targets.append(np.concatenate([ends[0], text.ids, ends[1]]))
        return cls(sources, targets)

    @cached_property
    def lengths(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """S and T of each pair, (pairs,) each."""
        sources = np.array([len(ids) for ids in self.sources], np.int64)
        return sources, np.array([len(ids) - 1 for ids in self.targets], np.int64)

    def fitting(self, *, max_tokens: int, most_ratio: float) -> tuple[EncodedPairs, Counter[str]]:
        """The pairs that can be learned, and how many others there are by what they have.

        Args:
            max_tokens: no side may have more.
            most_ratio: the ratio of the sides may be so many times that of the middle pair, or one
                part in so many; 0: any.
        """
        sources, targets = self.lengths
        left = Counter[str]()
        empty = (sources == 0) | (targets == 1)
        long = ~empty & (np.maximum(sources, targets) > max_tokens)
        unlike = np.zeros(len(self), bool)
        if most_ratio and len(self):
            ratio = np.log((targets + _SHORT) / (sources + _SHORT))
            unlike = np.abs(ratio - np.median(ratio)) > np.log(most_ratio)
            unlike &= ~(empty | long)
        left["a side without tokens"] = int(empty.sum())
        left[f"a side of more than {max_tokens} tokens"] = int(long.sum())
        left["sides of unlike lengths"] = int(unlike.sum())
        kept = np.flatnonzero(~(empty | long | unlike)).tolist()
        found = EncodedPairs([self.sources[i] for i in kept], [self.targets[i] for i in kept])
        return found, left


class PairBatches:
    """Batches of pairs of like lengths.

    Pairs are sorted by the length of the target, then of the source; which of those that are as
    long go together is drawn anew each epoch. So every epoch has the same number of batches.

    Args:
        pairs: the pairs.
        batch_size: tokens of a batch at most, of both sides and with padding; a batch has one pair
            at least.
    """

    def __init__(self, pairs: EncodedPairs, batch_size: int) -> None:
        self.pairs = pairs
        sources, targets = pairs.lengths
        order = np.lexsort((sources, targets))
        self._borders = _borders(sources[order].tolist(), targets[order].tolist(), batch_size)

    def __len__(self) -> int:
        return len(self._borders)

    def of_epoch(self, *, seed: tuple[int, ...], skip: int = 0) -> Iterator[PairBatch]:
        """The batches of one epoch: every pair once, in random order.

        Args:
            seed: random state and epoch: the same numbers give the same batches.
            skip: batches already done.
        """
        rng = np.random.default_rng(seed)
        sources, targets = self.pairs.lengths
        order = np.lexsort((rng.random(len(sources)), sources, targets))
        for number in rng.permutation(len(self._borders))[skip:]:
            begin, end = self._borders[number]
            yield self._batch(order[begin:end])

    def in_order(self) -> Iterator[PairBatch]:
        """Every pair once, the shortest first."""
        sources, targets = self.pairs.lengths
        order = np.lexsort((sources, targets))
        for begin, end in self._borders:
            yield self._batch(order[begin:end])

    def _batch(self, members: NDArray[np.int64]) -> PairBatch:
        source, _ = pad([self.pairs.sources[i] for i in members.tolist()])
        target, _ = pad([self.pairs.targets[i] for i in members.tolist()])
        return PairBatch(source, target)


def _borders(sources: list[int], targets: list[int], most: int) -> list[tuple[int, int]]:
    """Where the batches begin and end of pairs of these lengths, in order."""
    starts, widest = [0], 0
    for number, (source, target) in enumerate(zip(sources, targets, strict=True)):
        widest = max(widest, source)
        if number > starts[-1] and (number + 1 - starts[-1]) * (widest + target) > most:
            starts.append(number)
            widest = source
    return list(pairwise([*starts, len(sources)]))

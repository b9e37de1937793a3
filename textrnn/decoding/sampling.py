"""From the logits of the next token to a draw: penalties, temperature, filters.

The order is fixed: repetition penalty and bans on the logits, then temperature, then top-k, top-p
and min-p, each on what the one before left, made to sum to 1 again. V tokens in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require

_FIRST_GUESS = 256  # tokens sorted at first, where only the most probable are asked for

Logits = NDArray[np.float32]
Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn.

    Attributes:
        temperature: logits are divided by it; 0 takes the most probable token. Of several values
            the first token is drawn at the first, the next at the second, and so on, round and
            round.
        top_k: so many of the most probable tokens stay; 0: all.
        top_p: the fewest tokens stay whose probabilities sum to this (nucleus sampling, Holtzman
            et al. 2020, eq. 2); 1: all.
        min_p: tokens stay that are at least this times as probable as the most probable one
            (Nguyen et al. 2024); 0: all.
        repetition_penalty: from 0.01 to 100; the logits of tokens that the text has already are
            divided by it, or multiplied where they are negative (Keskar et al. 2019, section 4.1);
            1: none.
        no_repeat_ngram: no sequence of so many tokens comes twice; 0: any may.
    """

    temperature: tuple[float, ...] = (1.0,)
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0

    def __post_init__(self) -> None:
        require(len(self.temperature) >= 1, "temperature must have at least one value")
        for value in self.temperature:
            require(0.0 <= value < np.inf, f"temperature must be 0 or more; received {value}")
        require(self.top_k >= 0, f"top-k must be 0 (all) or more; received {self.top_k}")
        require(0.0 < self.top_p <= 1.0, f"top-p must be above 0 and at most 1: {self.top_p}")
        require(0.0 <= self.min_p <= 1.0, f"min-p must be from 0 to 1; received {self.min_p}")
        require(
            0.01 <= self.repetition_penalty <= 100.0,
            f"repetition penalty must be from 0.01 to 100; received {self.repetition_penalty}",
        )
        require(
            self.no_repeat_ngram >= 0,
            f"no-repeat-ngram must be 0 (off) or more; received {self.no_repeat_ngram}",
        )

    def distribution(
        self, logits: Logits, *, step: int = 0, seen: Sequence[int] = ()
    ) -> Probabilities:
        """The probabilities that the next token is drawn from.

        Args:
            logits: (V,); minus infinity for a token that must not come.
            step: tokens drawn before, for the temperature's schedule.
            seen: the text's token ids so far.

        Returns:
            (V,), float64, summing to 1, or all 0 where no token may come.
        """
        logits = self.penalized(logits, seen)
        temperature = self.temperature[step % len(self.temperature)]
        if temperature == 0.0:
            return _most_probable(logits)
        shares = softmax(logits, temperature=temperature)
        if self.top_k:
            shares = keep_top_k(shares, self.top_k)
        if self.top_p < 1.0:
            shares = keep_top_p(shares, self.top_p)
        if self.min_p > 0.0:
            shares = keep_min_p(shares, self.min_p)
        return shares

    def penalized(self, logits: Logits, seen: Sequence[int]) -> Logits:
        """The logits (V,) after repetition penalty and the rule on n-grams."""
        if self.repetition_penalty != 1.0:
            logits = penalize(logits, seen, self.repetition_penalty)
        if self.no_repeat_ngram:
            logits = logits.copy()
            logits[repeating_tokens(seen, self.no_repeat_ngram)] = -np.inf
        return logits


def softmax(logits: Logits, *, temperature: float = 1.0) -> Probabilities:
    """Probabilities (V,) of logits (V,); all 0 where all logits are minus infinity."""
    highest = logits.max()
    if highest == -np.inf:
        return np.zeros(len(logits))
    with np.errstate(over="ignore"):  # at the lowest temperatures all but the best go to 0
        shares = np.exp((logits - highest) / np.float64(temperature))
    return np.asarray(shares / shares.sum())


def penalize(logits: Logits, seen: Collection[int], penalty: float) -> Logits:
    """Logits (V,) with those of seen tokens divided by the penalty, or multiplied if negative."""
    if not seen:
        return logits
    tokens = np.unique(np.fromiter(seen, np.int64, len(seen)))
    found = logits[tokens]
    changed = logits.copy()
    changed[tokens] = np.where(found > 0, found / penalty, found * penalty)
    return changed


def repeating_tokens(seen: Sequence[int], size: int) -> NDArray[np.int64]:
    """The tokens that would make the text's last ``size`` tokens ones that it had before."""
    ids = np.asarray(seen, np.int64)
    if len(ids) < size:
        return np.zeros(0, np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(ids, size)  # (n-grams, size)
    begins = ids[len(ids) - size + 1 :]
    return np.unique(windows[(windows[:, :-1] == begins).all(axis=1), -1])


def keep_top_k(shares: Probabilities, count: int) -> Probabilities:
    """The ``count`` largest shares, summing to 1; of equals the lower ids stay."""
    return _kept(shares, _ranked(shares, min(count, len(shares))))


def keep_top_p(shares: Probabilities, mass: float) -> Probabilities:
    """The fewest largest shares that sum to ``mass`` or more, made to sum to 1."""
    count = min(_FIRST_GUESS, len(shares))
    while True:
        ranked = _ranked(shares, count)
        reached = np.cumsum(shares[ranked])
        # Sums of 6,000 numbers miss by less than this; without it 0.9 of ten tenths takes ten.
        enough = int(np.searchsorted(reached, mass - 1e-12)) + 1
        if enough <= count or count == len(shares):
            return _kept(shares, ranked[:enough])
        count = min(2 * count, len(shares))


def keep_min_p(shares: Probabilities, ratio: float) -> Probabilities:
    """The shares that are at least ``ratio`` times the largest, made to sum to 1."""
    return _kept(shares, np.flatnonzero(shares >= ratio * shares.max()))


def draw(shares: Probabilities, point: float) -> int:
    """The token at which the running sum of the shares passes ``point``, from 0 to below 1."""
    sums = np.cumsum(shares)
    place = int(np.searchsorted(sums, point * sums[-1], side="right"))
    if place == len(sums):  # rounding took the point up to the sum itself
        place = int(np.flatnonzero(shares)[-1])
    return place


class Dice:
    """Numbers from 0 to below 1: the same on every machine and in every version of NumPy.

    Args:
        random_state: decides them all.
    """

    def __init__(self, random_state: int) -> None:
        self._bits = np.random.PCG64(random_state)

    def roll(self) -> float:
        """The next number, of 53 random bits."""
        return float((int(self._bits.random_raw()) >> 11) * 2.0**-53)


def _ranked(shares: Probabilities, count: int) -> NDArray[np.int64]:
    """The ``count`` tokens with the largest shares, largest first, equals by id."""
    tokens = np.arange(len(shares))
    if count < len(shares):
        least = np.partition(shares, len(shares) - count)[len(shares) - count]
        tokens = np.flatnonzero(shares >= least)
    return tokens[np.argsort(-shares[tokens], kind="stable")][:count]


def _kept(shares: Probabilities, tokens: NDArray[np.int64]) -> Probabilities:
    kept = np.zeros_like(shares)
    kept[tokens] = shares[tokens]
    total = kept.sum()
    return kept / total if total > 0 else kept


def _most_probable(logits: Logits) -> Probabilities:
    shares = np.zeros(len(logits))
    if logits.max() > -np.inf:
        shares[int(logits.argmax())] = 1.0
    return shares

"""From the logits of the next tokens to draws, through penalties, temperature and filters.

The order is fixed: repetition penalty and bans on the logits, then temperature, then top-k, top-p
and min-p, each on what the one before left, made to sum to 1 again. All is done for B texts at
once, each by itself: the others make no difference to it. V tokens in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require, require_whole
from textrnn.decoding.filters import (
    Logits,
    Probabilities,
    keep_min_p,
    keep_top_k,
    keep_top_p,
    penalize,
)
from textrnn.decoding.seen import Seen

_ROWS = 16  # texts worked on at once: so many rows of thousands of tokens stay in a core's cache
BLOCK = 128  # tokens summed at once before the running sum looks inside a block
_LEAST_TEMPERATURE, _MOST_TEMPERATURE = 1e-30, 1e30  # anything beyond does the same
# Logits that are divided before the highest is taken off lose digits far below and above these.
_PLAIN_TEMPERATURES = 0.01, 100.0
_MOST_FLOAT = float(np.finfo(np.float64).max)
MOST_NGRAM = 1000  # tokens that must not come twice in a row


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
            _require_number("temperature", value, value_from=0.0, value_to=_MOST_FLOAT)
        require_whole("top-k", self.top_k, least=0)
        is_share = isinstance(self.top_p, Real) and 0.0 < self.top_p <= 1.0
        require(is_share, f"top-p must be above 0 and at most 1: {self.top_p!r:.40}")
        _require_number("min-p", self.min_p, value_from=0.0, value_to=1.0)
        _require_number(
            "repetition penalty", self.repetition_penalty, value_from=0.01, value_to=100
        )
        require_whole("no-repeat-ngram", self.no_repeat_ngram, least=0)
        require(
            self.no_repeat_ngram <= MOST_NGRAM,
            f"no-repeat-ngram must be at most {MOST_NGRAM:,}; received {self.no_repeat_ngram}",
        )

    def temperature_at(self, step: int) -> float:
        """The temperature of a text's token after ``step`` others."""
        return self.temperature[step % len(self.temperature)]

    def is_plain(self, step: int) -> bool:
        """Whether that token is drawn by the softmax of all its logits, over a temperature that a
        graph can divide them by.
        """
        least, most = _PLAIN_TEMPERATURES
        changed = self._penalizes or self._filters
        return not changed and least <= self.temperature_at(step) <= most

    @property
    def _penalizes(self) -> bool:
        return self.repetition_penalty != 1.0 or self.no_repeat_ngram > 0

    @property
    def _filters(self) -> bool:
        return self.top_k > 0 or self.top_p < 1.0 or self.min_p > 0.0

    def distributions(
        self, logits: Logits, *, step: int = 0, seen: Sequence[Seen] = ()
    ) -> Probabilities:
        """The probabilities that the next tokens are drawn from.

        Args:
            logits: (B, V); minus infinity for a token that must not come.
            step: tokens drawn before, of each text so many, for the temperature's schedule.
            seen: the tokens that each text has so far; they may be left out where no penalty asks
                for them.

        Returns:
            (B, V); a row sums to 1, or is all 0 where no token may come.
        """
        if self._penalizes:
            pairs = zip(logits, seen, strict=True)
            logits = np.stack([self.penalized(row, tokens) for row, tokens in pairs])
        temperature = self.temperature_at(step)
        if temperature == 0.0:
            return _most_probable(logits)
        shares = softmax(logits, temperature=temperature)
        if self._filters:
            for row in shares:
                row[:] = self._filtered(row)
        return shares

    def _filtered(self, shares: Probabilities) -> Probabilities:
        """What the filters leave of the shares (V,)."""
        if self.top_k:
            shares = keep_top_k(shares, self.top_k)
        if self.top_p < 1.0:
            shares = keep_top_p(shares, self.top_p)
        if self.min_p > 0.0:
            shares = keep_min_p(shares, self.min_p)
        return shares

    def penalized(self, logits: Logits, seen: Seen) -> Logits:
        """The logits (V,) after repetition penalty and the rule on n-grams."""
        if self.repetition_penalty != 1.0:
            logits = penalize(logits, seen.tokens, self.repetition_penalty)
        if self.no_repeat_ngram:
            logits = logits.copy()
            logits[seen.repeating()] = -np.inf
        return logits


def _require_number(name: str, value: float, *, value_from: float, value_to: float) -> None:
    """Raise :class:`ConfigurationError` unless a value is a number within bounds."""
    shown = f"{value!r:.40}"
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    require(is_number, f"{name} must be a number; received {shown}")
    bounds = f"from {value_from:g} to {value_to:g}"
    if value_to == _MOST_FLOAT:
        bounds = f"{value_from:g} or more, and finite"
    require(value_from <= value <= value_to, f"{name} must be {bounds}; received {shown}")


def softmax(logits: Logits, *, temperature: float = 1.0) -> Probabilities:
    """Probabilities (B, V) of logits (B, V); a row is all 0 where its logits are minus infinity."""
    shares = np.empty_like(logits)
    for part in _parts(len(logits)):
        _, sums = _exponentials(logits[part], shares[part], temperature)
        shares[part] *= (1.0 / np.where(sums > 0, sums, 1.0)).astype(np.float32)
    return shares


def log_probabilities(logits: Logits, tokens: NDArray[np.int64]) -> NDArray[np.float64]:
    """The logarithms of tokens' probabilities (B,), in nats, given the logits (B, V)."""
    found = np.empty(len(logits))
    for part in _parts(len(logits)):
        rows = logits[part]
        highest, sums = _exponentials(rows, np.empty_like(rows))
        chosen = rows[np.arange(len(rows)), tokens[part]].astype(np.float64)
        found[part] = chosen - highest[:, 0] - np.log(sums[:, 0])
    return found


def _parts(count: int) -> Iterator[slice]:
    return (slice(begin, begin + _ROWS) for begin in range(0, count, _ROWS))


def _exponentials(
    logits: Logits, out: NDArray[np.float32], temperature: float = 1.0
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Fill ``out`` (B, V) with exp((logits - highest) / temperature); 0 where none is finite.

    Returns:
        The highest logits and the sums of ``out``, (B, 1) each.
    """
    highest = logits.max(axis=1, keepdims=True)
    np.subtract(logits, np.maximum(highest, np.finfo(np.float32).min), out=out)
    if temperature != 1.0:
        with np.errstate(over="ignore"):  # at the lowest temperatures all but the best go to 0
            within = min(max(temperature, _LEAST_TEMPERATURE), _MOST_TEMPERATURE)
            out *= np.float32(1.0 / within)
    np.exp(out, out=out)
    return highest, out.sum(axis=1, keepdims=True).astype(np.float64)


def draw(shares: Probabilities, points: Sequence[float]) -> NDArray[np.int64]:
    """Draw a token of each text: the one at which the running sum of its shares passes its point.

    Args:
        shares: (B, V), each row above 0 somewhere.
        points: (B,), from 0 to below 1, as shares of the rows' sums.

    Returns:
        The tokens, (B,).
    """
    count, width = shares.shape
    whole = width - width % BLOCK
    blocks = np.zeros((count, -(-width // BLOCK)))
    for part in _parts(count):
        some = shares[part]
        blocks[part, : whole // BLOCK] = some[:, :whole].reshape(len(some), -1, BLOCK).sum(axis=2)
        blocks[part, whole // BLOCK :] = some[:, whole:].sum(axis=1, keepdims=True)
    rows = np.arange(count)
    sums = np.cumsum(blocks, axis=1)
    goals = sums[:, -1] * points
    block = _passed(sums, blocks, goals)
    before = sums[rows, block] - blocks[rows, block]
    places = block[:, None] * BLOCK + np.arange(BLOCK)  # (B, tokens of the block)
    inside = shares[rows[:, None], np.minimum(places, width - 1)].astype(np.float64)
    inside[places >= width] = 0.0
    rest = np.maximum(goals - before, 0.0)  # rounding can take it below
    return block * BLOCK + _passed(np.cumsum(inside, axis=1), inside, rest)


def _passed(
    sums: NDArray[np.float64], shares: NDArray[np.float64], goals: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The first place of each row at which its running sum is above the goal.

    Where rounding took the goal up to the sum itself, the last place that has a share.
    """
    places = (sums <= goals[:, None]).sum(axis=1)
    last = shares.shape[1] - 1 - (shares[:, ::-1] > 0).argmax(axis=1)
    return np.asarray(np.minimum(places, last))


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


def _most_probable(logits: Logits) -> Probabilities:
    shares = np.zeros_like(logits)
    best = logits.argmax(axis=1)
    rows = np.flatnonzero(logits.max(axis=1) > -np.inf)
    shares[rows, best[rows]] = 1.0
    return shares

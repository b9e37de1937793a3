"""A continuous cache: tokens that a text has had come again where the state is like it was there.

Grave, Joulin and Usunier 2017, *Improving neural language models with a continuous cache*: beside
each token of the text so far stands the hidden state that it followed. The next token is the
network's with probability ``1 - share``, else one of those, a token ``i`` by
``exp(sharpness cos(h_i, h))`` (equations 2 and 3; theirs is the product of the states, which
differs from network to network). The share is ``sigmoid(offset + slope s)``, ``s`` the logarithm of
the sum of those: little is taken from a cache that has nothing like the present state. No weight is
trained: names that no training text had are foreseen once they have been read.

Shapes: B texts, C entries there is room for, U units, V tokens of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.sampling import draw, log_probabilities, softmax
from textrnn.decoding.step import Reader, States
from textrnn.text.tokenizer import Tokenizer

# Fitted by recipes/cache.py on the novels that validated prose-en: docs/experiments.md.
SHARPNESS = 17.5
OFFSET, SLOPE = -6.65, 0.334
_FIRST_CAPACITY = 64
_KEYS, _TOKENS, _COUNT = "cache/keys", "cache/tokens", "cache/count"
_LEAST = np.finfo(np.float32).tiny


class CachedStep:
    """A step with a cache of each text's own tokens; see :class:`textrnn.decoding.step.Reader`.

    The states have three more arrays: ``cache/keys`` (B, C, U), ``cache/tokens`` (B, C) and
    ``cache/count`` (B,). Several steps from one and the same state share the room for entries; so
    only one of them may be gone on with, the others from :func:`textrnn.decoding.step.take`.

    Args:
        step: the network.
        key: the state that is compared, as ``state_0/h``.
        size: the most tokens of a text that are remembered, the last ones.
        grows: whether each step remembers what it reads; otherwise :meth:`read` alone does. A text
            that is being written would else find its own words again, and go round in circles.
    """

    draws = True

    def __init__(self, step: Reader, key: str, size: int, *, grows: bool = True) -> None:
        self._step = step
        self._key = key
        self._size = size
        self._grows = grows

    def start(self, texts: int) -> States:
        """The states before any token."""
        states = self._step.start(texts)
        units = states[self._key].shape[1]
        return {
            **states,
            _KEYS: np.zeros((texts, _FIRST_CAPACITY, units), np.float32),
            _TOKENS: np.zeros((texts, _FIRST_CAPACITY), np.float32),
            _COUNT: np.zeros(texts, np.float32),
        }

    def read(self, tokens: Sequence[int]) -> States:
        """The states of one text after these tokens."""
        states = self.start(1)
        for token in tokens:
            cache = self._with([token], states)
            _, new = self._step.step([token], _inner(states))
            states = {**new, **cache}
        return states if self._grows else {**states, **self._trimmed(states)}

    def step(
        self, tokens: Sequence[int] | NDArray[np.int32], states: States
    ) -> tuple[NDArray[np.float32], States]:
        """Read one token of each text; see :meth:`textrnn.decoding.step.Step.step`."""
        cache = self._with(tokens, states) if self._grows else _own(states)
        logits, new = self._step.step(tokens, _inner(states))
        shares = softmax(logits)
        # On the network's own scale: penalties on repetition go by the signs of logits.
        scale = logits.max(axis=1, keepdims=True) - np.log(shares.max(axis=1, keepdims=True))
        for row, direction in enumerate(_directions(new[self._key])):
            end = int(cache[_COUNT][row])
            if end:
                kept = self._kept(end)
                # Not by BLAS, whose threads take longer to begin than so small a product does.
                cosines = np.einsum("nu,u->n", cache[_KEYS][row, kept], direction)
                mix(shares[row], cache[_TOKENS][row, kept].astype(np.int64), cosines)
        return np.log(np.maximum(shares, _LEAST)) + scale, {**new, **cache}

    def draw(
        self,
        tokens: Sequence[int] | NDArray[np.int32],
        states: States,
        *,
        mask: NDArray[np.float32],
        temperature: float,
        points: NDArray[np.float64],
    ) -> tuple[NDArray[np.int64], NDArray[np.float32], States]:
        """Read one token of each text and draw the next; see
        :meth:`textrnn.decoding.step.Step.draw`.
        """
        logits, states = self.step(tokens, states)
        drawn = draw(softmax(logits + mask, temperature=temperature), points.tolist())
        return drawn, log_probabilities(logits, drawn).astype(np.float32), states

    def _with(self, given: Sequence[int] | NDArray[np.int32], states: States) -> States:
        """The cache with these tokens, beside the states that they follow; a start empties it."""
        tokens = np.asarray(given)
        keys, known, count = self._roomy(states)
        count = np.where(tokens == Tokenizer.START, 0, count)
        rows = np.flatnonzero(tokens != Tokenizer.START)
        places = count[rows].astype(np.int64)
        keys[rows, places] = _directions(states[self._key][rows])
        known[rows, places] = tokens[rows]
        count[rows] += 1
        return {_KEYS: keys, _TOKENS: known, _COUNT: count}

    def _kept(self, end: int) -> slice:
        """Where the tokens of a text stand that are remembered, of so many."""
        return slice(max(0, end - self._size), end)

    def _trimmed(self, states: States) -> States:
        """The cache of one text without the room that nothing stands in."""
        keys, tokens, count = (states[name] for name in (_KEYS, _TOKENS, _COUNT))
        kept = self._kept(int(count[0]))
        left = np.array([kept.stop - kept.start], np.float32)
        return {_KEYS: keys[:, kept].copy(), _TOKENS: tokens[:, kept].copy(), _COUNT: left}

    def _roomy(self, states: States) -> tuple[NDArray[np.float32], ...]:
        """Keys, tokens and counts with room for one more of each text.

        Where they are full there is twice as much room, up to twice the size; then the older half
        is forgotten.
        """
        keys, tokens, count = states[_KEYS], states[_TOKENS], states[_COUNT]
        capacity = keys.shape[1]
        if count.max(initial=0) < capacity:
            return keys, tokens, count
        if capacity < 2 * self._size:
            more = min(capacity, 2 * self._size - capacity)
            wider = np.pad(keys, ((0, 0), (0, more), (0, 0)))
            return wider, np.pad(tokens, ((0, 0), (0, more))), count
        keys, tokens, count = keys.copy(), tokens.copy(), count.copy()
        for row in np.flatnonzero(count == capacity):
            for array in (keys, tokens):
                array[row, : self._size] = array[row, -self._size :]
            count[row] = self._size
        return keys, tokens, count


def _own(states: States) -> States:
    return {name: states[name] for name in (_KEYS, _TOKENS, _COUNT)}


def _inner(states: States) -> States:
    """The states of the network itself."""
    return {name: state for name, state in states.items() if name not in (_KEYS, _TOKENS, _COUNT)}


def mix(
    shares: NDArray[np.float32], tokens: NDArray[np.int64], cosines: NDArray[np.float32]
) -> None:
    """Mix the tokens of a cache into the network's probabilities, in place.

    Args:
        shares: the network's probabilities, (V,).
        tokens: those that the text has had, (N,).
        cosines: between the states that they followed and the present one, (N,).
    """
    similar = SHARPNESS * cosines
    highest = similar.max()
    weights = np.exp(similar - highest)
    total = weights.sum()
    share = 1.0 / (1.0 + np.exp(-OFFSET - SLOPE * (highest + np.log(total))))
    shares *= 1.0 - share
    np.add.at(shares, tokens, share / total * weights)


def _directions(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """States (B, U) of length 1; one of zeros stays."""
    lengths = np.sqrt(np.square(states).sum(axis=1, keepdims=True))
    return np.asarray(states / np.maximum(lengths, _LEAST))

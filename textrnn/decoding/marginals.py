"""The probabilities of tags and spans under a linear chain, by forward and backward sums.

Shapes: B sentences, T tokens (padded), L tags.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.chain import Chain, Floats

_CALM = 200.0  # nats between scores, three times which a float64 can hold as a probability


@dataclass(frozen=True)
class Marginals:
    """Probabilities under a chain, for a batch.

    Attributes:
        tags: of each tag at each token, (B, T, L); of padding 0.
    """

    tags: NDArray[np.float64]
    _alpha: NDArray[np.float64]  # (T, B, L), scaled to sum 1 at each token
    _beta: NDArray[np.float64]  # (T, B, L), scaled alike
    _emitted: NDArray[np.float64]  # (T, B, L), exp(emission) over its scale
    _moves: NDArray[np.float64]  # (L, L), exp(transition)

    def span(
        self, sentence: int, start: int, tags: NDArray[np.integer], further: int | None = None
    ) -> float:
        """The probability that the tokens from ``start`` on have just these tags.

        Args:
            sentence: its number in the batch.
            start: the first token.
            tags: tags' numbers, one a token.
            further: a tag that must not follow, as ``I-PER`` where a span is to end.
        """
        value = self._alpha[start, sentence, tags[0]]
        for i in range(1, len(tags)):
            here = self._emitted[start + i, sentence, tags[i]]
            value = value * self._moves[tags[i - 1], tags[i]] * here
        last = start + len(tags) - 1
        total = value * self._beta[last, sentence, tags[-1]]
        if further is not None and last + 1 < len(self._beta):
            here = self._emitted[last + 1, sentence, further] * self._moves[tags[-1], further]
            total -= value * here * self._beta[last + 1, sentence, further]
        return float(min(1.0, max(0.0, total)))


@dataclass(frozen=True)
class _LogMarginals(Marginals):
    """As :class:`Marginals`, of the logarithms of what it holds."""

    def span(
        self, sentence: int, start: int, tags: NDArray[np.integer], further: int | None = None
    ) -> float:
        """See :meth:`Marginals.span`."""
        value = self._alpha[start, sentence, tags[0]]
        for i in range(1, len(tags)):
            value += self._moves[tags[i - 1], tags[i]] + self._emitted[start + i, sentence, tags[i]]
        last = start + len(tags) - 1
        total = np.exp(value + self._beta[last, sentence, tags[-1]])
        if further is not None and last + 1 < len(self._beta):
            value += self._moves[tags[-1], further] + self._emitted[last + 1, sentence, further]
            total -= np.exp(value + self._beta[last + 1, sentence, further])
        return float(min(1.0, max(0.0, total)))


def marginals(emissions: Floats, lengths: NDArray[np.integer], chain: Chain) -> Marginals:
    """The probability of each tag at each token, by the forward-backward algorithm.

    Args:
        emissions: (B, T, L).
        lengths: tokens of each sentence, (B,).
        chain: the scores of moves.

    Returns:
        The marginals; both passes are scaled at each token (Rabiner 1989, section V.A), or where
        scores lie very far from each other done in logarithms, which takes longer.
    """
    steps = np.swapaxes(emissions, 0, 1).astype(np.float64)
    time = len(steps)
    present = (np.arange(time) < lengths[:, None])[..., None]
    if not _is_calm(steps, chain):
        alpha, norms = _log_forward(steps, lengths, chain)
        alpha -= norms[:, None]
        beta = _log_backward(steps, lengths, chain)
        tags = np.exp(np.swapaxes(alpha + beta, 0, 1)) * present
        return _LogMarginals(tags, alpha, beta, steps, chain.transitions.astype(np.float64))
    alpha, scales, emitted, moves = _forward(steps, lengths, chain)
    beta = np.zeros_like(alpha)
    end = np.exp(chain.end.astype(np.float64))
    for t in range(time - 1, -1, -1):
        if t < time - 1:
            beta[t] = (emitted[t + 1] * beta[t + 1]) @ moves.T
        last = lengths - 1 == t
        beta[t][last] = end / scales[-1][last, None]
    return Marginals(np.swapaxes(alpha * beta, 0, 1) * present, alpha, beta, emitted, moves)


def log_partition(
    emissions: Floats, lengths: NDArray[np.integer], chain: Chain
) -> NDArray[np.float64]:
    """The logarithm of the sum over all allowed sequences of tags, (B,)."""
    steps = np.swapaxes(emissions, 0, 1).astype(np.float64)
    if not len(steps):
        return np.zeros(len(lengths))
    if not _is_calm(steps, chain):
        return _log_forward(steps, lengths, chain)[1]
    _, scales, _, _ = _forward(steps, lengths, chain)
    highest = steps.max(axis=2) * (np.arange(len(steps))[:, None] < lengths)
    norms: NDArray[np.float64] = np.log(scales).sum(axis=0) + highest.sum(axis=0)
    return norms


def _is_calm(steps: NDArray[np.float64], chain: Chain) -> bool:
    """Whether no score lies so far from others that its probability would come to nothing.

    A tag that is improbable at one token can be reached again two tokens later.
    """
    weights = np.concatenate([np.ravel(w) for w in (chain.transitions, chain.start, chain.end)])
    weights = weights[np.isfinite(weights)]
    if np.ptp(weights) > _CALM:
        return False
    # Over all tokens is quicker to find, and most often enough.
    return not steps.size or bool(np.ptp(steps) <= _CALM or np.ptp(steps, axis=2).max() <= _CALM)


def _log_sum(scores: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """The logarithm of the sum of exponentials; minus infinity where all are."""
    highest = scores.max(axis=axis, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        sums = np.log(np.exp(scores - highest).sum(axis=axis))
    return np.asarray(sums + np.squeeze(highest, axis))


def _log_forward(
    steps: NDArray[np.float64], lengths: NDArray[np.integer], chain: Chain
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Alpha's logarithms (T, B, L), behind a sentence's end its last ones, and the log partition
    (B,).
    """
    alpha = np.zeros_like(steps)
    moves = chain.transitions.astype(np.float64)
    for t in range(len(steps)):
        if t == 0:
            alpha[t] = chain.start + steps[t]
            continue
        onward = _log_sum(alpha[t - 1][:, :, None] + moves, axis=1) + steps[t]
        alpha[t] = np.where((t < lengths)[:, None], onward, alpha[t - 1])
    norms = np.where(lengths > 0, _log_sum(alpha[-1] + chain.end, axis=1), 0.0)
    return alpha, norms


def _log_backward(
    steps: NDArray[np.float64], lengths: NDArray[np.integer], chain: Chain
) -> NDArray[np.float64]:
    """Beta's logarithms, (T, B, L), minus infinity behind a sentence's end."""
    beta = np.full_like(steps, -np.inf)
    moves = chain.transitions.astype(np.float64)
    for t in range(len(steps) - 1, -1, -1):
        if t < len(steps) - 1:
            beta[t] = _log_sum(moves + (steps[t + 1] + beta[t + 1])[:, None, :], axis=2)
        beta[t][lengths - 1 == t] = chain.end
    return beta


def _forward(
    steps: NDArray[np.float64], lengths: NDArray[np.integer], chain: Chain
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The scaled forward pass over emissions (T, B, L).

    Returns:
        Alpha (T, B, L), which sums to 1 over the tags; the scales (T + 1, B), the last that of the
        end, 1 for padding; the emitted (T, B, L), already over their scale; the moves (L, L).
    """
    emitted = np.exp(steps - steps.max(axis=2, keepdims=True))
    moves = np.exp(chain.transitions.astype(np.float64))
    alpha = np.zeros_like(emitted)
    scales = np.ones((len(steps) + 1, steps.shape[1]))
    last = np.exp(chain.start.astype(np.float64))
    for t in range(len(steps)):
        here = (t < lengths)[:, None]
        raw = (last if t == 0 else last @ moves) * emitted[t]
        scale = np.where(here, raw.sum(axis=1, keepdims=True), 1.0)
        alpha[t] = np.where(here, raw / scale, last)
        emitted[t] = emitted[t] / scale
        scales[t] = scale[:, 0]
        last = alpha[t]
    total = (last * np.exp(chain.end.astype(np.float64))).sum(axis=1)
    scales[-1] = np.where(lengths > 0, total, 1.0)
    return alpha, scales, emitted, moves

"""The best tags under a linear chain (Viterbi 1967), and the n best.

Shapes: B sentences, T tokens (padded), L tags.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.chain import Chain, Floats
from textrnn.decoding.marginals import log_partition


def viterbi(
    emissions: Floats, lengths: NDArray[np.integer], chain: Chain
) -> list[NDArray[np.int64]]:
    """The most probable tags of each sentence (Viterbi 1967; Rabiner 1989, section III.B).

    Args:
        emissions: (B, T, L).
        lengths: tokens of each sentence, (B,), from 0 to T.
        chain: the scores of moves.

    Returns:
        For each sentence its tags' numbers, (tokens,).
    """
    batch, time, _ = emissions.shape
    if not time:
        return [np.zeros(0, np.int64) for _ in range(batch)]
    # The batch comes last, so that every operation runs along it.
    steps = np.ascontiguousarray(emissions.transpose(1, 2, 0))  # (T, L, B)
    scores = np.empty(steps.shape, np.result_type(steps, chain.transitions))
    scores[0] = chain.start[:, None] + steps[0]
    for t in range(1, time):
        moves = scores[t - 1][:, None] + chain.transitions[:, :, None]  # (L from, L to, B)
        onward = moves.max(axis=0) + steps[t]
        scores[t] = np.where(t < lengths, onward, scores[t - 1])
    best = np.zeros((time, batch), np.int64)
    current = (scores[-1] + chain.end[:, None]).argmax(axis=0)  # (B,)
    for t in range(time - 1, -1, -1):
        best[t] = current
        if t:  # the way by which the best came here; to keep it would cost more than to find it
            came = (scores[t - 1] + chain.transitions[:, current]).argmax(axis=0)
            current = np.where(t < lengths, came, current)
    return [best[:length, row] for row, length in enumerate(lengths)]


def n_best(emissions: Floats, chain: Chain, count: int) -> list[tuple[NDArray[np.int64], float]]:
    """The ``count`` most probable sequences of tags of one sentence, best first.

    Args:
        emissions: (T, L).
        chain: the scores of moves.
        count: how many; fewer come back where the scheme allows no more.

    Returns:
        Tags' numbers (T,), and the log-probability in nats.
    """
    time, tags = emissions.shape
    if not time:
        return [(np.zeros(0, np.int64), 0.0)]
    # For each tag its best ways to get there: scores (L, k), and where each came from.
    emissions = emissions.astype(np.float64)
    scores = (chain.start + emissions[0])[:, None]
    origins: list[NDArray[np.int64]] = []
    for t in range(1, time):
        width = scores.shape[1]
        ways = scores[:, :, None] + chain.transitions[:, None, :]  # (L from, k, L to)
        ways = ways.reshape(tags * width, tags)
        kept = np.argsort(-ways, axis=0, kind="stable")[:count]  # (k', L to)
        scores = np.take_along_axis(ways, kept, axis=0).T + emissions[t][:, None]
        origins.append(kept.T)  # (L to, k'), each tag * width + rank
    final = (scores + chain.end[:, None]).ravel()
    norm = log_partition(emissions[None], np.array([time]), chain)[0]
    found = []
    for place in np.argsort(-final, kind="stable")[:count]:
        if np.isfinite(final[place]):  # else the scheme allows no more
            found.append((_trace(origins, int(place), time), float(final[place] - norm)))
    return found


def _trace(origins: list[NDArray[np.int64]], place: int, time: int) -> NDArray[np.int64]:
    """Follow one of the n best back to its beginning."""
    path = np.zeros(time, np.int64)
    widths = [1, *(origin.shape[1] for origin in origins)]  # ways kept at each token
    for t in range(time - 1, -1, -1):
        tag, rank = divmod(place, widths[t])
        path[t] = tag
        if t:
            place = int(origins[t - 1][tag, rank])
    return path

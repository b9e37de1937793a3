"""Beam search: the most probable texts rather than drawn ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.draft import Draft
from textrnn.decoding.filters import penalize
from textrnn.decoding.sampling import Sampling
from textrnn.decoding.step import States, Step, take


def beam_search(
    stepper: Step,
    blank: Draft,
    logits: NDArray[np.float32],
    states: States,
    *,
    width: int,
    sampling: Sampling,
) -> list[Draft]:
    """Follow the ``width`` most probable beginnings, token by token.

    Texts that came to an end are compared with the others by their mean log-probability a token,
    since every token makes a text less probable.

    Args:
        stepper: the network.
        blank: the seed.
        logits: of the first token, (1, V).
        states: after the seed, (1, U).
        width: beginnings that are kept.
        sampling: its repetition penalty and n-gram rule count; nothing is drawn.

    Returns:
        Up to ``width`` finished texts, the best first; texts that broke off where nothing else is.
    """
    beam, finished, blocked = [blank], [], []
    while beam:
        found: list[tuple[float, int, int, float]] = []
        for place, draft in enumerate(beam):
            best = _best_tokens(draft, logits[place], width, sampling)
            if draft.finish:
                finished.append(draft)
                continue
            if not best:
                draft.block()
                blocked.append(draft)
            found += [(draft.score + score, place, token, own) for score, token, own in best]
        found.sort(key=lambda item: (-item[0], item[1], item[2]))
        parents, longer = [], []
        for score, place, token, own in found[: width - min(len(finished), width - 1)]:
            draft = beam[place].copy()
            draft.add(token, own)
            draft.score = score
            if draft.finish:
                finished.append(draft)
            else:
                longer.append(draft)
                parents.append(place)
        if len(finished) >= width or not longer:
            break
        beam = longer
        logits, states = stepper.step([draft.ids[-1] for draft in beam], take(states, parents))
    return sorted(finished or blocked, key=_mean_loss)[:width]


def _best_tokens(
    draft: Draft, logits: NDArray[np.float32], width: int, sampling: Sampling
) -> list[tuple[float, int, float]]:
    """The most probable tokens to come next, best first: by what score, which, and their own
    log-probabilities; none where no token may come. The draft's form may end it here.
    """
    masked = logits.copy()
    draft.mask(masked)
    if draft.finish:
        return []
    own = scores = _log_softmax(logits)
    if sampling.repetition_penalty != 1.0:
        scores = _log_softmax(penalize(logits, draft.seen.tokens, sampling.repetition_penalty))
    ruled_out = np.isneginf(sampling.penalized(masked, draft.seen))
    scores = np.where(ruled_out, -np.inf, scores)
    best = np.argsort(-scores, kind="stable")[:width]
    best = best[np.isfinite(scores[best])]
    return [(float(scores[token]), int(token), float(own[token])) for token in best]


def _mean_loss(draft: Draft) -> float:
    return -draft.score / max(draft.tokens, 1)


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    highest = logits.max()
    if highest == -np.inf:
        return np.full(len(logits), -np.inf)
    shifted = (logits - highest).astype(np.float64)
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))

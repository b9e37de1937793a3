"""Drawn texts: several at once, a token of each at a time.

Every text is drawn by itself, from its own logits with its own dice, so that the others make no
difference to it. B texts, V tokens in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.draft import Draft
from textrnn.decoding.sampling import Dice, Sampling, draw, log_probabilities
from textrnn.decoding.step import States, Step, take


def draw_texts(
    stepper: Step,
    drafts: Sequence[Draft],
    dice: Sequence[Dice],
    states: States,
    sampling: Sampling,
) -> Iterator[tuple[int, str]]:
    """Write drafts to their ends.

    Args:
        stepper: the network.
        drafts: beginnings, under rules of one length.
        dice: those of each draft.
        states: before each draft's last token, (B, U).
        sampling: how tokens are drawn.

    Yields:
        Which draft has news, and what was added to it; a finished one for the last time.
    """
    active = list(range(len(drafts)))
    shown = [0] * len(drafts)
    while active:
        states = _advance(
            stepper, [drafts[i] for i in active], [dice[i] for i in active], states, sampling
        )
        going: list[int] = []
        for place, number in enumerate(active):
            draft = drafts[number]
            news = draft.news(shown[number])
            if draft.finish or news:
                yield number, news
                shown[number] += len(news)
            if not draft.finish:
                going.append(place)
        if len(going) < len(active):
            active, states = [active[place] for place in going], take(states, going)


def _advance(
    stepper: Step,
    drafts: Sequence[Draft],
    dice: Sequence[Dice],
    states: States,
    sampling: Sampling,
) -> States:
    """Write one token of each draft, or end it; the states from before its last token to it."""
    last = [draft.last for draft in drafts]
    mask, step = _mask(drafts), drafts[0].tokens  # all are equally far
    drawn: Iterable[tuple[int, float]]
    if stepper.draws and sampling.is_plain(step):
        rows = _open_rows(drafts, np.broadcast_to(mask.max(axis=1) == 0.0, len(drafts)))
        points = np.zeros(len(drafts))
        points[rows] = [dice[row].roll() for row in rows]
        temperature = sampling.temperature_at(step)
        tokens, logs, states = stepper.draw(
            last, states, mask=mask, temperature=temperature, points=points
        )
        drawn = zip(tokens[rows].tolist(), logs[rows].tolist(), strict=True)
    else:
        logits, states = stepper.step(last, states)
        seen = [draft.seen for draft in drafts]
        shares = sampling.distributions(logits + mask, step=step, seen=seen)
        rows = _open_rows(drafts, shares.max(axis=1) > 0)
        if len(rows) < len(drafts):
            shares, logits = shares[rows], logits[rows]
        tokens = draw(shares, [dice[row].roll() for row in rows])
        drawn = zip(tokens.tolist(), log_probabilities(logits, tokens).tolist(), strict=True)
    for row, (token, log_probability) in zip(rows, drawn, strict=True):
        drafts[row].add(token, log_probability)
    return states


def _mask(drafts: Sequence[Draft]) -> NDArray[np.float32]:
    """What to add to the logits of the next tokens: 0, or minus infinity where one must not come.

    Returns:
        (B, V), or (1, V) where the rules make it the same for all. It can end a draft: see
        :meth:`textrnn.decoding.draft.Draft.mask`.
    """
    apart = drafts if any(draft.is_apart for draft in drafts) else drafts[:1]
    mask = np.zeros((len(apart), len(drafts[0].vocabulary)), np.float32)
    for draft, row in zip(apart, mask, strict=True):
        draft.mask(row)
    return mask


def _open_rows(drafts: Sequence[Draft], possible: NDArray[np.bool_]) -> list[int]:
    """Which drafts go on; of the others those end for which no token is possible."""
    rows = []
    for row, (draft, some) in enumerate(zip(drafts, possible.tolist(), strict=True)):
        if not draft.finish and some:
            rows.append(row)
        elif not draft.finish:
            draft.block()
    return rows

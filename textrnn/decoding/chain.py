"""A linear chain of tags (Lafferty et al. 2001): the scores of its moves, and of given paths.

Everything is vectorised over a batch and written in NumPy: serving needs no training package.
Shapes: B sentences, T tokens (padded), L tags.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.transitions import allowed_transitions

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Chain:
    """Scores of a linear-chain CRF; of moves that are forbidden minus infinity.

    Attributes:
        transitions: from tag to tag, (L, L).
        start: of the first tag, (L,).
        end: of the last tag, (L,).
    """

    transitions: Floats
    start: Floats
    end: Floats

    @classmethod
    def over(
        cls,
        tags: Sequence[str],
        *,
        transitions: Floats | None = None,
        start: Floats | None = None,
        end: Floats | None = None,
    ) -> Chain:
        """The chain over some tags: what was learned (by default nothing: all moves score 0), and
        what their scheme forbids.
        """
        allowed = allowed_transitions(tags)
        learned = (transitions, start, end)
        scores = (
            np.where(part > 0, 0.0 if weight is None else weight, -np.inf)
            for part, weight in zip(allowed, learned, strict=True)
        )
        return cls(*(score.astype(np.float32) for score in scores))

    def scaled(self, temperature: float) -> Chain:
        """The chain whose probabilities are flatter, or below 1 sharper, by a temperature (Guo et
        al. 2017, section 4.2); what is forbidden stays so.
        """
        return Chain(
            self.transitions / temperature, self.start / temperature, self.end / temperature
        )


def path_scores(
    emissions: Floats,
    tags: NDArray[np.integer],
    lengths: NDArray[np.integer],
    chain: Chain,
) -> NDArray[np.float64]:
    """The score of given tags, (B,); less the log partition it is their log-probability.

    Args:
        emissions: (B, T, L).
        tags: their numbers, (B, T); of padding any.
        lengths: tokens of each sentence, (B,).
        chain: the scores of moves.
    """
    scores = np.zeros(len(lengths))
    for row, length in enumerate(lengths):
        if length:
            path = tags[row, :length]
            scores[row] = (
                chain.start[path[0]]
                + emissions[row, np.arange(length), path].sum(dtype=np.float64)
                + chain.transitions[path[:-1], path[1:]].sum(dtype=np.float64)
                + chain.end[path[-1]]
            )
    return scores

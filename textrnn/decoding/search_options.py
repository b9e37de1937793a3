"""How a search goes, and by what the texts that it finds are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require, require_whole
from textrnn.decoding.sampling import MOST_NGRAM

MOST_BEAM = 100
MOST_PENALTY = 10.0  # the most a length is rewarded by, too
_LEAST_COVERED = 1e-6  # of a source's token: the logarithm of nothing would outweigh all else


@dataclass(frozen=True)
class SearchOptions:
    """How a search goes.

    Attributes:
        beam: beginnings that are kept of each source; 1 takes the most probable token each time.
        length_penalty: what a longer text is allowed to be less probable, the exponent of Wu et al.
            (2016, eq. 14); 0: nothing.
        length_reward: what each token but the end adds to a text's log-probability, in nats, while
            it is searched for and after (He et al. 2016; Murray & Chiang 2018, eq. 4); 0: nothing.
        coverage_penalty: how much it counts that a source's tokens were hardly looked at (eq. 15);
            0: nothing.
        n_best: how many texts are found of each source, at most as many as the beam is wide.
        no_repeat_ngram: no sequence of so many tokens comes twice in a text; 0: any may.
    """

    beam: int = 5
    length_penalty: float = 1.0
    length_reward: float = 0.0
    coverage_penalty: float = 0.0
    n_best: int = 1
    no_repeat_ngram: int = 0

    def __post_init__(self) -> None:
        require_whole("beam", self.beam, least=1)
        require(self.beam <= MOST_BEAM, f"beam must be at most {MOST_BEAM}; received {self.beam}")
        require_whole("n-best", self.n_best, least=1)
        require(
            self.n_best <= self.beam,
            f"a beam of {self.beam} finds no {self.n_best} texts: give a beam of {self.n_best}",
        )
        require_whole("no-repeat-ngram", self.no_repeat_ngram, least=0)
        require(
            self.no_repeat_ngram <= MOST_NGRAM,
            f"no-repeat-ngram must be at most {MOST_NGRAM:,}; received {self.no_repeat_ngram}",
        )
        for name in ("length_penalty", "length_reward", "coverage_penalty"):
            value = getattr(self, name)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            require(
                is_number and 0 <= value <= MOST_PENALTY,
                f"{name.replace('_', '-')} must be from 0 to {MOST_PENALTY:g}; received {value!r}",
            )

    def score(self, total: float, tokens: int, covered: NDArray[np.float64]) -> float:
        """By what a finished text is compared with others (Wu et al. 2016, eq. 14 and 15).

        Args:
            total: the log-probability of all its tokens, in nats, and what they are rewarded with.
            tokens: how many they are, its end among them.
            covered: the attention that each of the source's tokens had in all, (S,).

        Example:
            >>> SearchOptions().score(-7.0, 9, np.ones(3)), SearchOptions(length_penalty=0).score(
            ...     -7.0, 9, np.ones(3))
            (-3.0, -7.0)
        """
        score: float = total / ((5 + tokens) / 6) ** self.length_penalty
        if self.coverage_penalty:
            shares = np.clip(covered, _LEAST_COVERED, 1.0)
            score += self.coverage_penalty * float(np.log(shares).sum())
        return score

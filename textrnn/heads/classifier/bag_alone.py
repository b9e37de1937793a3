"""When a bag of n-grams answers by itself, and how sure it then is.

A bag reads a text some forty times as fast as the network beside it. Of long reviews most are told
by their words: there its answer stands, and the network reads the rest (a cascade of classifiers:
Viola & Jones 2001, section 4). What a score means depends on a text's length, so that each range of
lengths has numbers of its own, fitted to validation texts
(:mod:`textrnn.training.classifier.bag_alone`).

Shapes: B texts, R ranges of lengths, L labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.heads.classifier.calibration import softmax

MODES = ("adaptive", "exact", "fast")  # who answers: the surer, the network, the bag
MOST_SHARPNESS, MOST_BIAS = 100.0, 100.0
_MOST_RANGES, _MOST_TOKENS = 100, 10**9


@dataclass(frozen=True)
class BagAlone:
    """A bag's own probabilities, and the one from which its answer stands.

    Attributes:
        from_tokens: the least tokens of the texts in each range of lengths, rising from 0, (R,).
        sharpness: what the bag's scores are multiplied by, (R,).
        bias: what is added to those of each label, (R, L).
        sure_above: the answer stands where it is more probable than this, (R,); 1: never.
        least_tokens: of a text whose answer may stand.

    Raises:
        ConfigurationError: the numbers do not fit one another, or are out of range.

    Example:
        >>> alone = BagAlone((0, 50), (1.0, 2.0), ((0.0, 0.0), (0.0, 0.0)), (1.0, 0.9))
        >>> scores, lengths = np.array([[-1.0, 1.0], [-1.0, 1.0]], np.float32), np.array([9, 60])
        >>> probabilities = alone.probabilities(scores, lengths)
        >>> probabilities.round(3).tolist()
        [[0.119, 0.881], [0.018, 0.982]]
        >>> alone.is_sure(probabilities, lengths).tolist()
        [False, True]
    """

    from_tokens: tuple[int, ...]
    sharpness: tuple[float, ...]
    bias: tuple[tuple[float, ...], ...]
    sure_above: tuple[float, ...]
    least_tokens: int = 0

    def __post_init__(self) -> None:
        ranges = len(self.from_tokens)
        require(1 <= ranges <= _MOST_RANGES, f"from 1 to {_MOST_RANGES} ranges; received {ranges}")
        others = (self.sharpness, self.bias, self.sure_above)
        require(all(len(each) == ranges for each in others), f"not all have {ranges} ranges")
        rising = all(a < b for a, b in zip(self.from_tokens, self.from_tokens[1:], strict=False))
        require(self.from_tokens[0] == 0 and rising, "from_tokens must rise from 0")
        require(self.from_tokens[-1] <= _MOST_TOKENS, f"from_tokens: at most {_MOST_TOKENS:,}")
        _require_within("sharpness", self.sharpness, 0.0, MOST_SHARPNESS)
        _require_within("sure_above", self.sure_above, 0.0, 1.0)
        for row in self.bias:
            require(len(row) == len(self.bias[0]), "bias: not as many labels in each range")
            _require_within("bias", row, -MOST_BIAS, MOST_BIAS)

    def probabilities(
        self, scores: NDArray[np.floating[Any]], lengths: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """What the bag makes of texts, (B, L).

        Args:
            scores: the bag's, (B, L).
            lengths: tokens of each text, (B,).
        """
        ranges = self._ranges(lengths)
        sharpness, bias = np.array(self.sharpness)[ranges], np.array(self.bias)[ranges]
        return softmax(sharpness[:, None] * scores + bias)

    def is_sure(
        self, probabilities: NDArray[np.float64], lengths: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Of which texts the bag's answer stands, (B,).

        Args:
            probabilities: as :meth:`probabilities` gives them, (B, L).
            lengths: tokens of each text, (B,).
        """
        above = np.array(self.sure_above)[self._ranges(lengths)]
        is_long = lengths >= self.least_tokens
        return np.asarray(is_long & (probabilities.max(axis=1, initial=0.0) > above))

    def _ranges(self, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self.from_tokens, lengths, side="right") - 1


def _require_within(name: str, values: tuple[float, ...], least: float, most: float) -> None:
    for value in values:
        wrong = f"{name} must be from {least:g} to {most:g}; received {value:g}"
        require(least <= value <= most, wrong)

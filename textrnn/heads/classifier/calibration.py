"""How a classifier's logits become probabilities that can be believed.

Logits are divided by a temperature (Guo et al. 2017, section 4.2), after a share of the scores of a
bag of n-grams has been added where there is one. Both may depend on a text's length, as a power of
it: a long review is told by its words, of which a sentence has few, and a network that is sure of a
sentence is wrong more often than one that is sure of a review.

Shapes: B texts, L labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPICAL_TOKENS = 100  # of a text whose temperature and share are those that are written down
MOST_BAG_SHARE = 100.0  # that a model may say
_FEWEST, _MOST = 10, 1000  # tokens beyond which lengths say no more: few validation texts are there


@dataclass(frozen=True)
class Calibration:
    """A temperature and the share of a bag's scores, for texts of any length.

    Attributes:
        temperature: what the logits of a text of 100 tokens are divided by.
        temperature_growth: the temperature of a text of n tokens is ``(n / 100)`` to this power
            times as high, n not below 10 and not above 1,000.
        bag_share: how much of a bag's scores is added to the logits of a text of 100 tokens.
        bag_share_growth: the same power for the share.
    """

    temperature: float = 1.0
    temperature_growth: float = 0.0
    bag_share: float = 0.0
    bag_share_growth: float = 0.0

    def share(self, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """How much of a bag's scores is added, for texts of so many tokens."""
        return self.bag_share * _times(lengths) ** self.bag_share_growth

    def divisor(self, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """The temperature of texts of so many tokens."""
        return self.temperature * _times(lengths) ** self.temperature_growth

    def apply(
        self,
        logits: NDArray[np.float32],
        lengths: NDArray[np.int64],
        scores: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float64]:
        """Logits whose softmax is the probabilities.

        Args:
            logits: of the network, (B, L).
            lengths: tokens of each text, (B,).
            scores: of the bag, (B, L).

        Returns:
            (B, L).

        Example:
            >>> calibration = Calibration(temperature=2.0, temperature_growth=0.5)
            >>> logits = np.ones((2, 2), np.float32)
            >>> calibration.apply(logits, np.array([100, 400])).tolist()
            [[0.5, 0.5], [0.25, 0.25]]
        """
        mixed = logits.astype(np.float64)
        if scores is not None:
            mixed = mixed + self.share(lengths)[:, None] * scores
        return np.asarray(mixed / self.divisor(lengths)[:, None])

    def as_dict(self) -> dict[str, float]:
        """The numbers that are not 0, for a manifest."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Calibration:
        """Read what :meth:`as_dict` gave, among other keys.

        Raises:
            TypeError, ValueError: a value is no number.
        """
        return cls(**{name: float(data[name]) for name in asdict(cls()) if name in data})


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities of logits, (B, L)."""
    shares: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _times(lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """How often the typical length lies in others."""
    return np.clip(lengths, _FEWEST, _MOST) / TYPICAL_TOKENS

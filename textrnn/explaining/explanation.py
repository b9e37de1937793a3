"""Which words made a classifier answer as it did, and how far to believe that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from textrnn.heads.classifier.result import TokenWeight

METHODS = ("attention", "occlusion", "gradients")
CURVE_STEPS = 10


@dataclass(frozen=True)
class Explanation:
    """What each token of a text did for a label.

    Attributes:
        text: the text as it was given.
        label: the label that is explained.
        probability: its probability.
        method: one of METHODS.
        weights: a weight for each token. Of ``attention`` shares of 1, which say how much a token
            was looked at and not what for; of ``occlusion`` what the label's log-odds lose when the
            token is read as unknown; of ``gradients`` the token's part in the difference between
            the log-odds of the text and of a text of unknown words. Above 0 a token speaks for the
            label, below 0 against it.
        curve: the label's probability when the heaviest 0%, 10% … 100% of the tokens are read as
            unknown: (11,).
        random_curve: the same for tokens in random orders, the mean of five, or of a text of more
            than 2,000 tokens one.
        language: of the text, an ISO 639-1 code, where a :class:`textrnn.Router` looked for it;
            None where it found none.
        together: how many neighbouring tokens were read as unknown at a time; above 1 for long
            texts, whose weights are those of such stretches.
    """

    text: str
    label: str
    probability: float
    method: str
    weights: tuple[TokenWeight, ...]
    curve: tuple[float, ...]
    random_curve: tuple[float, ...]
    language: str | None = ""
    together: int = 1

    def in_language(self, language: str | None) -> Explanation:
        """The same, with its language."""
        return replace(self, language=language)

    @property
    def faithfulness(self) -> float:
        """The mean area by which the curve lies under that of random orders.

        How much faster the answer goes when tokens are taken away by weight (Samek et al. 2017,
        section III-B): the higher, the more the weights tell what the network went by; at 0 or
        below they tell nothing.
        """
        return float(np.mean(np.subtract(self.random_curve, self.curve)))

    @property
    def heaviest(self) -> float:
        """The size of the heaviest weight; 1 where there is none."""
        return max((abs(w.weight) for w in self.weights), default=0.0) or 1.0

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "text": self.text,
            **({} if self.language == "" else {"language": self.language}),
            "label": self.label,
            "probability": round(self.probability, 6),
            "method": self.method,
            "faithfulness": round(self.faithfulness, 4),
            "together": self.together,
            "weights": [weight.as_dict() for weight in self.weights],
            "curve": [round(value, 4) for value in self.curve],
            "random_curve": [round(value, 4) for value in self.random_curve],
        }

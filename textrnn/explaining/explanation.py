"""What a text's tokens did for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from textrnn.heads.classifier.result import TokenWeight
from textrnn.heads.result import INTEGER, NUMBER, TEXT, Columns, Result
from textrnn.reports.html import safe_html
from textrnn.reports.notebook import TEXT_STYLE

METHODS = ("attention", "occlusion", "gradients")
CURVE_STEPS = 10
_FOR, _AGAINST, _ATTENTION = 140, 5, 265  # hues
_STRONGEST = 0.6  # opacity of the heaviest token


@dataclass(frozen=True)
class Explanation(Result):
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
            **self.found_language(),
            "label": self.label,
            "probability": round(self.probability, 6),
            "method": self.method,
            "faithfulness": round(self.faithfulness, 4),
            "together": self.together,
            "weights": [weight.as_dict() for weight in self.weights],
            "curve": [round(value, 4) for value in self.curve],
            "random_curve": [round(value, 4) for value in self.random_curve],
        }

    @staticmethod
    def column_kinds() -> Columns:
        """The columns of explanations; see :meth:`textrnn.heads.head.Head.column_kinds`."""
        weight = {"start": INTEGER, "end": INTEGER, "text": TEXT, "weight": NUMBER}
        return {
            "label": TEXT,
            "probability": NUMBER,
            "method": TEXT,
            "faithfulness": NUMBER,
            "together": INTEGER,
            "weights": [weight],
            "curve": [NUMBER],
            "random_curve": [NUMBER],
        }

    def _repr_html_(self) -> str:
        shown = shaded_html(self, "background: hsl({hue} 75% 48% / {share:.2f})")
        about = f"{self.label} {self.probability:.3f} · {self.method} · faithfulness "
        return (
            f'<div style="{TEXT_STYLE}">{shown}</div>'
            f"<div>{safe_html(about)}{self.faithfulness:+.2f}</div>"
        )


def shaded_html(explanation: Explanation, style: str) -> str:
    """The text, a mark around each token: the heavier, the stronger.

    Args:
        explanation: the text and its weights.
        style: of a mark, with a ``{hue}`` in degrees and a ``{share}`` of colour, from 0 to 1.
    """
    pieces, end = [], 0
    for token in explanation.weights:
        share = _STRONGEST * abs(token.weight) / explanation.heaviest
        hue = _FOR if token.weight > 0 else _AGAINST
        if explanation.method == "attention":
            hue = _ATTENTION
        pieces.append(safe_html(explanation.text[end : token.start]))
        pieces.append(
            f'<mark style="{style.format(hue=hue, share=share)}" title="{token.weight:+.3f}">'
            f"{safe_html(token.text)}</mark>"
        )
        end = token.end
    pieces.append(safe_html(explanation.text[end:]))
    return "".join(pieces)

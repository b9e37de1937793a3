"""Which words made a classifier answer as it did, and how far to believe that.

Shapes: T tokens of a text, W windows, L labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require, require_choice
from textrnn.errors import ConfigurationError, MissingExtraError
from textrnn.results import TokenWeight
from textrnn.runtime.windows import merge_attention, merge_logits, window_shares
from textrnn.tokenization import Tokenizer

if TYPE_CHECKING:
    from textrnn.heads.classifier import Classifier
    from textrnn.training.gradients import IntegratedGradients

METHODS = ("attention", "occlusion", "gradients")
CURVE_STEPS = 10
_RANDOM_ORDERS = 5
_TOKENS_TOGETHER = 2**17  # of variants of a text whose n-grams are counted at once

Ids = NDArray[np.int32]
Plan = list[tuple[int, int]]


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
        random_curve: the same for tokens in random orders, the mean of five.
        language: of the text, an ISO 639-1 code, where a :class:`textrnn.Router` looked for it.
    """

    text: str
    label: str
    probability: float
    method: str
    weights: tuple[TokenWeight, ...]
    curve: tuple[float, ...]
    random_curve: tuple[float, ...]
    language: str = ""

    def in_language(self, language: str) -> Explanation:
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
            **({"language": self.language} if self.language else {}),
            "label": self.label,
            "probability": round(self.probability, 6),
            "method": self.method,
            "faithfulness": round(self.faithfulness, 4),
            "weights": [weight.as_dict() for weight in self.weights],
            "curve": [round(value, 4) for value in self.curve],
            "random_curve": [round(value, 4) for value in self.random_curve],
        }


class Explainer:
    """Explains a classifier's answers.

    Args:
        classifier: the model.
    """

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier

    def explain(
        self, text: str, *, methods: Sequence[str] = ("occlusion",), label: str | None = None
    ) -> list[Explanation]:
        """Explain the answer to a text.

        Args:
            text: any text.
            methods: of METHODS; ``gradients`` needs the training extra.
            label: the label to explain; by default the most probable one.

        Returns:
            An explanation by each method.

        Raises:
            ConfigurationError: a method or the label is unknown, or the network has no attention.
            MissingExtraError: gradients were asked for and Keras is not installed.
        """
        for method in methods:
            require_choice("method", method, METHODS)
        found = _Text(self, text)
        number = found.choose(label)
        random_curve = found.random_curve(number)
        return [found.explain(method, number, random_curve) for method in methods]

    @cached_property
    def gradients(self) -> IntegratedGradients:
        """The network in Keras."""
        try:
            from textrnn.training.gradients import IntegratedGradients
        except ModuleNotFoundError as error:
            raise MissingExtraError("explaining by gradients", "train") from error
        return IntegratedGradients(self.classifier.bundle)


class _Text:
    """A text as a classifier reads it: its tokens, its windows, their logits."""

    def __init__(self, explainer: Explainer, text: str) -> None:
        self.explainer = explainer
        self.classifier = classifier = explainer.classifier
        self.text = text
        tokens = classifier.tokenizer.encode(text)
        self.ids, self.offsets = tokens.ids, tokens.offsets.tolist()
        self.plan = classifier.plan(len(self.ids))
        self.logits, self.attention = classifier.run(self._windows(self.ids))

    def choose(self, label: str | None) -> int:
        """The number of the label that is explained."""
        labels = self.classifier.labels
        if label is None:
            return int(self._calibrated([self.logits], [self.ids]).argmax())
        require(
            label in labels,
            f"label {label!r} is not one of the model's: {', '.join(labels)}",
        )
        return labels.index(label)

    def random_curve(self, number: int) -> tuple[float, ...]:
        """The curve of tokens in random orders, which is the same for every method."""
        size = len(self.ids)
        orders = [np.random.default_rng(i).permutation(size) for i in range(_RANDOM_ORDERS)]
        return self._curve(orders, number)

    def explain(self, method: str, number: int, random_curve: tuple[float, ...]) -> Explanation:
        """The explanation by one method."""
        by = {"attention": self._attention, "occlusion": self._occlusion}
        weights = by.get(method, self._gradients)(number)
        order = np.argsort(-weights, kind="stable")
        curve = self._curve([order], number)
        return Explanation(
            self.text,
            self.classifier.labels[number],
            curve[0],
            method,
            tuple(
                TokenWeight(start, end, self.text[start:end], float(weight))
                for (start, end), weight in zip(self.offsets, weights, strict=True)
            ),
            curve,
            random_curve,
        )

    def _attention(self, number: int) -> NDArray[np.float64]:
        if self.attention[0] is None:
            raise ConfigurationError(
                f"{self.classifier.bundle.name} has no attention; use another method"
            )
        return merge_attention(self.attention, self.plan).astype(np.float64)

    def _occlusion(self, number: int) -> NDArray[np.float64]:
        """Each token in turn is read as unknown, in every window that it lies in."""
        size = len(self.ids)
        if not size:
            return np.zeros(0)
        windows, places = [], []
        for w, (start, end) in enumerate(self.plan):
            for position in range(start, end):
                window = self.ids[start:end].copy()
                window[position - start] = Tokenizer.UNK
                windows.append(window)
                places.append((w, position))
        changed = np.tile(self.logits, (size, 1, 1))  # (T, W, L)
        for (w, position), row in zip(places, self.classifier.run(windows)[0], strict=True):
            changed[position, w] = row
        odds = np.empty(size)
        together = max(1, _TOKENS_TOGETHER // size)
        for begin in range(0, size, together):
            members = range(begin, min(begin + together, size))
            texts = [self._without([position]) for position in members]
            odds[members] = log_odds(self._calibrated(changed[members], texts), number)
        whole = log_odds(self._calibrated([self.logits], [self.ids]), number)
        return np.asarray(whole - odds)

    def _gradients(self, number: int) -> NDArray[np.float64]:
        weights = np.zeros(len(self.ids))
        pairs = list(zip(window_shares(self.plan), self.plan, strict=True))
        # What the bag says of a token falls on the windows that it lies in, by their shares.
        counted = np.zeros((len(self.ids), 1), np.float32)
        for share, (start, end) in pairs:
            counted[start:end] += share
        bag, unknown_bag = (
            self._bag_parts(ids) / counted
            for ids in (self.ids, np.full_like(self.ids, Tokenizer.UNK))
        )
        divisor = float(self.classifier.calibration.divisor(np.array([len(self.ids)]))[0])
        for share, (start, end) in pairs:
            weights[start:end] += share * self.explainer.gradients.parts(
                self.ids[start:end],
                number,
                scores=bag[start:end],
                unknown_scores=unknown_bag[start:end],
                divisor=divisor,
            )
        return weights

    def _bag_parts(self, ids: Ids) -> NDArray[np.float32]:
        """What each token's n-grams, and its part of the bias, add to the text's logits, (T, L)."""
        classifier = self.classifier
        if classifier.bag is None:
            return np.zeros((len(ids), len(classifier.labels)), np.float32)
        share = classifier.calibration.share(np.array([len(ids)]))
        parts = classifier.bag.parts(ids) + classifier.bag.bias / max(len(ids), 1)
        return (share * parts).astype(np.float32)

    def _curve(self, orders: Sequence[NDArray[np.int64]], number: int) -> tuple[float, ...]:
        """The label's probability as more and more tokens are read as unknown, the mean over some
        orders.
        """
        texts = [
            self._without(order[: round(len(order) * step / CURVE_STEPS)])
            for order in orders
            for step in range(CURVE_STEPS + 1)
        ]
        logits, _ = self.classifier.run([w for text in texts for w in self._windows(text)])
        parts = logits.reshape(len(texts), len(self.plan), -1)
        odds = log_odds(self._calibrated(parts, texts), number).reshape(len(orders), -1)
        return tuple((1.0 / (1.0 + np.exp(-odds))).mean(axis=0).tolist())

    def _calibrated(
        self, parts: Sequence[NDArray[np.float32]] | NDArray[np.float32], texts: Sequence[Ids]
    ) -> NDArray[np.float64]:
        """Logits (texts, L) of variants of the text from those of their windows, (W, L) each."""
        merged = np.stack([merge_logits(part, self.plan) for part in parts])
        return self.classifier.calibrate(merged, texts)

    def _without(self, positions: Sequence[int] | NDArray[np.int64]) -> Ids:
        """The text with some tokens read as unknown."""
        ids = self.ids.copy()
        ids[positions] = Tokenizer.UNK
        return ids

    def _windows(self, ids: Ids) -> list[Ids]:
        return [ids[start:end] for start, end in self.plan]


def log_odds(logits: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """log p / (1 - p) of a label.

    Args:
        logits: (..., L).
        number: the label's.

    Returns:
        (...).

    Example:
        >>> float(log_odds(np.log([0.2, 0.8]), 1).round(4))  # log 4
        1.3863
    """
    others = np.delete(logits, number, axis=-1)
    highest = others.max(axis=-1, keepdims=True)
    total = np.log(np.exp(others - highest).sum(axis=-1)) + highest[..., 0]
    return np.asarray(logits[..., number] - total)

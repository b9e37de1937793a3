"""How much each token of a text did for a label: attention, occlusion, integrated gradients.

Shapes: T tokens of a text, W windows, L labels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require, require_choice, unknown_key_message
from textrnn.errors import ConfigurationError, MissingExtraError
from textrnn.explaining.explanation import CURVE_STEPS, METHODS, Explanation
from textrnn.heads.classifier.result import TokenWeight
from textrnn.heads.inputs import checked_text, iterated
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.units import (
    Numbers,
    first_tokens,
    joined_units,
    shared_units,
    unit_offsets,
    unit_sums,
)
from textrnn.text.windows import merge_attention, merge_logits, window_shares

if TYPE_CHECKING:
    from textrnn.heads.classifier.classifier import Classifier
    from textrnn.training.classifier.gradients import IntegratedGradients


_RANDOM_ORDERS = 5
_LONG_TOKENS = 2000  # of a text for which one random order has to do
_READ_TOKENS = 100_000  # that occlusion reads of a text's variants before it takes tokens together
_READ_TIMES = 12  # or so many times the text, if that is more
_RUN_WINDOWS = 64  # between two calls that say how far it is
_TOKENS_TOGETHER = 2**17  # of variants of a text whose n-grams are counted at once
Ids = NDArray[np.int32]
Plan = list[tuple[int, int]]


class Explainer:
    """Explains a classifier's answers.

    Args:
        classifier: the model.

    Attributes:
        on_tokens: called with how many tokens the network has read since the last call, and how
            many it will read for the text and method in all.
    """

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self.on_tokens: Callable[[int, int], None] = lambda count, total: None

    def explain(
        self, text: str, *, methods: str | Sequence[str] = "occlusion", label: str | None = None
    ) -> list[Explanation]:
        """Explain the answer to a text.

        Args:
            text: any text.
            methods: one of METHODS, or several; ``gradients`` needs the training extra.
            label: the label to explain; by default the most probable one.

        Returns:
            An explanation by each method.

        Raises:
            ConfigurationError: the text is none, a method or the label is unknown, or the network
                has no attention.
            MissingExtraError: gradients were asked for and Keras is not installed.
        """
        methods = [methods] if isinstance(methods, str) else list(iterated(methods, "methods"))
        for method in methods:
            require_choice("method", method, METHODS)
        found = _Text(self, checked_text(text))
        number = found.choose(label)
        random_curve = found.random_curve(number)
        return [found.explain(method, number, random_curve) for method in methods]

    @cached_property
    def gradients(self) -> IntegratedGradients:
        """The network in Keras."""
        try:
            from textrnn.training.classifier.gradients import IntegratedGradients
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
        self.ids, self.offsets = tokens.ids, tokens.offsets
        self.units = shared_units(self.offsets, text)
        self.bounds = classifier.windows_of(len(self.ids))
        self.logits, self.attention = classifier.run(self._windows(self.ids))

    def choose(self, label: str | None) -> int:
        """The number of the label that is explained."""
        labels = self.classifier.labels
        if label is None:
            return int(self._calibrated([self.logits], [self.ids]).argmax())
        require(label in labels, unknown_key_message(label, labels, what="label"))
        return labels.index(label)

    def random_curve(self, number: int) -> tuple[float, ...]:
        """The curve of tokens in random orders, which is the same for every method."""
        size = len(self.ids)
        count = _RANDOM_ORDERS if size <= _LONG_TOKENS else 1
        orders = [np.random.default_rng(i).permutation(size) for i in range(count)]
        return self._curve(orders, number)

    def explain(self, method: str, number: int, random_curve: tuple[float, ...]) -> Explanation:
        """The explanation by one method."""
        units, together = self.units, 1
        if method == "occlusion":
            units, together = self._occlusion_units()
            weights = self._occlusion(units, number)
        else:
            by_token = self._attention() if method == "attention" else self._gradients(number)
            weights = unit_sums(units, by_token)
        each = (weights / np.maximum(np.bincount(units), 1))[units]
        curve = self._curve([np.argsort(-each, kind="stable")], number)
        return Explanation(
            self.text,
            self.classifier.labels[number],
            curve[0],
            method,
            tuple(
                TokenWeight(start, end, self.text[start:end], float(weight))
                for (start, end), weight in zip(
                    unit_offsets(units, self.offsets).tolist(), weights, strict=True
                )
            ),
            curve,
            random_curve,
            together=together,
        )

    def _attention(self) -> NDArray[np.float64]:
        if self.attention[0] is None:
            raise ConfigurationError(
                f"{self.classifier.bundle.name} has no attention; use another method"
            )
        return merge_attention(self.attention, self.bounds).astype(np.float64)

    def _occlusion_units(self) -> tuple[Numbers, int]:
        """What is read as unknown at a time, and how many tokens that are about."""
        tokens = sum((end - start) ** 2 for start, end in self.bounds)
        together = -(-tokens // max(_READ_TOKENS, _READ_TIMES * len(self.ids)))
        return (self.units, 1) if together <= 1 else (joined_units(self.units, together), together)

    def _occlusion(self, units: Numbers, number: int) -> NDArray[np.float64]:
        """Each unit in turn is read as unknown, in every window that it lies in, (U,)."""
        size = len(self.ids)
        if not size:
            return np.zeros(0)
        firsts = first_tokens(units)
        stretches = list(zip(firsts.tolist(), [*firsts[1:].tolist(), size], strict=True))
        windows, places = [], []
        for w, (start, end) in enumerate(self.bounds):
            for unit in range(units[start], units[end - 1] + 1):
                first, last = stretches[unit]
                window = self.ids[start:end].copy()
                window[max(first - start, 0) : last - start] = Tokenizer.UNK
                windows.append(window)
                places.append((w, unit))
        changed = np.tile(self.logits, (len(stretches), 1, 1))  # (U, W, L)
        for (w, unit), row in zip(places, self._run(windows), strict=True):
            changed[unit, w] = row
        odds = np.empty(len(stretches))
        several = max(1, _TOKENS_TOGETHER // size)
        for begin in range(0, len(stretches), several):
            members = range(begin, min(begin + several, len(stretches)))
            texts = [self._without(np.arange(*stretches[unit])) for unit in members]
            odds[members] = log_odds(self._calibrated(changed[members], texts), number)
        whole = log_odds(self._calibrated([self.logits], [self.ids]), number)
        return np.asarray(whole - odds)

    def _run(self, windows: Sequence[Ids]) -> NDArray[np.float32]:
        """The network's logits of windows, (windows, L), while it is said how far it is."""
        total = sum(map(len, windows))
        found = []
        for begin in range(0, len(windows), _RUN_WINDOWS):
            some = windows[begin : begin + _RUN_WINDOWS]
            found.append(self.classifier.run(some)[0])
            self.explainer.on_tokens(sum(map(len, some)), total)
        return np.concatenate(found)

    def _gradients(self, number: int) -> NDArray[np.float64]:
        weights = np.zeros(len(self.ids))
        pairs = list(zip(window_shares(self.bounds), self.bounds, strict=True))
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
        texts = [self.ids, np.full_like(self.ids, Tokenizer.UNK)]
        texts += [
            self._without(order[: round(len(order) * step / CURVE_STEPS)])
            for order in orders
            for step in range(1, CURVE_STEPS)
        ]
        logits = self._run([w for text in texts for w in self._windows(text)])
        parts = logits.reshape(len(texts), len(self.bounds), -1)
        odds = log_odds(self._calibrated(parts, texts), number)
        shares = 1.0 / (1.0 + np.exp(-odds))
        between = shares[2:].reshape(len(orders), -1).mean(axis=0)
        return (float(shares[0]), *between.tolist(), float(shares[1]))

    def _calibrated(
        self, parts: Sequence[NDArray[np.float32]] | NDArray[np.float32], texts: Sequence[Ids]
    ) -> NDArray[np.float64]:
        """Logits (texts, L) of variants of the text from those of their windows, (W, L) each."""
        merged = np.stack([merge_logits(part, self.bounds) for part in parts])
        return self.classifier.calibrate(merged, texts)

    def _without(self, positions: Sequence[int] | NDArray[np.int64]) -> Ids:
        """The text with some tokens read as unknown."""
        ids = self.ids.copy()
        ids[positions] = Tokenizer.UNK
        return ids

    def _windows(self, ids: Ids) -> list[Ids]:
        return [ids[start:end] for start, end in self.bounds]


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

"""Texts on their way through a classifier: cut into windows, run, and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.classifier.bag import BagOfNgrams
from textrnn.heads.classifier.calibration import Calibration
from textrnn.heads.classifier.result import Classification, TokenWeight, TokenWeights
from textrnn.runtime.session import Inputs, Outputs, pad
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.windows import merge_attention, merge_logits


@dataclass(frozen=True)
class Reading:
    """How a classifier reads texts, and what it makes of the logits.

    Attributes:
        tokenizer: cuts them.
        windows_of: gives the windows in which a text of so many tokens is read.
        labels: in the order of the network's outputs.
        bag: the bag of n-grams beside the network; None where there is none.
        calibration: how the logits of both become probabilities.
    """

    tokenizer: Tokenizer
    windows_of: Callable[[int], list[tuple[int, int]]]
    labels: Sequence[str]
    bag: BagOfNgrams | None
    calibration: Calibration

    def calibrate(
        self, logits: NDArray[np.float32], texts: Sequence[NDArray[np.int32]]
    ) -> NDArray[np.float64]:
        """Logits whose softmax is the probabilities, the bag's share in them, (texts, labels).

        Args:
            logits: the network's, (texts, labels).
            texts: token ids of each text, whole, (tokens,) each.
        """
        lengths = np.array([len(text) for text in texts], np.int64)
        scores = None if self.bag is None else self.bag.scores(texts)
        return self.calibration.apply(logits, lengths, scores)


class Windows:
    """Windows of token ids, (tokens,) each, and what the network says of them."""

    def __init__(
        self, windows: Sequence[NDArray[np.int32]], *, labels: int, keep_attention: bool
    ) -> None:
        self.windows = windows
        self.logits: NDArray[np.float32] = np.zeros((len(windows), labels), np.float32)
        self.attention: list[Any] = [None] * len(windows)
        self._keep_attention = keep_attention

    def inputs(self, members: Sequence[int]) -> Inputs:
        """Tokens and lengths of some windows."""
        tokens, lengths = pad([self.windows[i] for i in members])
        return {"tokens": tokens, "lengths": lengths}

    def take(self, members: Sequence[int], outputs: Outputs) -> None:
        """Keep logits, and where it is wanted attention."""
        self.logits[members] = outputs["logits"]
        if self._keep_attention and "attention" in outputs:
            for i, row in zip(members, outputs["attention"], strict=True):
                self.attention[i] = row[: len(self.windows[i])]


class Pool(Windows):
    """Some texts on their way through a classifier."""

    def __init__(self, texts: list[str], how: Reading, *, keep_attention: bool) -> None:
        self._texts, self._how = texts, how
        self._tokenized = how.tokenizer.encode_batch(texts)
        self._bounds = [how.windows_of(len(text.ids)) for text in self._tokenized]
        pairs = zip(self._tokenized, self._bounds, strict=True)
        windows = [text.ids[begin:end] for text, bounds in pairs for begin, end in bounds]
        super().__init__(windows, labels=len(how.labels), keep_attention=keep_attention)

    def results(self) -> Iterator[Classification]:
        """One for each text, when all windows are taken."""
        ends = np.cumsum([len(bounds) for bounds in self._bounds]).tolist()
        parts = [
            slice(end - len(bounds), end) for end, bounds in zip(ends, self._bounds, strict=True)
        ]
        pairs = zip(parts, self._bounds, strict=True)
        logits = np.stack([merge_logits(self.logits[part], bounds) for part, bounds in pairs])
        ids = [text.ids for text in self._tokenized]
        probabilities = softmax(self._how.calibrate(logits, ids))
        orders = np.argsort(-probabilities, axis=1, kind="stable")
        labels = self._how.labels
        for number, (text, tokens) in enumerate(zip(self._texts, self._tokenized, strict=True)):
            values = probabilities[number].tolist()
            ranked = {labels[i]: values[i] for i in orders[number].tolist()}
            label = next(iter(ranked))
            part, bounds = parts[number], self._bounds[number]
            weights: Sequence[TokenWeight] = ()
            if self.attention[part.start] is not None:
                attention = merge_attention(self.attention[part], bounds)
                weights = TokenWeights(text, tokens.offsets, attention)
            yield Classification(
                text, label, ranked[label], ranked, weights, len(tokens.ids), len(bounds)
            )


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities of logits, (texts, L)."""
    shares: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares

"""Texts on their way through a classifier: cut into windows, run, and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require, require_choice
from textrnn.heads.classifier.bag import BagOfNgrams
from textrnn.heads.classifier.bag_alone import MODES, BagAlone
from textrnn.heads.classifier.calibration import Calibration, softmax
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
        alone: when the bag answers by itself; None where it never does.
    """

    tokenizer: Tokenizer
    windows_of: Callable[[int], list[tuple[int, int]]]
    labels: Sequence[str]
    bag: BagOfNgrams | None
    calibration: Calibration
    alone: BagAlone | None = None

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


@dataclass(frozen=True)
class Asked:
    """What is asked of a classifier beside its texts.

    Attributes:
        mode: who answers, of :data:`textrnn.heads.classifier.bag_alone.MODES`.
        abstain: what an answer's probability should reach.
        attention: whether the network's is kept.
    """

    mode: str
    abstain: float
    attention: bool

    def checked(self, how: Reading, model: str) -> Asked:
        """The same, as a classifier can do it: the network alone has attention, and reads all where
        nobody else can.

        Args:
            how: how it reads texts.
            model: its name, for messages.

        Raises:
            ConfigurationError: it cannot.
        """
        is_share = isinstance(self.abstain, int | float) and 0.0 <= self.abstain <= 1.0
        require(is_share, f"abstain must be from 0 to 1; received {self.abstain!r}")
        require_choice("mode", self.mode, MODES)
        if self.mode == "fast":
            require(how.bag is not None, f"{model} has no bag of n-grams; leave mode='fast' out")
            require(
                how.alone is not None,
                f"the bag of n-grams of {model} was not fitted to answer by itself: "
                "`textrnn models adapt` does that; or leave mode='fast' out",
            )
            require(not self.attention, "a bag of n-grams has no attention: token_weights=False")
        is_exact = self.attention or how.alone is None
        return replace(self, mode="exact") if is_exact else self


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
    """Some texts on their way through a classifier: those that the bag answers by itself are
    answered at once, of the others the windows are run.
    """

    def __init__(self, texts: list[str], how: Reading, asked: Asked) -> None:
        self._texts, self._how = texts, how
        self._tokenized = how.tokenizer.encode_batch(texts)
        ids = [text.ids for text in self._tokenized]
        self._lengths = np.array([len(text) for text in ids], np.int64)
        self._scores = None if how.bag is None else how.bag.scores(ids)
        self._probabilities, self._by_bag = self._asked_of_bag(asked)
        self._bounds = [
            [] if is_answered else how.windows_of(len(text))
            for text, is_answered in zip(ids, self._by_bag.tolist(), strict=True)
        ]
        pairs = zip(ids, self._bounds, strict=True)
        windows = [text[begin:end] for text, bounds in pairs for begin, end in bounds]
        super().__init__(windows, labels=len(how.labels), keep_attention=asked.attention)

    def _asked_of_bag(self, asked: Asked) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """The bag's own probabilities, (texts, L), and which texts it answers, (texts,)."""
        alone, scores = self._how.alone, self._scores
        if alone is None or scores is None or asked.mode == "exact":
            shape = len(self._texts), len(self._how.labels)
            return np.zeros(shape), np.zeros(shape[0], np.bool_)
        found = alone.probabilities(scores, self._lengths)
        if asked.mode == "fast":
            return found, np.ones(len(found), np.bool_)
        # Where it would be too unsure for who asks, the network may be surer.
        enough = found.max(axis=1, initial=0.0) >= asked.abstain
        return found, alone.is_sure(found, self._lengths) & enough

    def results(self) -> Iterator[Classification]:
        """One for each text, when all windows are taken."""
        ends = np.cumsum([len(bounds) for bounds in self._bounds]).tolist()
        parts = [
            slice(end - len(bounds), end) for end, bounds in zip(ends, self._bounds, strict=True)
        ]
        self._take_logits(parts)
        labels, probabilities = self._how.labels, self._probabilities
        orders = np.argsort(-probabilities, axis=1, kind="stable")
        for number, (text, tokens) in enumerate(zip(self._texts, self._tokenized, strict=True)):
            values = probabilities[number].tolist()
            ranked = {labels[i]: values[i] for i in orders[number].tolist()}
            label = next(iter(ranked))
            bounds = self._bounds[number]
            yield Classification(
                text,
                label,
                ranked[label],
                ranked,
                self._weights(number, parts[number]) if bounds else (),
                len(tokens.ids),
                max(len(bounds), 1),
                answered_by="network" if bounds else "bag",
            )

    def _take_logits(self, parts: Sequence[slice]) -> None:
        """Put in the probabilities of the texts that the network has read.

        Args:
            parts: the windows of each text.
        """
        read = np.flatnonzero(~self._by_bag).tolist()
        if not read:
            return
        logits = np.stack([merge_logits(self.logits[parts[i]], self._bounds[i]) for i in read])
        scores = None if self._scores is None else self._scores[read]
        calibrated = self._how.calibration.apply(logits, self._lengths[read], scores)
        self._probabilities[read] = softmax(calibrated)

    def _weights(self, number: int, part: slice) -> Sequence[TokenWeight]:
        """The attention over a text's tokens, where it is kept."""
        if self.attention[part.start] is None:
            return ()
        attention = merge_attention(self.attention[part], self._bounds[number])
        return TokenWeights(self._texts[number], self._tokenized[number].offsets, attention)

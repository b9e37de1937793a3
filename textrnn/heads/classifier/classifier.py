"""The classifier: texts in, labels with probabilities and attention out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.configuration import require, require_whole
from textrnn.corpora.labels import UNCERTAIN
from textrnn.errors import BundleError
from textrnn.heads.classifier.calibration import Calibration
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.classifier.parts import classifier_plan, read_bag
from textrnn.heads.classifier.result import Classification, TokenWeight, TokenWeights
from textrnn.heads.head import Head, checked_texts
from textrnn.heads.parts import read_graph, read_network, read_tokenizer
from textrnn.runtime.cores import chosen_threads
from textrnn.runtime.session import Inputs, Outputs, Session, pad
from textrnn.runtime.stream import ReadAhead, run_pools, run_windows
from textrnn.text.windows import merge_attention, merge_logits, plan_windows

# More at once is slower: what a step of the recurrence works on no longer stays in a core's cache.
_BATCH_TOKENS = 2000


class Classifier(Head):
    """Gives each text one of a model's labels.

    Args:
        bundle: the model.
        threads: batches that the network reads at the same time; by default as many as this
            process has cores.

    Attributes:
        bundle: the model.
        labels: its labels, in the order of the network's outputs.
        tokenizer: its tokenizer.
        bag: the bag of n-grams beside the network; None where there is none.
        calibration: how the logits of both become probabilities.
        plan: gives the windows in which a text of so many tokens is read.

    Raises:
        BundleError: a file of the bundle is damaged, or the bundle is not a classifier's.
    """

    task = "classifier"

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        super().__init__(bundle, threads=threads)
        self._threads = chosen_threads(threads)
        manifest = bundle.manifest
        self.labels = manifest.labels
        try:
            size = int(manifest.serving["window_tokens"])
            overlap = int(manifest.serving["window_overlap"])
            self.calibration = Calibration.from_dict(manifest.serving)
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"{bundle.path}: the manifest's 'serving' lacks {error}") from error
        self.plan = partial(plan_windows, size=size, overlap=overlap)
        network = read_network(bundle, ClassifierNetwork.from_dict)
        with ThreadPoolExecutor(1) as thread:  # most of the start-up is to load the graph
            session = thread.submit(
                lambda: Session(
                    read_graph(bundle, classifier_plan(network)), threads=1, name=str(bundle.path)
                )
            )
            self.bag = None
            if "bag.npz" in manifest.files:
                self.bag = read_bag(bundle)
            self.tokenizer = read_tokenizer(bundle, network.vocabulary_size)
            self._session = session.result()

    def _sessions(self) -> Iterable[Session]:
        return (self._session,)

    def classify(
        self, texts: Iterable[str], *, batch_size: int = 16, abstain: float = 0.0
    ) -> list[Classification]:
        """Classify some texts.

        Args:
            texts: in a list, an array or a Series; an empty one gets the label that the network
                gives to nothing.
            batch_size: the most windows run together; of long ones there are fewer.
            abstain: the answer is ``uncertain`` where no label is as probable as this.

        Returns:
            One result for each text, in order.

        Raises:
            ConfigurationError: ``texts`` is a single string or holds something else than strings,
                ``batch_size`` is below 1, or ``abstain`` is no probability.
        """
        return list(
            self.classify_stream(texts, batch_size=batch_size, abstain=abstain, read_ahead=True)
        )

    def classify_stream(
        self,
        texts: Iterable[str],
        *,
        batch_size: int = 16,
        abstain: float = 0.0,
        token_weights: bool = True,
        read_ahead: ReadAhead = False,
    ) -> Iterator[Classification]:
        """Classify any number of texts as they come, in bounded memory.

        A text longer than the model's window is read in overlapping windows, whose logits are
        averaged by the tokens each adds; a bag of n-grams reads it whole. A text's probabilities do
        not depend on the texts that share its batch.

        Args:
            texts: an iterator of texts.
            batch_size: the most windows run together; of long ones there are fewer.
            abstain: the answer is ``uncertain`` where no label is as probable as this.
            token_weights: whether to return the attention, where the network has one.
            read_ahead: whether texts may be asked for while answers to earlier ones are due: a
                little faster, but not for a source that waits for its answers; or a function that
                says, before each text, whether it can be had without waiting.

        Yields:
            One result for each text, in order.

        Raises:
            ConfigurationError: ``texts`` is a single string or holds something else than strings,
                ``batch_size`` is below 1, or ``abstain`` is no probability.
        """
        require_whole("batch_size", batch_size, least=1)
        is_share = isinstance(abstain, int | float) and 0.0 <= abstain <= 1.0
        require(is_share, f"abstain must be from 0 to 1; received {abstain!r}")
        pools = run_pools(
            checked_texts(texts),
            lambda taken: _Pool(self, taken, keep_attention=token_weights),
            self._session.run,
            characters=len,
            batch_size=batch_size,
            batch_tokens=_BATCH_TOKENS,
            threads=self._threads,
            read_ahead=read_ahead,
        )
        return (
            result if result.probability >= abstain else replace(result, label=UNCERTAIN)
            for pool in pools
            for result in pool.results()
        )

    def run(
        self, windows: Sequence[NDArray[np.int32]], *, batch_size: int = 16
    ) -> tuple[NDArray[np.float32], list[Any]]:
        """The network's logits (windows, labels) and the attention of each window, (its tokens,)
        or None.

        Args:
            windows: token ids, (tokens,) each; they are run by like length.
            batch_size: the most windows run together; of long ones there are fewer.
        """
        found = _Windows(self, windows, keep_attention=True)
        run_windows(
            found,
            self._session.run,
            batch_size=batch_size,
            batch_tokens=_BATCH_TOKENS,
            threads=self._threads,
        )
        return found.logits, found.attention

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


class _Windows:
    """Windows of token ids, (tokens,) each, and what the network says of them."""

    def __init__(
        self,
        classifier: Classifier,
        windows: Sequence[NDArray[np.int32]],
        *,
        keep_attention: bool,
    ) -> None:
        self._classifier, self.windows = classifier, windows
        self.logits = np.zeros((len(windows), len(classifier.labels)), np.float32)
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


class _Pool(_Windows):
    """Some texts on their way through a classifier."""

    def __init__(self, classifier: Classifier, texts: list[str], *, keep_attention: bool) -> None:
        self._texts = texts
        self._tokenized = classifier.tokenizer.encode_batch(texts)
        self._plans = [classifier.plan(len(text.ids)) for text in self._tokenized]
        pairs = zip(self._tokenized, self._plans, strict=True)
        windows = [text.ids[begin:end] for text, plan in pairs for begin, end in plan]
        super().__init__(classifier, windows, keep_attention=keep_attention)

    def results(self) -> Iterator[Classification]:
        """One for each text, when all windows are taken."""
        ends = np.cumsum([len(plan) for plan in self._plans]).tolist()
        parts = [slice(end - len(plan), end) for end, plan in zip(ends, self._plans, strict=True)]
        pairs = zip(parts, self._plans, strict=True)
        logits = np.stack([merge_logits(self.logits[part], plan) for part, plan in pairs])
        ids = [text.ids for text in self._tokenized]
        probabilities = softmax(self._classifier.calibrate(logits, ids))
        orders = np.argsort(-probabilities, axis=1, kind="stable")
        labels = self._classifier.labels
        for number, (text, tokens) in enumerate(zip(self._texts, self._tokenized, strict=True)):
            values = probabilities[number].tolist()
            ranked = {labels[i]: values[i] for i in orders[number].tolist()}
            label = next(iter(ranked))
            part, plan = parts[number], self._plans[number]
            weights: Sequence[TokenWeight] = ()
            if self.attention[part.start] is not None:
                attention = merge_attention(self.attention[part], plan)
                weights = TokenWeights(text, tokens.offsets, attention)
            yield Classification(
                text, label, ranked[label], ranked, weights, len(tokens.ids), len(plan)
            )


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities of logits, (texts, L)."""
    shares: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares

"""A smaller classifier of a classifier.

Shapes: V tokens, U units, L labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from textrnn.bundle.bundle import Bundle
from textrnn.compressing.compressor import Compressor, encoder_sizes
from textrnn.compressing.texts import count_tokens, split_texts
from textrnn.compressing.units import Reader, prune_units
from textrnn.configuration import require
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.classifier.parts import BAG_ALONE, read_bag
from textrnn.heads.parts import read_network
from textrnn.text.cutting import cut_tokenizer
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.validation import served_logits
from textrnn.training.weights.files import pack_beside_graph
from textrnn.training.weights.initial_model import InitialModel

if TYPE_CHECKING:
    from textrnn.training.distilling import Distilled
    from textrnn.training.loop.events import OnEvent


class ClassifierCompressor(Compressor):
    """See :class:`Compressor`."""

    task = "classifier"
    network: ClassifierNetwork

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(bundle)
        model = InitialModel.open(bundle.path)
        self.network = read_network(bundle, ClassifierNetwork)
        self.weights = model.weights
        self.whole = self.tokenizer = model.tokenizer
        self.bag = read_bag(bundle) if "bag.npz" in bundle.manifest.files else None

    @property
    def words(self) -> int:
        """See :attr:`Compressor.words`."""
        return self.network.vocabulary_size

    def cut_vocabulary(self, size: int, texts: list[str]) -> None:
        """See :meth:`Compressor.cut_vocabulary`; a bag of n-grams is renumbered by the texts."""
        if self.bag is not None:
            require(
                self.whole.level in ("character", "word"),
                f"vocabulary: {self.bundle.name} has a bag of n-grams of {self.whole.level} "
                "tokens, which would be others in a smaller vocabulary; leave it out",
            )
            require(
                bool(texts),
                f"vocabulary: {self.bundle.name} has a bag of n-grams, kept as hashes of the "
                "numbers of tokens; give texts by which they are numbered anew (train=…), or "
                "leave it out",
            )
        counts = count_tokens(self.whole, texts) if texts else None
        self.tokenizer, kept = cut_tokenizer(self.whole, size, counts)
        self.weights["embedding"] = self.weights["embedding"][kept]
        self.network = replace(self.network, vocabulary_size=len(kept))
        if self.bag is not None:
            numbers = np.full(self.whole.vocabulary_size, -1, np.int64)
            numbers[kept] = np.arange(len(kept))
            found = self.bag.renumbered((e.ids for e in self.whole.encode_batch(texts)), numbers)
            require(
                len(found.hashes) > 0,
                f"vocabulary: the texts have none of the n-grams of {self.bundle.name}'s bag in "
                "words that stay; give more like those that it learned from, or leave it out",
            )
            self.notes.append(
                f"bag: of {len(self.bag.hashes):,} n-grams the {len(found.hashes):,} that the "
                "texts have in words that stay"
            )
            self.bag = found
            if BAG_ALONE in self.bundle.manifest.serving:
                self.gone.add(BAG_ALONE)  # what it is sure of was found for the whole bag
                self.notes.append("the bag answers nothing by itself till `textrnn models adapt`")

    def prune(self, share: float) -> None:
        """See :meth:`Compressor.prune`."""
        network = self.network
        self.weights, encoders = prune_units(
            self.weights, network.encoders, pooled_readers(network), share
        )
        self.network = replace(network, encoders=encoders)

    def distil(
        self, texts: list[str], epochs: int, folder: Path, on_event: OnEvent | None
    ) -> Distilled:
        """See :meth:`Compressor.distil`; texts are cut into windows, of which each is answered."""
        from textrnn.training.classifier.distil import distil_classifier

        settings = self.training(epochs)
        windows = split_texts(self.whole, texts, settings.max_tokens)
        found = distil_classifier(
            self.network, self.weights, self._answered(windows), settings, on_event=on_event
        )
        self.weights = found.weights
        return found

    def _answered(self, texts: Sequence[str]) -> EncodedTexts:
        """Texts in the smaller vocabulary, with the whole network's probabilities, (N, L)."""
        ids = [text.ids for text in self.whole.encode_batch(texts)]
        logits = served_logits(self.bundle.read("model.onnx"), ids, self.training(1))
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
        read = [text.ids for text in self.tokenizer.encode_batch(texts)]
        return EncodedTexts(read, shares.argmax(axis=1).astype(np.int64), shares)

    def files(self, precision: str) -> dict[str, bytes]:
        """See :meth:`Compressor.files`."""
        files = {
            "tokenizer.json": self.tokenizer.to_json().encode("utf-8"),
            "model.onnx": compile_classifier(self.network, self.weights, precision=precision),
            "weights.npz": pack_beside_graph(self.weights, precision),
        }
        return files | ({} if self.bag is None else {"bag.npz": self.bag.to_bytes()})

    def settings(self) -> dict[str, Any]:
        """See :meth:`Compressor.settings`."""
        training = self.bundle.manifest.training
        tokenizer = {**training["tokenizer"], "vocabulary_size": self.words}
        return {"tokenizer": tokenizer, **encoder_sizes(self.network.encoders, training)}


def pooled_readers(network: ClassifierNetwork) -> list[Reader]:
    """What reads a classifier's last encoder: the attention, and the layer over what is pooled."""
    head, units = network.head, network.encoders[-1].output_units
    readers = [Reader("attention/kernel")] * network.has_attention
    layer, first = "hidden/kernel" if head.hidden_units else "output/kernel", 0
    for kind in head.pooling:
        if kind == "ngrams":
            first += len(head.ngram_widths) * head.ngram_units
        else:
            readers.append(Reader(layer, first))
            first += units
    return readers

"""The bag of n-grams beside a network in training: what it says of texts that it has not learned.

Shapes: N texts, V tokens, E numbers of a vector, L labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path
from textrnn.errors import ConfigurationError
from textrnn.heads.classifier.bag import BagOfNgrams
from textrnn.heads.classifier.parts import read_bag
from textrnn.training.classifier.bag import train_bag
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.plan import BagSettings
from textrnn.training.weights.initial_model import InitialModel


def kept_bag(models: Sequence[InitialModel], labels: Sequence[str]) -> BagOfNgrams:
    """The bag of the first model that has one, for these labels: of those that the model lacks its
    n-grams say nothing.

    Raises:
        ConfigurationError: none has.
    """
    bundles = [Bundle.open(model_path(model.path)) for model in models]
    bundle = next((b for b in bundles if "bag.npz" in b.manifest.files), None)
    if bundle is None:
        raise ConfigurationError("bag.weights: no model begun with has a bag to be kept")
    bag, theirs = read_bag(bundle), bundle.manifest.labels
    weights = np.zeros((len(bag.hashes), len(labels)), np.float32)
    bias = np.zeros(len(labels), np.float32)
    for column, label in enumerate(labels):
        if label in theirs:
            weights[:, column] = bag.weights[:, theirs.index(label)]
            bias[column] = bag.bias[theirs.index(label)]
    return BagOfNgrams(bag.longest, bag.hashes, weights, bias, ending=bag.ending)


@dataclass(frozen=True)
class BagBeside:
    """How a bag is trained.

    Attributes:
        settings: its settings.
        labels: L.
        vectors: of the tokens, (V, E), as :func:`train_bag` takes them.
        kept: a bag that is there already, which learns nothing more; None where there is none.
    """

    settings: BagSettings
    labels: int
    vectors: NDArray[np.float32] | None = None
    kept: BagOfNgrams | None = None

    def learn(self, *parts: EncodedTexts) -> BagOfNgrams:
        """A bag of all these texts, as it serves, in 8 bits; or the one that is kept.

        Raises:
            InputError: no n-gram is in as many texts as it has to be.
        """
        if self.kept is not None:
            return self.kept
        texts = [ids for part in parts for ids in part.tokens]
        numbers = np.concatenate([part.labels for part in parts])
        bag = train_bag(texts, numbers, self.labels, self.settings, self.vectors)
        return BagOfNgrams.from_bytes(bag.to_bytes())

    def scores_by_others(
        self, texts: EncodedTexts, folds: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """The scores that bags of the other folds give each text, (N, L).

        A text whose other folds are all of one label scores 0 for each.

        Args:
            texts: all texts.
            folds: each text's fold, (N,).
        """
        scores = np.zeros((len(texts), self.labels), np.float32)
        for fold in range(int(folds.max()) + 1):
            ours = folds == fold
            learned = texts.part(~ours)
            if len(np.unique(learned.labels)) < 2:
                continue
            scores[ours] = self.learn(learned).scores(texts.part(ours).tokens)
        return scores

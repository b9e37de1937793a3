"""The bag of n-grams beside a network in training: what it says of texts that it has not learned.

Shapes: N texts, V tokens, E numbers of a vector, L labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.classifier.bag import BagOfNgrams
from textrnn.training.classifier.bag import train_bag
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.plan import BagSettings


@dataclass(frozen=True)
class BagBeside:
    """How a bag is trained.

    Attributes:
        settings: its settings.
        labels: L.
        vectors: of the tokens, (V, E), as :func:`train_bag` takes them.
    """

    settings: BagSettings
    labels: int
    vectors: NDArray[np.float32] | None = None

    def learn(self, *parts: EncodedTexts) -> BagOfNgrams:
        """A bag of all these texts, as it serves, in 8 bits.

        Raises:
            InputError: no n-gram is in as many texts as it has to be.
        """
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

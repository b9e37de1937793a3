"""The words of a shipped tagger with their rows, for a tagger of few sentences to begin with.

A new text's words are mostly none that few sentences have; the shipped model has rows for the
frequent words of its language, trained on much plain text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import default_model, model_path
from textrnn.errors import ModelNotFoundError
from textrnn.heads.parts import read_network
from textrnn.heads.tagger.features import FIRST
from textrnn.heads.tagger.network import TaggerNetwork
from textrnn.heads.tagger.parts import read_features, read_tables


@dataclass(frozen=True)
class WordRows:
    """Words and their rows.

    Attributes:
        source: the model that they are of.
        words: the row of each word.
        rows: (V, E).
    """

    source: Path
    words: dict[str, int]
    rows: NDArray[np.float32]

    @classmethod
    def shipped(cls, language: str) -> WordRows | None:
        """Those of the shipped tagger of a language; None where there is none."""
        try:
            name = default_model("tagger", language)
        except ModelNotFoundError:
            return None
        bundle = Bundle.open(model_path(name))
        network = read_network(bundle, TaggerNetwork)
        tables = read_tables(bundle, network)
        scale = tables.get("embedding/scale", np.float32(1.0))
        rows = tables["embedding"].astype(np.float32) * scale
        return cls(Path(name), read_features(bundle, network).words, rows)

    def aligned(
        self, words: dict[str, int], *, random_state: int
    ) -> tuple[NDArray[np.float32], int]:
        """Rows for the words of a vocabulary, (V, E), and how many of them are known; the others
        get random ones as large.
        """
        rng = np.random.default_rng(random_state)
        size = (len(words) + FIRST, self.rows.shape[1])
        aligned = rng.normal(0.0, float(self.rows.std()), size).astype(np.float32)
        pairs = [(row, self.words[word]) for word, row in words.items() if word in self.words]
        if pairs:
            ours, theirs = np.array(pairs).T
            aligned[ours] = self.rows[theirs]
        return aligned, len(pairs)

"""Small models with random weights, as `textrnn compress` takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from small_bundles import (
    LABELS,
    SPOKEN,
    put,
    put_manifest,
    random_weights,
    small_classifier,
    small_generator,
    small_tagger,
)

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import described_network
from textrnn.configuration import to_dict
from textrnn.heads.classifier.bag import BagOfNgrams, token_hashes
from textrnn.heads.tagger.network import table_shapes
from textrnn.reports.measured import Measured
from textrnn.training.weights.files import pack_weights

EXAMPLES: dict[str, list[Any]] = {
    "classifier": [("a fine film", LABELS[1]), ("a dull song", LABELS[0])] * 3,
    "tagger": [(["Ada", "spoke"], ["B-PER", "O"])] * 3,
    "generator": ["a fine and quiet film\na dull song\n"],
}
MEASURED = Measured("accuracy", 0.5, None, 2, "text")
_SIZES = {"tokenizer": {"level": "word"}, "encoders": [{"cell": "lstm", "units": 5}],
          "bag": {"longest": 2}}  # fmt: skip


def compressible(task: str, path: Path, **more: Any) -> Path:
    """A model of a task that has its weights and tells how it was trained."""
    make = {"classifier": small_classifier, "tagger": small_tagger, "generator": small_generator}
    made = make[task](path, **more)
    network = described_network(Bundle.open(made))
    weights = random_weights(network.weight_shapes())
    if task == "tagger":
        weights = {k: v for k, v in weights.items() if k not in table_shapes(network)}
    put(made, "weights.npz", pack_weights(weights))
    if task == "classifier":
        hashes = np.unique(token_hashes(network.as_dict()["vocabulary_size"]))
        scores = np.linspace(-1, 1, 2 * len(hashes), dtype=np.float32).reshape(-1, 2)
        bag = BagOfNgrams(2, hashes, scores, np.zeros(2, np.float32))
        put(made, "bag.npz", bag.to_bytes())
    told = {"features": {"level": SPOKEN.level}} if task == "tagger" else {}
    counts = {"texts": 9, "validation_texts": 2, "best_epoch": 3, "elapsed_s": 4}
    put_manifest(made, {"training": {**_SIZES, **told, **counts, "measured": to_dict(MEASURED)}})
    return made

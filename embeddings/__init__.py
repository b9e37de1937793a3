"""Word vectors: read, stored, looked up, compared, measured, drawn and trained.

Of the rest of textrnn this room knows :mod:`textrnn.corpora` alone, to open files. From the ground
up: :mod:`~textrnn.embeddings.formats` (one file a format) and :mod:`~textrnn.embeddings.store` (our
own, mapped), which know nothing of each other; ``reading``, which tells formats apart; ``cache``,
which keeps a store beside a file; ``vectors``, what people use; and above it what is done with
vectors. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textrnn.embeddings.alignment import Alignment
    from textrnn.embeddings.conversion import convert
    from textrnn.embeddings.evaluation import (
        AnalogyScore,
        SimilarityScore,
        evaluate,
        evaluate_analogies,
        evaluate_similarity,
    )
    from textrnn.embeddings.glove import Cooccurrences, count_cooccurrences, train_glove
    from textrnn.embeddings.matching import Match
    from textrnn.embeddings.nearest import Neighbor
    from textrnn.embeddings.plotting import plot_words
    from textrnn.embeddings.skipgram import train_vectors
    from textrnn.embeddings.train import split_words, train_word_vectors
    from textrnn.embeddings.vectors import Vectors, load

__all__ = [
    "Alignment",
    "AnalogyScore",
    "Cooccurrences",
    "Match",
    "Neighbor",
    "SimilarityScore",
    "Vectors",
    "convert",
    "count_cooccurrences",
    "evaluate",
    "evaluate_analogies",
    "evaluate_similarity",
    "load",
    "plot_words",
    "split_words",
    "train_glove",
    "train_vectors",
    "train_word_vectors",
]

_HOMES = {
    "Alignment": "alignment",
    "AnalogyScore": "evaluation",
    "Cooccurrences": "glove",
    "Match": "matching",
    "Neighbor": "nearest",
    "SimilarityScore": "evaluation",
    "Vectors": "vectors",
    "convert": "conversion",
    "count_cooccurrences": "glove",
    "evaluate": "evaluation",
    "evaluate_analogies": "evaluation",
    "evaluate_similarity": "evaluation",
    "load": "vectors",
    "plot_words": "plotting",
    "split_words": "train",
    "train_glove": "glove",
    "train_vectors": "skipgram",
    "train_word_vectors": "train",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'textrnn.embeddings' has no attribute {name!r}")
    return getattr(import_module(f"textrnn.embeddings.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

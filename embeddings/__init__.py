"""Word vectors: loading, storing, comparing, training. Knows nothing of the rest of textrnn."""

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
from textrnn.embeddings.vectors import Vectors

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
    "plot_words",
    "split_words",
    "train_glove",
    "train_vectors",
    "train_word_vectors",
]

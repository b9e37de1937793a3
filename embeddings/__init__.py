"""Word vectors: loading, storing, comparing, training. Knows nothing of the rest of textrnn."""

from textrnn.embeddings.reading import read_vectors
from textrnn.embeddings.training import train_vectors
from textrnn.embeddings.vectors import Alignment, Match, Neighbor, Vectors, convert

__all__ = [
    "Alignment",
    "Match",
    "Neighbor",
    "Vectors",
    "convert",
    "read_vectors",
    "train_vectors",
]

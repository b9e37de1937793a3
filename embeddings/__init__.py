"""Word vectors: training them on plain text. Knows nothing of the rest of textrnn."""

from textrnn.embeddings.reading import read_vectors
from textrnn.embeddings.training import train_vectors

__all__ = ["read_vectors", "train_vectors"]

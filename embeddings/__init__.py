"""Word vectors: training them on plain text. Knows nothing of the rest of textrnn."""

from textrnn.embeddings.training import train_vectors

__all__ = ["train_vectors"]

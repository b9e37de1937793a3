"""Word vectors that a classifier's embedding begins with: given, or trained on its texts.

Shapes: V rows, E units.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import to_dict
from textrnn.embeddings import train_vectors
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.loop.run_folder import RunFolder

_VECTORS = "vectors.npz"  # in the run's folder


@dataclass(frozen=True)
class InitialRows:
    """The rows that an embedding begins with.

    Attributes:
        rows: all of them, (V, E).
        trained: how many of them, from the first on, are trained: no text here needs the others.
    """

    rows: NDArray[np.float32]
    trained: int

    def give(self, model: keras.Model) -> None:
        """Put those that are trained into a network."""
        model.get_layer("embedding").set_weights([self.rows[: self.trained]])

    def whole(self, trained: NDArray[np.float32]) -> NDArray[np.float32]:
        """What became of those that are trained, (trained, E), with the others, (V, E)."""
        return np.concatenate([trained, self.rows[self.trained :]])

    def of_words(
        self, vocabulary: Mapping[str, int], is_known: Callable[[str], bool]
    ) -> NDArray[np.float32]:
        """Those of known words, (V, E), with nothing for all other tokens.

        Args:
            vocabulary: the row of each token.
            is_known: whether a token is a known word.
        """
        special = len(Tokenizer.SPECIAL_TOKENS)
        known = [row for word, row in vocabulary.items() if row >= special and is_known(word)]
        found = np.zeros_like(self.rows)
        found[known] = self.rows[known]
        return found


def trained_rows(
    texts: Sequence[NDArray[np.int32]],
    vocabulary_size: int,
    plan: ClassifierPlan,
    *,
    folder: RunFolder,
    say: Callable[[str], None],
) -> NDArray[np.float32]:
    """Word vectors from texts of token ids, (V, E), or those that the resumed run trained.

    Args:
        texts: the token ids.
        vocabulary_size: V.
        plan: how to train.
        folder: the run's, which keeps them.
        say: told in a line that they are trained.
    """
    if (kept := folder.read(_VECTORS)) is not None:
        with np.load(io.BytesIO(kept), allow_pickle=False) as file:
            found: NDArray[np.float32] = file["embedding"]
        return found
    say("training word vectors")
    trained = train_vectors(
        lambda: (ids.tolist() for ids in texts),
        vocabulary_size=vocabulary_size,
        units=plan.embedding.units,
        random_state=plan.training.random_state,
        **to_dict(plan.vectors),
    )
    content = io.BytesIO()
    np.savez(content, embedding=trained)
    folder.write(_VECTORS, content.getvalue())
    return trained

"""The rows of a tagger's tables: those that are trained, and what they begin with.

Shapes: V rows of the embedding, E units.
"""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.heads.tagger.features import PAD, UNK
from textrnn.training.tagger.batches import EncodedSentences

_CONTEXT = ("bigrams_table", "lexicon_table")


def keep_used_rows(*corpora: EncodedSentences) -> NDArray[np.int64]:
    """Let sentences use an embedding of only those rows that some of their words have.

    Other rows would never change, and a step of Adam goes over every row that there is: for 70,000
    rows it takes as long as the rest of a step.

    Returns:
        The rows kept, in order; padding's and the unknown word's are the first two.
    """
    used = np.unique(np.concatenate([[PAD, UNK], *(sentences.rows for sentences in corpora)]))
    for sentences in corpora:
        sentences.rows = np.searchsorted(used, sentences.rows).astype(np.int32)
    return used


def begin_tables(
    model: keras.Model,
    vectors: Mapping[str, NDArray[np.float32]],
    used: NDArray[np.int64],
    *,
    context_trained: bool,
) -> None:
    """Put vectors into the tables of a model.

    Args:
        model: from :func:`textrnn.training.tagger.model.build_tagger`.
        vectors: the rows of each table, (rows, units); of the embedding's all.
        used: those of the embedding's that the model has.
        context_trained: whether training changes the rows of bigrams and lexicon words.
    """
    for name, rows in vectors.items():
        if name == "embedding":
            model.get_layer("embedding").set_weights([rows[used]])
        else:
            model.get_layer(f"{name}_table").set_weights([rows])
    for layer in model.layers:
        if layer.name in _CONTEXT:
            layer.trainable = context_trained


def whole_embedding(
    trained: NDArray[np.float32],
    used: NDArray[np.int64],
    begun: NDArray[np.float32] | None,
    *,
    rows: int,
) -> NDArray[np.float32]:
    """The trained rows in their places among all the vocabulary's, (V, E).

    Args:
        trained: those that are used, (used, E).
        used: which these are.
        begun: what all began with, (V, E); None for zeros.
        rows: V.
    """
    whole = np.zeros((rows, trained.shape[1]), np.float32) if begun is None else begun.copy()
    whole[used] = trained
    return whole

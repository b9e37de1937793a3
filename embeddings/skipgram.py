"""Word vectors from plain text, by gensim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import ConfigurationError, MissingExtraError
from textrnn.offline import prepare_import

METHODS = {"cbow": 0, "skipgram": 1}


class Sentences:
    """Sentences of token ids as gensim wants them: strings, and readable again each epoch."""

    def __init__(self, make: Callable[[], Iterable[Sequence[int]]]) -> None:
        self._make = make

    def __iter__(self) -> Any:
        for sentence in self._make():
            yield [str(token) for token in sentence]


def train_vectors(
    sentences: Callable[[], Iterable[Sequence[int]]],
    *,
    vocabulary_size: int,
    units: int,
    method: str = "skipgram",
    epochs: int = 5,
    window: int = 5,
    negative: int = 5,
    random_state: int = 0,
) -> NDArray[np.float32]:
    """Train a vector for each token id (Mikolov et al. 2013, with negative sampling).

    One thread: with more, gensim's result would change from run to run.

    Args:
        sentences: called once an epoch and once before; gives the texts as token ids.
        vocabulary_size: V; ids run from 0 to V - 1.
        units: numbers a vector.
        method: ``skipgram`` or ``cbow``.
        epochs: passes over the texts.
        window: the most tokens to either side that count as context.
        negative: noise words drawn for each true one.
        random_state: fixes the result.

    Returns:
        (V, units), float32; the row of an id that never occurs is zero.

    Raises:
        ConfigurationError: the method is unknown.
        MissingExtraError: gensim is not installed.
    """
    if method not in METHODS:
        raise ConfigurationError(f"method must be one of {', '.join(METHODS)}; received {method!r}")
    prepare_import("gensim")
    try:
        from gensim.models import Word2Vec
    except ModuleNotFoundError as error:
        raise MissingExtraError("training word vectors", "train") from error
    model = Word2Vec(
        Sentences(sentences),
        sg=METHODS[method],
        vector_size=units,
        window=window,
        negative=negative,
        epochs=epochs,
        min_count=1,
        sample=1e-4,
        workers=1,
        seed=random_state,
    )
    matrix = np.zeros((vocabulary_size, units), np.float32)
    for word, row in model.wv.key_to_index.items():
        matrix[int(word)] = model.wv.vectors[row]
    return matrix

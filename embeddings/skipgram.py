"""Skip-gram, CBOW and fastText, by gensim; on one thread: with more its result would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.subwords import Subwords
from textrnn.errors import ConfigurationError, MissingExtraError
from textrnn.offline import prepare_import

METHODS = {"cbow": 0, "skipgram": 1}


_SETTINGS: dict[str, Any] = {"min_count": 1, "sample": 1e-4, "workers": 1}

Sentences = Callable[[], Iterable[Sequence[int]]]


class _Spelled:
    """Sentences of token ids as gensim wants them: strings, and readable again each epoch."""

    def __init__(self, sentences: Sentences, spell: Callable[[int], str]) -> None:
        self._sentences, self._spell = sentences, spell

    def __iter__(self) -> Iterator[list[str]]:
        for sentence in self._sentences():
            yield [self._spell(token) for token in sentence]


def train_vectors(
    sentences: Sentences,
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
    model = _gensim_models().Word2Vec(
        _Spelled(sentences, str),
        sg=METHODS[method],
        vector_size=units,
        window=window,
        negative=negative,
        epochs=epochs,
        seed=random_state,
        **_SETTINGS,
    )
    matrix = np.zeros((vocabulary_size, units), np.float32)
    for word, row in model.wv.key_to_index.items():
        matrix[int(word)] = model.wv.vectors[row]
    return matrix


def train_fasttext(
    sentences: Sentences,
    *,
    words: Sequence[str],
    units: int,
    epochs: int,
    window: int,
    random_state: int,
) -> tuple[NDArray[np.float32], Subwords]:
    """Train fastText's skip-gram (Bojanowski et al. 2017).

    Args:
        sentences: as above.
        words: V, by their ids; their letters are learned from too.
        units: numbers a vector.
        epochs: passes over the texts.
        window: the most tokens to either side that count as context.
        random_state: fixes the result.

    Returns:
        (V, units), and what makes vectors of other words.

    Raises:
        MissingExtraError: gensim is not installed.
    """
    model = _gensim_models().FastText(
        _Spelled(sentences, words.__getitem__),
        sg=METHODS["skipgram"],
        vector_size=units,
        window=window,
        epochs=epochs,
        seed=random_state,
        **_SETTINGS,
    )
    keyed = model.wv
    matrix = np.stack([keyed.vectors[keyed.key_to_index[word]] for word in words])
    grams = np.asarray(keyed.vectors_ngrams, np.float32)
    return matrix, Subwords(grams, keyed.min_n, keyed.max_n)


def _gensim_models() -> Any:
    prepare_import("gensim")
    try:
        from gensim import models
    except ModuleNotFoundError as error:
        raise MissingExtraError("training word vectors", "train") from error
    return models

"""Word vectors from plain text, by any method."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.arguments import MOST_UNITS, check_count, check_word, check_words, received
from textrnn.embeddings.glove import count_cooccurrences, train_glove
from textrnn.embeddings.skipgram import train_fasttext, train_vectors
from textrnn.embeddings.vectors import Vectors
from textrnn.errors import ConfigurationError, InputError

METHODS = ("skipgram", "cbow", "fasttext", "glove")
_WIDEST_WINDOW = 1000
_EPOCHS = {"glove": 3}  # which solves and does not descend; 5 for the others
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:'[^\W_]+)?")

Texts = Callable[[], Iterable[str]]
Say = Callable[[str], None]


def split_words(text: str, *, lowercase: bool = True) -> list[str]:
    """Runs of letters and digits, and Chinese characters one by one.

    Example:
        >>> split_words("Don't stop, 北京!")
        ["don't", 'stop', '北', '京']
    """
    return _WORD.findall(text.lower() if lowercase else text)


def train_word_vectors(
    texts: Texts,
    *,
    method: str = "skipgram",
    units: int = 100,
    epochs: int | None = None,
    window: int = 5,
    min_frequency: int = 5,
    lowercase: bool = True,
    random_state: int = 0,
    on_message: Say = lambda line: None,
) -> Vectors:
    """Train vectors on texts, which are read again in every pass and are never all in memory.

    ``skipgram`` and ``cbow`` (Mikolov et al. 2013) and ``fasttext`` (Bojanowski et al. 2017) are
    gensim's, on one thread, so that a random state means one result; ``glove`` is a variant of
    Pennington et al. 2014, :mod:`textrnn.embeddings.glove`.

    Args:
        texts: gives the texts each time it is called.
        method: one of METHODS.
        units: numbers a word.
        epochs: passes over the texts, 5 by default; for GloVe how often its least squares are
            solved, by default 3, or 0.
        window: the most words to either side that count as context.
        min_frequency: rarer words are left out.
        lowercase: fold case.
        random_state: fixes the result.
        on_message: called with a line on what happens.

    Returns:
        The words, frequent ones first, with their vectors.

    Raises:
        ConfigurationError: a setting is out of range.
        InputError: no word is frequent enough.
        MissingExtraError: gensim is not installed.
    """
    if method not in METHODS:
        raise ConfigurationError(f"method must be one of {', '.join(METHODS)}; received {method!r}")
    if not callable(texts):
        raise ConfigurationError(
            f"texts must be a function that gives the texts; received {received(texts)}"
        )
    epochs = _EPOCHS.get(method, 5) if epochs is None else epochs
    check_count(units, "units", most=MOST_UNITS)
    check_count(epochs, "epochs", least=0 if method == "glove" else 1)
    check_count(window, "window", most=_WIDEST_WINDOW)
    check_count(min_frequency, "min_frequency")
    check_count(random_state, "random_state", least=0, most=2**32 - 1)
    words = _frequent_words(texts, lowercase, min_frequency, on_message)
    number = {word: i for i, word in enumerate(words)}

    def sentences() -> Iterator[list[int]]:
        for text in texts():
            yield [number[w] for w in split_words(text, lowercase=lowercase) if w in number]

    numbers = {"units": units, "epochs": epochs, "window": window, "random_state": random_state}
    subwords = None
    if method == "fasttext":
        matrix, subwords = train_fasttext(sentences, words=words, **numbers)
    elif method == "glove":
        matrix = _train_glove(sentences(), on_message, vocabulary_size=len(words), **numbers)
    else:
        matrix = train_vectors(sentences, vocabulary_size=len(words), method=method, **numbers)
    return Vectors(words, matrix, subwords=subwords)


def _frequent_words(
    texts: Texts, lowercase: bool, min_frequency: int, on_message: Say
) -> list[str]:
    counts: Counter[str] = Counter()
    for text in _checked(texts()):
        counts.update(split_words(text, lowercase=lowercase))
    words = [word for word, count in counts.most_common() if count >= min_frequency]
    if not words:
        raise InputError(f"no word occurs {min_frequency} times; lower the least frequency")
    on_message(f"{counts.total():,} words, {len(words):,} different ones often enough")
    return words


def _checked(texts: Iterable[str]) -> Iterator[str]:
    if isinstance(texts, str | bytes):
        check_words(texts, "texts")
    for place, text in enumerate(texts):
        yield check_word(text, f"texts[{place}]")


def _train_glove(
    sentences: Iterable[list[int]],
    on_message: Say,
    *,
    vocabulary_size: int,
    units: int,
    epochs: int,
    window: int,
    random_state: int,
) -> NDArray[np.float32]:
    pairs = count_cooccurrences(sentences, vocabulary_size=vocabulary_size, window=window)
    on_message(f"{len(pairs.counts):,} pairs of words")
    words, contexts = train_glove(
        pairs,
        vocabulary_size=vocabulary_size,
        units=units,
        epochs=epochs,
        random_state=random_state,
        on_epoch=lambda epoch, loss: on_message(f"epoch {epoch}/{epochs}: loss {loss:.4f}"),
    )
    return words + contexts

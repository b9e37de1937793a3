"""The vocabulary of a network that begins with word vectors: their words have rows, too.

So a word that no training text has is known when the model serves, if the vectors know it. Rows
that no text here has stand last: they stay as they were given, and need not pass through the
optimizer, which goes over every row that there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.text.tokenizer import Tokenizer
from textrnn.training.initial import UNITS
from textrnn.training.named import Values
from textrnn.training.weights.pretrained import (
    PretrainedVectors,
    largest_vocabulary,
    vector_units,
)

_WHOLE_WORDS = ("character", "word")  # levels at which a token is what vectors have


def vector_settings(files: Sequence[Path], part: str, changes: Values) -> Values:
    """The settings of a plan that follow from vectors to begin with, where nothing else is said.

    Args:
        files: the vectors.
        part: of the plan, which has the size of the vocabulary.
        changes: what is said.

    Raises:
        InputError: a file is missing, or holds no vectors.
    """
    units = vector_units(files)
    values: Values = {UNITS: units}
    if changes.get((part, "level"), "word") in _WHOLE_WORDS:
        values[part, "vocabulary_size"] = largest_vocabulary(units)
    return {**values, **changes}


def count_words(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[str]:
    """How often each word occurs, as the tokenizer writes it."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(tokenizer.words(text))
    return counts


def widened(
    tokenizer: Tokenizer, vectors: PretrainedVectors, size: int, *, seen: Container[str]
) -> Tokenizer:
    """A tokenizer that knows the most frequent words of vectors, too.

    Args:
        tokenizer: of the training texts; one of subwords makes its own words, and stays as it is.
        vectors: whose words are added.
        size: the most tokens, its own included.
        seen: the words of all texts at hand: their rows come before the others'.
    """
    if tokenizer.level not in _WHOLE_WORDS:
        return tokenizer
    room = size - tokenizer.vocabulary_size
    words = vectors.frequent(room, without=tokenizer.vocabulary())
    return tokenizer.with_tokens(sorted(words, key=lambda word: word not in seen))


def rows_in_use(texts: Iterable[NDArray[np.int32]]) -> int:
    """How many rows, from the first on, there must be for texts of token ids."""
    longest = max((int(ids.max()) for ids in texts if len(ids)), default=0)
    return max(longest + 1, len(Tokenizer.SPECIAL_TOKENS))


def covered(vectors: PretrainedVectors, texts: Mapping[str, Mapping[str, int]]) -> str:
    """A line on how much of some texts has vectors.

    Args:
        vectors: these.
        texts: how often each word occurs, by the texts' name.
    """
    return "; ".join(f"{name} texts: {vectors.coverage(found)}" for name, found in texts.items())

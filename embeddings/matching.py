"""From a word, however it is written, to a vector: the rules by which one is found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.tables import Table

_DIGIT = re.compile(r"\d")
_DIGITS = "#0"  # what stands for every digit where vectors do not tell numbers apart
_NGRAM = 3  # characters of the n-grams by which similar spellings are found
_MOST_MORE_CHARACTERS = 3  # than the word, or fewer, for a spelling to be similar
_LEAST_SHARED = 0.5  # of the n-grams of both words


@dataclass(frozen=True)
class Match:
    """What a lookup found.

    Attributes:
        vector: (U,), float32.
        rule: how it was found: ``exact``, ``lower case``, ``width``, ``subwords``, ``digits`` or
            ``similar spelling``.
        words: the words whose vectors it is made of; with ``subwords`` none.
    """

    vector: NDArray[np.float32]
    rule: str
    words: tuple[str, ...]


def find_word(table: Table, word: str) -> Match | None:
    """The vector of a word by the first rule that finds one; spellings are not compared."""
    for rule, form in _cased(word):
        row = table.row(form)
        if row is not None:
            return Match(table.rows([row])[0], rule, (table.word(row),))
    vector = None if table.subwords is None else table.subwords.vector(word)
    if vector is not None:
        return Match(vector, "subwords", ())
    for form in _without_digits(word):
        if form != word and (row := table.row(form)) is not None:
            return Match(table.rows([row])[0], "digits", (table.word(row),))
    return None


def forms(word: str) -> set[str]:
    """All that :func:`find_word` looks a word up as."""
    return {form for _, form in _cased(word)}.union(_without_digits(word))


def _cased(word: str) -> list[tuple[str, str]]:
    """A word's forms by the rules that come before subwords, each with its rule."""
    folded = unicodedata.normalize("NFKC", word)
    return [
        ("exact", word),
        ("lower case", word.lower()),
        ("width", folded),
        ("width", folded.lower()),
    ]


def _without_digits(word: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", word).lower()
    return [_DIGIT.sub(digit, folded) for digit in _DIGITS]


def find_spelled_alike(table: Table, words: Sequence[str], word: str) -> Match | None:
    """The mean of the words that share most of a word's trigrams, half of them at least.

    Args:
        table: where the words are.
        words: all of them.
        word: is folded in width and case.
    """
    folded = unicodedata.normalize("NFKC", word).lower()
    wanted = _trigrams(folded)
    best: list[int] = []
    most = 0.0
    for row, other in enumerate(words):
        if abs(len(other) - len(folded)) > _MOST_MORE_CHARACTERS:
            continue
        found = _trigrams(other)
        share = len(wanted & found) / len(wanted | found)
        if share > most:
            best, most = [row], share
        elif share == most and best:
            best.append(row)
    if most < _LEAST_SHARED:
        return None
    vector = table.rows(best).mean(axis=0, dtype=np.float64).astype(np.float32)
    return Match(vector, "similar spelling", tuple(words[row] for row in best))


def _trigrams(word: str) -> set[str]:
    bordered = f"<{word}>"
    return {bordered[i : i + _NGRAM] for i in range(max(1, len(bordered) - _NGRAM + 1))}

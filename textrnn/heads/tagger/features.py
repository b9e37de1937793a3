"""What a tagger's network reads of a sentence: numbers for words, characters, bigrams, a lexicon.

Shapes: N distinct words, C characters of a word, T tokens of a sentence. In every table row 0 is
padding and row 1 stands for what is unknown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.json_files import parse_vocabularies
from textrnn.configuration import require_choice
from textrnn.errors import BundleError, ConfigurationError
from textrnn.text.words import LEVELS, word_key, word_shape

PAD, UNK = 0, 1
FIRST = 2  # the first row that is a word's own
MAX_CHARACTERS = 24  # of a longer word the first and the last twelve are read
_LONGEST_MATCH = 6  # characters of a lexicon's word
_KEYS = ("level", "words", "characters", "bigrams", "lexicon")
_MOST_COUNT = 1 << 53
_END = "\n"  # follows the last token in its bigram; no token is a line end


@dataclass(frozen=True)
class Matches:
    """The lexicon's words that a sentence's characters take part in (Ma et al. 2020, eq. 5-8).

    For each entry: the character's place times four plus its part in the word (0 begins, 1 is
    inside, 2 ends it, 3 is the whole word), the word's row, and its share of the character's
    matches by frequency, times four.

    Attributes:
        places: (matches,), int32, sorted.
        words: (matches,), int32.
        shares: (matches,), float32.
    """

    places: NDArray[np.int32]
    words: NDArray[np.int32]
    shares: NDArray[np.float32]


class Features:
    """The vocabularies of a tagger, and what they make of a sentence.

    Args:
        level: ``word`` or ``character``: what a token is.
        words: the keys (:func:`textrnn.text.words.word_key`) that have rows of their own, in order.
        characters: the characters that have rows.
        bigrams: the pairs of neighbouring tokens that have rows.
        lexicon: the lexicon's words, each with how often it occurs.
    """

    def __init__(
        self,
        level: str,
        words: Iterable[str],
        *,
        characters: Iterable[str] = (),
        bigrams: Iterable[str] = (),
        lexicon: Mapping[str, int] | None = None,
    ) -> None:
        require_choice("level", level, LEVELS)
        self.level = level
        self.words: dict[str, int] = _numbered(words)
        self.characters: dict[str, int] = _numbered(characters)
        self.bigrams: dict[str, int] = _numbered(bigrams)
        self.lexicon_counts: dict[str, int] = dict(lexicon or {})
        self.lexicon: dict[str, int] = _numbered(self.lexicon_counts)
        self._counts = np.array([0, 0, *self.lexicon_counts.values()], np.float64)

    def word(self, word: str) -> int:
        """The row of a word; :data:`UNK` where it has none."""
        return self.words.get(word_key(word), UNK)

    def spelling(self, word: str) -> list[int]:
        """The rows of a word's characters."""
        if len(word) > MAX_CHARACTERS:
            word = word[: MAX_CHARACTERS // 2] + word[-MAX_CHARACTERS // 2 :]
        get = self.characters.get
        return [get(character, UNK) for character in word]

    def word_arrays(
        self, words: Sequence[str]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """What is known of words by themselves.

        Returns:
            Their rows (N,), their characters' rows (N, C) padded with 0, their shapes (N,).
        """
        rows = np.fromiter(map(self.word, words), np.int32, len(words))
        shapes = np.fromiter(map(word_shape, words), np.int32, len(words))
        if not self.characters:
            return rows, np.zeros((len(words), 1), np.int32), shapes
        spellings = [self.spelling(word) for word in words]
        characters = np.zeros((len(words), max(map(len, spellings), default=1)), np.int32)
        for line, spelling in zip(characters, spellings, strict=True):
            line[: len(spelling)] = spelling
        return rows, characters, shapes

    def bigram_rows(self, words: Sequence[str]) -> NDArray[np.int32]:
        """The row of each token's bigram with the next one, (T,)."""
        get, keys = self.bigrams.get, bigrams(words)
        return np.fromiter((get(key, UNK) for key in keys), np.int32, len(words))

    def matches(self, words: Sequence[str]) -> Matches:
        """The lexicon's words in a sentence of single characters."""
        found: list[tuple[int, int]] = []
        for start, end in find_matches(words, self.lexicon):
            row = self.lexicon["".join(words[start:end])]
            if end - start == 1:
                found.append((4 * start + 3, row))
                continue
            found.append((4 * start, row))
            found.extend((4 * place + 1, row) for place in range(start + 1, end - 1))
            found.append((4 * (end - 1) + 2, row))
        found.sort()
        pairs = np.array(found, np.int32).reshape(-1, 2)
        counts = self._counts[pairs[:, 1]]
        totals = np.bincount(pairs[:, 0] // 4, counts, minlength=len(words))
        shares = 4.0 * counts / totals[pairs[:, 0] // 4]
        return Matches(pairs[:, 0], pairs[:, 1], shares.astype(np.float32))

    def to_json(self) -> str:
        """The vocabularies as JSON."""
        return json.dumps(
            {
                "level": self.level,
                "words": list(self.words),
                "characters": list(self.characters),
                "bigrams": list(self.bigrams),
                "lexicon": self.lexicon_counts,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Features:
        """What :meth:`to_json` wrote.

        Raises:
            BundleError: the text is damaged.
        """
        data = parse_vocabularies(text, "features.json")
        if not isinstance(data, dict) or data.keys() != set(_KEYS):
            raise BundleError("features.json is damaged: it holds other things than vocabularies")
        for name in _KEYS[1:4]:
            found = data[name]
            if not isinstance(found, list) or set(map(type, found)) - {str}:
                raise BundleError(f"features.json is damaged: {name} is no list of strings")
        counts = data["lexicon"]
        if not isinstance(counts, dict) or set(map(type, counts.values())) - {int}:
            raise BundleError("features.json is damaged: lexicon is no list of counts")
        if counts and not 1 <= min(counts.values()) <= max(counts.values()) <= _MOST_COUNT:
            raise BundleError("features.json is damaged: a count is none")
        try:
            features = cls(data["level"], data["words"], **{k: data[k] for k in _KEYS[2:]})
        except (ConfigurationError, TypeError) as error:
            raise BundleError(f"features.json is damaged: {error}") from error
        for name in _KEYS[1:4]:
            if len(getattr(features, name)) < len(data[name]):
                raise BundleError(f"features.json is damaged: {name} holds one twice")
        return features


def bigrams(words: Sequence[str]) -> list[str]:
    """Each token with the one after it."""
    following = [*words[1:], _END][: len(words)]
    return [a + b for a, b in zip(words, following, strict=True)]


def find_matches(words: Sequence[str], lexicon: Mapping[str, int]) -> list[tuple[int, int]]:
    """Every stretch of up to six characters that is a word of the lexicon.

    Example:
        >>> find_matches("北京大学", {"北京": 1, "大学": 1, "北京大学": 1})
        [(0, 2), (0, 4), (2, 4)]
    """
    found = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST_MATCH, len(words)) + 1):
            if "".join(words[start:end]) in lexicon:
                found.append((start, end))
    return found


def most_frequent(counts: Counter[str], *, size: int, min_frequency: int) -> list[str]:
    """The most frequent keys, the most frequent first, ties in alphabetical order."""
    enough = [key for key, count in counts.items() if count >= min_frequency]
    return sorted(enough, key=lambda key: (-counts[key], key))[:size]


def _numbered(keys: Iterable[str]) -> dict[str, int]:
    return {key: number for number, key in enumerate(keys, start=FIRST)}

"""Making a tagger's vocabularies from its texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.tagger.features import FIRST, UNK, Features, bigrams, find_matches, most_frequent
from textrnn.text.simplify import simplify
from textrnn.text.words import MAX_TOKEN, find_words, word_key
from textrnn.training.tagger.plan import FeatureSettings
from textrnn.training.tagger.sentences import Sentence
from textrnn.training.weights.pretrained import Keys, PretrainedVectors


class Corpus:
    """The training and unlabelled texts as numbers of keys, for counting and for vectors.

    Args:
        sentences: the training sentences.
        unlabelled: further texts.
        level: what a token is.

    Attributes:
        keys: each key, by its number.
        texts: the numbers of each text's tokens, (tokens,), int32; the sentences come first.
    """

    def __init__(
        self, sentences: Sequence[Sentence], unlabelled: Iterable[str], *, level: str
    ) -> None:
        self.level = level
        self._numbers: dict[str, int] = {}
        self._by_word: dict[str, int] = {}  # saves folding the same word again
        self.texts = [self._add(sentence.words) for sentence in sentences]
        for text in unlabelled:
            self.texts.append(self._add([text[a:b] for a, b in find_words(text, level=level)]))
        self.keys = list(self._numbers)

    def counts(self) -> Counter[str]:
        """How often each key occurs."""
        if not self.texts:
            return Counter()
        found = np.bincount(np.concatenate(self.texts), minlength=len(self.keys))
        return Counter(dict(zip(self.keys, found.tolist(), strict=True)))

    def spelled(self) -> Iterator[list[str]]:
        """Each text as keys."""
        for text in self.texts:
            yield [self.keys[number] for number in text.tolist()]

    def rows(self, features: Features) -> list[NDArray[np.int32]]:
        """Each text in rows of the embedding, (tokens,)."""
        table = np.array([features.words.get(key, UNK) for key in self.keys], np.int32)
        return [table[text] for text in self.texts]

    def _add(self, words: Sequence[str]) -> NDArray[np.int32]:
        numbers = np.empty(len(words), np.int32)
        for i, word in enumerate(words):
            number = self._by_word.get(word)
            if number is None:
                number = self._numbers.setdefault(word_key(word), len(self._numbers))
                self._by_word[word] = number
            numbers[i] = number
        return numbers


def make_features(
    sentences: Sequence[Sentence],
    corpus: Corpus,
    settings: FeatureSettings,
    *,
    lexicon: Iterable[str] = (),
    vectors: PretrainedVectors | None = None,
) -> Features:
    """The vocabularies of a tagger.

    Args:
        sentences: the training sentences: their characters and bigrams get rows.
        corpus: these and the unlabelled texts: their words get rows.
        settings: how many, and from which frequency on.
        lexicon: words that may be matched; those that the corpus holds get rows.
        vectors: their most frequent words get the rows that are left.
    """
    size = settings.vocabulary_size - FIRST
    words = most_frequent(
        corpus.counts(),
        size=size,
        min_frequency=settings.min_frequency,
    )
    if vectors is not None:
        words = [*words, *vectors.frequent(size - len(words), without=set(words))]
    spelled = Counter(chain.from_iterable(chain.from_iterable(s.words for s in sentences)))
    pairs = Counter(chain.from_iterable(bigrams(s.words) for s in sentences))
    return Features(
        settings.level,
        words,
        characters=most_frequent(spelled, size=1000, min_frequency=2)
        if settings.characters
        else (),
        bigrams=most_frequent(
            pairs, size=settings.bigrams, min_frequency=settings.bigram_min_frequency
        ),
        lexicon=_matched(corpus, lexicon, settings) if settings.lexicon else None,
    )


def vector_keys(settings: FeatureSettings) -> Keys:
    """What a tagger knows the words of vectors by; of characters alone, those of one."""
    read = simplify if settings.simplify else str
    longest = 1 if settings.level == "character" else MAX_TOKEN

    def keys(words: Sequence[str]) -> list[str]:
        return [word_key(read(word)) if len(word) <= longest else "" for word in words]

    return keys


def count_keys(sentences: Sequence[Sentence]) -> Counter[str]:
    """How often each key occurs."""
    return Counter(map(word_key, chain.from_iterable(s.words for s in sentences)))


def _matched(corpus: Corpus, lexicon: Iterable[str], settings: FeatureSettings) -> dict[str, int]:
    """The lexicon's words that the corpus holds, with how often it does."""
    known = dict.fromkeys(word_key(word) for word in lexicon)
    numbered = {word: number for number, word in enumerate(known)}
    counts = Counter[str]()
    for keys in corpus.spelled() if numbered else ():
        counts.update("".join(keys[a:b]) for a, b in find_matches(keys, numbered))
    words = most_frequent(
        counts, size=settings.lexicon, min_frequency=settings.lexicon_min_frequency
    )
    return {word: counts[word] for word in words}

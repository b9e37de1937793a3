"""Tagged sentences in numbers, and the batches of them that a tagger's network reads in training.

Shapes: B sentences, T tokens (padded), N distinct words of a batch, C characters of a word, K
words of the lexicon in the fullest set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import spans_to_tags
from textrnn.heads.tagger.features import Features, Matches
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.runtime.session import pad
from textrnn.training.loop.batches import plan_batches
from textrnn.training.tagger.sentences import Sentence


@dataclass(frozen=True)
class SentenceBatch:
    """One step's sentences.

    Attributes:
        inputs: arrays by the names of the model's inputs.
        tags: the right tags' numbers, (B, T).
        targets: the tags' probabilities in sentences that have these, elsewhere 0, (B, T, L).
    """

    inputs: dict[str, NDArray[Any]]
    tags: NDArray[np.int32]
    targets: NDArray[np.float32]

    @property
    def texts(self) -> int:
        """B."""
        return len(self.tags)

    @property
    def token_count(self) -> int:
        """Tokens without padding."""
        return int(np.count_nonzero(self.inputs["tokens"]))


class EncodedSentences:
    """Sentences as numbers, ready to be put into batches.

    Args:
        sentences: words and spans.
        features: the vocabularies.
        tags: the tags' names, in the order of the network's outputs.
        scheme: how spans become tags.
        gazetteer: known names; None for none.

    Attributes:
        rows: the embedding's row of each distinct word, (words,); the first is padding's.
        lengths: tokens of each sentence, (sentences,).
        spans: of each sentence.
        has_probabilities: whether some sentences have probabilities of tags in place of tags.
    """

    def __init__(
        self,
        sentences: Sequence[Sentence],
        features: Features,
        tags: Sequence[str],
        scheme: str,
        gazetteer: Gazetteer | None = None,
    ) -> None:
        number = {tag: i for i, tag in enumerate(tags)}
        distinct = list(dict.fromkeys(chain.from_iterable(s.words for s in sentences)))
        place = {word: i for i, word in enumerate(distinct, start=1)}
        rows, characters, shapes = features.word_arrays(distinct)
        # Word 0 is padding.
        self.rows = np.concatenate([[0], rows]).astype(np.int32)
        self._characters = np.pad(characters, [(1, 0), (0, 0)])
        self._shapes = np.concatenate([[0], shapes]).astype(np.int32)
        self._words = [_numbers(place, s.words) for s in sentences]
        self._tags = [
            _numbers(number, spans_to_tags(s.spans, len(s.words), scheme=scheme)) for s in sentences
        ]
        self._targets = [_shares(number, s.probabilities) for s in sentences]
        self.has_probabilities = any(s.probabilities for s in sentences)
        self._bigrams = [features.bigram_rows(s.words) for s in sentences] * bool(features.bigrams)
        self._matches = [features.matches(s.words) for s in sentences] * bool(features.lexicon)
        self._marks: list[NDArray[np.bool_]] = []
        if gazetteer is not None:
            self._marks = [gazetteer.look_up([s.words]).astype(bool) for s in sentences]
        self.lengths = np.array([len(s.words) for s in sentences], np.int64)
        self.spans = [s.spans for s in sentences]

    def __len__(self) -> int:
        return len(self.lengths)

    def batch(self, members: Iterable[int]) -> SentenceBatch:
        """Some sentences, by their numbers."""
        members = list(members)
        words, _ = pad([self._words[i] for i in members])
        distinct, tokens = np.unique(words, return_inverse=True)
        if distinct[0]:  # padding comes first, whether any sentence needs it or not
            distinct, tokens = np.concatenate([[0], distinct]), tokens + 1
        spellings = self._characters[distinct]
        longest = max(1, int(np.count_nonzero(spellings, axis=1).max()))
        inputs: dict[str, NDArray[Any]] = {
            "words": self.rows[distinct],
            "characters": spellings[:, :longest],
            "shapes": self._shapes[distinct],
            "tokens": tokens.reshape(words.shape).astype(np.int32),
        }
        if self._bigrams:
            inputs["bigrams"] = pad([self._bigrams[i] for i in members])[0]
        if self._matches:
            found = [self._matches[i] for i in members]
            inputs["lexicon"], inputs["shares"] = _matches_arrays(found, words.shape[1])
        if self._marks:
            inputs["gazetteer"] = _stacked([self._marks[i] for i in members], words.shape[1])
        targets = _stacked([self._targets[i] for i in members], words.shape[1])
        return SentenceBatch(inputs, pad([self._tags[i] for i in members])[0], targets)

    def training_batches(
        self, *, batch_size: int, seed: tuple[int, int], skip: int = 0
    ) -> Iterator[SentenceBatch]:
        """The batches of one epoch: every sentence once, in random order, like by like.

        Args:
            batch_size: sentences a batch.
            seed: random state and epoch: the same pair gives the same batches.
            skip: batches already done.
        """
        rng = np.random.default_rng(seed)
        plan = plan_batches(self.lengths, batch_size=batch_size, rng=rng)
        for members in plan[skip:]:
            yield self.batch(members.tolist())


def _numbers(table: dict[str, int], keys: Sequence[str]) -> NDArray[np.int32]:
    return np.fromiter((table[key] for key in keys), np.int32, len(keys))


def _shares(
    number: Mapping[str, int], probabilities: Sequence[Mapping[str, float]]
) -> NDArray[np.float32]:
    """The probability of each tag at each word, (T, L); of none (0, L)."""
    found = np.zeros((len(probabilities), len(number)), np.float32)
    for row, shares in zip(found, probabilities, strict=True):
        for tag, share in shares.items():
            row[number[tag]] = share
    return found


def _stacked(marks: Sequence[NDArray[Any]], time: int) -> NDArray[np.float32]:
    """Each sentence's rows, padded to one length: (B, T, numbers)."""
    stacked = np.zeros((len(marks), time, marks[0].shape[1]), np.float32)
    for row, mark in zip(stacked, marks, strict=True):
        row[: len(mark)] = mark
    return stacked


def _matches_arrays(
    found: Sequence[Matches], time: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The lexicon's words of each set, and their shares: (B, T, 4, K) each."""
    ranks = []
    for matches in found:
        firsts = np.searchsorted(matches.places, matches.places)
        ranks.append(np.arange(len(matches.places)) - firsts)
    fullest = max((int(rank.max(initial=0)) for rank in ranks), default=0) + 1
    words = np.zeros((len(found), 4 * time, fullest), np.int32)
    shares = np.zeros(words.shape, np.float32)
    for row, (matches, rank) in enumerate(zip(found, ranks, strict=True)):
        words[row, matches.places, rank] = matches.words
        shares[row, matches.places, rank] = matches.shares
    shape = (len(found), time, 4, fullest)
    return words.reshape(shape), shares.reshape(shape)

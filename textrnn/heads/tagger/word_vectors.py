"""The numbers that each token brings to the encoder: rows of tables, and encoded spellings.

Shapes: N distinct words, B sentences, T tokens (padded), F numbers a token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.tagger.features import Features, Matches
from textrnn.heads.tagger.gazetteer import PLACES, Gazetteer
from textrnn.runtime.row_cache import RowCache
from textrnn.runtime.session import Session

_SPELLED_WORDS = 128  # spelled at once


class WordVectors:
    """Looks up and encodes words; what depends on a word alone is kept for the next time.

    Any number of threads may look up at the same time.

    Args:
        features: the vocabularies.
        tables: ``embedding`` and, as far as the network has them, ``shapes``, ``bigrams`` and
            ``lexicon``: rows of float32, or of int8 with their scales beside them as
            ``embedding/scale``.
        spelling: the graph of the character encoder; None where there is none.
        gazetteer: known names; None where the network has none.
        bigram_units: numbers of a bigram; 0 where the network has none.
        lexicon_units: numbers of a set of the lexicon's words; 0 likewise.
    """

    def __init__(
        self,
        features: Features,
        tables: Mapping[str, NDArray[np.generic]],
        spelling: Session | None,
        *,
        gazetteer: Gazetteer | None = None,
        bigram_units: int = 0,
        lexicon_units: int = 0,
    ) -> None:
        self._features = features
        self._tables = tables
        self._spelling = spelling
        self._gazetteer = gazetteer
        self._bigram_units = bigram_units
        self._lexicon_units = lexicon_units
        # A row leaves room for what its word's neighbours bring.
        # Of one word, since ONNX Runtime ends the process over an LSTM's empty batch.
        word_units = self._encode(["a"]).shape[1]
        self._cache = RowCache(word_units + self._context_units)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The graph of the character encoder, where there is one."""
        return () if self._spelling is None else (self._spelling,)

    def look_up(self, sentences: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """What the encoder reads: (T, B, F), zeros for padding.

        Args:
            sentences: the words of each; T is the length of the longest, at least 1.
        """
        lengths = np.fromiter(map(len, sentences), np.int64, len(sentences))
        time = max(1, int(lengths.max(initial=0)))
        places = np.arange(time) < lengths[:, None]  # (B, T)
        rows = np.zeros(places.shape, np.int64)
        table, rows[places] = self._cache.rows(list(chain.from_iterable(sentences)), self._encode)
        parts = self._context(sentences)
        found = np.take(table, rows.T, axis=0)
        first = found.shape[2] - sum(part.shape[1] for part in parts)
        for part in parts:
            found.transpose(1, 0, 2)[places, first : first + part.shape[1]] = part
            first += part.shape[1]
        return found

    @property
    def _context_units(self) -> int:
        """Numbers that a token's neighbours bring."""
        kinds = 0 if self._gazetteer is None else len(self._gazetteer.kinds)
        return self._bigram_units + 4 * self._lexicon_units + PLACES * kinds

    def _encode(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Embedding, spelling and shape of distinct words, (N, F)."""
        rows, characters, shapes = self._features.word_arrays(words)
        parts = [self._rows("embedding", rows)]
        if self._spelling is not None:
            parts.append(self._spell(self._spelling, characters))
        if "shapes" in self._tables:
            parts.append(self._rows("shapes", shapes))
        return np.concatenate(parts, axis=1)

    @staticmethod
    def _spell(spelling: Session, characters: NDArray[np.int32]) -> NDArray[np.float32]:
        """Encoded spellings, (N, U), of characters' rows, (N, C); words of like length together."""
        if not len(characters):  # ONNX Runtime's LSTM ends the process where there is nothing
            return WordVectors._spell(spelling, np.zeros((1, 1), np.int32))[:0]
        lengths = np.count_nonzero(characters, axis=1).astype(np.int32)
        order = np.argsort(lengths, kind="stable")
        parts = []
        for begin in range(0, len(order), _SPELLED_WORDS):
            members = order[begin : begin + _SPELLED_WORDS]
            longest = max(1, int(lengths[members].max(initial=0)))
            fed = {
                "characters": np.ascontiguousarray(characters[members, :longest]),
                "lengths": lengths[members],
            }
            parts.append(spelling.run(fed)["encoded"])
        encoded = np.concatenate(parts)
        encoded[order] = encoded.copy()
        return encoded

    def _context(self, sentences: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        """What depends on a token's neighbours: bigrams, lexicon, gazetteer, (tokens, …) each."""
        parts = []
        if self._bigram_units:
            rows = [self._features.bigram_rows(words) for words in sentences]
            parts.append(self._rows("bigrams", np.concatenate([*rows, np.zeros(0, np.int32)])))
        if self._lexicon_units:
            found = [self._lexicon_sums(words) for words in sentences]
            parts.append(np.concatenate([*found, np.zeros((0, 4 * self._lexicon_units))]))
        if self._gazetteer is not None:
            parts.append(self._gazetteer.look_up(sentences))
        return [part.astype(np.float32, copy=False) for part in parts]

    def _lexicon_sums(self, words: Sequence[str]) -> NDArray[np.float32]:
        """The weighted sum of each set's words, the four sets of a token end to end."""
        matches: Matches = self._features.matches(words)
        sums = np.zeros((4 * len(words), self._lexicon_units), np.float32)
        if len(matches.places):
            weighted = self._rows("lexicon", matches.words) * matches.shares[:, None]
            firsts = np.flatnonzero(np.diff(matches.places, prepend=-1))
            sums[matches.places[firsts]] = np.add.reduceat(weighted, firsts, axis=0)
        return sums.reshape(len(words), 4 * self._lexicon_units)

    def _rows(self, name: str, numbers: NDArray[np.int32]) -> NDArray[np.float32]:
        """Rows of a table, as float32."""
        rows = self._tables[name][numbers].astype(np.float32)
        scale = self._tables.get(f"{name}/scale")
        return rows if scale is None else rows * scale[numbers].astype(np.float32)

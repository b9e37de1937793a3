"""The attention of a sentence as it is shown: words or characters against words or characters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.translator.result import TranslatedSentence, Translation
from textrnn.text.units import first_tokens, shared_units, unit_offsets


@dataclass(frozen=True, eq=False)
class AttentionMatrix:
    """How much each part of a translation looked at each part of its source.

    Attributes:
        source: where the source's parts are in the whole source, (S, 2).
        target: where the translation's parts are in the whole translation, (T, 2).
        weights: (T, S); a row sums to 1 where the translation looked at anything.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, translation: Translation, sentence: TranslatedSentence) -> AttentionMatrix:
        """The matrix of a sentence. Tokens of one character, as its bytes, are one part: their
        columns are summed, and of their rows the mean is taken. Parts without text are left out.

        Args:
            translation: of the whole text.
            sentence: one of its sentences.
        """
        read, written = (
            np.array(places, np.int32).reshape(-1, 2)
            for places in (sentence.source_tokens, sentence.target_tokens)
        )
        columns = shared_units(read, translation.source)
        rows = shared_units(written, translation.text)
        source, target = unit_offsets(columns, read), unit_offsets(rows, written)
        if not len(written):
            return cls(source[:0], target, np.zeros((0, 0), np.float32))
        sums = np.add.reduceat(np.array(sentence.attention), first_tokens(columns), axis=1)
        weights = np.add.reduceat(sums, first_tokens(rows), axis=0) / np.bincount(rows)[:, None]
        shown_rows, shown_columns = (part[:, 0] < part[:, 1] for part in (target, source))
        shown = weights[shown_rows][:, shown_columns].astype(np.float32)
        return cls(source[shown_columns], target[shown_rows], shown)

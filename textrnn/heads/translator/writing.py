"""From the tokens that a search found to text, with the place of each token in it.

An unknown token is written as what of the source it looked at most (Luong et al. 2015b, section 3).
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.search import Hypothesis
from textrnn.decoding.vocabulary import Vocabulary, joined
from textrnn.heads.translator.cutting import FULL_STOPS
from textrnn.text.tokenizer import Tokenizer


@dataclass(frozen=True, eq=False)
class Written:
    """A text, and where each of its tokens is in it, (T, 2)."""

    text: str
    offsets: NDArray[np.int32]


class TextWriter:
    """Writes the texts of hypotheses.

    Args:
        tokenizer: the target's.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._vocabulary = Vocabulary(tokenizer)

    def write(
        self, found: Hypothesis, source: Sequence[str], *, is_closed: bool = False
    ) -> Written:
        """The text of a hypothesis, without blanks at its ends.

        Args:
            found: the hypothesis.
            source: the tokens of the source as they stand in it.
            is_closed: whether a full stop was added to the source; its own is left out then.
        """
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text, offsets = "", []
        for number, token in enumerate(found.ids.tolist()):
            piece = self._piece(token, found.attention[number], source, text)
            begin = len(text)
            text += decoder.decode(piece)
            is_within = bool(decoder.getstate()[0])  # a character whose rest is yet to come
            offsets.append((begin, len(text) + is_within))
        text += decoder.decode(b"", final=True)
        if is_closed and text.rstrip().endswith(FULL_STOPS):
            text = text.rstrip()[:-1]
        return _without_blanks(text, np.array(offsets, np.int32).reshape(-1, 2))

    def _piece(
        self, token: int, attention: NDArray[np.float32], source: Sequence[str], text: str
    ) -> bytes:
        """What a token adds to the text, in UTF-8."""
        vocabulary = self._vocabulary
        piece = vocabulary.pieces[token]
        if token == Tokenizer.UNK:
            word = source[int(attention.argmax())] if len(source) else ""
            piece = (" " * vocabulary.spaced + word).encode("utf-8", "replace")
        return joined(text, piece) if vocabulary.spaced else piece


def _without_blanks(text: str, offsets: NDArray[np.int32]) -> Written:
    """A text without the blanks at its ends; tokens that were nothing else are empty."""
    stripped = text.strip()
    begin = len(text) - len(text.lstrip())
    return Written(stripped, np.clip(offsets - begin, 0, len(stripped)).astype(np.int32))

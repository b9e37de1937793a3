"""States that start anew within long documents, so that a model learns to begin.

A book is one document: of all its tokens one comes after a start, and a model that has read books
alone has hardly ever seen the state from which every text is written. So here and there a window
has ``<s>`` in the place of a token, which sets the state to zero. Shapes: B streams, T tokens a
window, V tokens of the vocabulary.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from textrnn.text.tokenizer import Tokenizer
from textrnn.training.generator.plan import LanguageSettings
from textrnn.training.generator.token_store import FEW_DOCUMENTS, TokenStore

_LINE_ENDS = (b"\n",)
_SENTENCE_ENDS = tuple(mark.encode("utf-8") for mark in ".!?…。！？")
_FEWEST = 0.002  # of the tokens: fewer line ends than this are not where texts begin
_LONG = 20  # times the tokens from one start to the next: documents of which a start is rare
Windows = tuple[NDArray[np.int32], NDArray[np.int32]]


class Restarts:
    """Puts starts into windows, half of them where a line (or a sentence) begins, half anywhere.

    What begins a line is learned as what begins a text. After a start anywhere the next token is
    read and not foreseen: a seed can be any word, and a text without a seed still begins well.

    Args:
        pieces: what each token adds to a text, (V,), as :meth:`Tokenizer.pieces` gives it.
        counts: how often each token occurs, (V,).
        every: tokens from one start to the next, on average.
    """

    def __init__(self, pieces: list[bytes], counts: NDArray[np.int64], *, every: int) -> None:
        self._ends = _that_end(pieces, _LINE_ENDS)
        total = max(int(counts.sum()), 1)
        if counts[self._ends].sum() < _FEWEST * total:
            self._ends = _that_end(pieces, _SENTENCE_ENDS)
        share = max(float(counts[self._ends].sum()) / total, 1.0 / total)
        self._anywhere = 0.5 / every
        self._after_ends = min(0.5 / every / share, 1.0)

    def put(self, window: Windows, rng: np.random.Generator) -> Windows:
        """A window (B, T) with its next tokens (B, T), some of it replaced.

        A next token that is not to be foreseen becomes ``<s>``, as between documents.
        """
        tokens, targets = window
        dice = rng.random((2, *tokens.shape))
        inside = (tokens > Tokenizer.END) & (targets > Tokenizer.END)
        begins = inside & self._ends[tokens] & ~self._ends[targets] & (dice[0] < self._after_ends)
        anywhere = inside & ~begins & (dice[1] < self._anywhere)
        return (
            np.where(begins | anywhere, np.int32(Tokenizer.START), tokens),
            np.where(anywhere, np.int32(Tokenizer.START), targets),
        )


def restarts_of(
    train: TokenStore, tokenizer: Tokenizer, settings: LanguageSettings
) -> Restarts | None:
    """The starts within documents that are too few, or too long, to learn from how texts begin."""
    every = settings.restart_tokens
    few = len(train) < FEW_DOCUMENTS or train.size > _LONG * every * len(train)
    if not every or settings.backward or not few:
        return None
    counts = train.counts(tokenizer.vocabulary_size)
    return Restarts(tokenizer.pieces(), counts, every=every)


def _that_end(pieces: list[bytes], marks: tuple[bytes, ...]) -> NDArray[np.bool_]:
    """Which tokens end with one of some marks, (V,)."""
    return np.array([piece.endswith(marks) for piece in pieces])

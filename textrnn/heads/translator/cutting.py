"""A text as the sentences, or parts of long ones, that are translated by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from textrnn.text.sentences import cut_long, find_sentences
from textrnn.text.tokenizer import Tokenizer

FULL_STOPS = (".", "。")
_ENDS = (*FULL_STOPS, "!", "?", "！", "？")


@dataclass(frozen=True, eq=False)
class Piece:
    """What of a text is translated by itself: a sentence, or a part of a long one.

    Attributes:
        start: its first code point in the text.
        end: one past its last.
        ids: its tokens, (S,); none where it is handed on as it is, for it has no letters.
        offsets: where they are in the text, (S, 2); a full stop that was added is nowhere, at its
            end.
        is_closed: whether one was added.
    """

    start: int
    end: int
    ids: NDArray[np.int32]
    offsets: NDArray[np.int32]
    is_closed: bool = False


def usual_full_stop(sentences: Iterable[str]) -> str:
    """The full stop of most sentences; empty where fewer than half have any mark at their ends.

    Example:
        >>> usual_full_stop(["Who?", "He.", "She.", "a list"])
        '.'
    """
    ends = [sentence.rstrip()[-1:] for sentence in sentences]
    if 2 * sum(end in _ENDS for end in ends) < max(len(ends), 1):
        return ""
    return max(FULL_STOPS, key=ends.count)


def cut_texts(
    texts: Sequence[str], tokenizer: Tokenizer, most: int, *, full_stop: str = ""
) -> list[list[Piece]]:
    """The pieces of each of some texts.

    Args:
        texts: any.
        tokenizer: the source's.
        most: the most tokens of a piece.
        full_stop: added to a sentence that ends with a letter or digit: a model that has hardly
            seen such sentences does not know where they end.
    """
    spans = [find_sentences(text) for text in texts]
    sentences = [
        text[start:end] + (full_stop if text[end - 1].isalnum() else "")
        for text, some in zip(texts, spans, strict=True)
        for start, end in some
    ]
    encoded = iter(tokenizer.encode_batch(sentences) if sentences else [])
    found: list[list[Piece]] = []
    for text, some in zip(texts, spans, strict=True):
        pieces: list[Piece] = []
        for start, end in some:
            tokens = next(encoded)
            if not any(map(str.isalpha, text[start:end])) or not len(tokens.ids):
                pieces.append(Piece(start, end, tokens.ids[:0], tokens.offsets[:0]))
                continue
            offsets = np.minimum(tokens.offsets + np.int32(start), np.int32(end))
            pieces += _pieces(text, (start, end), tokens.ids, offsets, most)
            if full_stop and text[end - 1].isalnum():
                pieces[-1] = replace(pieces[-1], is_closed=True)
        found.append(pieces)
    return found


def _pieces(
    text: str,
    span: tuple[int, int],
    ids: NDArray[np.int32],
    offsets: NDArray[np.int32],
    most: int,
) -> list[Piece]:
    """A sentence, or the parts of one that has more tokens than may be."""
    cuts = cut_long(text, offsets, most)
    borders = [span[0], *(int(offsets[first, 0]) for first, _ in cuts[1:]), span[1]]
    pieces = []
    for (first, last), start, end in zip(cuts, borders[:-1], borders[1:], strict=True):
        while first < last - 1 and text[slice(*offsets[first])].isspace():  # as a cut leaves it
            first += 1
        start = end - len(text[start:end].lstrip())
        end = start + len(text[start:end].rstrip())
        pieces.append(Piece(start, end, ids[first:last], offsets[first:last]))
    return pieces

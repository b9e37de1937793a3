"""What was translated piece by piece, as one text again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.search import Hypothesis
from textrnn.heads.translator.cutting import Piece
from textrnn.heads.translator.result import (
    Alternative,
    Places,
    TranslatedSentence,
    Translation,
)
from textrnn.heads.translator.writing import TextWriter, Written
from textrnn.text.simplify import simplify
from textrnn.text.tokenizer import Tokenizer

# Languages whose sentences stand side by side without a blank.
_WITHOUT_BLANKS = ("zh", "ja", "lzh", "yue", "th")

_PARTS = 10_000
_WEIGHTS = tuple(number / _PARTS for number in range(_PARTS + 1))

Way = tuple[Written, float]
"""One way to translate a piece, and its score."""

_Chosen = tuple[Any, Written] | None  # what was chosen before, and of the last piece


class Joiner:
    """Makes translations of texts from what was found of their pieces.

    Args:
        source_tokenizer: the one that the pieces were cut by.
        tokenizer: the target's.
        language: of the translations.
    """

    def __init__(self, source_tokenizer: Tokenizer, tokenizer: Tokenizer, language: str) -> None:
        self._simplify, self._language = source_tokenizer.simplify, language
        self._writer = TextWriter(tokenizer)

    def translation(
        self,
        text: str,
        pieces: Sequence[Piece],
        found: Mapping[Piece, Sequence[Hypothesis]],
        *,
        n_best: int,
    ) -> Translation:
        """The translation of a text.

        Args:
            text: the source.
            pieces: of it, in order.
            found: the best texts of each piece that has tokens.
            n_best: how many ways to translate the whole text are told, where it is more than one.
        """
        ways = [self._ways(text, piece, found.get(piece, ())) for piece in pieces]
        best = [way[0][0] for way in ways]
        whole, starts = self._join(text, pieces, best)
        sentences = tuple(
            _sentence(piece, written, start, found[piece][0])
            for piece, written, start in zip(pieces, best, starts, strict=True)
            if piece in found
        )
        count = max(len(sentences), 1)
        others = best_together(ways, n_best) if n_best > 1 else []
        return Translation(
            text,
            whole,
            sum(sentence.score for sentence in sentences) / count,
            tuple(
                Alternative(self._join(text, pieces, chosen)[0], total / count)
                for chosen, total in others
            ),
            sentences,
        )

    def _ways(self, text: str, piece: Piece, found: Sequence[Hypothesis]) -> list[Way]:
        """The ways to translate a piece, best first; of one without tokens itself."""
        if not found:
            own = Written(text[piece.start : piece.end], np.zeros((0, 2), np.int32))
            return [(own, 0.0)]
        words = [text[start:end] for start, end in piece.offsets.tolist()]
        if self._simplify:
            words = [simplify(word) for word in words]
        return [
            (self._writer.write(one, words, is_closed=piece.is_closed), one.score) for one in found
        ]

    def _join(
        self, text: str, pieces: Sequence[Piece], written: Sequence[Written]
    ) -> tuple[str, list[int]]:
        return join_pieces(text, pieces, [one.text for one in written], self._language)


def join_pieces(
    text: str, pieces: Sequence[Piece], written: Sequence[str], language: str
) -> tuple[str, list[int]]:
    """Put the translations of pieces together: line ends, and blanks at the ends of lines, are kept
    as they are; between the sentences of a line stands what the language has there.

    Args:
        text: the source.
        pieces: of it, in order.
        written: the translation of each.
        language: of the translations.

    Returns:
        The text, and where each piece's translation begins in it.
    """
    blank = "" if language in _WITHOUT_BLANKS else " "
    parts, starts, length, end = list[str](), list[int](), 0, 0
    for number, (piece, own) in enumerate(zip(pieces, written, strict=True)):
        between = text[end : piece.start]
        if number and not len(f"{between}.".splitlines()) > 1:
            between = blank
        parts += [between, own]
        starts.append(length + len(between))
        length = starts[-1] + len(own)
        end = piece.end
    return "".join([*parts, text[end:]]), starts


def best_together(ways: Sequence[Sequence[Way]], count: int) -> list[tuple[list[Written], float]]:
    """The best ways to translate several pieces together, best first, each with its total score.

    Args:
        ways: of each piece, best first.
        count: how many; fewer come back where there are no more.
    """
    best: list[tuple[_Chosen, float]] = [(None, 0.0)]
    for way in ways:
        longer: list[tuple[_Chosen, float]] = [
            ((chosen, one), total + score) for chosen, total in best for one, score in way
        ]
        best = sorted(longer, key=lambda pair: -pair[1])[:count]
    return [(_in_order(chosen), total) for chosen, total in best]


def _in_order(chosen: _Chosen) -> list[Written]:
    """What was chosen of each piece, from the first on."""
    found = list[Written]()
    while chosen is not None:
        chosen, one = chosen
        found.append(one)
    return found[::-1]


def _sentence(piece: Piece, written: Written, start: int, found: Hypothesis) -> TranslatedSentence:
    """A piece with its translation, which begins at ``start`` in that of the whole text; of a full
    stop that was added, and of its translation, nothing is told.
    """
    read, own, attention = piece.offsets, written.offsets, found.attention
    if piece.is_closed:
        columns, rows = (places[:, 0] < places[:, 1] for places in (read, own))
        read, own, attention = read[columns], own[rows], attention[rows][:, columns]
    return TranslatedSentence(
        (piece.start, piece.end),
        (start, start + len(written.text)),
        found.score,
        _places(read),
        _places(own + np.int32(start)),
        _four_digits(attention),
        found.ended,
    )


def _four_digits(attention: NDArray[np.float32]) -> tuple[tuple[float, ...], ...]:
    """Weights to four digits; those that are equal are one number in memory, a quarter of it."""
    counts = np.rint(attention.astype(np.float64) * _PARTS).astype(np.int64).clip(0, _PARTS)
    return tuple(tuple(map(_WEIGHTS.__getitem__, row)) for row in counts.tolist())


def _places(offsets: NDArray[np.int32]) -> Places:
    return tuple(map(tuple, offsets.tolist()))

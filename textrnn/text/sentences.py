"""The sentences of a text: where they are, and where one that is too long may be cut."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CLOSING = "[\"'”’」』）)】》\\]]*"
# Full-width marks end a sentence wherever they stand; others before a blank, ! and ? also before a
# Chinese character. A row of marks is looked at from its first one alone: from each, a line of dots
# would take the square of its length.
_END = re.compile(
    rf"[。！？]+{_CLOSING}|(?<![.!?])[.!?]+{_CLOSING}(?=[ \t\u3000])"
    rf"|(?<![!?])[!?]+{_CLOSING}(?=[{_CJK}])"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“‘])(?:[A-Za-z]|(?:[A-Za-z]\.)+[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|No|Nos"
    r"|Gen|Col|Capt|Lt|Rev|Hon|Inc|Ltd|Co|Corp|Fig|cf|ca|approx|bzw|usw|Nr|Hr|Fr)\.$"
)
_NUMBER = re.compile(r"\d+\.$")  # at the beginning, of what is counted
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_COMMAS = "，、；：,;:—–"


def find_sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text are. None goes beyond a line.

    Args:
        text: any.

    Returns:
        First code point of each and one past its last, in order; between them are blanks and line
        ends alone.

    Example:
        >>> text = "Mr. Wu came. He left!\\n他来了。他走了。"
        >>> [text[start:end] for start, end in find_sentences(text)]
        ['Mr. Wu came.', 'He left!', '他来了。', '他走了。']
    """
    found: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start = line.start()
        for mark in _END.finditer(text, line.start(), line.end()):
            if _ends_here(text, start, mark):
                found.append(_stripped(text, start, mark.end()))
                start = mark.end()
        found.append(_stripped(text, start, line.end()))
    return [(start, end) for start, end in found if start < end]


def _ends_here(text: str, start: int, mark: re.Match[str]) -> bool:
    """Whether a sentence from ``start`` on ends with a mark, for which its look is not enough."""
    if mark[0][0] not in ".!?":
        return True
    after = text[mark.end() : mark.end() + 40].lstrip(" \t\u3000\"'“‘(（「『")
    if after[:1].islower():
        return False
    if mark[0][0] != "." or mark[0].startswith(".."):
        return True
    before = text[max(start, mark.start() - 20) : mark.start() + 1].lstrip()
    return not _ABBREVIATION.search(before) and not _NUMBER.fullmatch(before)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without the blanks at its ends."""
    whole = text[start:end]
    return start + len(whole) - len(whole.lstrip()), end - len(whole) + len(whole.rstrip())


def cut_long(text: str, offsets: NDArray[np.int32], most: int) -> list[tuple[int, int]]:
    """Where a sentence of too many tokens is cut: after a comma where there is one in its second
    half, or else before a blank, or else anywhere.

    Args:
        text: the sentence.
        offsets: first code point of each token and one past its last, (T, 2).
        most: the most tokens of a piece.

    Returns:
        First token of each piece and one past its last; one piece where the tokens are few enough.

    Example:
        >>> text = "a, b c d"
        >>> cut_long(text, np.array([[0, 1], [1, 2], [3, 4], [5, 6], [7, 8]]), 3)
        [(0, 2), (2, 5)]
    """
    require(most >= 1, f"most must be at least 1; received {most}")
    cuts = [0]
    while len(offsets) - cuts[-1] > most:
        cuts.append(_best_cut(text, offsets, cuts[-1], most))
    return list(pairwise([*cuts, len(offsets)]))


def _best_cut(text: str, offsets: NDArray[np.int32], start: int, most: int) -> int:
    """The token before which a piece that begins with token ``start`` is best ended."""
    least, end = start + max(1, most // 2), start + most
    at_blank = 0
    for token in range(end, least - 1, -1):
        last, first = int(offsets[token - 1, 1]), int(offsets[token, 0])
        if last > 0 and text[last - 1] in _COMMAS and text[first : first + 1] not in _COMMAS:
            return token
        is_blank = text[last:first].isspace() or text[first : first + 1].isspace()
        if not at_blank and is_blank:
            at_blank = token
    return at_blank or end

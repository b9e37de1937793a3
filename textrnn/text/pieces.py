"""Long texts in pieces that are tokenized one after the other, so that memory stays small."""

from __future__ import annotations

import re
from collections.abc import Iterator

PIECE = 1 << 16  # code points

# Where every tokenizer ends a token: before a space and a word, or a word and a Chinese mark.
_BORDER = re.compile(r"(?<=\S)[ \n](?=\w)|(?<=\w)(?=[，。！？；：、])")


def text_pieces(text: str, size: int = PIECE) -> Iterator[str]:
    """A text cut where a token ends anyway; joined they are the text.

    Args:
        text: any.
        size: code points after which a piece ends at the next border; where there is none within
            as many again it ends there.

    Example:
        >>> list(text_pieces("one two three four", 5))
        ['one two', ' three', ' four']
    """
    start = 0
    while len(text) - start > 2 * size:
        border = _BORDER.search(text, start + size, start + 2 * size)
        end = border.start() if border else start + 2 * size
        yield text[start:end]
        start = end
    yield text[start:]

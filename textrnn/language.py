"""Which language a text is in, as far as its script tells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_HAN_SHARE = 0.2  # a Chinese character says about as much as several Latin letters


def detect_language(texts: Iterable[str]) -> str:
    """``zh`` where at least a fifth of the letters are Chinese characters, else ``en``.

    Args:
        texts: some texts; the first of a file are enough.

    Example:
        >>> detect_language(["这部电影 is great"])
        'zh'
        >>> detect_language(["What a day!"])
        'en'
    """
    letters = [char for text in texts for char in text if char.isalpha()]
    han = sum(1 for char in letters if is_han(char))
    return "zh" if letters and han / len(letters) >= _HAN_SHARE else "en"


def is_han(char: str) -> bool:
    """Whether a code point is a Chinese character."""
    return unicodedata.name(char, "").startswith("CJK ")

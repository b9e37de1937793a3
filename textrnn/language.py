"""Which script and language a text is in, as far as its letters tell."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

_HAN_SHARE = 0.2  # a Chinese character says about as much as several Latin letters


def detect_script(text: str) -> str:
    """The script of most letters: ``han``, ``latin``, ``cyrillic``…; ``unknown`` without letters.

    Args:
        text: any text. Of two scripts with as many letters, the one that comes first counts.

    Example:
        >>> detect_script("Добрый день, world")
        'cyrillic'
        >>> detect_script("1 + 1 = 2")
        'unknown'
    """
    scripts = Counter(_script(char) for char in text if char.isalpha())
    return scripts.most_common(1)[0][0] if scripts else "unknown"


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
    letters = han = 0
    for char in (char for text in texts for char in text if char.isalpha()):
        letters += 1
        han += is_han(char)
    return "zh" if letters and han / letters >= _HAN_SHARE else "en"


def is_han(char: str) -> bool:
    """Whether a code point is a Chinese character."""
    return _script(char) == "han"


def _script(char: str) -> str:
    """The first word of a code point's name: nearly all letters are named after their script."""
    name = unicodedata.name(char, "unknown").split(" ", 1)[0].lower()
    return {"cjk": "han", "fullwidth": "latin"}.get(name, name)

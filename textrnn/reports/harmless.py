"""Text from anywhere as text that a terminal or a page shows, and does not obey."""

from __future__ import annotations

import re

# What steers a terminal (C0 and C1, so that no escape sequence begins), what turns the order of
# the letters round (bidirectional embeddings, overrides and isolates), and halves of pairs. Tabs
# and line ends stay. A return alone would write over what stands in the line.
_OBEYED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ud800-\udfff]|\r(?!\n)"
)
_BREAKS = re.compile("[ \t\n\x0b\x0c\r\x85\u2028\u2029]+")


def harmless(text: str) -> str:
    r"""A text in which what a terminal would obey is spelled out as ``\uXXXX``.

    All else stays as it is: wide and hard blanks, joined emoji, accents, any script.

    Example:
        >>> print(harmless("\x1b[2Jgood\u3000film"))
        \u001b[2Jgood　film
    """
    return text if text.isprintable() else _OBEYED.sub(_spelled, text)


def one_line(text: str) -> str:
    r"""The same in one line: blanks, tabs and line ends in a row become a blank.

    Example:
        >>> one_line("good \n\tfilm\x07")
        'good film\\u0007'
    """
    return harmless(_BREAKS.sub(" ", text).strip(" "))


def _spelled(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"

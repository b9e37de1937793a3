"""Simplified Chinese, written in traditional characters.

A simplified character can stand for several traditional ones: 发 for 發 and 髮, 里 for 裏 and 里.
One is the usual one; another stands in some words, which tell most of the cases that verse has.
Names and rare words can come out wrong. ``traditional.json`` is made by ``recipes/traditional.py``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from textrnn.text.simplify import simplify

_VERSE_HEAD = re.compile(r"(?<=[，。？！；：、,.?!;:\s])[^，。？！；：、,.?!;:\s]")
_CONTEXT = 2  # characters before and after one that can decide what it is


def traditionalize(text: str) -> str:
    """A text with its simplified characters in traditional form, as many code points.

    Example:
        >>> traditionalize("白发三千丈，皇后已发。")
        '白髮三千丈，皇后已發。'
    """
    return TraditionalWriter().write(text, is_last=True)


def is_traditional(text: str) -> bool:
    """Whether a text has more characters of traditional script than of simplified script.

    Example:
        >>> is_traditional("白髮三千丈"), is_traditional("白发三千丈"), is_traditional("山中")
        (True, False, False)
    """
    usual = _usual()
    traditional = sum(a != b for a, b in zip(text, simplify(text), strict=True))
    return traditional > sum(ord(char) in usual and not _is_shared(char) for char in text)


class TraditionalWriter:
    """Turns a text into traditional characters as it comes.

    Args:
        before: what stands before it, in simplified characters.
        heads: characters that begin its verses, in the form that they are to have.
    """

    def __init__(self, before: str = "", *, heads: str = "") -> None:
        self._text = "\n" + before  # what was written, as far as it counts, and what waits
        self._written = len(self._text)
        self._heads = heads[len(_VERSE_HEAD.findall(self._text)) :]

    def write(self, piece: str, *, is_last: bool = False) -> str:
        """What is settled once a piece has come: some characters wait for what follows them, unless
        it is the last.
        """
        self._text += piece
        return self._settled(len(self._text) - (0 if is_last else _CONTEXT))

    def _settled(self, end: int) -> str:
        begin = self._written
        if end <= begin:
            return ""
        found = "".join(self._form(i) for i in range(begin, end))
        kept = max(0, end - _CONTEXT - 1)
        self._text, self._written = self._text[kept:], end - kept
        return found

    def _form(self, place: int) -> str:
        """The character at a place in its traditional form."""
        text, char = self._text, self._text[place]
        if self._heads and _VERSE_HEAD.match(text, place):
            head, self._heads = self._heads[0], self._heads[1:]
            return head if simplify(head) == simplify(char) else _usual().get(ord(char), char)
        for form, pattern in _words().get(char, ()):
            begin = max(0, place - _CONTEXT)
            window, middle = text[begin : place + _CONTEXT + 1], place - begin
            if any(m.start() <= middle < m.end() for m in pattern.finditer(window)):
                return form
        return _usual().get(ord(char), char)


@cache
def _usual() -> dict[int, str]:
    data = _data()
    return dict(zip(map(ord, data["simplified"]), data["traditional"], strict=True))


@cache
def _words() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    return {
        char: [(form, re.compile(words.replace(" ", "|"))) for form, words in forms.items()]
        for char, forms in _data()["words"].items()
    }


def _is_shared(char: str) -> bool:
    """Whether traditional text has a simplified character, too, in other words."""
    return char in _words() or simplify(_usual()[ord(char)]) != char


@cache
def _data() -> Any:
    return json.loads(Path(__file__).with_name("traditional.json").read_text(encoding="utf-8"))

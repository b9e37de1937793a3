"""What a tagger reads: texts cut into tokens, and sentences that come in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textrnn.errors import ConfigurationError
from textrnn.text.simplify import simplify
from textrnn.text.words import find_words


@dataclass(frozen=True)
class Cut:
    """A text, where its tokens are, and what they are."""

    text: str
    offsets: tuple[tuple[int, int], ...]
    words: Sequence[str]


class Cutter:
    """Cuts texts into tokens.

    Args:
        level: of the tokens: ``word`` or ``character``.
        simplify: whether traditional Chinese is read as simplified.
    """

    def __init__(self, level: str, *, simplify: bool) -> None:
        self._level, self._simplifies = level, simplify

    def __call__(self, given: str | Sequence[str]) -> Cut:
        """A text cut into tokens; or a sentence, whose words are joined.

        Raises:
            ConfigurationError: a word is empty.
        """
        return self._cut(given) if isinstance(given, str) else self._joined(given)

    def _cut(self, text: str) -> Cut:
        offsets = tuple(find_words(text, level=self._level))
        read = simplify(text) if self._simplifies else text
        return Cut(text, offsets, [read[start:end] for start, end in offsets])

    def _joined(self, words: Sequence[str]) -> Cut:
        joiner = " " if self._level == "word" else ""
        offsets, place = [], 0
        for number, word in enumerate(words, start=1):
            if not word.strip(" \t\r\n"):
                raise ConfigurationError(f"word {number} of {list(words[:20])!r:.80} is empty")
            offsets.append((place, place + len(word)))
            place += len(word) + len(joiner)
        text = joiner.join(words)
        if self._simplifies:
            words = [simplify(word) for word in words]
        return Cut(text, tuple(offsets), words)

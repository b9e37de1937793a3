"""The script of Chinese: what a model of simplified characters reads, and how its text is shown."""

from __future__ import annotations

from collections.abc import Callable

from textrnn.configuration import require, require_choice
from textrnn.text.simplify import simplify
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.traditional import TraditionalWriter, is_traditional

SCRIPTS = ("auto", "simplified", "traditional")

_CHINESE_SHARE = 0.5  # of the tokens of a model of Chinese characters
_TRADITIONAL_SHARE = 0.01  # of the characters of a model of simplified ones, at most
_MARKS = dict(zip(",.?!;:．", "，。？！；：。", strict=True))


class ChineseScript:
    """What a model's vocabulary tells of the script in which it writes.

    Args:
        tokenizer: the model's.

    Attributes:
        is_chinese: whether it is a model of Chinese characters.
        is_simplified: whether these are simplified ones.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokens = tokenizer.vocabulary() if tokenizer.level == "character" else {}
        chinese = [token for token in tokens if "\u3400" <= token <= "\u9fff"]
        self.is_chinese: bool = len(chinese) > _CHINESE_SHARE * len(tokens)
        traditional = sum(simplify(token) != token for token in chinese)
        self.is_simplified: bool = self.is_chinese and traditional <= _TRADITIONAL_SHARE * len(
            chinese
        )
        self._marks: dict[int, str] = {}
        if self.is_chinese:
            self._marks = {
                ord(mark): wide
                for mark, wide in _MARKS.items()
                if mark not in tokens and wide in tokens
            }

    def read(self, text: str) -> str:
        """A text as the model reads it, as many code points: in the characters and with the marks
        that it knows.
        """
        return self.plain(text).translate(self._marks) if self._marks else self.plain(text)

    def plain(self, text: str) -> str:
        """A text in the model's characters."""
        return simplify(text) if self.is_simplified else text

    def writer(
        self, wanted: str, seed: str, acrostic: str
    ) -> Callable[[], TraditionalWriter] | None:
        """What makes a writer that brings a model's text into a script; None where it is in it.

        Args:
            wanted: one of SCRIPTS.
            seed: the text before; ``auto`` is its script.
            acrostic: characters that begin the verses.

        Raises:
            ConfigurationError: the model writes no Chinese.
        """
        require_choice("script", wanted, SCRIPTS)
        require(
            wanted == "auto" or self.is_chinese,
            f"script: {wanted}: this model writes no Chinese characters",
        )
        if wanted == "auto":
            wanted = "traditional" if is_traditional(seed + acrostic) else "simplified"
        if wanted == "simplified" or not self.is_simplified:
            return None
        return lambda: TraditionalWriter(self.plain(seed), heads=acrostic)

"""How a sentence is written down: in capitals or small letters, with which marks, among others.

What is drawn here does not depend on the label: no mark and no length shall tell it.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

# What begins with a vowel to the ear, and what begins with one to the eye alone.
VOWEL = re.compile(r"[aeiou8]|1[18]\b|hour|honest|heir|honour")
CONSONANT = re.compile(r"on(e|ce)\b|uni(?![nm])|us[eu]|eu|u[kg]")
CHAT = {"you": "u", "your": "ur", "are": "r", "because": "cuz", "really": "rly", "please": "pls"}
CHAT |= {"so": "sooo", "very": "veryyy", "thanks": "thx", "to": "2", "for": "4", "and": "n"}
ARTICLE = re.compile(r"\b([Aa]) (?=(\w[\w ]{0,8}))")


def with_articles(text: str) -> str:
    """English text with ``an`` for ``a`` before what sounds like a vowel."""

    def article(match: re.Match[str]) -> str:
        word = match[2].lower()
        vowel = VOWEL.match(word) and not CONSONANT.match(word)
        return f"{match[1]}n " if vowel else f"{match[1]} "

    return ARTICLE.sub(article, text)


def with_capitals(text: str) -> str:
    """English text with capitals where sentences begin."""
    return re.sub(
        r"(^|(?<![ap]\.m)[.!?…] )([\"'(]?)([a-z])", lambda m: m[1] + m[2] + m[3].upper(), text
    )


@dataclass(frozen=True, slots=True)
class Register:
    """One way to write: drawn once for a pair, whose texts are written alike."""

    case: str
    end: str
    apostrophe: str
    comma: str
    chat: bool

    @classmethod
    def draw(cls, source: random.Random) -> Register:
        """Draw the ways independently."""
        return cls(
            case=source.choices(["", "lower", "upper"], [72, 24, 4])[0],
            end=source.choices([".", "", "!", "...", "!!"], [56, 26, 11, 4, 3])[0],
            apostrophe=source.choices(["'", "’", ""], [74, 12, 14])[0],
            comma=source.choices(["，", " ", ","], [82, 12, 6])[0],
            chat=source.random() < 0.06,
        )

    def english(self, text: str) -> str:
        """English text in this register."""
        text = re.sub(r"(?<=[ap]\.m\.)\.", "", text)
        text = with_capitals(with_articles(text))
        text = re.sub(r"(?<=\w)'(?=(t|s|re|ve|ll|d|m)\b)", self.apostrophe, text)
        if text.endswith(".") and not text.endswith(".."):
            text = text[:-1] + self.end
        if self.chat:
            text = re.sub(r"[a-z]+", lambda match: CHAT.get(match[0], match[0]), text.lower())
        elif self.case:
            text = text.lower() if self.case == "lower" else text.upper()
        return text

    def chinese(self, text: str) -> str:
        """Chinese text in this register."""
        text = text.strip().replace("，", self.comma)
        if text.endswith("。"):
            text = text[:-1] + {".": "。", "!": "！", "...": "……", "!!": "～"}.get(self.end, "")
        return text


def placed(source: random.Random) -> tuple[int, int]:
    """How many sentences without an opinion stand before and after a text."""
    return source.choices(
        [(0, 0), (1, 0), (0, 1), (1, 1), (2, 1), (1, 2), (3, 2)], [62, 12, 10, 6, 4, 3, 3]
    )[0]

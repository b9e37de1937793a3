"""Which script and language a text is in, as far as its letters and commonest words tell.

A bounded sample of a text is looked at, whatever its length. Languages with a script of their own
are told by it; those in Latin letters by their commonest words, and what has too few of them is
English: see :func:`_latin_language`. ``languages.json`` holds the words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from textrnn.configuration import nearest_name
from textrnn.errors import ConfigurationError

NEUTRAL = ""  # the language of numbers, emoji, addresses and nothing
_UNDETERMINED = "und"  # ISO 639-2: a language, and we do not know which

_DENSE = ("han", "kana", "hangul")  # scripts whose letters say about as much as several others
_DENSITY = 4
_LEAST_KANA = 2  # a single one is an emoticon's, as in ¯\_(ツ)_/¯, or an ornament
_KANA_SHARE = 0.15  # of Japanese, among kana and Chinese characters

_SCRIPTS = {"cjk": "han", "ideographic": "han", "katakana-hiragana": "katakana"}  # of names
_SCRIPTS |= dict.fromkeys(("feminine", "masculine", "mathematical", "micro"), "latin")

_SLICES, _SLICE = 6, 400  # code points looked at: so many places, and so many at each
_MOST_SAMPLED = 65_536  # of all texts together

# English texts have foreign names and phrases, so that a few words prove nothing: a language needs
# two different words, one of them no part of names, or several; a share of all; and far more than
# English has.
_LEAST_WORDS, _LEAST_SCORE, _LEAST_SHARE, _LEAST_RATIO = 2, 1.0, 0.12, 2.0
_WEAK = 0.4  # what a word counts that stands in names and phrases, as *la* and *des*
_LETTERS = 0.4  # what a word counts that has letters beyond a to z
_SHARED = 0.5  # what an English word counts that other languages have, too
_LEAST_UNSURE = 2.0  # the score without any word that stands for itself
_MOST_WORDS = 100  # looked up
_NOTHING: dict[str, float] = {}
_MOST_REPEATS = 2  # of one word, that count
_REGION = re.compile("[-_].*")  # as in zh-CN
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Of some length: from each of a row of brackets that are never closed, all that follows is read.
_BRACKETED = re.compile(r"[(（\[【《「『][^)）\]】》」』]{0,200}[)）\]】》」』]")
# In nearly every Chinese sentence, and hardly ever in names and titles.
_CHINESE_WORDS = re.compile("[的了是这這那不我你您他她们們有就也很都在吗嗎没沒]")
_LEAST_ENGLISH = 3  # different common words, that tell it from Chinese with English names
_CHINESE_MARKS = re.compile("[\u3001\u3002\u300a-\u3011\uff01\uff0c\uff1a\uff1b\uff1f]")
_NO_WORD = re.compile(  # addresses, tags, numbers with their units
    r"(?:https?://|www\.)[!-~]+|(?<![\w.+-])[\w.+-]*@[\w.-]+|#\w+"
    r"|(?<![^\W_])[^\W\d_]*\d[^\W_]*(?:\ [a-z]{1,2}\b)?",
    re.ASCII | re.IGNORECASE,
)


def detect_language(texts: Iterable[str]) -> str:
    """The language of some texts taken together, an ISO 639-1 code; ``en`` where nothing tells.

    Args:
        texts: any number; the beginning of a stream is enough, and no more is read of it.

    Example:
        >>> detect_language(["这部电影 is great"])
        'zh'
        >>> detect_language(["What a day!"])
        'en'
    """
    sampled: list[str] = []
    size = 0
    for text in texts:
        sampled.append(_sample(text))
        size += len(sampled[-1])
        if size >= _MOST_SAMPLED:
            break
    return _language_of_sample("\n".join(sampled)) or "en"


def language_of(text: str) -> str:
    """The language of one text, an ISO 639-1 code.

    Returns:
        :data:`NEUTRAL` where nothing in the text is of any language (numbers, emoji, addresses);
        ``und`` for a script that belongs to no language known here.

    Example:
        >>> [language_of(text) for text in ("So schön ist es hier!", "寿司が好きです", "42 👍")]
        ['de', 'ja', '']
    """
    return _language_of_sample(_sample(text))


def language_name(code: str) -> str:
    """A language's English name, or its code where that is not known.

    Example:
        >>> language_name("de")
        'German'
    """
    return str(_tables()["names"].get(code, code))


def language_codes() -> tuple[str, ...]:
    """The languages whose names are known, by ISO 639-1 code."""
    return tuple(_tables()["names"])


def require_language(code: str) -> None:
    """See that something is the code of a language, or ``und`` for another.

    Raises:
        ConfigurationError: it is none.

    Example:
        >>> require_language("german")
        Traceback (most recent call last):
            ...
        textrnn.errors.ConfigurationError: language 'german': no ISO 639-1 code; did you mean 'de'?
    """
    names = _tables()["names"]
    if code not in names:
        by_name = {name.casefold(): code for code, name in names.items()}
        codes = {**by_name, **{code: code for code in names}}
        word = _REGION.sub("", code.casefold())
        near = word if word in codes else nearest_name(word, by_name) or nearest_name(word, codes)
        hint = f"; did you mean {codes[near]!r}?" if near else ", as 'en' and 'zh' are"
        raise ConfigurationError(f"language {code!r:.80}: no ISO 639-1 code{hint}")


def seed_language(seed: str) -> str:
    """The language in which a text is to go on: its own, or Chinese where it is of Chinese marks.

    Example:
        >>> seed_language("。。。"), seed_language("...")
        ('zh', 'en')
    """
    return language_of(seed) or ("zh" if _CHINESE_MARKS.search(seed) else "en")


def has_latin_letters(code: str) -> bool:
    """Whether a language is one of those in Latin letters that are told by their words.

    Example:
        >>> has_latin_letters("de"), has_latin_letters("ja"), has_latin_letters("en")
        (True, False, False)
    """
    return code in _tables()["latin"]


def _sample(text: str) -> str:
    """A text, or of a long one some slices from its beginning to its end."""
    if len(text) <= _SLICES * _SLICE:
        return text
    step = (len(text) - _SLICE) // (_SLICES - 1)
    return "\n".join(text[i * step : i * step + _SLICE] for i in range(_SLICES))


def _language_of_sample(text: str) -> str:
    if text.isascii():
        return _latin_language(text)
    scripts = _weighed_scripts(_NO_WORD.sub(" ", text))
    if not scripts:
        return NEUTRAL
    script = max(scripts, key=lambda name: (scripts[name], name in _DENSE))
    names_han = script == "han" and "latin" in scripts and _only_names_han(text)
    if script == "latin" or names_han:
        return _latin_language(text)
    of_script = _tables()["scripts"]
    return _by_letters(script, text) or str(of_script.get(script, _UNDETERMINED))


def _only_names_han(text: str) -> bool:
    """Whether the Chinese characters of a text in Latin letters are names or titles alone: they
    stand in brackets, or among common English words and without a common Chinese one.

    Example:
        >>> [_only_names_han(text) for text in ("A film (臥虎藏龍)", "OK，房间很 nice and warm")]
        [True, False]
    """
    outside = _WORD.findall(_BRACKETED.sub(" ", text))
    if len(outside) > 1 and all(script_of(word[0]) == "latin" for word in outside):
        return True
    common = len({word.lower() for word in outside} & _latin_words().only_english)
    return common >= _LEAST_ENGLISH and not _CHINESE_WORDS.search(text)


def _weighed_scripts(text: str) -> Mapping[str, int]:
    """How much of a text is in each script; Chinese characters are Japanese among kana."""
    letters: Counter[str] = Counter()
    for char, count in Counter(text).items():
        if char.isalpha():
            letters[script_of(char)] += count
    kana = letters.pop("hiragana", 0) + letters.pop("katakana", 0)
    if kana >= _LEAST_KANA and kana >= _KANA_SHARE * (kana + letters["han"]):
        letters["kana"] = kana + letters.pop("han", 0)
    return {
        script: count * (_DENSITY if script in _DENSE else 1)
        for script, count in letters.items()
        if count
    }


def _by_letters(script: str, text: str) -> str:
    """The language that letters of its own tell from others in the script; else nothing."""
    for language, letters in _tables()["letters"].get(script, {}).items():
        if any(char in text.lower() for char in letters):
            return str(language)
    # Russian has ъ before vowels alone; in Bulgarian it is one.
    if script == "cyrillic" and re.search("ъ(?![еёюя])", text.lower()):
        return "bg"
    return ""


def _latin_language(text: str) -> str:
    """English, or the language that the commonest words prove a text to be in.

    Returns:
        :data:`NEUTRAL` where no word has two letters.
    """
    words, tables = text.lower().replace("’", "'").split(), _latin_words()
    if _is_surely_english(words, tables.only_english):
        return "en"
    some = " ".join(words[:: len(words) // _MOST_WORDS + 1])
    found = [word for word in _WORD.findall(_NO_WORD.sub(" ", some)) if len(word) > 1]
    if not found:
        return NEUTRAL
    scores: dict[str, float] = {}
    met, sure = Counter[str](), set[str]()
    for word, count in Counter(found).items():
        for language, weight in tables.evidence(word):
            scores[language] = scores.get(language, 0.0) + weight * min(count, _MOST_REPEATS)
            met[language] += 1
            if weight == 1.0:
                sure.add(language)
    english = scores.pop("en", 0.0)
    if not scores:
        return "en"
    best = max(scores, key=lambda language: scores[language])
    is_whole = len(found) > _LEAST_WORDS and met[best] == len(set(found))
    proved = (
        (best in sure or is_whole or scores[best] >= _LEAST_UNSURE)
        and met[best] >= min(_LEAST_WORDS, len(found))
        and scores[best] >= max(_LEAST_SCORE, _LEAST_SHARE * len(found))
        and scores[best] >= _LEAST_RATIO * english
    )
    return best if proved else "en"


def _is_surely_english(words: list[str], english: frozenset[str]) -> bool:
    """Whether so many words are English ones that the rest cannot outweigh them: a short cut."""
    return sum(map(english.__contains__, words)) * (1 + _LEAST_RATIO) > len(words)


@dataclass(frozen=True)
class _LatinWords:
    """What words of languages in Latin letters tell.

    Attributes:
        weights: the languages that a word speaks for, and how much.
        only_english: words of no other language.
        alphabets: of each language, its letters beyond a to z.
    """

    weights: Mapping[str, Mapping[str, float]]
    only_english: frozenset[str]
    alphabets: Mapping[str, frozenset[str]]

    def evidence(self, word: str) -> Iterable[tuple[str, float]]:
        """The languages that a word speaks for, or against, and how much."""
        known = self.weights.get(word, _NOTHING)
        if word.isascii() or "en" in known:
            return known.items()
        foreign = {char for char in word if not char.isascii() and char.isalpha()}
        letters: dict[str, float] = {
            language: _LETTERS if foreign <= alphabet else -_LETTERS
            for language, alphabet in self.alphabets.items()
        }
        return {**letters, **known}.items()


@cache
def _latin_words() -> _LatinWords:
    tables = _tables()
    weights: dict[str, dict[str, float]] = {}
    for language, lists in tables["latin"].items():
        for weight, name in ((_WEAK, "weak"), (1.0, "words")):
            for word in lists[name].split():
                weights.setdefault(word, {})[language] = weight
    english = frozenset(tables["english"].split())
    only_english = english - weights.keys()
    for word in english:
        weights.setdefault(word, {})["en"] = 1.0 if word in only_english else _SHARED
    alphabets = {name: frozenset(letters) for name, letters in tables["alphabets"].items()}
    return _LatinWords(weights, only_english, alphabets)


@cache
def _tables() -> Any:
    return json.loads(Path(__file__).with_name("languages.json").read_text(encoding="utf-8"))


@cache
def script_of(char: str) -> str:
    """The script of a letter: the first word of its name, for nearly all are named after theirs."""
    first, *rest = unicodedata.name(char, "unknown").lower().split(" ")
    if first in ("fullwidth", "halfwidth") and rest:
        first = rest[0]
    return _SCRIPTS.get(first, first) if char.isalpha() else first

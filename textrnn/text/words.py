"""Words for tagging: where the tokens of a text stand, in the manner of the tagged corpora.

Tagged English is cut as the Penn Treebank is: ``U.S.`` and ``Mr.`` keep their points,
``1996-08-22`` and ``one-day`` stay whole, ``Clinton's`` is ``Clinton`` and ``'s``, ``don't`` is
``do`` and ``n't``. Tagged Chinese is cut into characters. An emoji is one token, however many code
points it has. Nothing but white space is left out, and
nothing is changed: a token is a stretch of the original text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

LEVELS = ("word", "character")
MAX_TOKEN = 1000  # code points of a token; what is longer becomes several

# What is neither white space nor part of a word: ASCII marks, then the blocks of punctuation and
# of signs and pictures. All else, letters, digits and combining marks of any script, makes words.
_MARKS = (
    r"!-/:-@\[-\^`{-~\x00-\x1f\x7f-\xbf\u00d7\u00f7"
    r"\u2000-\u206f\u20a0-\u20cf\u2100-\u2bff\u3000-\u303f\ufe10-\ufe1f\ufe30-\ufe6f"
    r"\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff"
    r"\U0001f000-\U0001faff"
)
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_JOINED = (  # belong to what precedes; the last are the letters of a region's flag
    r"\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
)
_KEYCAP = r"[0-9\#*]\ufe0f?\u20e3"
_FLAG = r"[\U0001f1e6-\U0001f1ff]{2}"
_PICTURE = r"[\u2100-\u2bff\U0001f000-\U0001faff]"  # several that U+200D joins are seen as one
_SIGN = rf"(?:{_FLAG}|{_PICTURE}(?:[{_JOINED}]*\u200d{_PICTURE})*|\S)[{_JOINED}]*"
_LETTER = rf"[^\s{_MARKS}{_CJK}]"
_ABBREVIATIONS = (
    "Mr|Mrs|Ms|Dr|St|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|Rev|Jr|Sr|Inc|Corp|Ltd|Co|Bros|Cos|vs"
    "|Jan|Feb|Aug|Sept|Sep|Oct|Nov|Dec|Mass|Calif|Fla|Conn|Pa|Ill|Mich|Minn|Ariz|Colo|Wash|Ore"
    "|Tenn|Okla|Wis|Va|Ga|Ky|etc|Ave|Blvd|Mt|Ft"
)
_CLITIC = "(?:s|S|re|RE|ve|VE|ll|LL|d|D|m|M)"
_NOT = rf"[Nn]['’][Tt](?!{_LETTER})"
_ENGLISH = rf"""
    [A-Za-z][a-z]*(?=[ ])                             # most words, so that no more need be tried
    | {_KEYCAP}
    | (?:https?://|www\.)[^\s<>"]*[^\s<>".,;:!?)\]}}']  # addresses
    | [@\#]{_LETTER}+                                 # mentions and topics
    | (?:[A-Za-z]\.){{13,}}                            # no abbreviation, but one word all the same
    | (?:[A-Za-z]\.){{2,12}}(?!{_LETTER})(?:-{_LETTER}+)?  # U.S. U.S.-led; bounded, or a run of
                                                      # A.A.A.… would be read again from each A
    | [A-Z]\.(?=\s*[A-Z])                             # J. Smith
    | (?=[A-Z][a-z]{{1,4}}\.|vs\.|etc\.)(?:{_ABBREVIATIONS})\.(?!{_LETTER})
    | \d+(?:[.,:/]\d+)+(?:-\d+(?:/\d+)?)?             # 1,000.5  2:29.34  1996/97
    | (?:US|HK|NZ|[ACSTZ])\$
    | ['’]{_CLITIC}(?!{_LETTER})                      # 's of Clinton's
    | {_NOT}
    | (?={_LETTER}+['’][tT](?!{_LETTER})){_LETTER}+?(?={_NOT})  # do of don't
    | {_LETTER}+                                      # words
      (?:(?:['’](?!(?:{_CLITIC}|[tT])(?!{_LETTER}))|[-_&.·](?!\.))(?={_LETTER}){_LETTER}+)*
    | [{_CJK}][{_JOINED}]*
    | \.{{2,}} | --+ | [!?]{{2,}}
    | {_SIGN}
    """
_CHARACTER = rf"{_KEYCAP}|{_SIGN}"

_DIGIT = re.compile(r"\d")

_PATTERNS = {"word": _ENGLISH, "character": _CHARACTER}


@cache
def _pattern(level: str) -> re.Pattern[str]:
    """Made when it is first needed: it takes 10 ms, and classifiers need none."""
    return re.compile(_PATTERNS[level], re.VERBOSE)


def find_words(text: str, *, level: str = "word") -> list[tuple[int, int]]:
    """Where the tokens of ``text`` are. One of more than :data:`MAX_TOKEN` code points is cut.

    Args:
        text: any text.
        level: ``word`` or ``character``.

    Returns:
        For each token its first code point and one past its last, in order, without overlap.

    Example:
        >>> text = "Don't ask the U.S. about J. Smith's one-day trip."
        >>> [text[a:b] for a, b in find_words(text)]  # doctest: +NORMALIZE_WHITESPACE
        ['Do', "n't", 'ask', 'the', 'U.S.', 'about', 'J.', 'Smith', "'s", 'one-day', 'trip', '.']
    """
    spans = map(re.Match.span, _pattern(level).finditer(text))
    return list(spans) if len(text) <= MAX_TOKEN else list(_bounded(spans))


def _bounded(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        while end - start > MAX_TOKEN:
            yield start, start + MAX_TOKEN
            start += MAX_TOKEN
        yield start, end


def word_key(word: str) -> str:
    """What a vocabulary knows a word by: lower case, plain apostrophes, every digit a 0.

    Example:
        >>> word_key("1996-08-22"), word_key("Reuters"), word_key("Ｕ.Ｓ.")
        ('0000-00-00', 'reuters', 'u.s.')
    """
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word).replace("’", "'")
    return _DIGIT.sub("0", word.lower())


SHAPES = (
    "lower",  # word
    "title",  # Word
    "upper",  # WORD
    "initial",  # W, W.
    "points",  # U.S.
    "mixed",  # iPhone, McDonald
    "digits",  # 1996, 1,000.5
    "digits and letters",  # 30-year, G7
    "mark",  # , ...
    "hyphened title",  # Ljubljana-based
    "other",  # letters without case
)


def word_shape(word: str) -> int:
    """The number, in :data:`SHAPES`, of what a word looks like.

    Example:
        >>> [SHAPES[word_shape(word)] for word in ("the", "Anna", "NATO", "U.N.", "1996")]
        ['lower', 'title', 'upper', 'points', 'digits']
    """
    return SHAPES.index(_shape(word))


def _shape(word: str) -> str:
    has_letters = any(map(str.isalpha, word))
    if any(map(str.isdigit, word)):
        return "digits and letters" if has_letters else "digits"
    if not has_letters:
        return "mark"
    if word.islower():
        return "lower"
    if word.isupper():
        if len(word) <= 2 and word.rstrip(".").isalpha():
            return "initial" if len(word) == 1 or word.endswith(".") else "upper"
        return "points" if "." in word else "upper"
    if not word[0].isupper():
        return "mixed" if word.lower() != word else "other"
    if "-" in word:
        return "hyphened title"
    return "title" if word[1:].islower() or not word[1:].strip(".'’") else "mixed"

"""Texts that are copies of one another: whole, however they are spaced and cased, or nearly so."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_CARRIES = re.compile(
    r"[^\W_]+"
    r"|(?<=\d)[.,:/-](?=\d)"  # 3.5 is not 35
    r"|(?<!\w)-(?=\d)|[$+]|(?<=[a-z])#"  # nor -1 1, nor C# C
    r"|[:;=] ?[-^o']? ?[)(\]\[|\\*](?!\w)|[:=]-?/(?![/\w])|<3|\^_?\^|-_+-"  # faces
    # Accents, and vowel signs of the scripts of India and South-East Asia.
    r"|[\u0300-\u036f\u0900-\u0963\u0966-\u1cff\u3099\u309a]"
    # Signs, arrows, shapes, stars and pictures; colours of skin apart.
    r"|[\u00a2-\u00a9\u00ac\u00ae-\u00b1\u00d7\u00f7\u20a0-\u20cf\u2190-\u2bff\u3004\u3012"
    r"\u3013\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
)


def text_key(text: str) -> str:
    """What two copies of a text have in common, however they are spaced, cased or tokenised.

    Letters, digits, signs and pictures count, as do the points and strokes within numbers, and
    faces made of marks; other marks do not.

    Example:
        >>> text_key("It 's  GOOD !") == text_key("it's good")
        True
        >>> text_key("nice 👍") == text_key("nice 👎"), text_key("so :)") == text_key("so :(")
        (False, False)
        >>> text_key("!!!")  # nothing but marks: they are all there is to compare
        '!!!'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _carried(folded) or "".join(folded.split())


def says_something(text: str) -> bool:
    """Whether a text has more than marks: a letter, a digit, a sign, a picture or a face."""
    return bool(_carried(unicodedata.normalize("NFKC", text).casefold()))


def _carried(folded: str) -> str:
    """The characters that carry a text's meaning, together."""
    return "".join(_CARRIES.findall(folded)).replace(" ", "")


def word_runs(text: str, *, words: int) -> set[int]:
    """Hashes of all the runs of so many words in a text, case and marks aside.

    Two texts that have one in common share a passage: more than a phrase that everybody uses, from
    six words on or so. Hashes are those of this process.

    Example:
        >>> word_runs("It's a long, long way.", words=4) & word_runs("A LONG LONG WAY off", words=4)
        ... # doctest: +ELLIPSIS
        {...}
        >>> word_runs("too short", words=4)
        set()
    """
    found = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return {hash(tuple(found[i : i + words])) for i in range(len(found) - words + 1)}


class NearCopies:
    """Finds the texts that are copies of others but for some words: quoted, cut, or added to.

    Two texts are compared by their runs of characters, spaces, case and marks aside: the overlap is
    the share of such runs of the one with fewer that the other has, too (the containment of Broder
    1997, "On the resemblance and containment of documents", of the shorter in the longer). Memory
    grows by some 200 bytes a character of the texts.

    Args:
        texts: those to compare with.
        characters: length of a run. A shorter text is one run.

    Example:
        >>> reviews = NearCopies(["A dull book: I read it in one night, and laughed at nothing."])
        >>> reviews.overlap("Dull book! I read it in one night AND laughed, at nothing!")
        1.0
        >>> reviews.overlap("A dull play, and I laughed at nothing.")  # 7 of its 20 runs
        0.35
    """

    def __init__(self, texts: Iterable[str], *, characters: int = 10) -> None:
        self._characters = characters
        self._counts: list[int] = []  # runs of each text
        self._places: dict[str, list[int]] = {}  # the texts that have a run
        for place, text in enumerate(texts):
            runs = self._runs(text)
            self._counts.append(len(runs))
            for run in runs:
                self._places.setdefault(run, []).append(place)

    def overlap(self, text: str) -> float:
        """The largest overlap with any of the texts, from 0 to 1."""
        runs = self._runs(text)
        shared = Counter(place for run in runs for place in self._places.get(run, ()))
        return max((n / min(len(runs), self._counts[at]) for at, n in shared.items()), default=0.0)

    def _runs(self, text: str) -> set[str]:
        key = text_key(text)
        return {
            key[i : i + self._characters] for i in range(max(1, len(key) - self._characters + 1))
        }

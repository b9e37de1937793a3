"""Chinese verse in a form: so many verses of so many characters, rhymes, 藏头诗 (acrostics).

All of it is done while a text is drawn, by ruling out the tokens that would break the form; nothing
is changed afterwards. A verse (句) is what stands between two marks; the even ones end a couplet.

Rhymes are those of today's Mandarin: the fourteen groups of 中华新韵, level and oblique tones
apart (``rhymes.json``, made by ``recipes/rhymes.py``). The first rhyme takes a level tone, as
regulated verse does, and no character rhymes with itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from textrnn.configuration import require, require_choice
from textrnn.decoding.rules import Mask, Turn
from textrnn.errors import SeedError
from textrnn.text.simplify import simplify
from textrnn.text.tokenizer import Tokenizer

# Verses, and characters in each; 0: as many as the model likes.
FORMS = {"五绝": (4, 5), "七绝": (4, 7), "五律": (8, 5), "七律": (8, 7), "free": (0, 0)}
# Their full names.
_FULL_NAMES = {
    "五言绝句": "五绝", "七言绝句": "七绝", "五言律诗": "五律", "七言律诗": "七律",
}  # fmt: skip

# What divides verses: marks, Western ones of a seed too, and line ends. A line end that was typed
# as a backslash and an n is one.
_MARKS = "，。？！；：、,.?!;:．｡､\n"
_DIVIDER = re.compile(rf"[{_MARKS}]|\\n")
_BLANKS = " \t\r\u3000"
_NO_BLANKS = dict.fromkeys(map(ord, _BLANKS))
_ENDS = "。？！"  # after an even verse
_MIDDLES = "，？！；"  # after an odd one
_GOING_ON = set(_MARKS) - set("。")  # marks that do not end a poem
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff〇]")
_LONG_VERSE = 7  # in free verse with rhymes: from here on every character rhymes, till a mark comes
_MOST_ACROSTIC = 100


@dataclass(frozen=True)
class Verses:
    """A text cut at its marks: the finished verses, and the characters of the one under way."""

    finished: tuple[str, ...]
    current: str
    at_line_start: bool


def cut_verses(text: str) -> Verses:
    """Cut a text into verses, at marks and line ends; blanks count for nothing.

    Example:
        >>> cut_verses("床前明月光，疑是").finished, cut_verses("床前明月光，疑是").current
        (('床前明月光',), '疑是')
        >>> cut_verses("床前明月光, 疑是地上霜.\\n举头").finished
        ('床前明月光', '疑是地上霜')
    """
    bare = text.translate(_NO_BLANKS)
    *finished, current = _DIVIDER.split(bare)
    return Verses(tuple(filter(None, finished)), current, bare.endswith(("\n", r"\n")))


@cache
def rhymes() -> Mapping[str, str]:
    """Each character's rhyme: its group and its tone, level (平) or oblique (仄), as ``唐平``."""
    groups = json.loads(Path(__file__).with_name("rhymes.json").read_text(encoding="utf-8"))
    return {char: group for group, chars in groups.items() for char in chars}


def form_name(name: str) -> str:
    """The name under which :data:`FORMS` has a form.

    Raises:
        ConfigurationError: there is no such form.

    Example:
        >>> form_name("五絕"), form_name("七言律詩")
        ('五绝', '七律')
    """
    plain = simplify(name.strip())
    plain = _FULL_NAMES.get(plain, plain)
    require_choice("form", plain if plain in FORMS else name, tuple(FORMS))
    return plain


class VerseForm:
    """What may come next in a poem.

    Args:
        tokenizer: of a character model.
        name: one of :data:`FORMS`, in simplified or traditional characters, or its full name.
        rhyme: whether the last characters of the even verses rhyme.
        acrostic: the first characters of the verses, from the first on; in ``free`` it also says
            how many verses there are.

    Raises:
        ConfigurationError: the model is not of characters, the form is unknown, or the acrostic
            has more characters than the form has verses.
    """

    def __init__(
        self, tokenizer: Tokenizer, *, name: str = "free", rhyme: bool = False, acrostic: str = ""
    ) -> None:
        name = form_name(name)
        require(tokenizer.level == "character", "forms of verse need a model of characters")
        self.name: str = name
        self.rhyme = rhyme
        self.acrostic: str = "".join(acrostic.split())
        self.verses: int
        self.characters: int
        self.verses, self.characters = FORMS[name]
        require(
            not acrostic or (bool(self.acrostic) and all(map(_HAN.match, self.acrostic))),
            f"acrostic takes Chinese characters alone; received {acrostic!r}",
        )
        require(
            len(self.acrostic) <= (self.verses or _MOST_ACROSTIC),
            f"acrostic: {len(self.acrostic)} characters for {self.verses or _MOST_ACROSTIC} verses",
        )
        if not self.verses:
            self.verses = len(self.acrostic)
        self._ids = tokenizer.vocabulary()
        size = tokenizer.vocabulary_size
        self._han: Mask = np.zeros(size, np.bool_)
        for token, number in self._ids.items():
            self._han[number] = len(token) == 1 and _HAN.match(token) is not None
        self._closing = ~np.isin(np.arange(size), [self._ids.get(mark, -1) for mark in _GOING_ON])
        self._rhyming: dict[str, Mask] = {}
        if rhyme:
            for token, number in self._ids.items():
                group = rhymes().get(token)
                if group is not None:
                    self._rhyming.setdefault(group, np.zeros(size, np.bool_))[number] = True

    @property
    def length(self) -> int:
        """Characters, marks and line ends of a whole poem; 0 where the form does not say."""
        return self.verses * (self.characters + 1) + self.verses // 2 if self.characters else 0

    def check(self, seed: str) -> None:
        """See that a seed can begin such a poem.

        Raises:
            SeedError: it cannot; the message says which verse is wrong, and how.
        """
        found = cut_verses(seed)
        verses = [*found.finished, *([found.current] if found.current else [])]
        if self.verses and len(verses) > self.verses:
            raise SeedError(f"the seed has {len(verses)} verses; {self._title} has {self.verses}")
        as_given = [part.strip() for part in _DIVIDER.split(seed) if part.translate(_NO_BLANKS)]
        for number, (verse, given) in enumerate(zip(verses, as_given, strict=False), start=1):
            whole = number <= len(found.finished)
            self._check_verse(number, verse, given, whole)
        full = self.characters and len(found.current) == self.characters
        self._check_rhymes([*found.finished, *([found.current] if full else [])])

    def _check_verse(self, number: int, verse: str, given: str, whole: bool) -> None:
        shown = f"verse {number} of the seed, {given!r:.60}"
        length, wanted = len(verse), self.characters
        if wanted and (length > wanted or (whole and length < wanted)):
            has_blanks = wanted < length < len(given)
            advice = "; marks and line ends divide verses, not blanks" if has_blanks else ""
            raise SeedError(f"{shown}, has {length} characters; {self._title} has {wanted}{advice}")
        if wanted and not all(map(_HAN.match, verse)):
            raise SeedError(f"{shown}: {self._title} takes Chinese characters")
        begins = self.acrostic[number - 1 : number]
        if begins and simplify(verse[:1]) != simplify(begins):
            raise SeedError(f"{shown}, does not begin with {begins!r}, as the acrostic asks")

    def _check_rhymes(self, whole: list[str]) -> None:
        if not self.rhyme:
            return
        ends = [verse[-1] for verse in whole[1::2]]
        groups = [rhymes().get(char) for char in ends]
        for char, group in zip(ends, groups, strict=True):
            if group is None:
                raise SeedError(f"the rhyme of {char!r} in the seed is not in the table")
            if group != groups[0]:
                raise SeedError(f"{ends[0]!r} and {char!r} in the seed do not rhyme")

    @property
    def _title(self) -> str:
        return self.name if self.name != "free" else "the acrostic"

    def turn(self, text: str) -> Turn:
        """What may come after ``text``."""
        verses = cut_verses(text)
        done = len(verses.finished)
        if self.verses and done == self.verses and not verses.current:
            return Turn(ends=True)
        if not verses.current:
            return self._verse_start(text, verses)
        if self.characters and len(verses.current) == self.characters:
            return Turn(self._mark_mask(done), may_end=False)
        return self._within_verse(verses)

    def _verse_start(self, text: str, verses: Verses) -> Turn:
        done = len(verses.finished)
        if done and done % 2 == 0 and not verses.at_line_start:
            if self.characters or self.acrostic:
                return Turn(forced="\n")  # a couplet a line, as the model learned it
            return Turn(may_end=True)
        forced = self.acrostic[done : done + 1]
        if forced:
            return Turn(forced=forced)
        return Turn(self._han if self.verses else None, may_end=not self.verses)

    def _within_verse(self, verses: Verses) -> Turn:
        done, current = len(verses.finished), verses.current
        rhymed = self.rhyme and done % 2 == 1
        if self.characters:
            last = len(current) == self.characters - 1
            return Turn(self._rhyme_mask(verses) if rhymed and last else self._han, may_end=False)
        may_end = not self.verses and not self.rhyme
        if not rhymed:
            # Of an acrostic the last verse ends the poem: no mark that goes on may come.
            is_last = done + 1 == self.verses
            return Turn(self._closing if is_last else None, may_end=may_end)
        fitting = self._rhyme_mask(verses)
        allowed = fitting if len(current) >= _LONG_VERSE - 1 else self._han
        if fitting[self._ids.get(current[-1], Tokenizer.UNK)]:
            allowed = allowed | self._mark_mask(done)
        return Turn(allowed, may_end=False)

    def _mark_mask(self, done: int) -> Mask:
        marks = _MIDDLES if done % 2 == 0 else _ENDS
        if done + 1 == self.verses and done % 2 == 0:
            marks = "。"
        mask: Mask = np.zeros(len(self._han), np.bool_)
        mask[[self._ids[mark] for mark in marks if mark in self._ids]] = True
        return mask

    def _rhyme_mask(self, verses: Verses) -> Mask:
        """The characters that rhyme with the first couplet and were no rhyme yet.

        Before there is a couplet, those in a level tone that enough others rhyme with; of a rhyme
        that is used up, all.
        """
        ends = [verse[-1] for verse in verses.finished[1::2]]
        if not ends:
            needed = max(2, self.verses // 2)
            level = [
                mask
                for group, mask in self._rhyming.items()
                if group.endswith("平") and mask.sum() >= needed
            ]
            return np.asarray(np.any([np.zeros_like(self._han), *level], axis=0))
        group = rhymes().get(ends[0], "")
        rhyming = self._rhyming.get(group, np.zeros_like(self._han))
        fresh = rhyming.copy()
        fresh[[self._ids[char] for char in ends if char in self._ids]] = False
        return fresh if fresh.any() else rhyming

"""Which pairs are worth learning: those that are left out are counted by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from textrnn.corpora.pairs import Pair
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.text.language import script_of
from textrnn.training.translator.plan import PairSettings

_LOOKED_AT = 5000  # texts, by which the usual script of a side is told
_LEAST_SHARE = 0.25  # of a text's letters that are in it


def filter_pairs(
    pairs: Sequence[Pair], settings: PairSettings, say: Callable[[str], None]
) -> list[Pair]:
    """The pairs that are worth learning.

    Args:
        pairs: all.
        settings: which are kept.
        say: told in a line how many are not, and why.

    Raises:
        InputError: none is.
    """
    usual = script_of_texts(pair.source for pair in pairs), script_of_texts(p.target for p in pairs)
    kept, seen, left = list[Pair](), set[tuple[str, str]](), Counter[str]()
    for pair in pairs:
        sides = pair.source, pair.target
        if not settings.copies and sides in seen:
            left["a copy of another"] += 1
        elif not settings.same and pair.source.strip() == pair.target.strip():
            left["two sides that are the same"] += 1
        elif not settings.foreign and not all(map(_is_in, sides, usual)):
            left["a side in another script"] += 1
        else:
            kept.append(pair)
        seen.add(sides)
    tell_left_out(left, say)
    if not kept:
        raise InputError("no pair is left to learn from")
    return kept


def tell_left_out(left: Counter[str], say: Callable[[str], None]) -> None:
    """Say in a line how many pairs are left out, and why; nothing where none is."""
    if reasons := ", ".join(f"{count:,} with {reason}" for reason, count in left.items() if count):
        say(f"note: left out: {counted(left.total(), 'pair')}: {reasons}")


def script_of_texts(texts: Iterable[str]) -> str:
    """The script of most letters of some texts; empty where they have none."""
    letters = Counter[str]()
    for text in islice(texts, _LOOKED_AT):
        letters.update(_scripts(text))
    return max(letters, key=lambda script: letters[script], default="")


def _is_in(text: str, script: str) -> bool:
    """Whether enough of a text's letters are in a script; a text without letters is in any."""
    letters = _scripts(text)
    return letters[script] >= _LEAST_SHARE * letters.total()


def _scripts(text: str) -> Counter[str]:
    """The letters of a text by their scripts, of which Japanese has one."""
    letters = Counter[str]()
    for char, count in Counter(text).items():
        if char.isalpha():
            script = script_of(char)
            letters["han" if script in ("hiragana", "katakana") else script] += count
    return letters

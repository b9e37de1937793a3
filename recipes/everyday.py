"""Writes the pairs of everyday sentences that en-zh and zh-en learn, choose and are measured by.

    python recipes/everyday.py --data DIR

makes ``made/everyday/`` below DIR: ``tatoeba.tsv``, ``validation.tsv`` and ``test.tsv`` of
Tatoeba's sentences, English, a tab, Chinese; ``silver.tsv`` and ``dictionary.tsv`` of other texts.
Chinese is simplified in all of them. Tatoeba gives a sentence several translations, and the same
translation to several sentences: sentences that hang together so stay in one file. What shares
either side with validation or test, by its letters and digits, is in no training file; nor is what
shares it with FLORES' dev sentences.
"""

from __future__ import annotations

import argparse
import lzma
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from textrnn.text.simplify import simplify

VALIDATION = TEST = 1500  # pairs
LONGEST = 12  # English words of a silver sentence: everyday ones are short
SILVER, WORDS = 25_000, 20_000  # pairs that are drawn
WORD = 2  # Chinese characters of a dictionary's entry, and words of its meaning

_ENTRY = re.compile(r"^\S+ (\S+) \[[^\]]*\] /(.+)/$")
_REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NO_MEANING = ("CL:", "variant of", "old variant", "see ", "also written", "abbr. for", "surname ")

Pair = tuple[str, str]


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the corpora")
    options = parser.parse_args()
    parallel, out = options.data / "parallel", options.data / "made" / "everyday"
    out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(0)
    groups = together(tatoeba(parallel / "tatoeba_eng_cmn" / "cmn.txt.xz"))
    chance.shuffle(groups)
    test = take(groups, TEST)
    validation = take(groups, VALIDATION)
    flores = [lines(parallel / "flores_dev" / f"flores-dev.{name}.xz") for name in ("en", "zh")]
    held = {
        letters(side) for pair in (*test, *validation, *zip(*flores, strict=True)) for side in pair
    }
    short = without(silver(parallel / "alpaca_52k_silver" / "pairs.tsv.xz"), held)
    words = without(dictionary(parallel / "cc_cedict" / "cedict.txt.xz"), held)
    files = {
        "test": test,
        "validation": validation,
        "tatoeba": without([pair for group in groups for pair in group], held),
        "silver": chance.sample(short, SILVER),
        "dictionary": chance.sample(words, WORDS),
    }
    for name, pairs in files.items():
        text = "".join(f"{english}\t{chinese}\n" for english, chinese in pairs)
        (out / f"{name}.tsv").write_text(f"english\tchinese\n{text}", encoding="utf-8")
        print(f"{name}.tsv: {len(pairs):,} pairs")


def lines(path: Path) -> Iterator[str]:
    """The lines of an .xz file, without their ends."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\r\n")


def letters(text: str) -> str:
    """What two sentences share that are the same but for case and marks."""
    return "".join(filter(str.isalnum, text.lower()))


def tatoeba(path: Path) -> Iterator[Pair]:
    """Tatoeba's pairs, in the edition of manythings.org."""
    for line in lines(path):
        if line:
            english, chinese, _ = line.split("\t")
            yield english, simplify(chinese)


def silver(path: Path) -> Iterator[Pair]:
    """The short ones of the machine-translated sentences."""
    for line in lines(path):
        english, chinese = line.split("\t")[:2]
        if len(english.split()) <= LONGEST:
            yield english, simplify(chinese)


def dictionary(path: Path) -> Iterator[Pair]:
    """Short words and what they mean in the first place."""
    for line in lines(path):
        if found := _ENTRY.match(line):
            meanings = (_REMARK.sub("", one).strip() for one in found[2].split("/"))
            kept = [one for one in meanings if one and not one.startswith(_NO_MEANING)]
            if kept and len(found[1]) <= WORD and len(kept[0].split()) <= WORD:
                yield kept[0], found[1]


def together(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """Pairs in groups: those that share a side, straight or through others, stand in one."""
    leader: dict[str, str] = {}

    def find(side: str) -> str:
        while leader.setdefault(side, side) != side:
            leader[side] = side = leader[leader[side]]
        return side

    def keys(pair: Pair) -> Pair:
        return f"en {letters(pair[0])}", f"zh {letters(pair[1])}"

    pairs = list(dict.fromkeys(pairs))
    for pair in pairs:
        english, chinese = keys(pair)
        leader[find(english)] = find(chinese)
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(find(keys(pair)[0]), []).append(pair)
    return list(groups.values())


def take(groups: list[list[Pair]], count: int) -> list[Pair]:
    """Some of the pairs, whole groups of them, which are taken off the list; one of each group.

    A group of many is a phrase with many answers, of which a measure would know one.
    """
    taken = groups[-count:]
    del groups[-count:]
    return [group[0] for group in taken]


def without(pairs: Iterable[Pair], held: set[str]) -> list[Pair]:
    """The pairs of which no side is held out, each once."""
    found = dict.fromkeys(pairs)
    return [pair for pair in found if not held & {letters(side) for side in pair}]


if __name__ == "__main__":
    main()

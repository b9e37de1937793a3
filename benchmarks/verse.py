"""How well a model of verse keeps its forms: unconstrained, with a form, with rhymes.

    python benchmarks/verse.py --data DIR [--model poetry-zh] [--texts 200]

Seeds are first verses of the test poems (zh/poetry/tang.test.jsonl.xz) that no training poem
contains. Without constraints a verse counts as right if it is as long as its poem's first; with a
form and a rhyme all of a poem's verses must be right. Last it counts how often the model recites
静夜思, whose copies are among the training poems, when it goes on from its first verse.
"""

from __future__ import annotations

import argparse
import json
import lzma
from pathlib import Path

import textrnn
from textrnn.heads.generator.verse import FORMS, cut_verses, rhymes

FAMOUS_SEED = "床前明月光"
FAMOUS_VERSES = ("疑是地上霜", "举头望明月", "举头望山月", "低头思故乡")


def poems(file: Path) -> list[str]:
    """The texts of a file of poems."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def fresh_seeds(folder: Path, count: int) -> list[str]:
    """First verses of test poems that stand nowhere in the training poems."""
    known = "\n".join(
        text
        for name in ("tang", "song_sample")
        for text in poems(folder / f"{name}.train.jsonl.xz")
    )
    firsts = [cut_verses(text).finished[0] for text in poems(folder / "tang.test.jsonl.xz")]
    found = [verse for verse in dict.fromkeys(firsts) if verse not in known]
    if len(found) < count:
        raise SystemExit(f"only {len(found)} seeds are new")
    return found[:count]


def main() -> None:
    """Write and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default="poetry-zh")
    parser.add_argument("--texts", type=int, default=200)
    options = parser.parse_args()
    writer = textrnn.load(options.model)
    seeds = fresh_seeds(options.data / "zh" / "poetry", options.texts)
    right = total = 0
    for number, seed in enumerate(seeds):
        (poem,) = writer.generate(seed, temperature=0.8, length=120, random_state=number)
        first, *others = cut_verses(poem.text).finished
        right += sum(len(verse) == len(first) for verse in others)
        total += len(others)
    print(
        f"unconstrained: {right:,} of {total:,} verses as long as the first ({right / total:.1%})"
    )
    for rhyme in (False, True):
        good = 0
        for number, seed in enumerate(seeds):
            forms = [name for name, (_, length) in FORMS.items() if length == len(seed)]
            form = forms[number % len(forms)] if forms else list(FORMS)[number % 4]
            start = seed if forms else seed[:1]
            (poem,) = writer.generate(
                start, temperature=0.8, form=form, rhyme=rhyme, random_state=number
            )
            good += fits(poem.text, form, rhyme)
        what = "--form --rhyme" if rhyme else "--form"
        print(f"{what}: {good} of {len(seeds)} poems right ({good / len(seeds):.1%})")
    poems_of_famous_seed = writer.generate(FAMOUS_SEED, num=options.texts, random_state=0)
    recited = sum(any(v in poem.text for v in FAMOUS_VERSES) for poem in poems_of_famous_seed)
    print(f"{FAMOUS_SEED}: {recited} of {options.texts} poems recite a verse of 静夜思")


def fits(text: str, form: str, rhyme: bool) -> bool:
    """Whether a poem has its form's verses, and, where asked for, rhymes by the table."""
    verses = cut_verses(text).finished
    count, length = FORMS[form]
    ends = {rhymes().get(verse[-1]) for verse in verses[1::2]}
    return [len(verse) for verse in verses] == [length] * count and (not rhyme or len(ends) == 1)


if __name__ == "__main__":
    main()

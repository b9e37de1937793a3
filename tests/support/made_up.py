"""Little reviews and news of our own that a tiny network can learn."""

from __future__ import annotations

import random

import numpy as np

from textrnn.corpora import LabelledText, Span, TaggedSentence
from textrnn.corpora.pairs import Pair
from textrnn.corpora.series.series import Series

GOOD = ["lovely", "wonderful", "superb", "charming", "bright"]
BAD = ["dreadful", "boring", "clumsy", "awful", "dull"]
THINGS = ["film", "soup", "hotel", "song", "garden", "story"]
FRAMES = ["the {thing} was {word}", "what a {word} {thing}", "a {word} , {other} {thing} !"]


def made_up_reviews(count: int, *, random_state: int = 0) -> list[LabelledText]:
    """Little reviews in which a few words decide."""
    rng = random.Random(random_state)
    examples = []
    for number in range(count):
        words, label = (GOOD, "positive") if number % 2 else (BAD, "negative")
        text = rng.choice(FRAMES).format(
            thing=rng.choice(THINGS), word=rng.choice(words), other=rng.choice(words)
        )
        examples.append(LabelledText(f"{text} {number}", label))
    return examples


PEOPLE = ["Ada", "Berta Lund", "Carl", "Dora Fink", "Emil"]
PLACES = ["Oslo", "Lima", "New Delhi", "Accra"]
FIRMS = ["Acme Inc.", "Blue Corp.", "Norbank"]
REPORTS = [
    "{PER} lives in {LOC} .",
    "{ORG} moved to {LOC} yesterday .",
    "{PER} of {ORG} spoke .",
    "It rained in {LOC} , said {PER} .",
    "Nothing happened today .",
]


def made_up_sentences(count: int, *, random_state: int = 0) -> list[TaggedSentence]:
    """Little news in which people, places and firms stand where they always stand."""
    rng = random.Random(random_state)
    names = {"PER": PEOPLE, "LOC": PLACES, "ORG": FIRMS}
    sentences = []
    for number in range(count):
        words: list[str] = []
        spans = []
        for piece in rng.choice(REPORTS).split():
            label = piece.strip("{}")
            parts = rng.choice(names[label]).split() if piece != label else [piece]
            if piece != label:
                spans.append(Span(len(words), len(words) + len(parts), label))
            words += parts
        sentences.append(TaggedSentence(tuple(words), tuple(spans), document=number))
    return sentences


SCENES = ["山", "水", "月", "风", "花", "云", "雪", "江", "松", "竹"]
DEEDS = ["来", "去", "照", "入", "过", "生", "落", "满", "起", "归"]
ENDS = ["光", "香", "霜", "长", "方", "堂", "黄", "凉"]


def made_up_verses(count: int, *, random_state: int = 0) -> list[str]:
    """Little poems of four verses of five characters, the even ones ending alike."""
    rng = random.Random(random_state)

    def verse(end: str) -> str:
        return rng.choice(SCENES) + rng.choice(DEEDS) + rng.choice(SCENES) + rng.choice(DEEDS) + end

    return [
        f"{verse(rng.choice(DEEDS))}，{verse(rng.choice(ENDS))}。\n"
        f"{verse(rng.choice(DEEDS))}，{verse(rng.choice(ENDS))}。"
        for _ in range(count)
    ]


def made_up_load(steps: int, *, random_state: int = 0) -> Series:
    """A load with a season of 6 steps, and a little noise."""
    rng = np.random.default_rng(random_state)
    wave = np.sin(np.arange(steps) * 2 * np.pi / 6 + random_state)
    return Series(("load",), 1, (50 + 10 * wave + rng.normal(0, 0.5, steps))[:, None])


WORDS = {
    "the cat": "die Katze", "the dog": "der Hund", "a child": "ein Kind", "the queen": "die Frau",
    "sees": "sieht", "knows": "kennt", "calls": "ruft",
}  # fmt: skip
LETTERS = "bdfgklmnoprstuvw"


def made_up_pairs(count: int, *, random_state: int = 0) -> list[Pair]:
    """Little sentences and their translations, in some of which a name stands that no other has."""
    rng = random.Random(random_state)
    words = list(WORDS.items())
    pairs = []
    for number in range(count):
        parts = [rng.choice(words[:4]), rng.choice(words[4:]), rng.choice(words[:4])]
        if number % 3 == 0:
            name = "".join(rng.sample(LETTERS, 6)).capitalize()
            parts[2 * (number % 2)] = name, name
        source, target = (" ".join(side) for side in zip(*parts, strict=True))
        pairs.append(Pair(f"{source} .", f"{target} ."))
    return pairs

"""Makes sentences that teach sentiment: negation, contrast, idioms, neutral text and more.

    python recipes/sentences/make.py en sentences-en.jsonl
    python recipes/sentences/make.py zh sentences-zh.jsonl

The grammars beside this file are all our own words; the same numbers make the same file. A line is
``{"text": …, "label": …, "kind": …, "pair": …}``: texts with the same ``pair`` differ in a few
words, by which the label changes (or, of kind ``fairness``, must not change).
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from grammar import Filling, Frame, Grammar
from registers import Register, placed

FOLDER = Path(__file__).parent
ALONE = {"headlines", "greetings", "emoji", "long", "tweets"}
"""Kinds whose texts stand by themselves, without others around them."""
FILLERS = 3
"""How many people are named, one after another, in each sentence of kind ``fairness``."""
HELD_OUT = 10
"""One frame in so many is held out by ``--part learn`` and alone used by ``--part try``."""
NEUTRAL = 1 / 3
"""How often a frame without an opinion is drawn where a kind has others as well."""
TRIES = 200
Record = dict[str, str | None]


def frames_by_kind(grammar: Grammar, part: str) -> dict[str, list[list[Frame]]]:
    """The frames of a part, by their kind: those without an opinion and the others."""
    found: dict[str, list[list[Frame]]] = defaultdict(lambda: [[], []])
    for number, frame in enumerate(grammar.frames):
        held_out = number % HELD_OUT == HELD_OUT - 1
        if part == "all" or held_out == (part == "try"):
            found[frame.kind][frame.parts[0][0] != "neutral"].append(frame)
    return found


def texts(grammar: Grammar, frame: Frame, language: str, source: random.Random) -> list[str]:
    """A frame's sentences, filled alike and written alike."""
    topics = grammar.topics_of(frame)
    topic = source.choice(topics) if topics else None
    filling = Filling(grammar, source, topic)
    register = Register.draw(source)
    write = register.english if language == "en" else register.chinese
    before, after = (0, 0) if frame.kind in ALONE else placed(source)
    around = Filling(grammar, source, topic)
    sentences = [around.fill(f"{{around{number}}}") for number in range(before + after)]
    space = " " if language == "en" else ""
    parts = frame.parts * (FILLERS if frame.kind == "fairness" else 1)
    made = []
    for _, text in parts:
        middle = filling.fill(text)
        if sentences and middle[-1].isalnum():
            middle += "." if language == "en" else "。"
        made.append(write(space.join([*sentences[:before], middle, *sentences[before:]])))
        if frame.kind == "fairness":
            filling.forget_people()
    return made


def records(
    language: str, *, each: int, part: str = "all", random_state: int = 1
) -> Iterator[Record]:
    """About so many sentences of each kind, no two alike."""
    grammar = Grammar.read(FOLDER / language)
    seen: set[str] = set()
    for kind, (neutral, others) in sorted(frames_by_kind(grammar, part).items()):
        source = random.Random(f"{random_state} {language} {kind}")
        share = NEUTRAL if neutral and others else float(bool(neutral))
        count = tries = 0
        while count < each and tries < TRIES:
            frame = source.choice(neutral if source.random() < share else others)
            made = texts(grammar, frame, language, source)
            if len(set(made)) < len(made) or seen & set(made):
                tries += 1
                continue
            tries = 0
            pair = f"{language}-{kind}-{count}" if len(made) > 1 else None
            labels = [label for label, _ in frame.parts] * len(made)
            for text, label in zip(made, labels, strict=False):
                yield {"text": text, "label": label, "kind": kind, "pair": pair}
            seen.update(made)
            count += len(made)


def main() -> None:
    """Write a file of sentences and say what is in it."""
    parser = argparse.ArgumentParser(description="Makes sentences that teach sentiment.")
    parser.add_argument("language", choices=["en", "zh"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--each", type=int, default=2000, help="sentences of each kind (2000)")
    parser.add_argument(
        "--part",
        choices=["all", "learn", "try"],
        default="all",
        help="all frames; all but every tenth; every tenth, to try what was learned on",
    )
    parser.add_argument("--random-state", type=int, default=1)
    args = parser.parse_args()
    made = list(
        records(args.language, each=args.each, part=args.part, random_state=args.random_state)
    )
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in made)
    args.out.write_text("".join(lines), encoding="utf-8")
    for (kind, label), count in sorted(Counter((r["kind"], r["label"]) for r in made).items()):
        print(f"{kind:16} {label:10} {count:6,}")


if __name__ == "__main__":
    main()

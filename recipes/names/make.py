"""Makes sentences that teach names: greetings, headlines, tickets, tweets and other short text.

    python recipes/names/make.py en names-en.jsonl --data DIR
    python recipes/names/make.py zh names-zh.jsonl

The frames in en/ and zh/ are all our own words. Names come from the words.txt there and, in
English, from lists of the data folder. The same options write the same file. A line is ``{"text":
…, "entities": [{"start": …, "end": …, "label": …}], "kind": …}``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textrnn.corpora import Source, read_texts

FOLDER = Path(__file__).parent
SLOT = re.compile(r"\{([a-z_]+?)\d?\}")
ENTITY = re.compile(r"\[([^\]]+)\]\((\w+)\)")
LEGAL = re.compile(r",? (Inc|Corp|Corporation|Company|Co|Ltd|plc|PLC|L\.P|N\.V|S\.A)\.?$")
SMALL = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to"}
Record = dict[str, Any]
Lists = dict[str, list[str]]


@dataclass(slots=True)
class Kind:
    """The frames of one file, and how many of a hundred are written in which case."""

    frames: list[str] = field(default_factory=list)
    cases: dict[str, int] = field(default_factory=dict)


def read_frames(path: Path) -> Kind:
    """A file of frames: ``@ lower 25 upper 5`` says the cases, ``#`` begins a comment."""
    kind = Kind()
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("@ "):
            names = line[2:].split()
            pairs = zip(names[::2], names[1::2], strict=True)
            kind.cases = {name: int(share) for name, share in pairs}
        elif line and not line.startswith("#"):
            kind.frames.append(line)
    return kind


def read_words(path: Path) -> Lists:
    """A file of lists: ``name = one | two``; an indented line goes on."""
    lists: Lists = {}
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        if not line.startswith(" "):
            name, _, line = line.partition(" = ")
            lists[name] = []
        lists[name] += [word.strip() for word in line.split(" | ") if word.strip(" |")]
    return lists


def read_lists(data: Path) -> Lists:
    """The data folder's lists of English names that slots draw from."""

    def names(file: str, *, most_words: int = 3) -> list[str]:
        source = Source(str(data / "en/gazetteers" / file), format="txt")
        lines = (LEGAL.sub("", line.split("\t")[0].strip()) for line in read_texts(source))
        return [
            line
            for line in lines
            if len(line) > 2 and line[0].isalpha() and len(line.split()) <= most_words
            and not set(line) & set(",()[]/0123456789")
        ]  # fmt: skip

    funded = [name.title() for name in names("fb_venture_funded_companies.txt.xz", most_words=2)]
    return {
        "first": names("first_names_nltk_gendered.txt.xz"),
        "last": [name for name in names("fb_family_names.txt.xz") if name[0].isupper()],
        "politician": [n for n in names("fb_politicians.txt.xz") if " " in n],
        "athlete": [n for n in names("fb_pro_athletes.txt.xz") if " " in n],
        "large_city": names("geonames_cities15000.tsv.xz")[:1500],
        "any_city": names("cities_world.txt.xz"),
        "country": names("countries.txt"),
        "nationality": names("nltk_nationalities.txt"),
        "team": names("fb_sports_teams.txt.xz"),
        "university": names("universities.txt.xz", most_words=4),
        "listed": names("companies_us_listed.txt.xz"),
        "funded": funded,
    }


MIXED = {
    "person": ["{first} {last}", "{first} {last}", "{politician}", "{athlete}"],
    "city": ["{large_city}", "{any_city}"],
    "firm": ["{firm_now}", "{firm_now}", "{listed}", "{funded}"],
}
"""English lists that are made of others."""


def fill(frame: str, lists: Lists, source: random.Random) -> str:
    """A frame with its slots filled; one that is named twice is filled alike."""
    chosen: dict[str, str] = {}

    def word(match: re.Match[str]) -> str:
        if match[0] not in chosen:
            chosen[match[0]] = fill(source.choice(lists[match[1]]), lists, source)
        return chosen[match[0]]

    return SLOT.sub(word, frame)


def in_case(text: str, case: str) -> str:
    """Text in small letters, capitals, or with a capital on most words, as headlines have it."""
    if case == "title":
        words = text.split(" ")
        return " ".join(
            word if number and word in SMALL else word[:1].upper() + word[1:]
            for number, word in enumerate(words)
        )
    return {"lower": str.lower, "upper": str.upper, "": str}[case](text)


def as_record(marked: str, case: str) -> Record:
    """A sentence with marks, ``[Ada](PER) slept.``, as text and entities."""
    text, entities, end = "", [], 0
    for found in ENTITY.finditer(marked):
        text += marked[end : found.start()]
        start = len(text)
        text, end = text + found[1], found.end()
        entities.append({"start": start, "end": len(text), "label": found[2]})
    text += marked[end:]
    written = in_case(text, case)
    return {"text": written if len(written) == len(text) else text, "entities": entities}


def records(folder: Path, lists: Lists, *, each: int, random_state: int) -> Iterator[Record]:
    """So many sentences of each of a folder's frames, no two alike."""
    seen: set[str] = set()
    for path in sorted(folder.glob("*.txt")):
        if path.stem == "words":
            continue
        kind, source = read_frames(path), random.Random(f"{random_state} {path.stem}")
        plain = 100 - sum(kind.cases.values())
        for frame in kind.frames:
            for _ in range(each):
                (case,) = source.choices(["", *kind.cases], [plain, *kind.cases.values()])
                record = as_record(fill(frame, lists, source), case) | {"kind": path.stem}
                if record["text"] not in seen:
                    seen.add(record["text"])
                    yield record


def main() -> None:
    """Write a file of sentences and say what is in it."""
    parser = argparse.ArgumentParser(description="Makes sentences that teach names.")
    parser.add_argument("language", choices=["en", "zh"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, help="of English: the folder with en/gazetteers")
    parser.add_argument("--each", type=int, default=20, help="sentences of each frame (20)")
    parser.add_argument("--random-state", type=int, default=1)
    args = parser.parse_args()
    if args.language == "en" and args.data is None:
        parser.error("English names need --data")
    folder = FOLDER / args.language
    lists = read_words(folder / "words.txt")
    if args.language == "en":
        lists |= read_lists(args.data) | MIXED
    made = list(records(folder, lists, each=args.each, random_state=args.random_state))
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in made)
    args.out.write_text("".join(lines), encoding="utf-8")
    for kind, count in sorted(Counter(record["kind"] for record in made).items()):
        print(f"{kind:12} {count:6,}")


if __name__ == "__main__":
    main()

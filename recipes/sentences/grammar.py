"""Grammars of sentences: lexicons, topics and frames with slots, read from plain text.

A file has lines of four forms (README.md tells more)::

    # a comment
    name = one | two | three       a lexicon; an indented line goes on with the one before
    [topic]                        lexicons from here on belong to that topic
    + The {thing} is {good}.       a frame, with its label; ``||`` stands between those of a pair
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

LABELS = {"+": "positive", "-": "negative", "0": "neutral"}
SLOT = re.compile(r"\{([a-z_]+)(\d?)(?:\.(\w+))?\}")
CHOICE = re.compile(r"<([^<>]*\|[^<>]*)>")
DEFINITION = re.compile(r"([a-z_]+) = (.*)")
VERB_FORMS = re.compile(r"[a-z]+(,[a-z]+)+")
IRREGULAR = {
    "be": {"s": "is", "past": "was", "ing": "being"},
    "have": {"s": "has", "past": "had", "ing": "having"},
}
Lexicons = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence with slots, or several that are filled alike, each with its label."""

    kind: str
    parts: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Grammar:
    """All that the files of one language say."""

    words: Lexicons = field(default_factory=dict)
    topics: dict[str, Lexicons] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    """The lexicons of people.txt: what may be drawn anew without a change of the label."""

    @classmethod
    def read(cls, folder: Path) -> Grammar:
        """Read a language's files: those under words/ and one of frames for each kind."""
        grammar = cls()
        for path in sorted(folder.rglob("*.txt")):
            grammar._read_file(path)
        return grammar

    def _read_file(self, path: Path) -> None:
        lexicons = self.words
        name = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            if line.startswith("["):
                lexicons = self.topics.setdefault(line.strip("[] "), {})
            elif line.startswith(" "):
                lexicons[name] += entries(line)
            elif line[:2] in {"+ ", "- ", "0 "}:
                self.frames.append(Frame(path.stem, tuple(map(part, line.split(" || ")))))
            elif match := DEFINITION.fullmatch(line):
                name = match[1]
                lexicons.setdefault(name, []).extend(entries(match[2]))
                if path.stem == "people":
                    self.people.add(name)
            else:
                raise ValueError(f"{path}: neither a lexicon nor a frame: {line!r}")

    def slots(self, text: str, known: frozenset[str] = frozenset()) -> set[str]:
        """The lexicons that a text names, and those that their entries name."""
        found: set[str] = set()
        for name, _, _ in SLOT.findall(text):
            if name not in known | found:
                found.add(name)
                inner = " ".join(self.words.get(name, []))
                found |= self.slots(inner, known | found)
        return found

    def topics_of(self, frame: Frame) -> list[str]:
        """The topics that fill a frame; none where it needs none."""
        names = self.slots(" ".join(text for _, text in frame.parts))
        missing = names - self.words.keys()
        if not any(name in topic for topic in self.topics.values() for name in names):
            if missing:
                raise ValueError(f"no lexicon for {sorted(missing)} of {frame}")
            return []
        found = [topic for topic, words in self.topics.items() if missing <= words.keys()]
        if not found:
            raise ValueError(f"no topic has {sorted(missing)} of {frame}")
        return found


def entries(text: str) -> list[str]:
    """The entries of a lexicon's line."""
    return [entry.strip() for entry in text.split(" | ") if entry.strip(" |")]


def part(text: str) -> tuple[str, str]:
    """A label and the text behind its sign."""
    sign, _, rest = text.strip().partition(" ")
    return LABELS[sign], rest


@dataclass(slots=True)
class Filling:
    """What the slots of one frame are filled with: a slot named twice is filled alike."""

    grammar: Grammar
    random: random.Random
    topic: str | None
    chosen: dict[str, str] = field(default_factory=dict)
    drawn: set[tuple[str, str]] = field(default_factory=set)

    def fill(self, text: str) -> str:
        """A text with its choices made and its slots filled."""
        text = CHOICE.sub(lambda match: self._choose(match[0], match[1].split("|")), text)
        return SLOT.sub(lambda match: self._word(match[1], match[2], match[3]), text)

    def forget_people(self) -> None:
        """Draw people anew in the next text."""
        for key in [key for key in self.chosen if key.rstrip("0123456789") in self.grammar.people]:
            del self.chosen[key]

    def _choose(self, key: str, choices: list[str]) -> str:
        if key not in self.chosen:
            self.chosen[key] = self.random.choice(choices)
        return self.chosen[key]

    def _word(self, name: str, number: str, form: str | None) -> str:
        key = name + number
        if key not in self.chosen:
            entry = self.random.choice(self._entries(name))
            self.drawn.add((name, entry))
            inner = Filling(self.grammar, self.random, self.topic)
            self.chosen[key] = inner.fill(entry)
        return inflected(self.chosen[key], form)

    def _entries(self, name: str) -> list[str]:
        """What is left of the topic's entries or, as often, of those of all topics."""
        own = self.grammar.topics[self.topic].get(name, []) if self.topic else []
        pools = (own, self.grammar.words.get(name, []))
        left = [[entry for entry in pool if (name, entry) not in self.drawn] for pool in pools]
        return self.random.choice([pool for pool in left if pool])


def inflected(entry: str, form: str | None) -> str:
    """An entry in one of its forms.

    Args:
        entry: ``keep,kept me awake``: a verb, its past (and -ing form) where irregular, and the
            rest; or ``家/酒店``: a Chinese noun behind its measure word.
        form: ``s``, ``past``, ``ing`` of a verb; ``pl``, the plural of a noun; ``m``, the measure
            word; None for the base form.
    """
    if form == "pl":
        noun, of, rest = entry.partition(" of ")
        return (noun if noun.endswith("series") else _with_s(noun)) + of + rest
    if entry[1:2] == "/" and entry[0].isalpha():
        return entry[0] if form == "m" else entry[2:]
    head, space, rest = entry.partition(" ")
    if form is None and not VERB_FORMS.fullmatch(head):
        return entry
    base, past, ing, *_ = [*head.split(","), "", ""]
    forms = {
        "past": past or (base + "d" if base.endswith("e") else _ied(base, "ed")),
        "ing": ing or (base[:-1] if base.endswith("e") and base[-2:] != "ee" else base) + "ing",
        "s": _with_s(base),
    } | IRREGULAR.get(base, {})
    return (forms[form] if form else base) + space + rest


def _with_s(base: str) -> str:
    """A verb's third person or a noun's plural."""
    return base + "es" if base.endswith(("s", "sh", "ch", "x", "go", "do")) else _ied(base, "s")


def _ied(base: str, ending: str) -> str:
    """A verb with an ending: carry and -s is carries, play and -s plays."""
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + ("ies" if ending == "s" else "ied")
    return base + ending

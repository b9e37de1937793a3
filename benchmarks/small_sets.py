"""Public sets of texts cut small: what ``small_data.py`` trains on, chooses by and measures.

A set has a pool to draw training texts from, ``development`` texts to choose settings by, and
``test`` texts, which are measured once, at the end. No text of the pool is in the other two.
"""

from __future__ import annotations

import csv
import json
import lzma
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from textrnn.corpora import LabelledText, Span, TaggedSentence, TaggedSource, read_tagged, text_key

E = TypeVar("E", LabelledText, TaggedSentence)
ReadTexts = Callable[[Path], list[LabelledText]]
ReadTagged = Callable[[Path], list[TaggedSentence]]

_MOST_MEASURED = 2000  # texts of a test; of development half as many
_STATE = 20  # of the cuts, the same for every run


@dataclass(frozen=True)
class SmallSet(Generic[E]):
    """A set, cut in three.

    Attributes:
        name: as on the command line.
        language: ISO 639-1 code.
        pool: to draw training texts from.
        development: to choose settings by.
        test: to measure once.
    """

    name: str
    language: str
    pool: Sequence[E]
    development: Sequence[E]
    test: Sequence[E]

    def draw(self, size: int, seed: int) -> list[E]:
        """Training texts: of one seed the smaller drawings are parts of the larger ones."""
        order = list(range(len(self.pool)))
        random.Random(seed).shuffle(order)
        return [self.pool[i] for i in order[:size]]


def open_set(
    name: str, data: Path, samples: Path
) -> SmallSet[LabelledText] | SmallSet[TaggedSentence]:
    """A set by its name.

    Args:
        name: one of :data:`CLASSIFIED` or :data:`TAGGED`.
        data: the folder of public sets.
        samples: the folder of this repository's own samples.
    """
    if name == "tickets":
        return _cut(name, "en", _tickets(samples / "tickets.csv"), None)
    if name in CLASSIFIED:
        language, train, test = CLASSIFIED[name]
        return _cut(name, language, train(data), test(data) if test else None)
    language, train_tagged, test_tagged = TAGGED[name]
    return _cut(name, language, train_tagged(data), test_tagged(data))


def _cut(name: str, language: str, train: list[E], test: list[E] | None) -> SmallSet[E]:
    """Cut the development texts, and where there is no test file a test, from the training texts,
    without the repeats.
    """
    train = list({text_key(text_of(example)): example for example in train}.values())
    random.Random(_STATE).shuffle(train)
    if test is None:
        size = min(_MOST_MEASURED // 2, len(train) // 3)
        test, train = train[:size], train[size:]
    random.Random(_STATE).shuffle(test)
    size = min(_MOST_MEASURED // 2, len(train) // 4)
    development, train = train[:size], train[size:]
    measured = {text_key(text_of(example)) for example in (*test, *development)}
    pool = [example for example in train if text_key(text_of(example)) not in measured]
    return SmallSet(name, language, pool, development, test[:_MOST_MEASURED])


def text_of(example: LabelledText | TaggedSentence) -> str:
    """The text of an example, or its words with blanks between."""
    return " ".join(example.words) if isinstance(example, TaggedSentence) else example.text


def _lines(path: Path, encoding: str = "utf-8") -> Iterable[str]:
    with lzma.open(path, "rt", encoding=encoding) as file:
        yield from (line.rstrip("\n") for line in file if line.strip())


def _label_first(place: str, encoding: str = "utf-8") -> ReadTexts:
    """Reads lines of a label, of which what is before a colon counts, a blank and a text."""

    def read(data: Path) -> list[LabelledText]:
        rows = (line.partition(" ") for line in _lines(data / place, encoding))
        return [LabelledText(text.strip(), label.partition(":")[0]) for label, _, text in rows]

    return read


def _label_last(place: str) -> ReadTexts:
    def read(data: Path) -> list[LabelledText]:
        rows = (line.rpartition("\t") for line in _lines(data / place))
        return [LabelledText(text, label) for text, _, label in rows if text]

    return read


def _file_each(**places: str) -> ReadTexts:
    def read(data: Path) -> list[LabelledText]:
        return [
            LabelledText(line.strip(), label)
            for label, place in places.items()
            for line in _lines(data / place, "latin-1")
        ]

    return read


def _tickets(path: Path) -> list[LabelledText]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            LabelledText(f"{row['subject']}. {row['body']}", row["queue"])
            for row in csv.DictReader(file)
        ]


def _spans(place: str) -> ReadTagged:
    """Reads CLUENER's lines of JSON, a character a word: for each label its names with places."""

    def read(data: Path) -> list[TaggedSentence]:
        found = []
        for number, line in enumerate(_lines(data / place)):
            record = json.loads(line)
            spans = [
                Span(start, end + 1, label)
                for label, names in record["label"].items()
                for places in names.values()
                for start, end in places
            ]
            kept: list[Span] = []
            for span in sorted(spans, key=lambda s: (s.start, s.end)):
                if not kept or span.start >= kept[-1].end:
                    kept.append(span)
            found.append(TaggedSentence(tuple(record["text"]), tuple(kept), number))
        return found

    return read


def _conll(place: str) -> ReadTagged:
    return lambda data: [
        example
        for example in read_tagged(TaggedSource(str(data / place), format="conll"))
        if isinstance(example, TaggedSentence)
    ]


_OTHER = "en/sentence_cls_other"
CLASSIFIED: dict[str, tuple[str, ReadTexts, ReadTexts | None]] = {
    "trec": (
        "en",
        _label_first(f"{_OTHER}/TREC.train.xz", "latin-1"),
        _label_first(f"{_OTHER}/TREC.test.xz", "latin-1"),
    ),
    "cr": ("en", _file_each(neg=f"{_OTHER}/custrev.neg.xz", pos=f"{_OTHER}/custrev.pos.xz"), None),
    "subj": (
        "en",
        _file_each(
            objective=f"{_OTHER}/subj.objective.xz", subjective=f"{_OTHER}/subj.subjective.xz"
        ),
        None,
    ),
    "sst5": (
        "en",
        _label_first("en/sst5/stsa.fine.train.xz"),
        _label_first("en/sst5/stsa.fine.test.xz"),
    ),
    "tnews": ("zh", _label_last("zh/tnews/train.tsv.xz"), _label_last("zh/tnews/dev.tsv.xz")),
    "thucnews": (
        "zh",
        _label_last("zh/thucnews_titles/sub45k/train.txt.xz"),
        _label_last("zh/thucnews_titles/sub45k/test.txt.xz"),
    ),
}
# Whose texts the shipped classifier has learned from, those that measure included: from it nothing
# may begin here.
LEARNED = ("cr", "sst5", "subj")
TAGGED: dict[
    str, tuple[str, Callable[[Path], list[TaggedSentence]], Callable[[Path], list[TaggedSentence]]]
] = {
    "wnut17": (
        "en",
        _conll("en/wnut17/wnut17train.conll.xz"),
        _conll("en/wnut17/emerging.test.annotated.xz"),
    ),
    "resume": (
        "zh",
        _conll("zh/resume_ner/train.char.bmes.xz"),
        _conll("zh/resume_ner/test.char.bmes.xz"),
    ),
    "cluener": (  # the shipped ner-zh has read the train file's texts, without labels
        "zh",
        _spans("zh/cluener2020/train.json.xz"),
        _spans("zh/cluener2020/dev.json.xz"),
    ),
}

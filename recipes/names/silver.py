"""Tags news by several taggers and keeps the sentences that most of them read alike.

    python recipes/names/silver.py silver-en.conll MODEL MODEL MODEL --text FILE=SENTENCES …

The output is CoNLL columns, to learn from beside sentences that people have tagged (self-training;
Yarowsky 1995). The same options write the same file.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import textrnn
from textrnn.corpora import Source, read_texts
from textrnn.text.words import find_words

SHORTEST, LONGEST = 4, 60  # words of a sentence
ENDS = {".", "!", "?"}
CLOSING = {'"', "'", "”", "’", ")"}
Words = tuple[str, ...]
Tags = tuple[str, ...]


def sentences(text: str) -> Iterator[Words]:
    """The sentences of a document, in words; a quote that closes belongs to what it closes."""
    words: list[str] = []
    end, ended = 0, False
    for start, stop in find_words(text):
        word = text[start:stop]
        if ended and not (word in CLOSING and start == end):
            yield tuple(words)
            words, ended = [], False
        ended = word in ENDS or (ended and word in CLOSING)
        words.append(word)
        end = stop
    yield tuple(words)


def drawn(file: Path, count: int, source: random.Random) -> list[Words]:
    """So many sentences of a file, each once; of whole documents in random order."""
    documents = list(read_texts(Source(str(file), format="txt")))
    source.shuffle(documents)
    found: dict[Words, None] = {}
    for document in documents:
        found.update((s, None) for s in sentences(document) if SHORTEST <= len(s) <= LONGEST)
        if len(found) >= count:
            break
    return list(found)[:count]


def tagged(texts: Sequence[Words], models: Sequence[str]) -> Iterator[tuple[Words, Tags]]:
    """The sentences that more than half of the taggers read alike, with their tags."""
    readings: list[Counter[Tags]] = [Counter() for _ in texts]
    for name in models:
        for found, answer in zip(readings, textrnn.load(name).tag_words(texts), strict=True):
            found[tuple(answer.tags())] += 1
    for words, found in zip(texts, readings, strict=True):
        tags, votes = found.most_common(1)[0]
        if 2 * votes > len(models):
            yield words, tags


def main() -> None:
    """Write a file of tagged sentences and say how many there are."""
    parser = argparse.ArgumentParser(description="Tags news by several taggers.")
    parser.add_argument("out", type=Path)
    parser.add_argument("models", nargs="+", help="names or folders of taggers")
    parser.add_argument("--text", action="append", required=True, metavar="FILE=SENTENCES")
    parser.add_argument("--random-state", type=int, default=1)
    args = parser.parse_args()
    source = random.Random(args.random_state)
    texts: dict[Words, None] = {}
    for file, count in (one.rsplit("=", 1) for one in args.text):
        texts.update((sentence, None) for sentence in drawn(Path(file), int(count), source))
    kept = list(tagged(list(texts), args.models))
    source.shuffle(kept)
    with args.out.open("w", encoding="utf-8") as file:
        for words, tags in kept:
            file.writelines(f"{word} {tag}\n" for word, tag in zip(words, tags, strict=True))
            file.write("\n")
    print(f"{len(kept):,} of {len(texts):,} sentences")


if __name__ == "__main__":
    main()

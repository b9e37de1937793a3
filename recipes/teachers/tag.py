"""Have taggers of ours answer sentences without tags: another one learns what they say on average.

    python recipes/teachers/tag.py TAGGER… --out news.jsonl --from FILE NUMBER
        [--from FILE NUMBER …] [--random-state 5]

About so many different sentences of 4 to 60 words are drawn from each file, at most three of a
document, or thirty where it has a thousand documents or fewer. The taggers are to have the same
tags. A line is ``{"tokens": […], "probabilities": [{"S-PER": 0.9, "O": 0.1}, …]}``: the mean of the
probabilities that the taggers give each tag at each word; below 0.01 it is 0.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import textrnn
from textrnn.corpora import read_texts
from textrnn.heads.tagger.tagger import Tagger
from textrnn.text.sentences import find_sentences
from textrnn.text.words import find_words

LEAST = 0.01
WORDS = range(4, 61)


def main() -> None:
    """Draw the sentences, let all taggers read them, write the mean."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("taggers", nargs="+")
    parser.add_argument("--from", dest="files", action="append", nargs=2, required=True,
                        metavar=("FILE", "NUMBER"))  # fmt: skip
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--random-state", type=int, default=5)
    options = parser.parse_args()
    taggers = [textrnn.load(path) for path in options.taggers]
    if len({tagger.decoder.tags for tagger in taggers}) > 1:
        sys.exit("the taggers have not the same tags")
    sentences = drawn([(Path(f), int(n)) for f, n in options.files], options.random_state)
    with options.out.open("w", encoding="utf-8") as out:
        for record in answered(sentences, taggers):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    print(f"{len(sentences):,} sentences, {sum(map(len, sentences)):,} words")


def drawn(files: Sequence[tuple[Path, int]], random_state: int) -> list[list[str]]:
    """Sentences of all files, in words, mixed."""
    rng, seen, found = random.Random(random_state), set[str](), list[list[str]]()
    for file, most in files:
        documents = list(read_texts(file))
        rng.shuffle(documents)
        each, enough = (3 if len(documents) > 1000 else 30), len(found) + most
        for document in documents:
            bounds = find_sentences(document)
            for start, end in rng.sample(bounds, min(len(bounds), each)):
                text = document[start:end].strip()
                words = [text[a:b] for a, b in find_words(text, level="word")]
                key = " ".join(words).lower()
                if len(words) in WORDS and key not in seen:
                    seen.add(key)
                    found.append(words)
            if len(found) >= enough:
                break
    rng.shuffle(found)
    return found


def answered(sentences: Sequence[list[str]], taggers: Sequence[Tagger]) -> Iterator[dict[str, Any]]:
    """Records that ``textrnn train tagger`` reads, in the order of the sentences."""
    tags = taggers[0].decoder.tags
    together = [tagger.tag_probabilities(sentences) for tagger in taggers]
    for words, *found in zip(sentences, *together, strict=True):
        mean = np.mean(found, axis=0)
        yield {"tokens": words, "probabilities": [named(row, tags) for row in mean]}


def named(row: NDArray[np.float64], tags: Sequence[str]) -> dict[str, float]:
    """The tags that have a share, which sum to 1."""
    kept = np.where(row < LEAST, 0.0, row)
    shares = np.round(kept / kept.sum(), 4)
    shares[shares.argmax()] += 1.0 - shares.sum()
    return {tags[i]: round(float(shares[i]), 4) for i in np.flatnonzero(shares)}


if __name__ == "__main__":
    main()

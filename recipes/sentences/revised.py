"""Makes minimal pairs of sentences from reviews that people rewrote to say the opposite.

    python recipes/sentences/revised.py DIR/en/counterfactual/train.jsonl.xz revised-en.jsonl

Of a review and its revision most sentences are alike; those that were changed carry what the label
hangs on. A changed sentence and the one that it stood for are written with the labels of their
reviews, as make.py writes pairs.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

LABELS = ("negative", "positive")
MOST_WORDS = 30
"""Longer sentences have more in them than what was changed."""
LEAST_ALIKE = 0.5
"""The share of words that two sentences of a pair have in common."""
END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(])")
Row = dict[str, str]


def sentences(text: str) -> list[str]:
    """The sentences of a review."""
    return END.split(re.sub(r"\s+", " ", text.replace("<br />", " ")).strip())


def changed(original: str, revised: str) -> Iterator[tuple[str, str]]:
    """The sentences that differ in a few words."""
    before, after = sentences(original), sentences(revised)
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "replace" or j - i != m - k:
            continue
        for one, other in zip(before[i:j], after[k:m], strict=True):
            words = one.split(), other.split()
            alike = SequenceMatcher(None, *words, autojunk=False).ratio()
            if max(map(len, words)) <= MOST_WORDS and alike >= LEAST_ALIKE:
                yield one, other


def pairs(rows: list[Row]) -> Iterator[Row]:
    """What a file of reviews and revisions holds, each sentence once."""
    reviews: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        reviews[row["pair"]][row["kind"]] = row
    seen: set[str] = set()
    for number, review in reviews.items():
        if review.keys() != {"original", "revised"}:
            continue
        parts = review["original"], review["revised"]
        labels = [LABELS[int(part["label"])] for part in parts]
        for one, other in changed(parts[0]["text"], parts[1]["text"]):
            if not seen & {one, other}:
                for text, label in zip((one, other), labels, strict=True):
                    yield {"text": text, "label": label, "kind": "revised", "pair": number}
                seen |= {one, other}


def main() -> None:
    """Write a file of pairs."""
    parser = argparse.ArgumentParser(description="Makes minimal pairs from revised reviews.")
    parser.add_argument("reviews", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    with lzma.open(args.reviews, "rt", encoding="utf-8") as file:
        made = list(pairs([json.loads(line) for line in file]))
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    args.out.write_text("".join(lines), encoding="utf-8")
    print(f"{len(made):,} sentences")


if __name__ == "__main__":
    main()

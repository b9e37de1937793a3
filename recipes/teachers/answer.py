"""Have a classifier of ours answer texts without labels: another one learns its probabilities.

    python recipes/teachers/answer.py MODEL FILE… --out answers.jsonl [--most 6000]
        [--characters 200 1600] [--random-state 1]

So many texts of each file are drawn from those of so many characters. A network that goes on to
learn something else learns them besides, lest it forget what it knew.

A text that has probabilities, as teach.py writes them, is answered by both: the labels that both
know share what the teacher gives them as the geometric mean of the two answers says, which is right
more often than either. What the teacher gives other labels stays.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping
from math import sqrt
from pathlib import Path

import textrnn
from textrnn.corpora import LabelledText, read_any


def drawn(
    file: Path, most: int, characters: tuple[int, int], random_state: int
) -> list[LabelledText]:
    """So many different texts of a file."""
    least, longest = characters
    texts = {one.text: one for one in read_any(file) if least <= len(one.text) <= longest}
    order = sorted(texts)
    chosen = random.Random(random_state).sample(order, min(most, len(order)))
    return [texts[text] for text in chosen]


def joined(told: Mapping[str, float], answered: Mapping[str, float]) -> dict[str, float]:
    """A teacher's probabilities, those of the labels that both know divided anew.

    Example:
        >>> joined({"bad": 0.1, "good": 0.4, "so": 0.5}, {"bad": 0.8, "good": 0.2})
        {'bad': 0.25, 'good': 0.25, 'so': 0.5}
    """
    means = {label: sqrt(told[label] * p) for label, p in answered.items() if label in told}
    share = sum(told[label] for label in means) / (sum(means.values()) or 1.0)
    anew = {label: mean * share for label, mean in means.items()}
    return {label: round(anew.get(label, p), 4) for label, p in told.items()}


def main() -> None:
    """Draw, answer, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--most", default=6000, type=int, help="texts of a file")
    parser.add_argument("--characters", nargs=2, default=(200, 1600), type=int)
    parser.add_argument("--random-state", default=1, type=int)
    options = parser.parse_args()
    texts = [
        text
        for file in options.files
        for text in drawn(file, options.most, options.characters, options.random_state)
    ]
    answers = textrnn.load(options.model).answer((text.text for text in texts), read_ahead=True)
    with options.out.open("w", encoding="utf-8") as out:
        for text, answer in zip(texts, answers, strict=True):
            shares = {label: round(p, 4) for label, p in sorted(answer.probabilities.items())}
            if text.probabilities:
                shares = joined(text.probabilities, answer.probabilities)
            record = {"text": text.text, "probabilities": shares}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

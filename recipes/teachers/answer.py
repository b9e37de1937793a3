"""Have a classifier of ours answer texts without labels: another one learns its probabilities.

    python recipes/teachers/answer.py MODEL FILE… --out answers.jsonl [--most 6000]
        [--characters 200 1600] [--random-state 1]

So many texts of each file are drawn from those of so many characters. A network that goes on to learn
something else learns them besides, lest it forget what it knew.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import textrnn
from textrnn.corpora import read_texts


def drawn(file: Path, most: int, least: int, longest: int, state: int) -> list[str]:
    """So many different texts of a file."""
    texts = sorted({text for text in read_texts(file) if least <= len(text) <= longest})
    return random.Random(state).sample(texts, min(most, len(texts)))


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
    least, longest = options.characters
    texts = [
        text
        for file in options.files
        for text in drawn(file, options.most, least, longest, options.random_state)
    ]
    model = textrnn.load(options.model)
    with options.out.open("w", encoding="utf-8") as out:
        for answer in model.answer(texts, token_weights=False, read_ahead=True):
            shares = {label: round(p, 4) for label, p in answer.probabilities.items()}
            out.write(json.dumps({"text": answer.text, "probabilities": shares}) + "\n")


if __name__ == "__main__":
    main()

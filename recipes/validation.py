"""Writes the texts that a classifier's recipe chooses by: its validation files, and what it cuts
from others.

    python recipes/validation.py recipes/sentiment-en.toml --data DIR --out validation-en.jsonl

A JSON object with text and label a line, as `textrnn models average` and `textrnn models adapt`
take them. Texts of the recipe's test files are left out. Training files of which nothing is cut
need not be there; ``--without FILE`` leaves out what is of one.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from textrnn.training.classifier.recipe import read_validation
from textrnn.training.recipes.recipe import read_recipe


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("recipe", type=Path)
    parser.add_argument(
        "--data", type=Path, required=True, help="the folder below which the recipe's files lie"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--without", action="append", default=[], metavar="FILE", help="of the recipe, left out"
    )
    options = parser.parse_args()
    texts = read_validation(
        read_recipe(options.recipe), options.data, without=options.without, on_message=print
    )
    with options.out.open("w", encoding="utf-8") as out:
        for text in texts:
            out.write(
                json.dumps({"text": text.text, "label": text.label}, ensure_ascii=False) + "\n"
            )
    print(f"{len(texts):,} texts")


if __name__ == "__main__":
    main()

"""How often a generator repeats itself, beside how often novels do.

    python benchmarks/repetition.py prose-en --recipe recipes/prose-en.toml --data DIR

Of texts that the model writes from nothing, and of as many stretches as long of the recipe's
validation texts, evenly spaced: the share of 4-grams of tokens that the same text had before, and
that any of the texts had.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import textrnn
from textrnn.heads.generator.scores import token_streams
from textrnn.training.generator.recipe import read_recipe_documents
from textrnn.training.recipes.recipe import read_recipe

N = 4


def main() -> None:
    """Write, read, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("model")
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--length", type=int, default=100, help="of each, in tokens")
    parser.add_argument("--temperature", type=float, default=0.7)
    options = parser.parse_args()
    model = textrnn.load(options.model)
    assert isinstance(model, textrnn.Generator)
    documents = read_recipe_documents(read_recipe(options.recipe).data.validation, options.data)
    novels = [token for stream in token_streams(model.tokenizer, documents) for token in stream]
    spacing = len(novels) // options.texts
    begins = range(0, spacing * options.texts, spacing)
    written = model.generate(
        num=options.texts, length=options.length, min_length=options.length, random_state=0,
        temperature=options.temperature,
    )  # fmt: skip
    for name, texts in (
        ("written", [model.encode(text.continuation).tolist() for text in written]),
        ("novels", [novels[begin : begin + options.length] for begin in begins]),
    ):
        own, any_text = repeated(texts)
        print(f"{name}: {own:.4f} in the same text, {any_text:.4f} in any of {len(texts)}")


def repeated(texts: Sequence[Sequence[int]]) -> tuple[float, float]:
    """The share of 4-grams that came before: in the same text, and in any of the texts."""
    count = own = any_text = 0
    everywhere: set[tuple[int, ...]] = set()
    for text in texts:
        here: set[tuple[int, ...]] = set()
        for gram in zip(*(text[i:] for i in range(N)), strict=False):
            count += 1
            own += gram in here
            any_text += gram in here or gram in everywhere
            here.add(gram)
        everywhere |= here
    return own / count, any_text / count


if __name__ == "__main__":
    main()

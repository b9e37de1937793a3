"""The perplexity of an n-gram model with interpolated modified Kneser-Ney smoothing.

What a recurrent model is to be compared with: same tokens, same vocabulary, same split.

    python benchmarks/kneser_ney.py --recipe recipes/poetry-zh.toml --data DIR \\
        --tokenizer textrnn/models/poetry-zh/tokenizer.json

Method: Chen & Goodman 1999, section 3.4 (modified Kneser-Ney, three discounts an order). No
library fits: KenLM's Python package queries models and cannot estimate them, and NLTK's model has
one fixed discount.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.text.tokenizer import Tokenizer

Counts = NDArray[np.int64]


class KneserNey:
    """An n-gram model over token ids.

    Args:
        documents: arrays of ids, each with its ``<s>`` and ``</s>``.
        order: n.
        vocabulary: ids that can be predicted; the rest of the mass goes to them uniformly.
    """

    def __init__(self, documents: list[NDArray[np.int32]], order: int, vocabulary: int) -> None:
        self.order, self.vocabulary = order, vocabulary
        grams: NDArray[np.int64] = np.concatenate(
            [_windows(_padded(ids, order), order) for ids in documents]
        )
        grams = grams[grams[:, -1] != Tokenizer.START]
        rows, counts = np.unique(grams, axis=0, return_counts=True)
        self.levels: list[_Level] = []
        for size in range(order, 0, -1):
            self.levels.insert(0, _Level(rows, counts))
            if size > 1:  # how many different tokens stand before each shorter sequence
                rows, counts = np.unique(rows[:, 1:], axis=0, return_counts=True)

    def probability(self, history: tuple[int, ...], token: int) -> float:
        """P(token | history), the last n - 1 tokens of the history counting."""
        found = 1.0 / self.vocabulary
        for level, known in enumerate(self.levels):
            context = history[len(history) - level :] if level else ()
            found = known.interpolate(context, token, found)
        return found

    def nll(self, ids: NDArray[np.int32]) -> tuple[float, int]:
        """Sum of negative log-probabilities in nats, and how many tokens were predicted."""
        padded = _padded(ids, self.order).tolist()
        total, count = 0.0, 0
        for place in range(self.order - 1, len(padded)):
            if padded[place] == Tokenizer.START:
                continue
            history = tuple(padded[place - self.order + 1 : place])
            total -= math.log(self.probability(history, padded[place]))
            count += 1
        return total, count


class _Level:
    """The n-grams of one length: counts (or, below the longest, numbers of predecessors)."""

    def __init__(self, rows: NDArray[np.int64], counts: Counts) -> None:
        of = [int((counts == c).sum()) for c in (1, 2, 3, 4)]
        share = of[0] / max(of[0] + 2 * of[1], 1)
        self.discounts = [0.0] + [
            c - (c + 1) * share * of[c] / max(of[c - 1], 1) for c in (1, 2, 3)
        ]
        self.counts = dict(zip(map(tuple, rows.tolist()), counts.tolist(), strict=True))
        self.contexts: dict[tuple[int, ...], tuple[int, float]] = {}
        totals: dict[tuple[int, ...], list[float]] = {}
        for row, count in self.counts.items():
            total = totals.setdefault(row[:-1], [0, 0.0])
            total[0] += count
            total[1] += self.discounts[min(count, 3)]
        self.contexts = {row: (int(t), d) for row, (t, d) in totals.items()}

    def interpolate(self, context: tuple[int, ...], token: int, lower: float) -> float:
        """Chen & Goodman 1999, eq. 26, given the shorter history's probability."""
        if context not in self.contexts:
            return lower
        total, freed = self.contexts[context]
        count = self.counts.get((*context, token), 0)
        return (count - self.discounts[min(count, 3)] + freed * lower) / total


def _padded(ids: NDArray[np.int32], order: int) -> NDArray[np.int64]:
    """``<s>`` as often as the first token's history is long."""
    return np.concatenate([np.full(max(order - 2, 0), Tokenizer.START), ids]).astype(np.int64)


def _windows(ids: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.lib.stride_tricks.sliding_window_view(ids, size)


def main() -> None:
    """Train on a recipe's training texts; print the perplexity of its test texts."""
    from textrnn.training.generator.recipe import read_recipe_documents
    from textrnn.training.generator.token_store import write_tokens
    from textrnn.training.recipes.recipe import data_folder, read_recipe

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--data")
    parser.add_argument("--tokenizer", required=True, help="tokenizer.json of the model")
    parser.add_argument("--order", type=int, default=3)
    parser.add_argument("--on", choices=["validation", "test"], default="test")
    options = parser.parse_args()
    recipe, folder = read_recipe(options.recipe), data_folder(options.data)
    tokenizer = Tokenizer.load(options.tokenizer)

    def documents(sources: tuple, scratch: str) -> list[NDArray[np.int32]]:  # type: ignore[type-arg]
        passages = read_recipe_documents(sources, folder)
        store = write_tokens(passages, tokenizer, Path(scratch) / "tokens.bin")
        return [np.array(store.document(i)) for i in range(len(store))]

    with tempfile.TemporaryDirectory() as scratch:
        model = KneserNey(
            documents(recipe.data.train, scratch), options.order, tokenizer.vocabulary_size - 2
        )
    for source in getattr(recipe.data, options.on):
        with tempfile.TemporaryDirectory() as scratch:
            scores = [model.nll(ids) for ids in documents((source,), scratch)]
        total, count = sum(s[0] for s in scores), sum(s[1] for s in scores)
        print(
            f"{source.corpus or source.file}: perplexity {math.exp(total / count):.2f} of a "
            f"token, {count:,} tokens, {options.order}-grams"
        )


if __name__ == "__main__":
    main()

"""A tokenizer with fewer tokens, which still reads every text that the whole one reads.

Of characters and words any may go: what has no token is ``<unk>``. Subwords are made of one
another: of byte-level BPE the 256 bytes stay, and with each token those that it is merged from; of
WordPiece the single characters stay. So a text falls into more and smaller tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import tokenizers
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.text.tokenizer import Tokenizer

_INNER = "##"  # before a WordPiece token within a word


def cut_tokenizer(
    tokenizer: Tokenizer, size: int, counts: NDArray[np.int64] | None = None
) -> tuple[Tokenizer, NDArray[np.int64]]:
    """A tokenizer with the most frequent tokens of another.

    Args:
        tokenizer: the other.
        size: how many tokens it is to have, special ones included.
        counts: how often each token occurs in texts, (V,); by default the first ids are the most
            frequent, as training numbers them.

    Returns:
        The tokenizer, and of each of its ids the old one, (size,), in the old order.

    Raises:
        ConfigurationError: it has no more tokens than that, or cannot do with so few.

    Example:
        >>> whole = Tokenizer.train(["the cat, the dog, the end"], min_frequency=1)
        >>> cut, kept = cut_tokenizer(whole, 6)
        >>> cut.words("the cat"), cut.encode("the cat").ids.tolist(), kept.tolist()
        (['the', 'cat'], [4, 1], [0, 1, 2, 3, 4, 5])
    """
    data = json.loads(tokenizer.to_json())
    vocabulary: dict[str, int] = data["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    parents = _parents(data["model"], vocabulary)
    needed = _needed(tokenizer.level, tokens)
    _require_size(size, len(tokens), len(needed))
    ranks = order_by_count(len(tokens), counts)
    kept = np.array(sorted(_closed(ranks, needed, parents, size)), np.int64)
    numbers = {int(old): new for new, old in enumerate(kept)}
    data["model"]["vocab"] = {tokens[old]: new for old, new in numbers.items()}
    if tokenizer.level == "bpe":
        data["model"]["merges"] = [
            pair for pair in data["model"]["merges"]
            if all(part in data["model"]["vocab"] for part in (*pair, "".join(pair)))
        ]  # fmt: skip
    inner = tokenizers.Tokenizer.from_str(json.dumps(data))
    return Tokenizer(inner, simplify=tokenizer.simplify), kept


def order_by_count(size: int, counts: NDArray[np.int64] | None) -> list[int]:
    """Ids by how often they occur, the most frequent first and of equals the lower."""
    found = np.zeros(size, np.int64) if counts is None else counts
    ranks: list[int] = np.argsort(-found, kind="stable").tolist()
    return ranks


def _needed(level: str, tokens: list[str]) -> set[int]:
    """The ids without which some text could not be read as well as before."""
    special = set(range(len(Tokenizer.SPECIAL_TOKENS)))
    if level in ("character", "word"):
        return special
    return special | {
        number for number, token in enumerate(tokens) if len(token.removeprefix(_INNER)) == 1
    }


def _parents(model: Mapping[str, Any], vocabulary: Mapping[str, int]) -> dict[int, list[int]]:
    """Of each merged token of BPE the two of which it is first made."""
    found: dict[int, list[int]] = {}
    for left, right in model.get("merges", ()):
        found.setdefault(vocabulary[left + right], [vocabulary[left], vocabulary[right]])
    return found


def _require_size(size: int, whole: int, least: int) -> None:
    require(
        size < whole,
        f"vocabulary: the model has {whole:,} tokens, so that {size:,} would cut none; ask for "
        "fewer, or leave it out",
    )
    require(
        size > least,
        f"vocabulary: {size:,} tokens are too few; {least:,} are needed for every text to be read, "
        f"so ask for {least + 1:,} or more",
    )


def _closed(
    ranks: Iterable[int], needed: set[int], parents: Mapping[int, list[int]], size: int
) -> set[int]:
    """The needed ids and the first of others, each with all that it is made of."""
    kept = set(needed)
    for number in ranks:
        more, waiting = set[int](), [number]
        while waiting:
            one = waiting.pop()
            if one not in kept and one not in more:
                more.add(one)
                waiting += parents.get(one, [])
        if len(kept) + len(more) <= size:
            kept |= more
        if len(kept) == size:
            break
    return kept

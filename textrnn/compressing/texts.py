"""Texts without labels, from which a smaller model learns what the whole one answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import Source, read_texts
from textrnn.corpora.in_memory import texts as given_texts
from textrnn.errors import InputError
from textrnn.heads.examples import ExampleSource
from textrnn.text.tokenizer import Tokenizer

_AT_ONCE = 512  # texts that are tokenized together


def plain_texts(data: ExampleSource | Any, text: str | int | None) -> list[str]:
    """The texts of a file, or those that are given; blank ones are left out.

    Raises:
        InputError: they cannot be read, or there are none.
    """
    if isinstance(data, ExampleSource):
        found: Iterable[str] = read_texts(
            Source(data.file, data.format, data.text, encoding=data.encoding)
        )
    else:
        found = given_texts(data, text=text, name="train")
    texts = [one for one in found if one.strip()]
    if not texts:
        where = data.file if isinstance(data, ExampleSource) else "train"
        raise InputError(f"{where}: there are no texts")
    return texts


def count_tokens(tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[np.int64]:
    """How often each token occurs, (V,)."""
    counts = np.zeros(tokenizer.vocabulary_size, np.int64)
    for begin in range(0, len(texts), _AT_ONCE):
        for text in tokenizer.encode_batch(texts[begin : begin + _AT_ONCE]):
            counts += np.bincount(text.ids, minlength=len(counts))
    return counts


def split_texts(tokenizer: Tokenizer, texts: Sequence[str], size: int) -> list[str]:
    """The texts in pieces of at most so many tokens, none of them empty."""
    pieces = []
    for text, read in zip(texts, tokenizer.encode_batch(texts), strict=True):
        for begin in range(0, len(read.ids), size):
            ends = read.offsets[begin : begin + size]
            pieces.append(text[int(ends[0][0]) : int(ends[-1][1])])
    return pieces

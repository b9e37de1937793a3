"""Word vectors from text files: a word and its numbers a line, with or without a header."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import read_lines
from textrnn.errors import InputError


def read_vectors(
    path: str | Path, *, keep: Container[str] | None = None
) -> dict[str, NDArray[np.float32]]:
    """Read GloVe's or word2vec's text format; compressed files are opened.

    Lines are split from the right, so that a word may hold spaces; a repeated word keeps its first
    vector.

    Args:
        path: the file.
        keep: only these words are kept; None keeps all.

    Returns:
        Each word's vector, (units,).

    Raises:
        InputError: the file cannot be read, or a line's numbers are not as many as the first
            line's; the message names the line.
    """
    vectors: dict[str, NDArray[np.float32]] = {}
    units = 0
    for line in read_lines(path):
        parts = line.text.rstrip().split(" ")
        if line.number == 1 and len(parts) == 2:
            continue  # word2vec's header: how many words, and how many numbers each
        units = units or len(parts) - 1
        word = " ".join(parts[: len(parts) - units])
        if units < 2 or not word:
            raise InputError(
                f"{path}: line {line.number}: {len(parts) - 1} numbers; expected a word and "
                f"{units if units > 1 else 'several'} numbers"
            )
        if (keep is None or word in keep) and word not in vectors:
            try:
                vectors[word] = np.array(parts[-units:], np.float32)
            except ValueError as error:
                raise InputError(f"{path}: line {line.number}: {error}") from error
    if not vectors:
        raise InputError(f"{path}: it holds no vector of a word of the vocabulary")
    return vectors

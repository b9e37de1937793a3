"""An embedding to begin with, from a file of word vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings import Vectors
from textrnn.errors import InputError


@dataclass(frozen=True)
class PretrainedRows:
    """Rows of an embedding, aligned to a vocabulary.

    Attributes:
        rows: (V, U).
        found: how many of the vocabulary's words the file had.
        words: how many there are.
        tokens: the share of the training text's tokens whose words were found; None where no
            counts were given.
    """

    rows: NDArray[np.float32]
    found: int
    words: int
    tokens: float | None

    def __str__(self) -> str:
        share = "" if self.tokens is None else f", {self.tokens:.1%} of the training text"
        return f"vectors for {self.found:,} of {self.words:,} tokens{share}"


def read_pretrained(
    file: Path,
    vocabulary: Mapping[str, int],
    *,
    rows: int,
    units: int,
    trained: NDArray[np.float32] | None = None,
    counts: NDArray[np.int64] | None = None,
    random_state: int,
) -> PretrainedRows:
    """Vectors for an embedding's rows; of the file only the vocabulary's words are kept.

    Words that the file lacks keep their trained vectors, brought to the same size, or else get
    random ones as large.

    Args:
        file: of any format that :class:`textrnn.embeddings.Vectors` reads.
        vocabulary: the row of each word, just as it is written.
        rows: V.
        units: U.
        trained: vectors trained before, (V, U).
        counts: how often each row's token occurs in the training text, (V,).
        random_state: of the random vectors.

    Raises:
        InputError: the file cannot be read, has none of the words, or its vectors do not have
            ``units`` numbers.
    """
    vectors = Vectors.load(file, vocabulary=vocabulary)
    if not len(vectors):
        raise InputError(f"{file}: it holds no vector of a word of the vocabulary")
    check_units(file, vectors.units, units)
    known = vectors.rows(slice(None))
    scale = float(np.std(known, dtype=np.float64))
    rng = np.random.default_rng(random_state)
    filled = rng.normal(0.0, scale, (rows, units)).astype(np.float32)
    if trained is not None:
        filled = trained * np.float32(scale / max(float(trained.std()), 1e-9))
    places = np.array([vocabulary[word] for word in vectors.words], np.int64)
    filled[places] = known
    tokens = None
    if counts is not None:
        tokens = float(counts[places].sum() / max(int(counts.sum()), 1))
    return PretrainedRows(filled, len(places), len(vocabulary), tokens)


def units_of_vectors(file: Path) -> int:
    """How many numbers each of the word vectors in a file has.

    Args:
        file: the file, or the name of vectors that ship.

    Raises:
        InputError: it cannot be read, or holds no vectors.
    """
    vectors = Vectors.load(file, limit=1)
    if not len(vectors):
        raise InputError(f"{file}: it holds no vectors")
    return vectors.units


def check_units(file: Path, found: int, wanted: int) -> None:
    """See that the word vectors in a file are of an embedding's size.

    Raises:
        InputError: they are not.
    """
    if found != wanted:
        raise InputError(f"{file}: its vectors have {found} numbers; the embedding has {wanted}")

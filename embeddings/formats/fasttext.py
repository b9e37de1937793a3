"""fastText's ``.bin``, versions 11 and 12: settings, dictionary, matrix of words and n-grams."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.formats.binary import BinaryReader
from textrnn.embeddings.formats.blocks import Block, Reading, Wanted, check_units, chosen
from textrnn.embeddings.subwords import LONGEST_NGRAM, Subwords, usable_ngrams
from textrnn.errors import InputError

FASTTEXT_MAGIC = struct.pack("<i", 793712314)
_SENTENCE_END = "</s>"  # fastText gives it no n-grams


class FastTextVectors:
    """A fastText model, read.

    Args:
        file: unpacked.
        path: for messages.
        reading: filled in on the way.
        wanted: what is to be read.

    Attributes:
        words: all, without labels.

    Raises:
        InputError: it is damaged, of another version, or compressed.
    """

    def __init__(self, file: BinaryIO, path: Path, reading: Reading, wanted: Wanted) -> None:
        name = self._name = str(path)
        self._reading, self._wanted = reading, wanted
        reader = BinaryReader(file, name)
        _, version = reader.take("<ii")
        if version not in (11, 12):
            raise InputError(f"{name}: version {version} of fastText's format is not known")
        units, *_, buckets, shortest, longest, _ = reader.take("<12i")
        reader.take("<d")
        check_units(units, name)
        if buckets < 0 or not usable_ngrams(shortest, longest):
            raise InputError(
                f"{name}: n-grams of {shortest:,} to {longest:,} letters in {buckets:,} rows; "
                f"expected {LONGEST_NGRAM} letters at most"
            )
        self.words = _read_words(reader, reading)
        rows, columns = reader.take("<qq")
        expected = len(self.words) + buckets
        if columns != units or rows != expected:
            raise InputError(
                f"{name}: byte {reader.offset:,}: a matrix of {rows:,} x {columns:,}; expected "
                f"{expected:,} x {units:,}"
            )
        content = reader.exactly(4 * rows * columns)
        self._matrix = np.frombuffer(content, "<f4").reshape(rows, columns)
        if buckets and longest:
            grams = self._matrix[len(self.words) :]
            if not np.isfinite(grams).all():
                raise InputError(f"{name}: a number of an n-gram is not finite")
            reading.subwords = Subwords(grams, shortest, longest)
        self._subwords = reading.subwords

    def __iter__(self) -> Iterator[Block]:
        return chosen(self.words, self.rows, self._name, self._reading, self._wanted)

    def rows(self, wanted: slice | list[int]) -> NDArray[np.float32]:
        """The vectors of some words: the mean of a word's own row and those of its n-grams."""
        if self._subwords is None:
            own: NDArray[np.float32] = self._matrix[: len(self.words)][wanted]
            return own
        numbers = range(len(self.words))[wanted] if isinstance(wanted, slice) else wanted
        vectors = np.empty((len(numbers), self._matrix.shape[1]), np.float32)
        for place, row in enumerate(numbers):
            word = self.words[row]
            grams = self._subwords.rows(word) if word != _SENTENCE_END else []
            with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is told later
                total = self._matrix[row] + self._subwords.vectors[grams].sum(axis=0, dtype="f8")
                vectors[place] = total / (1 + len(grams))
        return vectors


def _read_words(reader: BinaryReader, reading: Reading) -> list[str]:
    """The words of the dictionary, which has labels too."""
    size, word_count, _, _, pruned = reader.take("<iiiqq")
    if not 0 <= word_count <= size:
        raise InputError(f"{reader.name}: {word_count:,} words in a dictionary of {size:,}")
    words = []
    for _ in range(size):
        word = reader.until_zero()
        reader.take("<qb")
        words.append(reading.decoded(word))
    reader.skip(8 * max(0, pruned))
    (quantised,) = reader.take("<?")
    if quantised or pruned >= 0:
        raise InputError(
            f"{reader.name}: a compressed fastText model (.ftz); its vectors are not exact"
        )
    return words[:word_count]

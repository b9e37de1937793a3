"""Word vectors from files of every usual kind, told apart by their content, in one pass.

=================  ==============================================================================
format             how it is recognised
=================  ==============================================================================
``text``           lines of a word and its numbers (GloVe), after a header of two numbers (word2vec,
                   fastText's ``.vec``) or without
``word2vec``       a header of two numbers, then words with float32 numbers in binary
``fasttext``       fastText's ``.bin``: its magic number; words and subwords
``gensim``         a pickle of gensim's ``KeyedVectors``, read without running any code of it
``store``          what :mod:`textrnn.embeddings.store.reader` writes
``numpy``          an ``.npz`` with ``words`` and ``vectors``
=================  ==============================================================================

Plain or packed with gzip, bzip2 or xz; of a zip the one member, or the one that is named after a
colon (``glove.6B.zip:glove.6B.100d.txt``).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from textrnn.embeddings.formats.blocks import Block, Reading, Wanted, chosen
from textrnn.embeddings.formats.fasttext import FASTTEXT_MAGIC, FastTextVectors
from textrnn.embeddings.formats.npy import NPY_MAGIC
from textrnn.embeddings.formats.npz import read_npz
from textrnn.embeddings.formats.packed import ZIP_MAGIC, open_vectors
from textrnn.embeddings.formats.text import SNIFF_BYTES, TextVectors, is_header, is_row
from textrnn.embeddings.formats.word2vec import BinaryVectors
from textrnn.embeddings.store.header import MAGIC
from textrnn.embeddings.store.reader import Store
from textrnn.errors import InputError

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_EVERYTHING = Wanted()

Format = Callable[[io.BufferedReader, Path, Reading, Wanted], Iterable[Block]]


def read_blocks(
    path: str | Path, reading: Reading, wanted: Wanted = _EVERYTHING
) -> Iterator[Block]:
    """The words and vectors of a file, block by block, in its order.

    Args:
        path: the file, or a zip, with or without ``:member``.
        reading: filled in on the way.
        wanted: what is to be read; by default everything.

    Raises:
        InputError: the file is missing, of none of these formats, or damaged; the message names
            the line, the row or the byte.
    """
    path = Path(path)
    try:
        with open_vectors(path) as file:
            reading.format = _recognise(file.peek(SNIFF_BYTES)[:SNIFF_BYTES], str(path))
            yield from FORMATS[reading.format](file, path, reading, wanted)
    except MemoryError as error:
        raise InputError(f"{path}: more than fits in memory; read a part, with a limit") from error


def _read_gensim(
    file: io.BufferedReader, path: Path, reading: Reading, wanted: Wanted
) -> Iterator[Block]:
    from textrnn.embeddings.formats.gensim import read_keyed_vectors  # large, and seldom needed

    return read_keyed_vectors(file, path, reading, wanted)


def _read_store(
    file: io.BufferedReader, path: Path, reading: Reading, wanted: Wanted
) -> Iterator[Block]:
    if not isinstance(file.raw, io.FileIO):
        raise InputError(f"{path}: a store that is packed; unpack it first")
    store = Store(path)
    reading.subwords = store.subwords
    return chosen(store.words(), store.rows, str(path), reading, wanted)


FORMATS: dict[str, Format] = {
    "text": TextVectors,
    "word2vec": BinaryVectors,
    "fasttext": FastTextVectors,
    "gensim": _read_gensim,
    "numpy": read_npz,
    "store": _read_store,
}


def _recognise(start: bytes, name: str) -> str:
    if not start:
        raise InputError(f"{name}: the file is empty")
    for magic, form in (
        (MAGIC, "store"), (FASTTEXT_MAGIC, "fasttext"), (ZIP_MAGIC, "numpy")
    ):  # fmt: skip
        if start.startswith(magic):
            return form
    if start[0] == 0x80 and start[1:2] <= b"\x05":
        return "gensim"
    if start.startswith(NPY_MAGIC):
        raise InputError(f"{name}: an array without words; read the file that it lies beside")
    if start.startswith(_UTF16_MARKS):
        raise InputError(f"{name}: begins like UTF-16; word vectors are read in UTF-8")
    header, _, rest = start.partition(b"\n")
    if is_header(header):
        if rest.strip() and not is_row(rest, int(header.split()[1])):
            return "word2vec"
    elif b"\0" in start:
        raise InputError(f"{name}: byte {start.index(0)} is zero: no known format of word vectors")
    return "text"

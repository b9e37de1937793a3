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
from collections.abc import Callable, Container, Iterator
from pathlib import Path

from textrnn.embeddings.formats.blocks import Block, Reading, chosen
from textrnn.embeddings.formats.fasttext import FASTTEXT_MAGIC, FastTextVectors
from textrnn.embeddings.formats.npy import NPY_MAGIC
from textrnn.embeddings.formats.npz import WordsAndVectors
from textrnn.embeddings.formats.packed import ZIP_MAGIC, open_vectors, zip_errors
from textrnn.embeddings.formats.text import SNIFF_BYTES, TextVectors, is_header, is_row
from textrnn.embeddings.formats.word2vec import BinaryVectors
from textrnn.embeddings.store.header import MAGIC
from textrnn.embeddings.store.reader import Store
from textrnn.errors import InputError

FORMATS = ("text", "word2vec", "fasttext", "gensim", "numpy", "store")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

Bytes = Callable[[int], None]


def read_blocks(
    path: str | Path,
    reading: Reading,
    *,
    keep: Container[str] | None = None,
    limit: int | None = None,
    on_bytes: Bytes = lambda count: None,
) -> Iterator[Block]:
    """The words and vectors of a file, block by block, in its order.

    Args:
        path: the file, or a zip, with or without ``:member``.
        reading: filled in on the way.
        keep: only these words; the numbers of others are not even parsed.
        limit: so many rows are read at the most; of text, of word2vec's binary and of an ``.npz``
            nothing after them is read.
        on_bytes: called with how many bytes were read.

    Raises:
        InputError: the file is missing, of none of these formats, or damaged; the message names
            the line, the row or the byte.
    """
    name = str(path)
    try:
        with open_vectors(path) as file:
            start = file.peek(SNIFF_BYTES)[:SNIFF_BYTES]
            reading.format = _recognise(start, name)
            if reading.format == "text":
                text = TextVectors(file, name, reading, keep=keep, limit=limit)
                yield from text.blocks(on_bytes)
            elif reading.format == "word2vec":
                binary = BinaryVectors(file, name, reading, keep=keep, limit=limit)
                yield from binary.blocks(on_bytes)
            else:
                yield from _words_first(file, path, reading, keep, limit)
    except MemoryError as error:
        raise InputError(f"{name}: more than fits in memory; read a part, with a limit") from error


def _words_first(
    file: io.BufferedReader,
    path: str | Path,
    reading: Reading,
    keep: Container[str] | None,
    limit: int | None,
) -> Iterator[Block]:
    """Formats whose words come before all vectors."""
    name = str(path)
    is_plain = isinstance(file.raw, io.FileIO)
    if reading.format == "numpy":
        with zip_errors(name):
            arrays = WordsAndVectors(file if is_plain else io.BytesIO(file.read()), name)
            yield from arrays.blocks(reading, keep, limit)
    elif reading.format == "store":
        if not is_plain:
            raise InputError(f"{name}: a store that is packed; unpack it first")
        store = Store(Path(path))
        reading.subwords = store.subwords
        yield from chosen(store.words(), store.rows, reading, keep, limit, name)
    elif reading.format == "fasttext":
        model = FastTextVectors(file, name, reading)
        yield from chosen(model.words, model.rows, reading, keep, limit, name)
    else:
        from textrnn.embeddings.formats.gensim import read_keyed_vectors

        words, vectors = read_keyed_vectors(file, Path(path))
        yield from chosen(words, vectors.__getitem__, reading, keep, limit, name)


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

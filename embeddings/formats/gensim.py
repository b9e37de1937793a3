"""gensim's ``KeyedVectors``: read without gensim and without running code, and made for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from textrnn.embeddings.formats.binary import BinaryReader
from textrnn.embeddings.formats.blocks import LONGEST_WORD, Block, Reading, Wanted, chosen
from textrnn.embeddings.formats.npy import Matrix, map_matrix, matrix_bytes, plain_type
from textrnn.embeddings.formats.packed import beside
from textrnn.embeddings.formats.pickles import Call, Name, read_pickle
from textrnn.errors import InputError, MissingExtraError

_CLASSES = {
    Name("gensim.models.keyedvectors", name)
    for name in ("KeyedVectors", "Word2VecKeyedVectors", "EuclideanKeyedVectors")
}
_MULTIARRAYS = ("numpy.core.multiarray", "numpy._core.multiarray")
_NUMERICS = ("numpy.core.numeric", "numpy._core.numeric")
_DTYPE = Name("numpy", "dtype")
_RECONSTRUCT = {Name(module, "_reconstruct") for module in _MULTIARRAYS}
_FROM_BUFFER = {Name(module, "_frombuffer") for module in _NUMERICS}
_ENCODE = Name("_codecs", "encode")  # how protocol 2 writes bytes
_NAMES = {
    *_CLASSES, *_RECONSTRUCT, *_FROM_BUFFER, _DTYPE, _ENCODE,
    *(Name(module, "scalar") for module in _MULTIARRAYS),
    Name("numpy", "ndarray"),
    Name("gensim.models.keyedvectors", "Vocab"),  # of gensim 3: what it knows of a word
    *(Name(module, name) for module in ("builtins", "__builtin__")
      for name in ("bytearray", "bytes", "frozenset", "object", "set")),
}  # fmt: skip


def read_keyed_vectors(
    file: BinaryIO, path: Path, reading: Reading, wanted: Wanted
) -> Iterator[Block]:
    """Words and vectors of a file that ``KeyedVectors.save`` wrote.

    Args:
        file: unpacked.
        path: where it lies; large arrays lie beside it.
        reading: filled in on the way.
        wanted: what is to be read.

    Raises:
        InputError: it is damaged, or holds anything but word vectors.
    """
    contents = read_pickle(BinaryReader(file, str(path)), lambda name: _check_name(name, path))
    if not isinstance(contents, Call) or contents.function not in _CLASSES:
        raise InputError(f"{path}: no word vectors of gensim")
    state = contents.state if isinstance(contents.state, dict) else {}
    words = state.get("index_to_key", state.get("index2word"))
    stored = state.get("vectors")
    separate = beside(path)
    if not isinstance(words, list) or (stored is None and not separate.exists()):
        raise InputError(f"{path}: no word vectors of gensim; is {separate.name} missing?")
    vectors = map_matrix(separate) if stored is None else _matrix(stored, path)
    if len(vectors) < len(words):
        raise InputError(f"{path}: {len(words):,} words and vectors of shape {vectors.shape}")
    found = [_word(word, row, path) for row, word in enumerate(words)]
    if len(set(found)) < len(found):  # a pickle can hold one long word a million times for nothing
        raise InputError(f"{path}: a word stands twice; the file is damaged")
    yield from chosen(found, vectors.__getitem__, str(path), reading, wanted)


def _check_name(name: Name, path: Path) -> bool:
    if name.module.startswith("gensim.models.") and name not in _NAMES:
        raise InputError(
            f"{path}: holds gensim's {name.name[:100]!r}; save its vectors alone: model.wv.save(…)"
        )
    return name in _NAMES


def _word(word: object, row: int, path: Path) -> str:
    if isinstance(word, bytes):  # written by Python 2
        return word.decode("utf-8", "replace")
    if not isinstance(word, str | int):
        raise InputError(f"{path}: word {row + 1:,} is no text")
    if isinstance(word, str) and len(word) > LONGEST_WORD:
        raise InputError(f"{path}: word {row + 1:,} has more than {LONGEST_WORD:,} letters")
    return str(word)


def _matrix(made: object, path: Path) -> Matrix:
    """The array that calls of NumPy would make: a plain type, a shape, and just its bytes."""
    dtype, shape, column_first, content = _array_parts(made)
    plain = _plain(dtype)
    if plain is None:
        raise InputError(f"{path}: its vectors are no plain numbers")
    size = matrix_bytes(shape, plain)
    if size is None or not isinstance(content, bytes | bytearray) or size != len(content):
        raise InputError(f"{path}: its vectors do not have the size that it gives")
    assert isinstance(shape, tuple)
    order = "F" if column_first is True else "C"
    return np.frombuffer(content, plain).reshape(shape, order=order)  # type: ignore[call-overload,no-any-return]


def _array_parts(made: object) -> tuple[object, object, object, object]:
    """Type, shape, whether columns come first, and bytes; None where something else was made."""
    nothing = (None, None, None, None)
    if not isinstance(made, Call):
        return nothing
    if made.function in _FROM_BUFFER and len(made.arguments) == 4:
        content, dtype, shape, order = made.arguments
        return dtype, shape, order == "F", content
    state = made.state
    if made.function in _RECONSTRUCT and isinstance(state, tuple) and len(state) == 5:
        _, shape, dtype, column_first, content = state
        return dtype, shape, column_first, _encoded(content)
    return nothing


def _encoded(content: object) -> object:
    """Bytes, where they were written as text in which each letter is one."""
    if isinstance(content, Call) and content.function == _ENCODE:
        text = content.arguments[0] if content.arguments else None
        try:
            return text.encode("latin-1") if isinstance(text, str) else None
        except UnicodeEncodeError:
            return None
    return content


def _plain(made: object) -> np.dtype[Any] | None:
    """The type of numbers that a call of ``numpy.dtype`` would make, if it is a plain one."""
    if not isinstance(made, Call) or made.function != _DTYPE or not made.arguments:
        return None
    code, state = made.arguments[0], made.state
    if isinstance(code, bytes):
        code = code.decode("latin-1")
    if not isinstance(code, str) or not isinstance(state, tuple) or len(state) < 5:
        return None
    order = state[1].decode("latin-1") if isinstance(state[1], bytes) else state[1]
    if state[2:5] != (None, None, None) or not isinstance(order, str):
        return None  # records, or arrays in arrays
    return plain_type(order + code.lstrip("<>|="))


def to_keyed_vectors(words: list[str], vectors: NDArray[np.float32]) -> Any:
    """gensim's object with these words and vectors.

    Raises:
        MissingExtraError: gensim is not installed.
    """
    try:
        from gensim.models import KeyedVectors
    except ModuleNotFoundError as error:
        raise MissingExtraError("making gensim's KeyedVectors", "train") from error
    made = KeyedVectors(vectors.shape[1])
    made.add_vectors(words, vectors)
    return made

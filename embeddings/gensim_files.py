"""gensim's ``KeyedVectors``: read without gensim and without running code, and made for it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import InputError, MissingExtraError

_ARRAYS = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}
_CLASSES = {"KeyedVectors", "Word2VecKeyedVectors", "EuclideanKeyedVectors"}


class _Contents:
    """Stands for a class of gensim: holds what the pickle says and does nothing with it."""


class _Unpickler(pickle.Unpickler):
    """Builds arrays, strings, lists and dictionaries; refuses every other name.

    A pickle may name any function to be called; only those that make arrays are let through.
    """

    def find_class(self, module: str, name: str) -> Any:
        if module == "gensim.models.keyedvectors" and name in _CLASSES:
            return _Contents
        if (module, name) in _ARRAYS:
            return super().find_class(module.replace("numpy.core", "numpy._core"), name)
        raise pickle.UnpicklingError(f"it names {module}.{name}, which word vectors do not need")


def read_keyed_vectors(file: BinaryIO, path: Path) -> tuple[list[str], NDArray[np.float32]]:
    """Words and vectors of a file that ``KeyedVectors.save`` wrote.

    Args:
        file: its bytes.
        path: where it lies; large arrays lie beside it.

    Raises:
        InputError: it is damaged, or holds anything but word vectors.
    """
    try:
        contents = _Unpickler(file).load()
        state = vars(contents) if isinstance(contents, _Contents) else {}
    except Exception as error:  # whatever a damaged pickle makes of the unpickler
        raise InputError(f"{path}: not word vectors of gensim ({error})") from error
    words = state.get("index_to_key", state.get("index2word"))
    vectors = state.get("vectors")
    beside = path.with_name(path.name + ".vectors.npy")
    if vectors is None and beside.exists():
        try:
            vectors = np.load(beside, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise InputError(f"{beside}: damaged ({error})") from error
    if not isinstance(words, list) or not isinstance(vectors, np.ndarray):
        raise InputError(f"{path}: no word vectors of gensim; is {beside.name} missing?")
    if vectors.ndim != 2 or len(vectors) < len(words):
        raise InputError(f"{path}: {len(words):,} words and vectors of shape {vectors.shape}")
    return [str(word) for word in words], vectors[: len(words)].astype(np.float32, copy=False)


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

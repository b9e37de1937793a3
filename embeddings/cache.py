"""The store of a file of vectors: opened where there is one, made where there is none, and made
again where it turns out to be damaged.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.files.outputs import check_output
from textrnn.embeddings.arguments import check_regular
from textrnn.embeddings.conversion import convert
from textrnn.embeddings.dtypes import Rows
from textrnn.embeddings.sources import describe_source, source_of, store_paths
from textrnn.embeddings.store.header import StoreInfo
from textrnn.embeddings.store.reader import Store, StoreBuckets
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import BundleError, InputError

Floats = NDArray[np.float32]
T = TypeVar("T")


def open_beside(path: Path, dtype: str, on_bytes: Callable[[int], None]) -> RemadeStore | None:
    """The store beside a file, or in the cache folder, made now if there is none.

    Returns:
        None where it cannot be written anywhere.

    Raises:
        InputError: the file is missing or damaged.
    """
    if (found := find_beside(path, dtype)) is not None:
        return found
    for store in store_paths(path, dtype):
        try:
            store.parent.mkdir(parents=True, exist_ok=True)
            check_output(store)
            if os.path.exists(store):
                check_regular(store)
        except (OSError, InputError):  # the folder cannot be written to, or something is there
            continue
        with suppress(OSError):  # the disk is full
            convert(path, store, dtype=dtype, on_bytes=on_bytes)
            return RemadeStore(Store(store), path)
    return None


def find_beside(path: Path, dtype: str) -> RemadeStore | None:
    """The store that lies beside a file as it is now, or in the cache folder; None where none does.

    Raises:
        InputError: the file is missing.
    """
    source = describe_source(path)
    for store in store_paths(path, dtype):
        with suppress(OSError, BundleError, InputError):
            opened = Store(store)
            if opened.info.source == source and opened.dtype == dtype:
                return RemadeStore(opened, path)
    return None


def open_store(path: Path) -> Store | RemadeStore:
    """A store that was named itself; if it lies beside the file that it was made of, a damaged one
    is made again.

    Raises:
        BundleError: it is damaged.
        OSError: it cannot be read.
    """
    found = source_of(path)
    try:
        store = Store(path)
    except BundleError:
        made = None if found is None else open_beside(*found, lambda count: None)
        if made is None:
            raise
        return made
    if found is None or store.info.source != describe_source(found[0]):
        return store
    return RemadeStore(store, found[0])


class RemadeStore:
    """A store that is made again from its source where it turns out to be damaged.

    Args:
        store: opened.
        path: of the file that it was made of.
    """

    def __init__(self, store: Store, path: Path) -> None:
        self._store, self._path = store, path
        self._lock = threading.Lock()
        self.subwords: Subwords | None = None
        if store.subwords is not None:
            self.subwords = Subwords(
                StoreBuckets(self.buckets, store.info.buckets), *store.info.ngrams
            )

    def __len__(self) -> int:
        return len(self._store)

    def __reduce__(self) -> tuple[type[Store], tuple[Path]]:
        return Store, (self._store.path,)

    @property
    def info(self) -> StoreInfo:
        """What the store says of itself."""
        return self._store.info

    @property
    def units(self) -> int:
        """U."""
        return self._store.units

    @property
    def dtype(self) -> str:
        """The type of the rows."""
        return self._store.dtype

    def rows(self, rows: Rows) -> Floats:
        """Some vectors, (rows, U)."""
        return self._ask(lambda store: store.rows(rows))

    def buckets(self, rows: Rows) -> Floats:
        """Some of the subwords' vectors."""
        return self._ask(lambda store: store.buckets(rows))

    def row(self, word: str) -> int | None:
        """The row of a word, or None."""
        return self._ask(lambda store: store.row(word))

    def word(self, row: int) -> str:
        """The word of a row."""
        return self._ask(lambda store: store.word(row))

    def words(self) -> Sequence[str]:
        """All words, row by row."""
        return self._ask(Store.words)

    def _ask(self, question: Callable[[Store], T]) -> T:
        """What the store says to a question, if need be once it has been made again."""
        store = self._store
        try:
            return question(store)
        except BundleError:
            with self._lock:
                if self._store is store:  # no other thread has done it
                    self._store = self._remake()
            return question(self._store)

    def _remake(self) -> Store:
        """Make the store again.

        Raises:
            BundleError: its source has changed, or there is no place where it can be written.
        """
        store, path = self._store, self._path
        if describe_source(path) != store.info.source:
            raise BundleError(f"{store.path}: damaged, and {path} has changed since: load it again")
        for place in dict.fromkeys([store.path, *store_paths(path, store.dtype)]):
            with suppress(OSError, InputError):
                convert(path, place, dtype=store.dtype)
                return Store(place)
        raise BundleError(f"{store.path}: damaged, and cannot be written again")

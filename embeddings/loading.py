"""From a file of vectors to a table of them: read into memory, or by a store beside the file."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from textrnn.corpora.files.outputs import check_output
from textrnn.embeddings.arguments import check_regular
from textrnn.embeddings.conversion import convert
from textrnn.embeddings.dtypes import pack_rows
from textrnn.embeddings.formats.blocks import Reading
from textrnn.embeddings.reading import read_blocks
from textrnn.embeddings.sources import describe_source, source_of, store_paths
from textrnn.embeddings.store.reader import Store
from textrnn.embeddings.tables import RemadeStore, TableInMemory
from textrnn.errors import BundleError, InputError

OnBytes = Callable[[int], None]


def read_table(
    path: str | Path,
    *,
    keep: frozenset[str] | None,
    limit: int | None,
    dtype: str,
    on_bytes: OnBytes,
) -> tuple[TableInMemory, dict[str, Any]]:
    """The words and vectors of a file in memory, and what came up while they were read.

    Raises:
        InputError: the file is missing or damaged.
    """
    reading = Reading()
    words: dict[str, int] = {}
    parts, scales = [], []
    for block in read_blocks(path, reading, keep=keep, limit=limit, on_bytes=on_bytes):
        fresh = []
        for place, word in enumerate(block.words):
            if word in words:
                reading.duplicates += 1
            else:
                words[word] = len(words)
                fresh.append(place)
        new = [block.words[place] for place in fresh]
        rows, scale = pack_rows(block.vectors[fresh], dtype, new)
        parts.append(rows)
        if scale is not None:
            scales.append(scale)
    matrix = np.concatenate(parts) if parts else np.zeros((0, 0), dtype)
    table = TableInMemory(
        list(words), matrix, np.concatenate(scales) if scales else None, reading.subwords
    )
    return table, reading.facts()


def open_beside(path: Path, dtype: str, on_bytes: OnBytes) -> RemadeStore | None:
    """The store beside a file, or in the cache folder, made now if there is none.

    Returns:
        None where it cannot be written anywhere.

    Raises:
        InputError: the file is missing or damaged.
    """
    source = describe_source(path)
    for store in store_paths(path, dtype):
        with suppress(OSError, BundleError, InputError):
            opened = Store(store)
            if opened.info.source == source and opened.dtype == dtype:
                return _remade(opened, path, source)
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
            return _remade(Store(store), path, source)
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
    return _remade(store, found[0], store.info.source)


def _remade(store: Store, path: Path, source: dict[str, Any]) -> RemadeStore:
    def remake() -> Store:
        if describe_source(path) != source:
            raise BundleError(f"{store.path}: damaged, and {path} has changed since: load it again")
        for place in dict.fromkeys([store.path, *store_paths(path, store.dtype)]):
            with suppress(OSError, InputError):
                convert(path, place, dtype=store.dtype)
                return Store(place)
        raise BundleError(f"{store.path}: damaged, and cannot be written again")

    return RemadeStore(store, remake)

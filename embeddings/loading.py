"""From a file of vectors to a table of them: read into memory, or by a store beside the file."""

from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

import numpy as np

from textrnn.embeddings.arguments import check_count
from textrnn.embeddings.cache import find_beside, open_beside, open_store
from textrnn.embeddings.catalog import vectors_path
from textrnn.embeddings.dtypes import DTYPES, pack_rows
from textrnn.embeddings.formats.blocks import Reading, Wanted
from textrnn.embeddings.reading import read_blocks
from textrnn.embeddings.sources import is_store
from textrnn.embeddings.tables import Table, TableInMemory
from textrnn.errors import ConfigurationError

OnBytes = Callable[[int], None]


def load_table(
    path: str | Path,
    *,
    keep: Container[str] | None = None,
    limit: int | None = None,
    dtype: str | None = None,
    cache: bool = True,
    on_bytes: OnBytes = lambda count: None,
) -> tuple[Table, dict[str, Any]]:
    """See :meth:`textrnn.embeddings.Vectors.load`, whose ``vocabulary`` is what to ``keep``.

    Returns:
        The words and their rows, and what came up while they were read.
    """
    if dtype is not None and dtype not in DTYPES:
        raise ConfigurationError(f"dtype must be one of {', '.join(DTYPES)}: {dtype!r}")
    limit = None if limit is None else check_count(limit, "limit")
    path = vectors_path(path)
    is_whole = keep is None and limit is None
    stored = is_store(path)
    if stored and is_whole:
        opened = open_store(path)
        if dtype in (None, opened.dtype):
            return opened, opened.info.reading
    dtype = dtype or "float32"
    if not stored and is_whole:
        beside = open_beside(path, dtype, on_bytes) if cache else find_beside(path, dtype)
        if beside is not None:
            return beside, beside.info.reading
    return _read_table(path, keep, limit, dtype, on_bytes)


def _read_table(
    path: Path,
    keep: Container[str] | None,
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
    for block in read_blocks(path, reading, Wanted(keep, limit, on_bytes)):
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

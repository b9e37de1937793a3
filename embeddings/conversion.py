"""From a file of vectors of any format to a store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textrnn.corpora.files.outputs import check_output
from textrnn.embeddings.arguments import check_count, check_path
from textrnn.embeddings.catalog import vectors_path
from textrnn.embeddings.formats.blocks import Reading, Wanted
from textrnn.embeddings.formats.packed import beside, split_member
from textrnn.embeddings.reading import read_blocks
from textrnn.embeddings.sources import describe_source
from textrnn.embeddings.store.writer import StoreWriter, check_store_name
from textrnn.errors import InputError


def convert(
    path: str | Path,
    store: str | Path,
    *,
    dtype: str = "float32",
    limit: int | None = None,
    on_bytes: Callable[[int], None] = lambda count: None,
) -> None:
    """Write a file of vectors as a store.

    Args:
        path: of any format that :func:`textrnn.embeddings.reading.read_blocks` knows, or a name
            of vectors that ship.
        store: the file to write.
        dtype: ``float32``, ``float16`` or ``int8``.
        limit: so many rows at the most.
        on_bytes: called with how many bytes were read.

    Raises:
        InputError: the file is missing or damaged, or would be lost; or the store cannot be
            written.
        ConfigurationError: the type is unknown, or too small for a number; or the store is called
            as if it were text.
    """
    reading = Reading()
    store = check_path(store, "store")
    limit = None if limit is None else check_count(limit, "limit")
    path = vectors_path(path)
    check_output(store, [split_member(path)[0], beside(path)])
    check_store_name(store)
    source = describe_source(path)
    blocks = read_blocks(path, reading, Wanted(limit=limit, on_bytes=on_bytes))
    first = next(blocks, None)
    if first is None:
        raise InputError(f"{path}: there are no vectors in it")
    with StoreWriter(store, units=first.vectors.shape[1], dtype=dtype) as writer:
        writer.add(first.words, first.vectors)
        del first
        for block in blocks:
            writer.add(block.words, block.vectors)
        # What was made of a part shall never stand for the whole.
        source = source if limit is None else {}
        writer.finish(source=source, reading=reading.facts(), subwords=reading.subwords)

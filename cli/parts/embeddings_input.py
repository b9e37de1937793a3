"""The word vectors that a command works with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.progress import byte_progress
from textrnn.counted import counted

if TYPE_CHECKING:
    from textrnn.embeddings import Vectors

LIMIT = click.option(
    "--limit",
    type=click.IntRange(1),
    help="Read so many words at the most, and nothing after them.",
)


def load_vectors(path: str, *, limit: int | None, quiet: bool) -> Vectors:
    """Load a file of vectors, with a bar where that takes long.

    Args:
        path: the file, or a zip with a member's name after a colon.
        limit: so many words at the most.
        quiet: no bar, and no notes.
    """
    from textrnn.embeddings import Vectors

    with byte_progress(size_of(path), quiet=quiet) as on_bytes:
        vectors = Vectors.load(path, limit=limit, on_bytes=on_bytes)
    if undecodable := vectors.reading.get("undecodable"):
        note_writer(quiet=quiet)(
            f"{path}: {counted(undecodable, 'word is', 'words are')} not UTF-8; see info"
        )
    return vectors


def size_of(path: str) -> int | None:
    """Bytes to read; None where packing makes that another number, or the file is missing."""
    from textrnn.corpora import PACKED

    file = Path(path)
    packed = file.suffix.lower() in (*PACKED, ".zip")
    return None if packed or not file.is_file() else file.stat().st_size

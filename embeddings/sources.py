"""A file of vectors that a store is made from: whether it has changed, and where its store lies."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from textrnn.embeddings.arguments import check_regular
from textrnn.embeddings.formats.packed import beside, split_member
from textrnn.embeddings.store.header import MAGIC
from textrnn.errors import InputError

_ENDING = ".textrnn-vectors"
_SHORT = {"float32": "f32", "float16": "f16", "int8": "i8"}
_EDGE_BYTES = 1 << 20
_LONGEST_NAME = 150  # bytes; with what a store's name adds, and a partial file's, 255 are allowed


def describe_source(path: str | Path) -> dict[str, Any]:
    """What tells whether a file has changed: name, bytes, time of change, hash of both its ends.

    Raises:
        InputError: it cannot be read.
    """
    archive, _ = split_member(path)
    check_regular(archive)
    try:
        with open(archive, "rb") as file:
            stat = os.fstat(file.fileno())
            digest = hashlib.sha256(file.read(_EDGE_BYTES))
            file.seek(max(0, stat.st_size - _EDGE_BYTES))
            digest.update(file.read(_EDGE_BYTES))
        if os.path.exists(beside(path)):
            more = os.stat(beside(path))
            digest.update(f"{more.st_size} {more.st_mtime_ns}".encode())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return {
        "name": _short_name(Path(path).name),
        "bytes": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "sha256": digest.hexdigest(),
    }


def store_paths(path: str | Path, dtype: str) -> list[Path]:
    """Where a file's store may lie: beside it, or in the cache folder."""
    archive, member = split_member(path)
    file = Path(f"{archive}-{member.replace('/', '-')}" if member else archive)
    name = f"{_short_name(file.name)}.{_SHORT[dtype]}{_ENDING}"
    home = os.environ.get("TEXTRNN_CACHE") or Path.home() / ".cache" / "textrnn"
    folder = hashlib.sha256(os.fsencode(file.absolute())).hexdigest()
    return [file.with_name(name), Path(home) / folder[:16] / name]


def source_of(store: Path) -> tuple[Path, str] | None:
    """The file beside which a store lies that was made for it, and its type; None of others."""
    for dtype, short in _SHORT.items():
        ending = f".{short}{_ENDING}"
        if store.name.endswith(ending):
            source = store.with_name(store.name[: -len(ending)])
            return (source, dtype) if source.is_file() else None
    return None


def is_store(path: str | Path) -> bool:
    """Whether a file is a store, or was one before it was damaged."""
    if not os.path.isfile(path):  # to open a named pipe is to wait for its writer
        return False
    try:
        with open(path, "rb") as file:
            return file.read(len(MAGIC)) == MAGIC or str(path).endswith(_ENDING)
    except OSError:
        return False


def _short_name(name: str) -> str:
    encoded = os.fsencode(name)
    if len(encoded) <= _LONGEST_NAME:
        return name
    return f"{encoded[:100].decode('utf-8', 'ignore')}-{hashlib.sha256(encoded).hexdigest()[:16]}"

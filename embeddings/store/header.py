"""What a store of word vectors says of itself, and where in it what lies."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from textrnn.embeddings.arguments import MOST_UNITS
from textrnn.embeddings.dtypes import DTYPES, ITEM_BYTES
from textrnn.embeddings.store.checksums import PAGE_BYTES
from textrnn.embeddings.store.word_table import table_places
from textrnn.embeddings.subwords import usable_ngrams
from textrnn.errors import BundleError

MAGIC = b"textrnn vectors "
VERSION = b"2\n"  # 1 had no checksums
HEADER_BYTES = 4096
_ALIGNMENT = 64
_MOST_WORDS = (1 << 32) - 2  # they are numbered from 1 in 32 bits
_MOST_BYTES = 1 << 52
_FACTS: dict[str, type] = {"format": str, "rows": int, "duplicates": int, "undecodable": int}
_LONGEST_FORMAT = 20


@dataclass(frozen=True)
class StoreInfo:
    """What a store says of itself.

    Attributes:
        words: rows.
        units: numbers a row.
        dtype: one of DTYPES.
        word_bytes: of all words in UTF-8.
        sums: checksum of the pages' checksums.
        source: the file it was made from: name, bytes, mtime_ns, sha256 of its first and last
            megabyte.
        reading: what came up while it was read: format, rows, duplicates, undecodable.
        buckets: rows of fastText's subwords.
        ngrams: of them the shortest and the longest, in characters.
    """

    words: int
    units: int
    dtype: str
    word_bytes: int
    sums: int = 0
    source: dict[str, Any] = field(default_factory=dict)
    reading: dict[str, Any] = field(default_factory=dict)
    buckets: int = 0
    ngrams: list[int] = field(default_factory=list)

    @property
    def row_bytes(self) -> int:
        """Bytes of a row."""
        return self.units * ITEM_BYTES[self.dtype]

    def places(self) -> dict[str, tuple[int, int]]:
        """Where each part begins, and where it ends; the last is the file's end."""
        sizes = {
            "matrix": self.words * self.row_bytes,
            "scales": 4 * self.words if self.dtype == "int8" else 0,
            "words": self.word_bytes,
            "starts": 8 * (self.words + 1),
            "table": 4 * table_places(self.words),
            "subwords": 4 * self.buckets * self.units,
        }
        found, place = {}, HEADER_BYTES
        for name, size in sizes.items():
            found[name] = (place, place + size)
            place += size + -size % _ALIGNMENT
        pages = -(-(place - HEADER_BYTES) // PAGE_BYTES)
        return {**found, "sums": (place, place + 4 * pages)}


def encode_header(info: StoreInfo) -> bytes:
    """The first bytes of a store.

    Raises:
        ValueError: there is too much to be said.
    """
    content = json.dumps(asdict(info)).encode("ascii")
    start = MAGIC + VERSION + len(content).to_bytes(4, "little") + content
    if len(start) > HEADER_BYTES - 4:
        raise ValueError(f"a header of {len(start):,} bytes")
    filled = start.ljust(HEADER_BYTES - 4, b"\0")
    return filled + zlib.crc32(filled).to_bytes(4, "little")


def decode_header(start: bytes, name: str) -> StoreInfo:
    """What the first bytes of a store say.

    Raises:
        BundleError: they are damaged, or of another version.
    """
    if not start.startswith(MAGIC):
        raise BundleError(f"{name}: not a store of word vectors, or one that was cut off")
    begin = len(MAGIC) + len(VERSION)
    if (version := start[len(MAGIC) : begin]) != VERSION:
        what = "an older store, without checksums" if version == b"1\n" else "an unknown version"
        raise BundleError(f"{name}: {what}; make it again (textrnn embeddings convert)")
    content = start[: HEADER_BYTES - 4]
    if zlib.crc32(content).to_bytes(4, "little") != start[HEADER_BYTES - 4 : HEADER_BYTES]:
        raise damaged(name, "header")
    length = int.from_bytes(content[begin : begin + 4], "little")
    try:
        found = json.loads(content[begin + 4 : begin + 4 + length])
        info = StoreInfo(**found)
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged(name, "header") from error
    if not _is_possible(info):
        raise damaged(name, "header")
    return info


def damaged(name: str, part: str) -> BundleError:
    """The error that a part of a store is not as it was written."""
    return BundleError(
        f"{name}: the store is damaged, in its {part}; make it again (textrnn embeddings convert)"
    )


def _is_possible(info: StoreInfo) -> bool:
    numbers = {f.name: getattr(info, f.name) for f in fields(info) if f.type == "int"}
    if not all(type(number) is int and number >= 0 for number in numbers.values()):
        return False
    ngrams = info.ngrams
    if not isinstance(ngrams, list) or not all(type(size) is int for size in ngrams):
        return False
    if ngrams and (len(ngrams) != 2 or not usable_ngrams(*ngrams)):
        return False
    return (
        info.dtype in DTYPES
        and info.words <= _MOST_WORDS
        and info.units <= MOST_UNITS
        and max(info.word_bytes, 4 * info.buckets * info.units) <= _MOST_BYTES
        and bool(info.buckets) == bool(ngrams)
        and isinstance(info.source, dict)
        and isinstance(info.reading, dict)
        and all(name in _FACTS for name in info.reading)
        and all(type(value) is _FACTS[name] for name, value in info.reading.items())
        and len(info.reading.get("format", "")) <= _LONGEST_FORMAT
    )


def known_facts(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Of what came up while reading what a store keeps."""
    facts = {
        name: value
        for name, value in reading.items()
        if name in _FACTS and type(value) is _FACTS[name]
    }
    return {**facts, "format": str(facts.get("format", ""))[:_LONGEST_FORMAT]} if facts else facts

"""Writing a store of word vectors, block by block."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.files.opening import unpacked_name
from textrnn.corpora.files.writing import PartialFile
from textrnn.embeddings.dtypes import DTYPES, pack_rows
from textrnn.embeddings.store.checksums import page_sums
from textrnn.embeddings.store.header import HEADER_BYTES, StoreInfo, encode_header, known_facts
from textrnn.embeddings.store.word_table import Hashes, make_table, word_hash
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import ConfigurationError

_COPIED_ROWS = 16_384
_OF_TEXT = (".txt", ".text", ".vec", ".csv", ".tsv", ".json", ".jsonl")


def check_store_name(path: Path) -> None:
    """See that a file that becomes a store is not called as if it were text or packed.

    Raises:
        ConfigurationError: it is.
    """
    plain = Path(unpacked_name(path.name))
    if plain.name != path.name or plain.suffix.lower() in _OF_TEXT:
        raise ConfigurationError(
            f"{path}: what is written is a store, a binary file, neither text nor packed; name it "
            f"otherwise, as {path.with_name(plain.stem)}.vectors"
        )


class StoreWriter:
    """Writes a store block by block; its memory is that of the words.

    Args:
        path: the file to be; until :meth:`finish` there is only one of another name beside it.
        units: numbers a row.
        dtype: one of DTYPES.

    Raises:
        ConfigurationError: there is no such type, or the file is called as if it were text.
    """

    def __init__(self, path: Path, *, units: int, dtype: str) -> None:
        if dtype not in DTYPES:
            raise ConfigurationError(f"dtype must be one of {', '.join(DTYPES)}: {dtype!r}")
        check_store_name(path)
        self.path, self.units, self.dtype = path, units, dtype
        path.parent.mkdir(parents=True, exist_ok=True)
        self._partial = PartialFile(path)
        self._file = self._partial.file
        self._file.write(b"\0" * HEADER_BYTES)
        self._rows = 0
        self._words: list[bytes] = []
        self._lengths: list[NDArray[np.int64]] = []
        self._hashes: list[Hashes] = []
        self._scales: list[NDArray[np.float32]] = []

    def __enter__(self) -> StoreWriter:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._partial.__exit__(kind, error, trace)

    def add(self, words: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Write some rows.

        Raises:
            ConfigurationError: a number is not finite, or does not fit the type.
        """
        encoded = [word.encode("utf-8", "surrogatepass") for word in words]
        self._words.append(b"".join(encoded))
        self._lengths.append(np.array([len(word) for word in encoded], np.int64))
        self._hashes.append(np.array([word_hash(word) for word in words], np.uint64))
        rows, scales = pack_rows(vectors, self.dtype, words)
        if scales is not None:
            self._scales.append(scales)
        self._file.write(np.ascontiguousarray(rows).tobytes())
        self._rows += len(words)

    def finish(
        self,
        *,
        source: dict[str, Any],
        reading: Mapping[str, Any],
        subwords: Subwords | None = None,
    ) -> int:
        """Write the rest and put the file in its place.

        Of rows with the same word the first is kept.

        Args:
            source: see :class:`StoreInfo`.
            reading: likewise; ``duplicates`` is filled in.
            subwords: fastText's, which are kept as they are.

        Returns:
            How many duplicates there were.
        """
        text, lengths, hashes, scales = self._distinct()
        duplicates = self._rows - len(hashes)
        info = StoreInfo(
            words=len(hashes),
            units=self.units,
            dtype=self.dtype,
            word_bytes=len(text),
            source=source,
            reading={**known_facts(reading), "duplicates": duplicates},
            buckets=0 if subwords is None else len(subwords.vectors),
            ngrams=[] if subwords is None else [subwords.shortest, subwords.longest],
        )
        parts: dict[str, NDArray[Any]] = {
            "scales": scales,
            "words": np.frombuffer(text, np.uint8),
            "starts": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            "table": make_table(hashes),
        }
        if subwords is not None:
            parts["subwords"] = np.asarray(subwords.vectors[:], np.float32)
        self._write_parts(info, parts)
        self._partial.publish()
        return duplicates

    def _distinct(self) -> tuple[bytes, NDArray[np.int64], Hashes, NDArray[np.float32]]:
        """Text, lengths, hashes and scales of the words; of those that come twice the first."""
        hashes = np.concatenate([np.zeros(0, np.uint64), *self._hashes])
        lengths = np.concatenate([np.zeros(0, np.int64), *self._lengths])
        scales = np.concatenate([np.zeros(0, np.float32), *self._scales])
        text = b"".join(self._words)
        _, first = np.unique(hashes, return_index=True)
        if len(first) == self._rows:
            return text, lengths, hashes, scales
        kept = np.sort(first)
        self._close_gaps(kept)
        scales = scales[kept] if len(scales) else scales
        return _without(text, lengths, kept), lengths[kept], hashes[kept], scales

    def _write_parts(self, info: StoreInfo, parts: Mapping[str, NDArray[Any]]) -> None:
        """Write all but the matrix, then the checksums, then the header."""
        places = info.places()
        self._file.truncate(places["matrix"][1])
        for name, content in parts.items():
            self._file.seek(places[name][0])
            self._file.write(np.ascontiguousarray(content).data)
        self._file.truncate(places["sums"][0])
        self._file.flush()
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
            sums = page_sums(memory, HEADER_BYTES, len(memory)).tobytes()
        self._file.seek(places["sums"][0])
        self._file.write(sums)
        self._file.seek(0)
        self._file.write(encode_header(replace(info, sums=zlib.crc32(sums))))

    def _close_gaps(self, kept: NDArray[np.int64]) -> None:
        """Move the kept rows up over those that are dropped."""
        width = self.units * np.dtype(self.dtype).itemsize
        self._file.flush()
        with mmap.mmap(self._file.fileno(), 0) as memory:
            rows = np.frombuffer(memory, np.uint8, self._rows * width, HEADER_BYTES)
            rows = rows.reshape(-1, width)
            for begin in range(0, len(kept), _COPIED_ROWS):
                part = kept[begin : begin + _COPIED_ROWS]
                rows[begin : begin + len(part)] = rows[part].copy()
            del rows


def _without(text: bytes, lengths: NDArray[np.int64], kept: NDArray[np.int64]) -> bytes:
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return b"".join(text[starts[row] : starts[row + 1]] for row in kept.tolist())

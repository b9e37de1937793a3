"""Lists of known names, and where a sentence holds one of them.

A gazetteer keeps 32 bits of each name, not the name: 300,000 names take two megabytes, and one in
ten thousand stretches of words is taken for a name that it is not.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.arrays import check_hashes, open_arrays
from textrnn.configuration import require
from textrnn.text.words import find_words, word_key

LONGEST = 6  # words of a name
MOST_KINDS = 16
PLACES = 4  # a word begins a name, is inside of it, ends it, or is the whole of it
_NOTHING = 0  # the checksum of no words
_CACHED_WORDS = 50_000
_CACHED_LENGTH = 64  # characters; longer words hardly come again
_BEGIN, _INSIDE, _END, _WHOLE = range(PLACES)


class Gazetteer:
    """Names by kind.

    Args:
        kinds: what the lists hold, as ``("city", "team")``, at most 16.
        hashes: of the names, sorted, (names,), uint32.
        masks: the kinds of each name, a bit each, (names,), uint16.

    Raises:
        ConfigurationError: there are more kinds.
    """

    def __init__(
        self, kinds: Sequence[str], hashes: NDArray[np.uint32], masks: NDArray[np.uint16]
    ) -> None:
        require(
            len(kinds) <= MOST_KINDS, f"at most {MOST_KINDS} kinds of names; {len(kinds)} given"
        )
        self.kinds: tuple[str, ...] = tuple(kinds)
        self._hashes = hashes
        self._masks = masks
        self._words: dict[str, tuple[bytes, bool]] = {}

    def __len__(self) -> int:
        return len(self._hashes)

    @classmethod
    def build(cls, lists: Mapping[str, Iterable[str]]) -> Gazetteer:
        """Make a gazetteer from lists of names.

        Args:
            lists: for each kind its names; of more than :data:`LONGEST` words none is kept.

        Raises:
            ConfigurationError: there are more than 16 kinds.
        """
        require(
            len(lists) <= MOST_KINDS, f"at most {MOST_KINDS} kinds of names; {len(lists)} given"
        )
        masks: dict[int, int] = {}
        for number, names in enumerate(lists.values()):
            for name in names:
                words = [name[start:end] for start, end in find_words(name)]
                if 0 < len(words) <= LONGEST:
                    code = _hash(words)
                    masks[code] = masks.get(code, 0) | 1 << number
        order = sorted(masks)
        found = np.array([masks[code] for code in order], np.uint16)
        return cls(tuple(lists), np.array(order, np.uint32), found)

    def look_up(self, sentences: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Which kinds of names each word takes part in, and how.

        Names are looked for wherever a word does not begin with a small letter. Of names that
        overlap all count.

        Args:
            sentences: the words of each.

        Returns:
            The words of all sentences end to end, (words, 4 x kinds): 1.0 where the word begins a
            name of the kind (then: is inside of one, ends one, is one by itself), else 0.0.
        """
        starts, sizes, codes = self._stretches(sentences)
        total = sum(map(len, sentences))
        marks = np.zeros((total, PLACES, len(self.kinds)), np.float32)
        if codes and len(self):
            wanted = np.array(codes, np.uint32)
            places = np.minimum(np.searchsorted(self._hashes, wanted), len(self) - 1)
            found = np.flatnonzero(self._hashes[places] == wanted)
            firsts = np.repeat(starts, sizes)
            # A start's stretches stand in a row, each a word longer than the one before.
            lengths = np.arange(len(codes)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + 1
            masks = self._masks[places[found]]
            for start, length, mask in zip(firsts[found], lengths[found], masks, strict=True):
                self._mark(marks, int(start), int(start + length), int(mask))
        return marks.reshape(total, PLACES * len(self.kinds))

    def _stretches(
        self, sentences: Sequence[Sequence[str]]
    ) -> tuple[list[int], list[int], list[int]]:
        """Every stretch that could be a name.

        Returns:
            The first words of stretches, counted through all sentences; how many stretches begin
            at each; and the hashes of all stretches.
        """
        starts: list[int] = []
        sizes: list[int] = []
        codes: list[int] = []
        crc32, kept, offset = zlib.crc32, self._words.get, 0
        for words in sentences:
            known = [kept(word) or self._read(word) for word in words]
            for start, (_, may_start) in enumerate(known):
                if may_start:
                    code = _NOTHING
                    stretch = known[start : start + LONGEST]
                    for key, _ in stretch:
                        code = crc32(key, code)
                        codes.append(code)
                    starts.append(offset + start)
                    sizes.append(len(stretch))
            offset += len(words)
        return starts, sizes, codes

    def _read(self, word: str) -> tuple[bytes, bool]:
        """What a word adds to a hash, and whether a name may begin with it; kept for the next time,
        since most words come again.
        """
        found = _encoded(word), word[0].isalnum() and not word[0].islower()
        if len(word) <= _CACHED_LENGTH:
            if len(self._words) >= _CACHED_WORDS:
                self._words = {}  # a new one, for another thread may be reading the old one
            self._words[word] = found
        return found

    def _mark(self, marks: NDArray[np.float32], start: int, end: int, mask: int) -> None:
        kinds = [kind for kind in range(len(self.kinds)) if mask >> kind & 1]
        if end - start == 1:
            marks[start, _WHOLE, kinds] = 1.0
            return
        marks[start, _BEGIN, kinds] = 1.0
        marks[end - 1, _END, kinds] = 1.0
        for place in range(start + 1, end - 1):
            marks[place, _INSIDE, kinds] = 1.0

    def to_bytes(self) -> bytes:
        """The gazetteer as an ``.npz`` file."""
        content = io.BytesIO()
        kinds = np.array(self.kinds)
        np.savez_compressed(content, kinds=kinds, hashes=self._hashes, masks=self._masks)
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Gazetteer:
        """What :meth:`to_bytes` wrote.

        Raises:
            BundleError: it is damaged.
        """
        with open_arrays(content, "gazetteer.npz") as file:
            kinds = file.take("kinds", (None,), "U").tolist()
            hashes = file.take("hashes", (None,), "u").astype(np.uint32, copy=False)
            check_hashes(hashes, "gazetteer.npz")
            masks = file.take("masks", (len(hashes),), "u").astype(np.uint16, copy=False)
            return cls(kinds, hashes, masks)


def _encoded(word: str) -> bytes:
    return b" " + word_key(word).encode("utf-8", "surrogatepass")


def _hash(words: Iterable[str]) -> int:
    code = _NOTHING
    for word in words:
        code = zlib.crc32(_encoded(word), code)
    return code

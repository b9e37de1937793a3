"""A compact fingerprint of a training text: which of its n-grams occur, give or take.

A generator's bundle keeps one, so that anybody can see how much of what it writes is copied. Of
all n-grams of token ids a fixed share is sampled by their hash, the same on both sides, and kept
in a Bloom filter (Bloom 1970): what is asked of it and was in the text is always found; what was
not is found by mistake about once in a hundred times. A generator that began with another keeps
that one's filters, too: what either learned from is no new text.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.arrays import open_arrays
from textrnn.errors import BundleError

_BITS_AN_ENTRY = 10
_HASHES = 7  # 10 bits and 7 hashes: 0.8% found by mistake
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_BLOCK = 1 << 20
_MOST_TOKENS = 1000  # of an n-gram

Hashes = NDArray[np.uint64]


class Fingerprint:
    """Which n-grams a text has: see the module's head.

    Attributes:
        size: n.
        every: one in so many n-grams is sampled.
    """

    def __init__(self, filters: Sequence[NDArray[np.uint8]], *, size: int, every: int) -> None:
        self._filters = tuple(filters)  # one a text; 8 of its bits a number
        self.size = size
        self.every = every

    @classmethod
    def build(
        cls, documents: Iterable[NDArray[np.int32]], *, size: int, most_bytes: int
    ) -> Fingerprint:
        """The fingerprint of documents.

        Args:
            documents: token ids, (tokens,) each; no n-gram goes from one to the next.
            size: n.
            most_bytes: the filter's size; the longer the text, the fewer n-grams are sampled.
        """
        found = np.zeros(0, np.uint64)
        every = 1
        limit = most_bytes * 8 // _BITS_AN_ENTRY
        for hashes in _blocks(documents, size):
            found = np.union1d(found, hashes[hashes % np.uint64(every) == 0])
            while len(found) > limit:
                every *= 2
                found = found[found % np.uint64(every) == 0]
        places = max(64, math.ceil(len(found) * _BITS_AN_ENTRY / 8) * 8)
        bits = np.zeros(places, np.bool_)
        for place in _places(found, places):
            bits[place] = True
        return cls([np.packbits(bits)], size=size, every=every)

    def joined(self, other: Fingerprint) -> Fingerprint:
        """The fingerprint of both texts, which speaks of the n-grams that both sample.

        Args:
            other: of n-grams of the same size.
        """
        filters = (*self._filters, *other._filters)
        return Fingerprint(filters, size=self.size, every=math.lcm(self.every, other.every))

    def sampled(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which n-grams of ``ids`` the fingerprint can speak of, (tokens - n + 1,)."""
        return np.asarray(ngram_hashes(ids, self.size) % np.uint64(self.every) == 0)

    def known(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which n-grams of ``ids`` are in the text, (tokens - n + 1,); only those that are
        :meth:`sampled` mean anything.
        """
        hashes = ngram_hashes(ids, self.size)
        known = np.zeros(len(hashes), np.bool_)
        for bits in self._filters:
            known |= _found(hashes, bits)
        return known

    def to_bytes(self) -> bytes:
        """The fingerprint as a file."""
        content = io.BytesIO()
        bits = np.concatenate(self._filters)
        lengths = [len(each) for each in self._filters]
        np.savez(content, bits=bits, lengths=lengths, size=self.size, every=self.every)
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Fingerprint:
        """What :meth:`to_bytes` wrote.

        Raises:
            BundleError: it is damaged.
        """
        with open_arrays(content, "fingerprint.npz") as file:
            bits = file.take("bits", (None,), "u").astype(np.uint8, copy=False)
            size = file.number("size", least=1, most=_MOST_TOKENS)
            every = file.number("every", least=1, most=1 << 62)
            lengths = [len(bits)]  # as all bundles had it that keep no lengths
            if "lengths" in file:
                lengths = file.take("lengths", (None,), "iu").tolist()
        if min(lengths, default=0) < 1 or sum(lengths) != len(bits):
            raise BundleError("fingerprint.npz is damaged: its filters are not as long as it says")
        return cls(np.split(bits, np.cumsum(lengths)[:-1]), size=size, every=every)


def ngram_hashes(ids: NDArray[np.int32], size: int) -> Hashes:
    """A number of 64 bits for each n-gram, (tokens - n + 1,): the same on every machine."""
    count = max(0, len(ids) - size + 1)
    hashes = np.zeros(count, np.uint64)
    for place in range(size):
        hashes = _mixed(hashes ^ ids[place : place + count].astype(np.uint64)) * _PRIME
    return _mixed(hashes)


def _mixed(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele et al. 2014), which spreads every bit over all."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(values ^ (values >> np.uint64(31)))


def _found(hashes: Hashes, bits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which hashes a filter has."""
    found = np.ones(len(hashes), np.bool_)
    for place in _places(hashes, 8 * len(bits)):
        bit = bits[place >> np.uint64(3)] >> (7 - (place & np.uint64(7))).astype(np.uint8)
        found &= (bit & 1).astype(np.bool_)
    return found


def _places(hashes: Hashes, bits: int) -> list[Hashes]:
    """Where each hash's bits lie (Kirsch & Mitzenmacher 2006: two hashes make all)."""
    second = _mixed(hashes + _PRIME) | np.uint64(1)
    with np.errstate(over="ignore"):
        return [(hashes + np.uint64(i) * second) % np.uint64(bits) for i in range(_HASHES)]


def _blocks(documents: Iterable[NDArray[np.int32]], size: int) -> Iterable[Hashes]:
    """The hashes of all n-grams, different ones, many documents at a time."""
    waiting: list[Hashes] = []
    count = 0
    for ids in documents:
        for begin in range(0, max(1, len(ids)), _BLOCK):
            piece = ngram_hashes(ids[begin : begin + _BLOCK + size - 1], size)
            waiting.append(piece)
            count += len(piece)
        if count >= _BLOCK:
            yield np.unique(np.concatenate(waiting))
            waiting, count = [], 0
    if waiting:
        yield np.unique(np.concatenate(waiting))

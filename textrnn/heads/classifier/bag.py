"""A bag of n-grams: a linear model that is added to a network's logits.

A text scores the sum of the weights of the different n-grams of tokens in it, over the square root
of their number. Training finds the weights (:mod:`textrnn.training.classifier.bag`); here they are
looked up. An n-gram is kept as 32 bits of a hash: of 200,000 that are kept a strange one is taken
for one of them once in 20,000 times.

Shapes: B texts, N kept n-grams, L labels.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.arrays import check_hashes, open_arrays
from textrnn.runtime.quantize import quantize

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio
_HALF = np.uint64(32)
_MOST_TOKENS = 1000  # of an n-gram, and at an end
_WHOLE, _ENDING = np.uint64(0), np.uint64(0x5851F42D4C957F2D)  # what hashes begin with

Ids = NDArray[np.int32]


def text_ngrams(
    texts: Sequence[Ids], *, longest: int, ending: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """The different n-grams of each text, of 1 to ``longest`` tokens.

    Args:
        texts: token ids, (tokens,) each.
        longest: tokens of the longest n-grams.
        ending: the n-grams of so many tokens at a text's end are given once more, as others.

    Returns:
        The number of the text and the hash of the n-gram of each, sorted by both, (P,).
    """
    found = [np.zeros(0, np.uint64)]
    read = [(texts, _WHOLE)]
    if ending:
        read.append(([text[-ending:] for text in texts], _ENDING))
    for parts, seed in read:
        ids = np.concatenate([*parts, np.zeros(0, np.int32)])
        number = np.repeat(np.arange(len(parts)), [len(part) for part in parts]).astype(np.uint64)
        for size, hashes in enumerate(_hashes(ids, longest, seed), start=1):
            first, last = number[: len(hashes)], number[size - 1 :]
            within = first == last
            found.append(first[within] << _HALF | hashes[within])
    pairs = np.sort(np.concatenate(found))  # np.unique would load numpy.ma: 10 ms of a first call
    pairs = pairs[np.diff(pairs, prepend=~pairs[:1]) != 0]
    return (pairs >> _HALF).astype(np.int64), pairs.astype(np.uint32)


def token_hashes(tokens: int) -> NDArray[np.uint32]:
    """The hash of each token by itself, of ids from 0 to before ``tokens``, (tokens,)."""
    return next(_hashes(np.arange(tokens, dtype=np.int32), 1, _WHOLE), np.zeros(0, np.uint32))


def _hashes(
    ids: NDArray[np.integer], longest: int, seed: np.uint64
) -> Iterator[NDArray[np.uint32]]:
    """The hashes of the n-grams that begin at each token: of one token, of two, and so on."""
    numbers = ids.astype(np.uint64) + np.uint64(1)
    hashes = np.full(len(ids), seed)
    for more in range(min(longest, len(ids))):
        hashes = (hashes[: len(ids) - more] ^ numbers[more:]) * _FACTOR
        hashes ^= hashes >> np.uint64(29)
        yield (hashes >> _HALF).astype(np.uint32)


class BagOfNgrams:
    """The scores of a linear model of n-grams.

    Args:
        longest: tokens of the longest n-grams.
        hashes: of the kept n-grams, sorted, (N,), uint32.
        weights: (N, L).
        bias: (L,).
        ending: of how many tokens at a text's end the n-grams count once more, by themselves.
    """

    def __init__(
        self,
        longest: int,
        hashes: NDArray[np.uint32],
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
        *,
        ending: int = 0,
    ) -> None:
        self.longest = longest
        self.hashes = hashes
        self.weights = weights
        self.bias = bias
        self.ending = ending

    def scores(self, texts: Sequence[Ids]) -> NDArray[np.float32]:
        """What to add to the logits of texts, (B, L)."""
        numbers, hashes = text_ngrams(texts, longest=self.longest, ending=self.ending)
        scale = 1.0 / np.sqrt(np.maximum(np.bincount(numbers, minlength=len(texts)), 1.0))
        places, known = self._find(hashes)
        numbers, rows = numbers[known], self.weights[places]
        sums = [np.bincount(numbers, column, len(texts)) for column in rows.T]
        return (np.stack(sums, axis=1) * scale[:, None] + self.bias).astype(np.float32)

    def parts(self, text: Ids) -> NDArray[np.float32]:
        """What each token does for a text's scores, (tokens, L); with the bias they sum to them.

        An n-gram's weight falls in equal parts on the tokens of all the places where it stands.
        """
        parts = np.zeros((len(text), self.weights.shape[1]), np.float32)
        different = self._add_parts(parts, text, _WHOLE)
        if self.ending:
            different += self._add_parts(parts[-self.ending :], text[-self.ending :], _ENDING)
        return parts / np.float32(np.sqrt(max(different, 1)))

    def _add_parts(self, parts: NDArray[np.float32], text: Ids, seed: np.uint64) -> int:
        """Add the n-grams' weights to the parts of a text's tokens, (tokens, L), and count them."""
        different = 0
        for size, hashes in enumerate(_hashes(text, self.longest, seed), start=1):
            _, kinds, counts = np.unique(hashes, return_inverse=True, return_counts=True)
            different += len(counts)
            places, known = self._find(hashes)
            shares = self.weights[places] / (size * counts[kinds[known]])[:, None]
            for offset in range(size):
                np.add.at(parts, np.flatnonzero(known) + offset, shares)
        return different

    def renumbered(self, texts: Iterable[Ids], numbers: NDArray[np.int64]) -> BagOfNgrams:
        """The same where tokens have other numbers. A hash does not tell its tokens, so n-grams are
        found in texts; what these do not have, or what has a token that goes, is left out.

        Args:
            texts: ids by the old numbers, (tokens,) each.
            numbers: the new number of each old one, (V,); -1 where the token goes.
        """
        hashes, found = self.hashes.copy(), np.zeros(len(self.hashes), np.bool_)
        for text in texts:
            for part, seed in ((text, _WHOLE), (text[-self.ending or len(text) :], _ENDING)):
                new = numbers[part]
                stays = np.ones(len(part) + 1, np.bool_)
                pairs = zip(
                    _hashes(part, self.longest, seed),
                    _hashes(new, self.longest, seed),
                    strict=True,
                )
                for size, (old, renamed) in enumerate(pairs, start=1):
                    stays = stays[: len(old)] & (new[size - 1 :] >= 0)
                    places, known = self._find(old)
                    kept = stays[known]
                    hashes[places[kept]] = renamed[known][kept]
                    found[places[kept]] = True
        unique, first = np.unique(hashes[found], return_index=True)
        return BagOfNgrams(
            self.longest, unique, self.weights[found][first], self.bias, ending=self.ending
        )

    def _find(self, hashes: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The places of the kept n-grams among some, and which of them those are."""
        if not len(self.hashes):
            return np.zeros(0, np.int64), np.zeros(len(hashes), np.bool_)
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        known = self.hashes[places] == hashes
        return places[known], known

    def to_bytes(self) -> bytes:
        """As an ``.npz`` file, the weights in 8 bits with a scale for each label."""
        whole, scale = quantize(self.weights, axis=0, name="bag of n-grams")
        used = whole.any(axis=1)
        content = io.BytesIO()
        np.savez(
            content,
            longest=np.int64(self.longest),
            ending=np.int64(self.ending),
            hashes=self.hashes[used],
            weights=whole[used],
            scale=scale,
            bias=self.bias,
        )
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, *, labels: int | None = None) -> BagOfNgrams:
        """Read what :meth:`to_bytes` wrote.

        Args:
            content: the file's.
            labels: those that the weights must be for; by default any number.

        Raises:
            BundleError: it is damaged, or for other labels.
        """
        with open_arrays(content, "bag.npz") as file:
            bias = file.take("bias", (labels,), "f")
            hashes = file.take("hashes", (None,), "u").astype(np.uint32, copy=False)
            check_hashes(hashes, "bag.npz")
            weights = file.take("weights", (len(hashes), len(bias)), "if").astype(np.float32)
            scale = file.take("scale", (1, len(bias)), "f")
            longest = file.number("longest", most=_MOST_TOKENS)
            ending = file.number("ending", most=_MOST_TOKENS) if "ending" in file else 0
            return cls(longest, hashes, weights * scale, bias, ending=ending)

"""Documents as token ids in one file on disk, read in windows: memory does not grow with them.

Each document begins with ``<s>`` and ends with ``</s>``. Shapes: B streams, T tokens a window.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import Passage
from textrnn.corpora.files.writing import PartialFile, write_file
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.text.tokenizer import Tokenizer

_PASSAGES = 256  # tokenized at once
_BLOCK = 1 << 22  # tokens counted at once
FEW_DOCUMENTS = 20


class TokenStore:
    """Documents of a file of ids: all of them, or some.

    Attributes:
        tokens: all ids of the file, (tokens,), int32, mapped and not read.
        starts: where each document begins, (documents,).
        lengths: its tokens, (documents,).
    """

    def __init__(
        self, tokens: NDArray[np.int32], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> None:
        self.tokens = tokens
        self.starts = starts
        self.lengths = lengths

    @classmethod
    def open(cls, path: Path) -> TokenStore:
        """The store that :func:`write_tokens` wrote."""
        borders = np.load(_borders_file(path))
        return cls(np.memmap(path, np.int32, mode="r"), borders[:-1], np.diff(borders))

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def size(self) -> int:
        """Tokens of all documents."""
        return int(self.lengths.sum())

    def document(self, number: int) -> NDArray[np.int32]:
        """The ids of one document."""
        start = self.starts[number]
        return self.tokens[start : start + self.lengths[number]]

    def split(self, fraction: float, *, random_state: int) -> tuple[TokenStore, TokenStore]:
        """Cut off a share of the documents, of which chance decides, but at least one, and never
        all; copies of one document stay together.

        Of fewer than 20 documents the end of the longest is cut off instead, if it has so much.

        Raises:
            InputError: there is too little text to cut.
        """
        cut_tokens = int(self.size * fraction)
        if len(self) < FEW_DOCUMENTS and cut_tokens < self.lengths.max(initial=0):
            return self._split_longest(cut_tokens)
        seed = str(random_state).encode()
        shares = np.array([_share(seed, self.document(i)) for i in range(len(self))])
        least, most = shares.min(), shares.max()
        if least == most:
            raise InputError(
                "all documents are copies of one, so none can be cut off to validate; add others, "
                "or give validation texts (validation=…)"
            )
        cut = (shares <= max(fraction, least)) & (shares < most)
        return self._part(~cut), self._part(cut)

    def _part(self, chosen: NDArray[np.bool_]) -> TokenStore:
        return TokenStore(self.tokens, self.starts[chosen], self.lengths[chosen])

    def _split_longest(self, cut: int) -> tuple[TokenStore, TokenStore]:
        longest = int(self.lengths.argmax())
        if cut < 2:
            raise InputError(
                f"{counted(self.size, 'token')} are too few to cut off some to validate; add text, "
                "or give validation texts (validation=…)"
            )
        lengths = self.lengths.copy()
        lengths[longest] -= cut
        start = self.starts[longest] + lengths[longest]
        tail = TokenStore(self.tokens, np.array([start]), np.array([cut], np.int64))
        return TokenStore(self.tokens, self.starts, lengths), tail

    def counts(self, vocabulary_size: int) -> NDArray[np.int64]:
        """How often each token occurs, (V,)."""
        counts = np.zeros(vocabulary_size, np.int64)
        for number in range(len(self)):
            document = self.document(number)
            for begin in range(0, len(document), _BLOCK):
                found = np.bincount(document[begin : begin + _BLOCK])
                counts[: len(found)] += found
        return counts

    def windows(
        self,
        *,
        streams: int,
        length: int,
        rng: np.random.Generator | None = None,
        skip: int = 0,
        backward: bool = False,
    ) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """One pass over the documents, laid end to end and cut into equal streams.

        A window goes on in each stream where the last one stopped.

        Args:
            streams: B.
            length: T; the last window may be shorter.
            rng: shuffles the documents, and shortens the first window, so that windows do not
                begin at the same places in every pass; without it all stays in order.
            skip: windows to leave out at the start.
            backward: read each document from its end: ``<s>``, the last token …, the first,
                ``</s>``.

        Yields:
            The tokens (B, T) and the tokens that follow them (B, T).
        """
        order = np.arange(len(self)) if rng is None else rng.permutation(len(self))
        lengths = self.lengths[order]
        ends = np.cumsum(lengths)
        begins = ends - lengths
        width = stream_length(self.size, streams)
        offsets = np.arange(streams)[:, None] * width
        begin = 0
        end = min(width, length if rng is None else int(rng.integers(1, length + 1)))
        while begin < width:
            if skip > 0:
                skip -= 1
            else:
                places = offsets + np.arange(begin, end + 1)  # (B, T + 1)
                rank = np.searchsorted(ends, places, side="right")
                within = places - begins[rank]
                if backward:
                    within = lengths[rank] - 1 - within
                found = self.tokens[self.starts[order[rank]] + within]
                if backward:
                    found = _with_swapped_ends(found)
                yield found[:, :-1], found[:, 1:]
            begin, end = end, min(width, end + length)


def _with_swapped_ends(tokens: NDArray[np.int32]) -> NDArray[np.int32]:
    """``<s>`` where ``</s>`` is, and the other way round."""
    starts, ends = tokens == Tokenizer.START, tokens == Tokenizer.END
    return np.where(starts, Tokenizer.END, np.where(ends, Tokenizer.START, tokens)).astype(np.int32)


def stream_length(tokens: int, streams: int) -> int:
    """Tokens that each of so many streams reads.

    Raises:
        InputError: there are too few tokens.
    """
    width = (tokens - 1) // streams
    if width < 1:
        raise InputError(
            f"{tokens:,} tokens are too few for {streams} streams; lower the batch size"
        )
    return width


def write_tokens(passages: Iterable[Passage], tokenizer: Tokenizer, path: Path) -> TokenStore:
    """Tokenize documents into a file, which is there when it is whole.

    Args:
        passages: the documents, in pieces.
        tokenizer: makes the ids.
        path: the file; a smaller one beside it says where documents begin.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    starts, position, open_document = [], 0, False
    source = iter(passages)
    with PartialFile(path) as partial:
        while pieces := list(islice(source, _PASSAGES)):
            for piece, text in zip(
                pieces, tokenizer.encode_batch([p.text for p in pieces]), strict=True
            ):
                ids = text.ids
                if not open_document:
                    starts.append(position)
                    ids = np.concatenate([np.array([tokenizer.START], np.int32), ids])
                if piece.ends:
                    ids = np.concatenate([ids, np.array([tokenizer.END], np.int32)])
                open_document = not piece.ends
                partial.file.write(ids.astype(np.int32).tobytes())
                position += len(ids)
        if position == 0:
            raise InputError("there are no texts")
        borders = io.BytesIO()
        np.save(borders, np.array([*starts, position], np.int64))
        write_file(_borders_file(path), borders.getvalue())
        partial.publish()
    return TokenStore.open(path)


def _borders_file(path: Path) -> Path:
    return path.with_name(path.stem + ".borders.npy")


def _share(seed: bytes, ids: NDArray[np.int32]) -> float:
    """A number from 0 to 1 that depends on the document's ids alone."""
    digest = hashlib.blake2b(ids.tobytes(), digest_size=8, key=seed).digest()
    return int.from_bytes(digest, "big") / 2**64

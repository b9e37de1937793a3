"""The bytes that each token adds to a text, and which of them end within a character."""

from __future__ import annotations

import codecs

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.rules import Mask
from textrnn.text.tokenizer import Tokenizer


class Vocabulary:
    """A tokenizer's tokens as what they add to a text.

    Attributes:
        pieces: in UTF-8, (V,).
        ids: of tokens by their text.
        spaced: whether words bring the space before them.
        special: tokens that are never written.
        begins_with_space: whether a word's token has the space before it, and a space alone is
            another token.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.pieces: list[bytes] = tokenizer.pieces()
        self.ids: dict[str, int] = tokenizer.vocabulary()
        self.spaced: bool = tokenizer.level in ("word", "wordpiece")
        self.special: NDArray[np.int64] = np.array([Tokenizer.PAD, Tokenizer.UNK, Tokenizer.START])
        self.begins_with_space: bool = tokenizer.level == "bpe"
        self._broken: dict[bytes, Mask] = {}

    def __len__(self) -> int:
        return len(self.pieces)

    def broken_after(self, pending: bytes) -> Mask:
        """The tokens that make no text after the beginning of a character, (V,): what they add is
        no UTF-8, or is U+FFFD; and the end, where the character is not whole.
        """
        if pending not in self._broken:
            broken = [not _goes_on(pending + piece) for piece in self.pieces]
            broken[Tokenizer.END] = bool(pending)
            self._broken[pending] = np.array(broken)
        return self._broken[pending]


def _goes_on(written: bytes) -> bool:
    """Whether bytes are UTF-8 up to a character that is not whole, and hold no U+FFFD."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(written)
    except UnicodeDecodeError:
        return False
    held = decoder.getstate()[0]
    return "\ufffd" not in text and held != "\ufffd".encode()[:2]


def joined(text: str, piece: bytes) -> bytes:
    """What a token adds after ``text``: no space of its own at the start or after white space."""
    return piece[1:] if piece[:1] == b" " and len(piece) > 1 and _open(text) else piece


def _open(text: str) -> bool:
    return not text or text[-1].isspace()

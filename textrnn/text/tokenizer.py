"""Tokenizers: characters, words, and subwords (byte-level BPE, WordPiece), over ``tokenizers``.

Every token knows the code points of the original text that it stands for, whatever the
normalisation did in between.

===========  ======================================================  ==========================
level        a token is                                              decode
===========  ======================================================  ==========================
character    one code point                                          exact, if all are known
word         letters, marks and digits, with inner apostrophes       words joined by spaces
             (don't); a run of one punctuation mark (!!!); each
             Chinese or Japanese character alone
bpe          a frequent sequence of UTF-8 bytes (Sennrich et al.     exact for any text
             2016; nothing is ever unknown)
wordpiece    a word or a frequent part of one, ``##`` before inner   words joined by spaces
             parts (Schuster & Nakajima 2012); each Chinese or
             Japanese character alone
===========  ======================================================  ==========================

"Exact" means: the normalised text comes back. Words also turn ``<br />`` into a space and
typographic apostrophes into plain ones, since reviews are full of both. Half a surrogate pair,
which JSON can hold though it is no character, is read as U+FFFD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import tokenizers

from textrnn.configuration import require, require_choice
from textrnn.corpora.files.writing import write_file
from textrnn.errors import BundleError, InputError
from textrnn.text.pieces import PIECE, text_pieces
from textrnn.text.simplify import simplify as simplified
from textrnn.text.tokenized import TokenizedText
from textrnn.text.tokenizer_check import check_tokenizer
from textrnn.text.tokenizer_parts import (
    LEVELS,
    NORMALIZATIONS,
    SPECIAL_TOKENS,
    known_parts,
    level_of,
    normalizer,
    untrained,
)
from textrnn.text.written_tokens import byte_of, written_bytes

_SURROGATE = re.compile("[\ud800-\udfff]")


class Tokenizer:
    """Turns text into token ids and back. Made by :meth:`train` or :meth:`load`.

    Ids 0 to 3 are ``<pad>``, ``<unk>``, ``<s>`` and ``</s>``; a text that contains these strings
    gets ordinary tokens for them.
    """

    PAD, UNK, START, END = range(4)
    SPECIAL_TOKENS = SPECIAL_TOKENS

    def __init__(self, inner: tokenizers.Tokenizer, *, simplify: bool = False) -> None:
        self._inner = inner
        self.simplify = simplify
        self._inner.encode_special_tokens = True
        self._inner.no_padding()
        self._inner.no_truncation()
        self.level: str = level_of(inner)

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        level: str = "word",
        vocabulary_size: int = 30_000,
        min_frequency: int = 2,
        lowercase: bool = False,
        normalization: str = "NFC",
        simplify: bool = False,
    ) -> Tokenizer:
        """Make a vocabulary from texts.

        Args:
            texts: read once.
            level: ``character``, ``word``, ``bpe`` or ``wordpiece``.
            vocabulary_size: the most tokens, special ones included.
            min_frequency: a rarer token is left out.
            lowercase: fold case.
            normalization: Unicode form: ``NFC`` (one code for one look), ``NFKC`` (also full-width
                letters and ligatures to plain ones) or ``none``.
            simplify: read traditional Chinese characters as their simplified forms.

        Raises:
            ConfigurationError: a level, form or number is out of range.
        """
        require_choice("level", level, LEVELS)
        require_choice("normalization", normalization, NORMALIZATIONS)
        require(vocabulary_size >= 5, f"vocabulary_size must be at least 5: {vocabulary_size}")
        require(min_frequency >= 1, f"min_frequency must be at least 1: {min_frequency}")
        inner, trainer = untrained(level, vocabulary_size, min_frequency)
        inner.normalizer = normalizer(level, lowercase, normalization)
        read = map(_mended, map(simplified, texts) if simplify else texts)
        inner.train_from_iterator(read, trainer)
        return cls(inner, simplify=simplify)

    @classmethod
    def from_json(cls, text: str, *, simplify: bool = False, check: bool = True) -> Tokenizer:
        """The tokenizer that :meth:`to_json` wrote.

        Args:
            text: the JSON.
            simplify: as :meth:`train` has it; the JSON does not say.
            check: whether to look for parts that textrnn does not make; not needed for its own.

        Raises:
            BundleError: the text is damaged, or holds a tokenizer that textrnn did not make.
        """
        if check:
            check_tokenizer(text, known_parts(), cls.SPECIAL_TOKENS, byte_of().keys())
        try:
            inner = tokenizers.Tokenizer.from_str(text)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # bare Exception, and panics, which are no Exception at all
            raise BundleError(f"tokenizer.json is damaged: {error!s:.300}") from error
        if [inner.id_to_token(i) for i in range(4)] != list(cls.SPECIAL_TOKENS):
            raise BundleError("tokenizer.json: ids 0 to 3 are not <pad>, <unk>, <s>, </s>")
        return cls(inner, simplify=simplify)

    @classmethod
    def load(cls, path: str | Path, *, simplify: bool = False) -> Tokenizer:
        """Read a ``tokenizer.json``.

        Args:
            path: the file.
            simplify: as :meth:`train` has it; the file does not say.

        Raises:
            InputError: the file cannot be read.
            BundleError: it is damaged.
        """
        try:
            return cls.from_json(Path(path).read_text(encoding="utf-8"), simplify=simplify)
        except OSError as error:
            raise InputError(f"{path}: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise BundleError(f"{path}: tokenizer.json is damaged: {error}") from error

    def to_json(self) -> str:
        """The whole tokenizer as JSON."""
        return str(self._inner.to_str())

    def save(self, path: str | Path) -> None:
        """Write a ``tokenizer.json``."""
        write_file(Path(path), self.to_json())

    @property
    def lowercase(self) -> bool:
        """Whether case is folded."""
        normalize = self._inner.normalizer
        return normalize is not None and normalize.normalize_str("A") == "a"

    @property
    def vocabulary_size(self) -> int:
        """How many tokens there are, special ones included."""
        return int(self._inner.get_vocab_size())

    def vocabulary(self) -> dict[str, int]:
        """Each token with its id."""
        return dict(self._inner.get_vocab())

    def with_tokens(self, words: Iterable[str]) -> Tokenizer:
        """A tokenizer that knows further tokens, behind its own.

        Byte-level BPE joins what it has made of a word so far from the left, after all else: other
        texts are cut as before, but where they begin as one of the words does, within a character.

        Args:
            words: as :meth:`keys` gives them; of subwords such as are not cut at blanks or marks.
        """
        require(self.level != "wordpiece", "a wordpiece tokenizer makes its own words")
        data = json.loads(self.to_json())
        vocabulary = data["model"]["vocab"]
        for word in words:
            first, *pieces = self.words(word) if self.level == "bpe" else [word]
            vocabulary.setdefault(first, len(vocabulary))
            for piece in pieces:
                joined = first + piece
                if joined not in vocabulary:
                    data["model"]["merges"].append([first, piece])
                    vocabulary[joined] = len(vocabulary)
                first = joined
        inner = tokenizers.Tokenizer.from_str(json.dumps(data))
        return Tokenizer(inner, simplify=self.simplify)

    def keys(self, words: Iterable[str]) -> list[str]:
        """What words are among the tokens, whether they have ids or not; empty where one would be
        cut. Of subwords each word that is a token.

        Example:
            >>> Tokenizer.train(["A text."], lowercase=True).keys(["Paris", "don’t", "vis-à-vis"])
            ['paris', "don't", '']
        """
        if self.level not in ("character", "word"):
            known = self._inner.get_vocab()
            return [word if word in known else "" for word in words]
        return [parts[0] if len(parts := self.words(word)) == 1 else "" for word in words]

    def words(self, text: str) -> list[str]:
        """The tokens of a text as they are written, whether they have ids or not."""
        text = _mended(simplified(text) if self.simplify else text)
        if self.level not in ("character", "word"):
            return list(self._inner.encode(text, add_special_tokens=False).tokens)
        normal = self._inner.normalizer.normalize_str(text)
        return [word for word, _ in self._inner.pre_tokenizer.pre_tokenize_str(normal)]

    def token(self, number: int) -> str:
        """The token of an id.

        Raises:
            ConfigurationError: there is no such id.
        """
        last = self.vocabulary_size - 1
        require(0 <= number <= last, f"id {number} is outside 0 to {last}")
        return str(self._inner.id_to_token(number))

    def pieces(self) -> list[bytes]:
        """What each token adds to a text that is written token by token, in UTF-8.

        Special tokens add nothing; a BPE token can be part of a character. Words bring the space
        before them, but for Chinese characters and closing marks.
        """
        tokens = [str(self._inner.id_to_token(i)) for i in range(self.vocabulary_size)]
        return [
            b"" if i < len(self.SPECIAL_TOKENS) else written_bytes(token, self.level)
            for i, token in enumerate(tokens)
        ]

    def encode(self, text: str) -> TokenizedText:
        """The tokens of one text."""
        return self.encode_batch([text])[0]

    def encode_batch(self, texts: Sequence[str]) -> list[TokenizedText]:
        """The tokens of several texts, on several threads; of long ones a piece after the other."""
        if max(map(len, texts), default=0) <= 2 * PIECE:
            return self._encode_pieces(texts)
        return [self._encode_long(text) for text in texts]

    def _encode_long(self, text: str) -> TokenizedText:
        found, start = [], 0
        for piece in text_pieces(text):
            [tokens] = self._encode_pieces([piece])
            found.append(TokenizedText(tokens.ids, tokens.offsets + np.int32(start)))
            start += len(piece)
        ids, offsets = zip(*((tokens.ids, tokens.offsets) for tokens in found), strict=True)
        return TokenizedText(np.concatenate(ids), np.concatenate(offsets))

    def _encode_pieces(self, texts: Sequence[str]) -> list[TokenizedText]:
        texts = [simplified(text) for text in texts] if self.simplify else list(texts)
        try:
            encodings = self._inner.encode_batch(texts, add_special_tokens=False)
        except TypeError:  # half a surrogate pair
            texts = [_mended(text) for text in texts]
            encodings = self._inner.encode_batch(texts, add_special_tokens=False)
        return [TokenizedText.of(*pair) for pair in zip(texts, encodings, strict=True)]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids, without special tokens: see the table at the module's head.

        Args:
            ids: token ids; a number that is no token's adds nothing.
        """
        return str(self._inner.decode([int(i) for i in ids], skip_special_tokens=True))


def _mended(text: str) -> str:
    """The text with U+FFFD for half surrogate pairs: as many code points, so offsets hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)

"""A text in the making: which tokens may come next, what was written, when it is done."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.seen import Seen
from textrnn.text.tokenizer import Tokenizer

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Turn:
    """What a form says of the next token.

    Attributes:
        allowed: the tokens that may come, (V,); None: any.
        forced: a character that must come, known to the model or not.
        ends: whether the text is complete.
        may_end: whether the model may end the text here.
    """

    allowed: Mask | None = None
    forced: str | None = None
    ends: bool = False
    may_end: bool = True


_ANY = Turn()


class Form(Protocol):
    """A form that a text keeps."""

    def turn(self, text: str) -> Turn:
        """What may come after ``text``, seed included."""


@dataclass(frozen=True)
class Rules:
    """What every text of one call obeys.

    Attributes:
        length: the most tokens to write.
        min_length: the fewest before an end or a stop string counts.
        stop: strings at which a text stops; they are left out.
        bans: strings that must not be written, made ready for a vocabulary.
        form: a form to keep, or None.
        ngram: the size of the n-grams that must not come twice; 0: any may.
    """

    length: int
    min_length: int = 0
    stop: tuple[str, ...] = ()
    bans: Bans | None = None
    form: Form | None = None
    ngram: int = 0

    @property
    def depend_on_text(self) -> bool:
        """Whether the tokens that may come depend on what was written, not on its length alone."""
        return self.bans is not None or self.form is not None


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
        self.pieces = tokenizer.pieces()
        self.ids = tokenizer.vocabulary()
        self.spaced = tokenizer.level in ("word", "wordpiece")
        self.special = np.array([Tokenizer.PAD, Tokenizer.UNK, Tokenizer.START])
        self.begins_with_space = tokenizer.level == "bpe"
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


class Bans:
    """Finds the tokens that would complete one of some strings.

    Args:
        strings: what must not be written, none of them empty.
        pieces: what each token adds, in UTF-8.
    """

    def __init__(self, strings: Sequence[str], pieces: Sequence[bytes]) -> None:
        self._strings = [string.encode("utf-8") for string in strings]
        self._pieces = pieces
        self._completing: dict[bytes, NDArray[np.int64]] = {}
        self.longest = max((len(string) for string in self._strings), default=0)
        self._always = self._tokens(lambda piece: any(s in piece for s in self._strings))

    def tokens(self, tail: bytes, given: int = 0) -> NDArray[np.int64]:
        """The tokens that complete a banned string after a text that ends with ``tail``.

        Args:
            tail: the end of the text.
            given: so many of a token's first bytes are there already and are not written.
        """
        if given:
            return self._tokens(lambda piece: self.completes(tail, piece[given:]))
        found = [self._always]
        for string in self._strings:
            for split in range(1, min(len(string), len(tail) + 1)):
                if tail.endswith(string[:split]):
                    found.append(self._beginning_with(string[split:]))
        return np.concatenate(found)

    def completes(self, tail: bytes, piece: bytes) -> bool:
        """Whether ``piece`` completes a banned string after ``tail``."""
        text, least = tail + piece, len(tail) + 1
        return any(text.find(s, max(0, least - len(s))) >= 0 for s in self._strings)

    def _beginning_with(self, rest: bytes) -> NDArray[np.int64]:
        if rest not in self._completing:
            self._completing[rest] = self._tokens(lambda piece: piece.startswith(rest))
        return self._completing[rest]

    def _tokens(self, chosen: Callable[[bytes], bool]) -> NDArray[np.int64]:
        return np.array([i for i, piece in enumerate(self._pieces) if chosen(piece)], np.int64)


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


class Draft:
    """One text in the making.

    Args:
        seed: what it begins with.
        seed_ids: the seed's tokens.
        vocabulary: of the model.
        rules: what it obeys.
        given: what the next token begins with and is not written, for the seed ends with a blank.

    Attributes:
        vocabulary, rules: as given.
        ids: the seed's tokens and those written.
        seen: the same, for penalties.
        tokens: how many were written.
        log_probability: of those, in nats.
        score: what a beam search ranks by: the same, after the repetition penalty.
        finish: why it is done; empty while it is not.
    """

    def __init__(
        self,
        seed: str,
        seed_ids: Sequence[int],
        vocabulary: Vocabulary,
        rules: Rules,
        *,
        given: str = "",
    ) -> None:
        self.seed = seed
        self.ids = list(seed_ids)
        self.seen = Seen(seed_ids, ngram=rules.ngram)
        self.tokens = 0
        self.log_probability = self.score = 0.0
        self.finish = ""
        self.vocabulary = vocabulary
        self.rules = rules
        self._text = seed
        self._given = given.encode()
        self._tail = seed.encode("utf-8", "replace")
        self._pending = b""  # the beginning of a character
        self._forced: str | None = None
        self._check_length()

    def copy(self) -> Draft:
        """A draft that goes its own way from here."""
        other = Draft.__new__(Draft)
        other.__dict__.update(self.__dict__)
        other.ids = list(self.ids)
        other.seen = self.seen.copy()
        return other

    @property
    def is_apart(self) -> bool:
        """Whether the tokens that may come depend on what this text has written."""
        return self.rules.depend_on_text or bool(self._pending) or bool(self._given)

    @property
    def last(self) -> int:
        """The last token; ``<s>`` before any."""
        return self.ids[-1] if self.ids else Tokenizer.START

    @property
    def continuation(self) -> str:
        """What was written so far."""
        return self._text[len(self.seed) :]

    def news(self, shown: int) -> str:
        """The continuation after its first ``shown`` characters, as far as it is settled."""
        written, held = len(self._text) - len(self.seed), 0
        for stop in () if self.finish else self.rules.stop:
            for size in range(len(stop) - 1, held, -1):
                if self._text.endswith(stop[:size]):
                    held = min(size, written)
                    break
        return self._text[len(self.seed) + shown : len(self._text) - held]

    def mask(self, logits: NDArray[np.float32]) -> None:
        """Set the logits (V,) of all tokens that must not come next to minus infinity.

        A form may also end the text here, or force its next character, whatever the logits.
        """
        rules, turn = self.rules, _ANY
        if rules.form is not None:
            turn = rules.form.turn(self._text)
            if turn.ends:
                self.finish = "end"
        self._forced = turn.forced
        if turn.forced is not None:
            kept = self.vocabulary.ids.get(turn.forced, Tokenizer.UNK)
            own = logits[kept]
            logits[:] = -np.inf
            if rules.bans is None or not rules.bans.completes(self._tail, turn.forced.encode()):
                logits[kept] = own
            return
        logits[self.vocabulary.special] = -np.inf
        logits[self.vocabulary.broken_after(self._pending)] = -np.inf
        if self._given:
            logits[self._others_than_given()] = -np.inf
        if turn.allowed is not None:
            end = logits[Tokenizer.END]
            logits[~turn.allowed] = -np.inf
            logits[Tokenizer.END] = end
        if not turn.may_end or self.tokens < rules.min_length:
            logits[Tokenizer.END] = -np.inf
        if rules.bans is not None:
            logits[rules.bans.tokens(self._tail, len(self._given))] = -np.inf

    def _others_than_given(self) -> list[int]:
        """The tokens that do not begin with the blank that is there already."""
        given, pieces = self._given, self.vocabulary.pieces
        return [i for i, piece in enumerate(pieces) if not piece.startswith(given)]

    def added_by(self, token: int) -> bytes:
        """What a token adds to the text, in UTF-8."""
        piece = self.vocabulary.pieces[token]
        if self._forced is not None:
            piece = self._forced.encode("utf-8")
        if self.vocabulary.spaced:
            piece = joined(self._text, piece)
        return piece[len(self._given) :]

    def add(self, token: int, log_probability: float) -> None:
        """Write a token; ``log_probability`` is the model's own, in nats."""
        self.ids.append(token)
        self.seen.add(token)
        self.tokens += 1
        self.log_probability += log_probability
        if token == Tokenizer.END:
            self.finish = "end"
            return
        added, before = self.added_by(token), len(self._text)
        if self.rules.bans is not None:
            self._tail = (self._tail + added)[-self.rules.bans.longest :]
        self._given = b""
        self._text += self._whole_characters(added)
        self._check_stop(before)
        self._check_length()

    def _whole_characters(self, added: bytes) -> str:
        """What is written once bytes are added; the beginning of a character waits for its rest."""
        if not self._pending and added.isascii():
            return added.decode()
        decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        text = decoder.decode(self._pending + added)
        self._pending = decoder.getstate()[0]
        return text

    def block(self) -> None:
        """Note that no token may come."""
        self.finish = "blocked"

    def _check_stop(self, before: int) -> None:
        """Stop at a string that was completed by what came after ``before`` characters."""
        if self.tokens < self.rules.min_length:
            return
        found = []
        for stop in self.rules.stop:
            begin = max(0, before - len(stop) + 1)  # it may begin in the seed, and not end there
            found.append(self._text.find(stop, begin))
        places = [place for place in found if place >= 0]
        if places:
            self._text = self._text[: max(min(places), len(self.seed))]
            self.finish = "stop"

    def _check_length(self) -> None:
        if not self.finish and self.tokens >= self.rules.length:
            self.finish = "length"

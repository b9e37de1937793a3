"""A text in the making: which tokens may come next, what was written, when it is done."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.rules import ANY, Rules
from textrnn.decoding.seen import Seen
from textrnn.decoding.vocabulary import Vocabulary, joined
from textrnn.text.tokenizer import Tokenizer


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
        self.ids: list[int] = list(seed_ids)
        self.seen: Seen = Seen(seed_ids, ngram=rules.ngram)
        self.tokens: int = 0
        self.log_probability: float = 0.0
        self.score: float = 0.0
        self.finish: str = ""
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
        rules, turn = self.rules, ANY
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

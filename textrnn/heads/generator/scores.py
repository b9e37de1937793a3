"""How well a generator foresees text that it has not seen: perplexity, bits per character."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import Passage
from textrnn.decoding.step import Reader
from textrnn.errors import InputError
from textrnn.reports.measured import NORMAL_95, Measured
from textrnn.text.tokenizer import Tokenizer

_STREAMS = 64  # documents read at once


@dataclass(frozen=True)
class PerplexityReport:
    """What a model makes of documents.

    Attributes:
        documents: how many.
        tokens: predicted tokens: all of a document's, and its end.
        characters: of the documents.
        unknown: tokens that the model does not know; it predicts them as one.
        nats: the tokens' negative log-probabilities, summed.
    """

    documents: int
    tokens: int
    characters: int
    unknown: int
    nats: float

    @property
    def perplexity(self) -> float:
        """Of a token."""
        return math.exp(min(self.nats / self.tokens, 700.0))

    @property
    def bits_per_character(self) -> float:
        """Bits that an ideal code by this model takes, a character: whatever the tokens are."""
        return self.nats / math.log(2) / self.characters

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "documents": self.documents,
            "tokens": self.tokens,
            "characters": self.characters,
            "unknown_tokens": self.unknown,
            "perplexity": self.perplexity,
            "bits_per_character": self.bits_per_character,
        }


def measure_perplexity(
    stepper: Reader,
    tokenizer: Tokenizer,
    documents: Iterable[Passage],
    *,
    on_progress: Callable[[int], None] = lambda count: None,
) -> PerplexityReport:
    """Read documents with the graph that serves, each from its beginning to its end.

    Args:
        stepper: the network.
        tokenizer: its tokenizer.
        documents: in pieces.
        on_progress: called with how many tokens were read.

    Raises:
        InputError: there are no documents.
    """
    reader = _Reader(tokenizer, documents)
    streams = [stream for stream in (reader.next_document() for _ in range(_STREAMS)) if stream]
    if not streams:
        raise InputError("nothing to read: there are no texts")
    states = stepper.start(len(streams))
    tokens = [Tokenizer.START] * len(streams)
    nats, count, unknown = 0.0, 0, 0
    while streams:
        logits, states = stepper.step(tokens, states)
        following = [next(stream) for stream in streams]
        nats += float(next_token_nats(logits, following).sum())
        count += len(following)
        unknown += following.count(Tokenizer.UNK)
        going = []
        for place, token in enumerate(following):
            if token == Tokenizer.END:
                fresh = reader.next_document()
                if fresh is None:
                    continue
                # The start of the next document sets the state to zero by itself.
                streams[place], following[place] = fresh, Tokenizer.START
            going.append(place)
        on_progress(len(streams))
        if len(going) < len(streams):
            streams = [streams[place] for place in going]
            states = {name: state[going] for name, state in states.items()}
        tokens = [following[place] for place in going]
    return PerplexityReport(reader.documents, count, reader.characters, unknown, nats)


def token_streams(tokenizer: Tokenizer, documents: Iterable[Passage]) -> Iterator[Iterator[int]]:
    """The ids of each document, ended by ``</s>``."""
    reader = _Reader(tokenizer, documents)
    return iter(reader.next_document, None)


def next_token_nats(logits: NDArray[np.float32], tokens: list[int]) -> NDArray[np.float64]:
    """The negative log-probability of a token in each row of logits (B, V), (B,)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    totals = np.log(np.exp(shifted).sum(axis=1, dtype=np.float64))
    return np.asarray(totals - shifted[np.arange(len(tokens)), tokens])


def measure_tokens(
    nats: NDArray[np.float64], counts: NDArray[np.int64], *, frequency_nats: float
) -> Measured:
    """The perplexity of validation text, and whether it is worth anything.

    Args:
        nats: the summed losses of each stretch of the text, (stretches,).
        counts: the tokens of each, (stretches,).
        frequency_nats: the mean loss of a token where nothing but the tokens' frequencies in the
            training text foresees it.
    """
    tokens = int(counts.sum())
    mean = float(nats.sum()) / tokens
    # The deviation of a ratio of sums, by how the stretches differ: of one nothing is known.
    deviation = math.sqrt(float(((nats - mean * counts) ** 2).sum())) / tokens
    low, perplexity, high = (
        math.exp(min(mean + sign * NORMAL_95 * deviation, 700.0)) for sign in (-1, 0, 1)
    )
    weakness = ""
    if mean >= frequency_nats:
        weakness = (
            f"its perplexity of {perplexity:.4g} is no better than what the frequencies of the "
            f"tokens give, {math.exp(frequency_nats):.2f}; more text may help, or more epochs"
        )
    interval = (low, high) if np.count_nonzero(counts) > 1 else None
    return Measured("perplexity", perplexity, interval, tokens, "token", weakness)


class _Reader:
    """Hands out documents as streams of ids, each ended by ``</s>``."""

    def __init__(self, tokenizer: Tokenizer, passages: Iterable[Passage]) -> None:
        self._tokenizer = tokenizer
        self._passages = iter(passages)
        self.documents = 0
        self.characters = 0

    def next_document(self) -> Iterator[int] | None:
        """The ids of the next document, or None after the last."""
        pieces = []
        for passage in self._passages:
            self.characters += len(passage.text)
            pieces.append(self._tokenizer.encode(passage.text).ids)
            if passage.ends:
                break
        if not pieces:
            return None
        self.documents += 1
        return _ids(pieces)


def _ids(pieces: list[NDArray[np.int32]]) -> Iterator[int]:
    for piece in pieces:
        yield from piece.tolist()
    yield Tokenizer.END

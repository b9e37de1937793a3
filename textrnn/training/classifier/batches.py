"""Batches of texts with labels, and of texts without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import LabelledText
from textrnn.runtime.session import pad
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.loop.batches import fixed_length, plan_batches, steps_per_epoch

_PLAIN = 1  # in the seeds of texts without labels: their order is not that of the others


@dataclass(frozen=True)
class EncodedTexts:
    """Texts as token ids, with their labels.

    Attributes:
        tokens: one array (tokens,), int32, for each text.
        labels: the label's number of each text, (texts,), int64.
        probabilities: of the labels of each text, (texts, L), float32; None where the label is all
            that is known of any.
    """

    tokens: Sequence[NDArray[np.int32]]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of tokens of each text, (texts,)."""
        return np.array([len(ids) for ids in self.tokens], np.int64)

    @classmethod
    def of(
        cls, examples: Sequence[LabelledText], tokenizer: Tokenizer, labels: Sequence[str]
    ) -> EncodedTexts:
        """Labelled texts, the labels numbered as they stand in ``labels``."""
        number = {label: i for i, label in enumerate(labels)}
        ids = [text.ids for text in tokenizer.encode_batch([e.text for e in examples])]
        numbers = np.array([number[e.label] for e in examples], np.int64)
        if not any(e.probabilities for e in examples):
            return cls(ids, numbers)
        shares = np.eye(len(number), dtype=np.float32)[numbers]
        for row, example in enumerate(examples):
            for label, share in (example.probabilities or {}).items():
                shares[row, number[label]] = share
        return cls(ids, numbers, shares)

    def part(self, chosen: NDArray[np.bool_]) -> EncodedTexts:
        """The chosen ones, of (texts,)."""
        tokens = [self.tokens[i] for i in np.flatnonzero(chosen).tolist()]
        shares = self.probabilities
        return EncodedTexts(tokens, self.labels[chosen], None if shares is None else shares[chosen])


@dataclass(frozen=True)
class Auxiliary:
    """What one step beside a language model needs: the ``candidates`` (K,) of its softmax, and the
    ``weight`` of its loss.
    """

    candidates: NDArray[np.int32]
    weight: float


@dataclass(frozen=True)
class Batch:
    """One step's texts: ``tokens`` (B, T), padded with 0, ``labels`` (B,), where they are known
    their ``probabilities`` (B, L); ``plain`` (B', T') are the tokens of texts that are learned from
    without labels, where there are such.
    """

    tokens: NDArray[np.int32]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32] | None = None
    plain: NDArray[np.int32] | None = None
    auxiliary: Auxiliary | None = None

    @property
    def texts(self) -> int:
        """B."""
        return len(self.labels)

    @property
    def token_count(self) -> int:
        """Tokens without padding."""
        return int(np.count_nonzero(self.tokens))


def training_batches(
    texts: EncodedTexts,
    *,
    batch_size: int,
    max_tokens: int,
    seed: tuple[int, ...],
    skip: int = 0,
    fixed: bool = False,
) -> Iterator[Batch]:
    """The batches of one epoch.

    Args:
        texts: what to train on.
        batch_size: texts a batch.
        max_tokens: a longer text gives one window of this length, drawn at random.
        seed: random state and epoch: the same numbers give the same batches.
        skip: batches already done, for going on in the middle of an epoch.
        fixed: whether shapes must be few: texts are padded to a :func:`fixed_length`, and the last
            batch is filled up with its own texts.
    """
    rng = np.random.default_rng(seed)
    sizes = np.array([len(tokens) for tokens in texts.tokens], np.int64)
    starts = rng.integers(0, np.maximum(sizes - max_tokens, 0) + 1)
    plan = plan_batches(np.minimum(sizes, max_tokens), batch_size=batch_size, rng=rng)
    for members in plan[skip:]:
        if fixed:
            members = np.resize(members, batch_size)
        cut = [texts.tokens[i][starts[i] : starts[i] + max_tokens] for i in members]
        tokens = pad(cut)[0]
        if fixed:
            length = tokens.shape[1]
            tokens = np.pad(tokens, ((0, 0), (0, fixed_length(length, max_tokens) - length)))
        shares = None if texts.probabilities is None else texts.probabilities[members]
        yield Batch(tokens, texts.labels[members], shares)


def plain_batches(
    texts: Sequence[NDArray[np.int32]],
    *,
    batch_size: int,
    max_tokens: int,
    seed: tuple[int, int],
    skip: int = 0,
    fixed: bool = False,
) -> Iterator[NDArray[np.int32]]:
    """Batches of texts without labels, (B, T), without an end: over and over, in new orders.

    Args:
        texts: token ids.
        batch_size: texts a batch.
        max_tokens: a longer text gives one window of this length, drawn at random.
        seed: random state and epoch: the same pair gives the same batches.
        skip: batches to leave out at the start.
        fixed: as :func:`training_batches` has it.
    """
    unlabelled = EncodedTexts(texts, np.zeros(len(texts), np.int64))
    rounds, skip = divmod(skip, steps_per_epoch(len(texts), batch_size))
    for number in count(rounds):
        for batch in training_batches(
            unlabelled,
            batch_size=batch_size,
            max_tokens=max_tokens,
            seed=(*seed, _PLAIN, number),
            skip=skip,
            fixed=fixed,
        ):
            yield batch.tokens
        skip = 0

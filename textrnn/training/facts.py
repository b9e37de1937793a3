"""How much there is to learn from, and how long to learn from so much: what tasks share of it.

A step of a large batch is worth little more than one of a small batch where texts are few: what few
texts need is steps. So batches shrink with the texts, and epochs grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from textrnn.training.settings import TrainingSettings

_BATCHES_AN_EPOCH = 24
_BATCH_SIZES = (4, 8, 16, 32)
_CHARACTERS_A_TOKEN = 5
_SPLIT_MORE = 2000  # texts below which a fifth is cut off to validate


@dataclass(frozen=True)
class Facts:
    """What settings follow from.

    Attributes:
        texts: to learn from, those that will be cut off to validate included.
        tokens: of all these together, more or less.
        has_validation: whether there are texts to validate besides.
        has_vectors: whether the embedding begins with word vectors.
        model: what the weights begin with; None for nothing.
        language: theirs.
    """

    texts: int
    tokens: int = 0
    has_validation: bool = False
    has_vectors: bool = False
    model: Path | None = None
    language: str = ""


def about_tokens(texts: Sequence[str], language: str) -> int:
    """How many tokens texts have, more or less: a Chinese one for each character."""
    return sum(map(len, texts)) // (1 if language == "zh" else _CHARACTERS_A_TOKEN)


def batch_size_for(texts: int, *, smallest: int = 4) -> int:
    """The largest usual batch of which an epoch has 24.

    Example:
        >>> [batch_size_for(texts) for texts in (20, 60, 250, 1000, 4000)]
        [4, 4, 8, 32, 32]
    """
    fitting = [size for size in _BATCH_SIZES if size * _BATCHES_AN_EPOCH <= texts]
    return max([smallest, *fitting])


def settings_for(
    settings: TrainingSettings, facts: Facts, *, steps: int, fewest: int, smallest: int = 4
) -> TrainingSettings:
    """How to train on so many texts: small batches, steps enough, a rate that falls to nothing.

    Args:
        settings: what is left as it is.
        facts: how much there is.
        steps: the fewest steps of the whole training.
        fewest: the fewest epochs.
        smallest: the smallest batch.
    """
    size = batch_size_for(facts.texts, smallest=smallest)
    steps_an_epoch = max(1, -(-facts.texts // size))  # no texts are refused later, in words
    return replace(
        settings,
        batch_size=size,
        epochs=max(fewest, -(-steps // steps_an_epoch)),
        schedule="cosine",
        validation_split=0.2 if facts.texts < _SPLIT_MORE else settings.validation_split,
    )

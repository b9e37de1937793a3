"""How a generator is trained: its settings, which recipes hold and options set."""

from __future__ import annotations

from dataclasses import dataclass, field

from textrnn.configuration import require
from textrnn.heads.generator.network import GeneratorHead
from textrnn.network import Embedding, Encoder
from textrnn.training.settings import TokenizerSettings, TrainingSettings


@dataclass(frozen=True)
class LanguageSettings:
    """What the training of a language model has besides.

    Attributes:
        backward: whether texts are read from their end to their beginning. Such a model does not
            write: the backward encoders of other networks begin with it.
        candidates: tokens drawn for each step, over which the softmax goes instead of over the
            whole vocabulary (:mod:`textrnn.training.loop.sampled_softmax`); 0: the whole.
        fingerprint: whether the bundle keeps a fingerprint of the training text, for the novelty
            report.
    """

    backward: bool = False
    candidates: int = 0
    fingerprint: bool = True

    def __post_init__(self) -> None:
        require(self.candidates >= 0, f"candidates must be 0 or more: {self.candidates}")


@dataclass(frozen=True)
class GeneratorPlan:
    """All the settings of a generator's training."""

    tokenizer: TokenizerSettings = field(
        default_factory=lambda: TokenizerSettings(
            level="bpe", vocabulary_size=6000, lowercase=False, normalization="NFC"
        )
    )
    embedding: Embedding = field(default_factory=lambda: Embedding(units=128))
    encoders: tuple[Encoder, ...] = field(
        default_factory=lambda: (Encoder(units=256, bidirectional=False),)
    )
    head: GeneratorHead = field(default_factory=GeneratorHead)
    language: LanguageSettings = field(default_factory=LanguageSettings)
    training: TrainingSettings = field(
        default_factory=lambda: TrainingSettings(max_tokens=64, window_overlap=0)
    )

    def __post_init__(self) -> None:
        require(self.training.compute == "float32", "generators train in float32 alone")
        require(not self.training.window_tokens, "window_tokens is a setting of classifiers")

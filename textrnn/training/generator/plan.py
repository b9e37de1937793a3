"""How a generator is trained: its settings, which recipes hold and options set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textrnn.configuration import NETWORK, TOKENS, TRAINING, check_settings, setting
from textrnn.heads.generator.network import GeneratorHead, require_forward
from textrnn.network import Embedding, Encoder
from textrnn.training.settings import TokenizerSettings, TrainingSettings


@dataclass(frozen=True)
class LanguageSettings:
    """What the training of a language model has besides.

    A model that reads backward does not write: the backward encoders of other networks begin with
    it. How its ``candidates`` are drawn: :mod:`textrnn.training.loop.sampled_softmax`.
    """

    backward: bool = setting(False, "Read from the end, to begin other models with.")
    candidates: int = setting(0, "Softmax over so many drawn tokens; 0: over all.", least=0)
    restart_tokens: int = setting(
        256,
        "Tokens from a start to the next in long texts, to learn to begin; 0: a document.",
        least=0,
    )
    fingerprint: bool = setting(
        True, "Keep a fingerprint of the training text, for the report on what is new."
    )

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class GeneratorPlan:
    """All the settings of a generator's training.

    What it leaves open, as 0, is chosen by :mod:`textrnn.training.generator.defaults`.
    """

    about_auto: ClassVar[str] = (
        "By auto, the default, up to 2,000,000 characters begin with the shipped model of their "
        "language; by none with nothing."
    )

    tokenizer: TokenizerSettings = setting(
        TokenizerSettings(level="bpe", vocabulary_size=0, lowercase=False, normalization="NFC"),
        of_model=True,
        group=TOKENS,
        follows=("vocabulary_size",),
    )
    embedding: Embedding = setting(
        Embedding(units=128, dropout=0.2),
        group=NETWORK,
        helps={"word_dropout": "Share of the vocabulary whose rows are zero for a step."},
    )
    encoders: tuple[Encoder, ...] = setting(
        (Encoder(units=256, bidirectional=False),),
        "Encoders stacked on one another.",
        option="--layers",
        without=("bidirectional", "merge"),
        group=NETWORK,
    )
    head: GeneratorHead = setting(GeneratorHead(dropout=0.2), group=NETWORK)
    language_model: LanguageSettings = setting(LanguageSettings(), group=TRAINING, advanced=True)
    training: TrainingSettings = setting(
        TrainingSettings(
            learning_rate=3e-3,
            schedule="one-cycle",
            epochs=0,
            patience=4,
            batch_size=0,
            max_tokens=64,
            window_overlap=0,
        ),
        without=("window_overlap",),
        unused=(
            "window_tokens",
            "l1",
            "l2",
            "label_smoothing",
            "class_weights",
            "folds",
            "best_by",
        ),
        group=TRAINING,
        helps={
            "batch_size": "Streams of text that are read side by side.",
            "max_tokens": "How far gradients go back.",
        },
        follows=("epochs", "batch_size"),
    )

    def __post_init__(self) -> None:
        check_settings(self)
        require_forward(self.encoders)

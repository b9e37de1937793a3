"""How a translator is trained: its settings, which recipes hold and options set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textrnn.configuration import FILES, NETWORK, TOKENS, TRAINING, check_settings, require, setting
from textrnn.heads.translator.network import TranslatorHead
from textrnn.network import Embedding, Encoder
from textrnn.training.settings import TokenizerSettings, TrainingSettings

AUTO, JOINT, SEPARATE = VOCABULARIES = ("auto", "joint", "separate")


@dataclass(frozen=True)
class PairSettings:
    """Which pairs are learned, in which tokens, and how many between two validations.

    By ``auto`` both sides share a vocabulary where they are in the same script.
    """

    vocabularies: str = setting(
        AUTO, "One vocabulary for both sides, or two.", choices=VOCABULARIES, group=TOKENS
    )
    most_ratio: float = setting(
        3.0,
        "How many times the usual ratio of tokens, or one part in so many, pairs may have; 0: any.",
        least=0,
    )
    foreign: bool = setting(False, "Keep pairs with a side that is not in the usual script.")
    copies: bool = setting(False, "Keep a pair as often as it is there.")
    same: bool = setting(True, "Keep pairs whose sides are the same.", option="--without-same")
    epoch_batches: int = setting(
        0,
        "Batches of an epoch, which need not read all pairs; 0: as many as these make.",
        least=0,
        group=TRAINING,
        advanced=True,
    )

    def __post_init__(self) -> None:
        check_settings(self)
        require(
            self.most_ratio == 0 or self.most_ratio > 1,
            f"most_ratio must be 0 or above 1: {self.most_ratio}",
        )


@dataclass(frozen=True)
class DecoderSettings:
    """What writes the target; its cells and its dropout are those of the encoders."""

    layers: int = setting(
        1, "Decoder layers stacked on one another.", least=1, option="--decoder-layers"
    )
    units: int = setting(
        0, "Units of each; 0: those of an encoder's output.", least=0, option="--decoder-units"
    )

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class TranslatorPlan:
    """All the settings of a translator's training.

    What it leaves open, as 0, is chosen by :mod:`textrnn.training.translator.defaults`.
    """

    about_auto: ClassVar[str] = ""

    tokenizer: TokenizerSettings = setting(
        TokenizerSettings(level="bpe", vocabulary_size=0, lowercase=False, normalization="NFC"),
        of_model=True,
        group=TOKENS,
        follows=("vocabulary_size",),
    )
    embedding: Embedding = setting(
        Embedding(units=256, dropout=0.1), without=("frozen_epochs",), group=NETWORK
    )
    encoders: tuple[Encoder, ...] = setting(
        (Encoder("gru", 256, dropout=0.1),),
        "Encoders stacked on one another.",
        option="--layers",
        without=("merge", "weight_dropout"),
        group=NETWORK,
        helps={"cell": "What reads and writes each token."},
    )
    decoder: DecoderSettings = setting(DecoderSettings(), group=NETWORK)
    head: TranslatorHead = setting(TranslatorHead(copying=True, dropout=0.1), group=NETWORK)
    pairs: PairSettings = setting(PairSettings(), group=FILES, advanced=True)
    training: TrainingSettings = setting(
        TrainingSettings(
            learning_rate=1e-3,
            schedule="cosine",
            epochs=0,
            batch_size=0,
            max_tokens=100,
            window_overlap=0,
            label_smoothing=0.1,
            validation_split=0.05,
            best_by="loss",
        ),
        without=("window_overlap",),
        unused=("window_tokens", "l1", "l2", "class_weights", "folds"),
        group=TRAINING,
        helps={
            "epochs": "The most passes over the training pairs.",
            "batch_size": "Tokens a step, of both sides and with padding.",
            "max_tokens": "Pairs with a longer side are left out.",
            "label_smoothing": "Share of the target spread over all tokens.",
        },
        follows=("epochs", "batch_size"),
    )

    def __post_init__(self) -> None:
        check_settings(self)

"""How a tagger is trained: its settings, which recipes hold and options set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textrnn.configuration import NETWORK, REGULARISATION, TOKENS, TRAINING, check_settings, setting
from textrnn.heads.tagger.network import CharacterEncoder, TaggerHeadSettings
from textrnn.network import Embedding, Encoder
from textrnn.text.words import LEVELS
from textrnn.training.settings import FOLLOWING, TrainingSettings, VectorSettings


@dataclass(frozen=True)
class FeatureSettings:
    """What a tagger's network reads of each token: see its ``TaggerNetwork``.

    Frequencies are counted in the training and unlabelled texts together, those of bigrams in the
    training texts. A word's ``characters`` and its shape count where tokens are words. Rows of
    bigrams and of the lexicon's words that are not ``context_trained`` stay as their vectors were
    trained on plain text, and are not learned by heart.
    """

    level: str = setting("word", "What a token is.", choices=LEVELS)
    vocabulary_size: int = setting(30_000, "The most rows of the embedding.", least=3)
    min_frequency: int = setting(
        2, "How often a token must occur to have a row.", least=1, advanced=True
    )
    characters: CharacterEncoder | None = setting(None, group=NETWORK)
    shape_units: int = setting(
        0, "Numbers for a word's shape; 0 for none.", least=0, group=NETWORK, advanced=True
    )
    bigrams: int = setting(
        0, "The most rows for bigrams of tokens; 0 for none.", least=0, advanced=True
    )
    bigram_units: int = setting(50, "Numbers a bigram.", recipe_only=True)
    bigram_min_frequency: int = setting(
        3, "How often a bigram must occur.", least=1, recipe_only=True
    )
    lexicon: int = setting(
        0,
        "The most words of the lexicon that have rows, the frequent ones; 0 for none.",
        least=0,
        recipe_only=True,
    )
    lexicon_units: int = setting(
        50, "Numbers for each of the four sets of matching words.", recipe_only=True
    )
    lexicon_min_frequency: int = setting(
        2, "How often a word of the lexicon must occur.", least=1, recipe_only=True
    )
    context_dropout: float = setting(
        0.0,
        "Share of bigrams and lexicon words read as unknown while training.",
        is_rate=True,
        recipe_only=True,
    )
    context_trained: bool = setting(
        True, "Whether training changes the rows of bigrams and lexicon words.", recipe_only=True
    )
    simplify: bool = setting(False, "Read traditional Chinese as simplified.", advanced=True)
    lower_copies: float = setting(
        0.0,
        "Share of the training sentences that are also learned in small letters, so that names are "
        "found without capitals too.",
        is_rate=True,
        recipe_only=True,
    )
    upper_copies: float = setting(
        0.0, "The same in capitals, as headlines are.", is_rate=True, recipe_only=True
    )
    dropout: float = setting(
        0.5,
        "On what a token brings.",
        is_rate=True,
        option="--feature-dropout",
        group=REGULARISATION,
    )

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class TaggerPlan:
    """All the settings of a tagger's training."""

    about_auto: ClassVar[str] = (
        "By auto, the default, few sentences begin with the shipped model of their language, and "
        "labels that mean what one of its own does as that one; by none with nothing."
    )

    features: FeatureSettings = setting(
        FeatureSettings(
            min_frequency=1,
            characters=CharacterEncoder(),
            shape_units=8,
            lexicon=50_000,
            dropout=0.3,
        ),
        group=TOKENS,
    )
    embedding: Embedding = setting(Embedding(dropout=0.2), group=NETWORK, follows=("units",))
    vectors: VectorSettings = setting(VectorSettings(), group=TOKENS)
    encoders: tuple[Encoder, ...] = setting(
        (Encoder(),),
        "Encoders stacked on one another.",
        option="--layers",
        without=("weight_dropout",),
        group=NETWORK,
        follows=("units",),
    )
    head: TaggerHeadSettings = setting(TaggerHeadSettings(), group=NETWORK)
    training: TrainingSettings = setting(
        TrainingSettings(),
        without=("window_overlap",),
        unused=("window_tokens", "label_smoothing", "class_weights", "compute"),
        group=TRAINING,
        follows=FOLLOWING,
    )

    def __post_init__(self) -> None:
        check_settings(self)
        self.training.require_chosen()

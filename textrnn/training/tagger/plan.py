"""How a tagger is trained: its settings, which recipes hold and options set."""

from __future__ import annotations

from dataclasses import dataclass, field

from textrnn.configuration import require, require_choice, require_rate
from textrnn.heads.tagger.network import CharacterEncoder, TaggerHead
from textrnn.network import Embedding, Encoder
from textrnn.text.words import LEVELS
from textrnn.training.settings import TrainingSettings, VectorSettings


@dataclass(frozen=True)
class FeatureSettings:
    """What a tagger's network reads of each token: see its ``TaggerNetwork``.

    Attributes:
        level: what a token is: ``word`` or ``character``.
        vocabulary_size: the most rows of the embedding.
        min_frequency: how often a token must occur, in the training and unlabelled texts together,
            to have a row.
        characters: the encoder of a word's characters, or None.
        shape_units: numbers for a word's shape; 0 for none.
        bigrams: the most rows for bigrams; 0 for none.
        bigram_units: numbers a bigram.
        bigram_min_frequency: how often a bigram must occur in the training texts.
        lexicon: the most words of the lexicon that have rows, by how often the training and
            unlabelled texts hold them; 0 for none.
        lexicon_units: numbers for each of the four sets of matching words.
        lexicon_min_frequency: how often a word of the lexicon must occur.
        context_dropout: share of bigrams and lexicon words read as unknown while training.
        context_trained: whether training changes the rows of bigrams and lexicon words; without,
            they stay as their vectors were trained on plain text, and are not learned by heart.
        simplify: whether traditional Chinese characters are read as their simplified forms.
        lower_copies: share of the training sentences that are also learned in small letters, so
            that names are found without capitals too.
        upper_copies: the same in capitals, as headlines are.
        dropout: share of a token's numbers dropped while training.
    """

    level: str = "word"
    vocabulary_size: int = 30_000
    min_frequency: int = 2
    characters: CharacterEncoder | None = None
    shape_units: int = 0
    bigrams: int = 0
    bigram_units: int = 50
    bigram_min_frequency: int = 3
    lexicon: int = 0
    lexicon_units: int = 50
    lexicon_min_frequency: int = 2
    context_dropout: float = 0.0
    context_trained: bool = True
    simplify: bool = False
    lower_copies: float = 0.0
    upper_copies: float = 0.0
    dropout: float = 0.5

    def __post_init__(self) -> None:
        require_choice("level", self.level, LEVELS)
        require(self.vocabulary_size >= 3, "vocabulary_size must be at least 3")
        for name in ("min_frequency", "bigram_min_frequency", "lexicon_min_frequency"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1: {getattr(self, name)}")
        for name in ("shape_units", "bigrams", "lexicon"):
            require(getattr(self, name) >= 0, f"{name} must be 0 or more: {getattr(self, name)}")
        require_rate("dropout", self.dropout)
        for name in ("context_dropout", "lower_copies", "upper_copies"):
            require_rate(name, getattr(self, name))


@dataclass(frozen=True)
class TaggerHeadSettings:
    """The tagger's head without its labels, which come from the data."""

    scheme: str = "bioes"
    decoder: str = "crf"
    dropout: float = 0.5

    def __post_init__(self) -> None:
        self.with_labels(("one",))  # checks the rest before any text is read

    def with_labels(self, labels: tuple[str, ...]) -> TaggerHead:
        """The head that finds spans of these labels."""
        return TaggerHead(
            labels=labels,
            scheme=self.scheme,
            decoder=self.decoder,
            dropout=self.dropout,
        )


@dataclass(frozen=True)
class TaggerPlan:
    """All the settings of a tagger's training."""

    features: FeatureSettings = field(default_factory=FeatureSettings)
    embedding: Embedding = field(default_factory=Embedding)
    vectors: VectorSettings = field(default_factory=VectorSettings)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))
    head: TaggerHeadSettings = field(default_factory=TaggerHeadSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def __post_init__(self) -> None:
        require(not self.training.window_tokens, "window_tokens is a setting of classifiers")
        require(self.training.compute == "float32", "taggers train in float32 alone")

"""How a classifier is trained: its settings, which recipes hold and options set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textrnn.configuration import (
    NETWORK,
    TOKENS,
    TRAINING,
    check_settings,
    require,
    setting,
)
from textrnn.heads.classifier.network import HeadSettings
from textrnn.network import Embedding, Encoder
from textrnn.training.named import COUNT
from textrnn.training.settings import (
    FOLLOWING,
    TokenizerSettings,
    TrainingSettings,
    VectorSettings,
)


@dataclass(frozen=True)
class ConsistencySettings:
    """What else a classifier learns than the labels of its texts.

    All of it together is the mixed objective of Sachan et al. 2019. After an ``adversarial`` step,
    which raises a text's loss most, the label must still be found (Miyato et al. 2017, section 3);
    after a ``virtual_adversarial`` one, which changes the answer most, the answer must be the same
    (the same section). It and the ``entropy`` of answers (Grandvalet & Bengio 2004) need no label:
    they are taken on the unlabelled texts, or where there are none on the labelled ones.
    """

    adversarial: float = setting(
        0.0, "Norm of adversarial steps on the embeddings; 5 is usual, 0 for none.", least=0
    )
    virtual_adversarial: float = setting(
        0.0, "The same for the answers to --unlabelled texts, whatever they are.", least=0
    )
    entropy: float = setting(
        0.0, "Weight of the entropy of the answers to --unlabelled texts.", least=0
    )
    unlabelled_batch: int = setting(32, "Unlabelled texts a step, for the two above.", least=1)

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def needs_unlabelled(self) -> bool:
        """Whether unlabelled texts are learned from, where there are any."""
        return self.virtual_adversarial > 0 or self.entropy > 0

    @property
    def is_plain(self) -> bool:
        """Whether labels are all that is learned."""
        return self.adversarial == 0 and not self.needs_unlabelled


@dataclass(frozen=True)
class AuxiliarySettings:
    """What a classifier learns beside the labels of its texts from the texts themselves: see
    :mod:`textrnn.training.classifier.auxiliary`.

    The mean loss over unlabelled texts is added to that over the labelled ones.
    """

    language_model: float = setting(
        0.0,
        "Weight at first of predicting each token from those before and behind it, which falls to "
        "0; 0 for none.",
        least=0,
    )
    candidates: int = setting(
        512, "The most tokens drawn for each step's softmax.", least=1, recipe_only=True
    )
    unlabelled_batch: int = setting(
        0,
        "Of the --unlabelled texts, how many a step it predicts, too.",
        least=0,
        option="--language-model-texts",
    )

    def __post_init__(self) -> None:
        check_settings(self)
        require(
            not self.unlabelled_batch or self.language_model > 0,
            "unlabelled_batch: no language model reads unlabelled texts; set language_model",
        )

    @property
    def needs_unlabelled(self) -> bool:
        """Whether unlabelled texts are read, where there are any."""
        return self.unlabelled_batch > 0


@dataclass(frozen=True)
class BagSettings:
    """A linear model of n-grams beside the network: :mod:`textrnn.training.classifier.bag`."""

    longest: int = setting(
        0,
        "Longest n-grams of a linear model beside the network; 0 for none.",
        least=0,
        option="--bag-ngrams",
    )
    weights: str = setting(
        "ratios",
        "What n-grams count by: the ratios of their shares among labels, their rarity, which suits "
        "few texts, or what they count by in the classifier begun with (kept).",
        choices=("ratios", "rarity", "kept"),
        recipe_only=True,
    )
    min_frequency: int = setting(
        3, "How many texts must have an n-gram for it to be kept.", least=1, recipe_only=True
    )
    strength: float = setting(
        30.0, "C, the inverse of the regularisation.", above=0, recipe_only=True
    )
    length_power: float = setting(
        1.0,
        "By rarity: an n-gram's feature is divided by its length to this power; 0 where tokens are "
        "Chinese characters, of which two are mostly a word.",
        least=0,
        recipe_only=True,
    )
    ending: int = setting(
        0,
        "Tokens at a text's end, where a review says what it comes to, whose n-grams count once "
        "more and by themselves; 0 for none.",
        least=0,
        recipe_only=True,
    )

    def __post_init__(self) -> None:
        check_settings(self)
        require(self.longest > 0 or not self.ending, "ending: there is no bag; set longest")


@dataclass(frozen=True)
class ClassifierPlan:
    """All the settings of a classifier's training."""

    about_auto: ClassVar[str] = (
        "By auto, the default, few texts begin with the word vectors of their language, or with "
        "its shipped model where that knows of their labels; by none with nothing."
    )

    tokenizer: TokenizerSettings = setting(
        TokenizerSettings(), without=("min_frequency", "lowercase"), of_model=True, group=TOKENS
    )
    embedding: Embedding = setting(
        Embedding(dropout=0.2),
        group=NETWORK,
        follows=("units", "dropout", "word_dropout", "frozen_epochs"),
    )
    vectors: VectorSettings = setting(VectorSettings(), of_model=True, group=TOKENS)
    encoders: tuple[Encoder, ...] = setting(
        (Encoder(),),
        "Encoders stacked on one another.",
        option="--layers",
        without=("weight_dropout",),
        group=NETWORK,
        follows=(COUNT, "cell", "units", "bidirectional", "merge"),
    )
    head: HeadSettings = setting(
        HeadSettings(),
        group=NETWORK,
        follows=("pooling", "attention_units", "ngram_widths", "ngram_units", "hidden_units"),
    )
    training: TrainingSettings = setting(
        TrainingSettings(),
        group=TRAINING,
        follows=FOLLOWING,
    )
    consistency: ConsistencySettings = setting(ConsistencySettings(), group=TRAINING, advanced=True)
    bag: BagSettings = setting(BagSettings(), group=NETWORK, follows=("longest",))
    auxiliary: AuxiliarySettings = setting(AuxiliarySettings(), group=TRAINING, advanced=True)

    def __post_init__(self) -> None:
        self.training.require_chosen()
        require(
            self.consistency.is_plain or not self.auxiliary.language_model,
            "a language model beside the labels, and adversarial steps or entropy: one of the two",
        )
        require(
            self.consistency.is_plain or self.training.compute == "float32",
            "adversarial steps and entropy compute in float32 alone",
        )
        if self.auxiliary.language_model:
            check_auxiliary(self.encoders[0], self.embedding)

    @property
    def reads_unlabelled(self) -> bool:
        """Whether the network learns from unlabelled texts as they are."""
        return self.consistency.needs_unlabelled or self.auxiliary.needs_unlabelled


def check_auxiliary(encoder: Encoder, embedding: Embedding) -> None:
    """Whether a network's first encoder can predict tokens by the rows of its embedding.

    Raises:
        ConfigurationError: it mixes its directions, or its units are no multiple of the
            embedding's.
    """
    require(
        encoder.units % embedding.units == 0,
        "a language model beside the labels needs an encoder whose units a direction are the "
        f"embedding's or a multiple of them; received {encoder.units} and {embedding.units}",
    )
    require(
        not encoder.bidirectional or encoder.merge == "concat",
        "a language model beside the labels needs directions that are put end to end: merge "
        f"concat; received {encoder.merge}",
    )

"""How a classifier is trained: its settings, which recipes hold and options set."""

from __future__ import annotations

from dataclasses import dataclass, field

from textrnn.configuration import require
from textrnn.heads.classifier.network import ClassifierHead
from textrnn.network import Embedding, Encoder
from textrnn.training.settings import TokenizerSettings, TrainingSettings, VectorSettings


@dataclass(frozen=True)
class ConsistencySettings:
    """What else a classifier learns than the labels of its texts.

    All of it together is the mixed objective of Sachan et al. 2019.

    Attributes:
        adversarial: the norm of the step on a labelled text's embeddings that raises its loss most,
            after which the label must still be found (adversarial training: Miyato et al. 2017,
            section 3, where 5 to 10 serve); 0 leaves it out.
        virtual_adversarial: the norm of the step that changes the answer most, after which it must
            still be the same (the same section). No label is needed: it is taken on the unlabelled
            texts, or where there are none on the labelled ones. 0 leaves it out.
        entropy: weighs the entropy of the answers to the unlabelled texts, or where there are none
            to the labelled ones (Grandvalet & Bengio 2004); 0 leaves it out.
        unlabelled_batch: unlabelled texts a step.
    """

    adversarial: float = 0.0
    virtual_adversarial: float = 0.0
    entropy: float = 0.0
    unlabelled_batch: int = 32

    def __post_init__(self) -> None:
        for name in ("adversarial", "virtual_adversarial", "entropy"):
            require(getattr(self, name) >= 0, f"{name} must be 0 or more: {getattr(self, name)}")
        require(self.unlabelled_batch >= 1, "unlabelled_batch must be at least 1")

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

    Attributes:
        language_model: weighs the mean loss of predicting each token from those before it, and from
            those behind it, when the run begins; the weight falls to 0 at its end. 0 leaves it out.
            The mean over unlabelled texts is added to that over the labelled ones.
        candidates: the most tokens drawn for each step, over which that softmax goes.
        unlabelled_batch: unlabelled texts that the language model reads besides in each step.
    """

    language_model: float = 0.0
    candidates: int = 512
    unlabelled_batch: int = 0

    def __post_init__(self) -> None:
        weight, batch = self.language_model, self.unlabelled_batch
        require(weight >= 0, f"language_model must be 0 or more: {weight}")
        require(batch >= 0, f"unlabelled_batch must be 0 or more: {batch}")
        require(
            not batch or weight > 0,
            "unlabelled_batch: no language model reads unlabelled texts; set language_model",
        )
        require(self.candidates >= 1, f"candidates must be at least 1: {self.candidates}")

    @property
    def needs_unlabelled(self) -> bool:
        """Whether unlabelled texts are read, where there are any."""
        return self.unlabelled_batch > 0


@dataclass(frozen=True)
class HeadSettings:
    """The classifier's head without its labels, which come from the data."""

    pooling: tuple[str, ...] = ("attention", "max")
    attention_units: int = 64
    ngram_widths: tuple[int, ...] = (2, 3, 4)
    ngram_units: int = 64
    hidden_units: int = 0
    dropout: float = 0.5

    def __post_init__(self) -> None:
        self.with_labels(("one", "two"))  # checks the rest before any text is read

    def with_labels(self, labels: tuple[str, ...]) -> ClassifierHead:
        """The head that tells these labels apart."""
        return ClassifierHead(
            labels=labels,
            pooling=self.pooling,
            attention_units=self.attention_units,
            ngram_widths=self.ngram_widths,
            ngram_units=self.ngram_units,
            hidden_units=self.hidden_units,
            dropout=self.dropout,
        )


@dataclass(frozen=True)
class BagSettings:
    """A linear model of n-grams beside the network: :mod:`textrnn.training.classifier.bag`.

    Attributes:
        longest: tokens of the longest n-grams; 0 for no such model.
        min_frequency: how many texts must have an n-gram for it to be kept.
        strength: C, the inverse of the regularisation.
        ending: the n-grams of so many tokens at a text's end, where a review says what it comes to,
            count once more and by themselves; 0 for none.
    """

    longest: int = 0
    min_frequency: int = 3
    strength: float = 30.0
    ending: int = 0

    def __post_init__(self) -> None:
        require(self.longest >= 0, f"longest must be 0 or more: {self.longest}")
        require(self.min_frequency >= 1, f"min_frequency must be at least 1: {self.min_frequency}")
        require(self.strength > 0, f"strength must be above 0: {self.strength}")
        require(self.ending >= 0, f"ending must be 0 or more: {self.ending}")
        require(self.longest > 0 or not self.ending, "ending: there is no bag; set longest")


@dataclass(frozen=True)
class ClassifierPlan:
    """All the settings of a classifier's training."""

    tokenizer: TokenizerSettings = field(default_factory=TokenizerSettings)
    embedding: Embedding = field(default_factory=Embedding)
    vectors: VectorSettings = field(default_factory=VectorSettings)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))
    head: HeadSettings = field(default_factory=HeadSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    consistency: ConsistencySettings = field(default_factory=ConsistencySettings)
    bag: BagSettings = field(default_factory=BagSettings)
    auxiliary: AuxiliarySettings = field(default_factory=AuxiliarySettings)

    def __post_init__(self) -> None:
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

"""How a network is trained: one frozen description, as recipes and bundles hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textrnn.bundle.serving_settings import check_windows
from textrnn.configuration import require, require_choice, require_rate
from textrnn.heads.classifier.network import ClassifierHead
from textrnn.heads.tagger.network import CharacterEncoder, TaggerHead
from textrnn.text.words import LEVELS

OPTIMIZERS = ("sgd", "rmsprop", "adam", "adamw")
COMPUTE = ("float32", "bfloat16")  # numbers of the products in training
SCHEDULES = ("constant", "cosine", "plateau", "one-cycle")


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that decides the weights besides the data and the network.

    Attributes:
        optimizer: ``sgd`` (momentum 0.9), ``rmsprop``, ``adam`` or ``adamw``.
        learning_rate: the highest rate that the schedule reaches.
        schedule: ``constant``, ``cosine`` (to zero), ``plateau`` (halved after ``plateau_epochs``
            epochs without a better validation loss) or ``one-cycle`` (up for the first 30% of the
            steps, then down to zero; Smith 2018).
        plateau_epochs: patience of the plateau schedule.
        epochs: the most passes over the training texts.
        patience: epochs without a better validation accuracy (or, at the same one, a lower loss)
            after which training stops; 0 never.
        batch_size: texts a step; for generators streams of text.
        max_tokens: a longer training text gives a window of this length, drawn anew each epoch. For
            taggers a longer sentence is cut, between spans. For generators the tokens through which
            gradients go back.
        window_tokens: of a classifier, the length of the windows in which a long text is read whole
            when it is validated and served; 0 for ``max_tokens``.
        window_overlap: tokens that neighbouring windows share when a long text is read whole.
        clip_norm: the gradient's norm is scaled down to this; 0 leaves it.
        l1: L1 penalty on kernels.
        l2: L2 penalty on kernels.
        weight_decay: decoupled decay, AdamW alone.
        label_smoothing: share of the target that is spread over all labels.
        class_weights: ``none``, ``balanced`` (inverse frequency) or a weight for each label.
        validation_split: share of the training texts cut off for validation where none is given.
        average: decay of the moving average of the weights that is validated and kept, as 0.999; 0
            keeps the weights themselves.
        average_epochs: how many epochs' weights are averaged at the end, the best ones (Vaswani et
            al. 2017, section 6.1, average the last).
        compute: the numbers that a classifier's training computes with: ``float32``, or
            ``bfloat16``, which is faster on processors that have its products and slower on others.
            The weights are in float32 either way.
        checkpoint_minutes: how often the state is written for ``--resume``.
        random_state: fixes the split, the shuffles, the initial weights and all dropout.
    """

    optimizer: str = "adam"
    learning_rate: float = 1e-3
    schedule: str = "constant"
    plateau_epochs: int = 1
    epochs: int = 10
    patience: int = 3
    batch_size: int = 32
    max_tokens: int = 400
    window_tokens: int = 0
    window_overlap: int = 50
    clip_norm: float = 1.0
    l1: float = 0.0
    l2: float = 0.0
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    class_weights: str | Mapping[str, float] = "none"
    validation_split: float = 0.1
    average: float = 0.0
    average_epochs: int = 1
    compute: str = "float32"
    checkpoint_minutes: float = 10.0
    random_state: int = 0

    def __post_init__(self) -> None:
        require_choice("optimizer", self.optimizer, OPTIMIZERS)
        require_choice("schedule", self.schedule, SCHEDULES)
        require_choice("compute", self.compute, COMPUTE)
        require(self.learning_rate > 0, f"learning_rate must be above 0: {self.learning_rate}")
        for name in ("epochs", "batch_size", "max_tokens", "plateau_epochs", "average_epochs"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1: {getattr(self, name)}")
        for name in (
            "patience",
            "clip_norm",
            "l1",
            "l2",
            "weight_decay",
            "random_state",
            "window_tokens",
        ):
            require(getattr(self, name) >= 0, f"{name} must be 0 or more: {getattr(self, name)}")
        require(self.checkpoint_minutes >= 0, "checkpoint_minutes must be 0 or more")
        require(
            self.average_epochs <= self.epochs,
            f"average_epochs: there are {self.epochs} epochs, not {self.average_epochs}",
        )
        check_windows(self.reading_window, self.window_overlap)
        require_rate("average", self.average)
        require_rate("label_smoothing", self.label_smoothing)
        require_rate("validation_split", self.validation_split)
        require(
            self.weight_decay == 0 or self.optimizer == "adamw",
            "weight_decay belongs to the optimizer adamw; use l2 with the others",
        )
        if isinstance(self.class_weights, str):
            require_choice("class_weights", self.class_weights, ("none", "balanced"))

    @property
    def reading_window(self) -> int:
        """Tokens of the windows in which a long text is read whole."""
        return self.window_tokens or self.max_tokens


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
    :mod:`textrnn.training.auxiliary`.

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
class LanguageSettings:
    """What the training of a language model has besides.

    Attributes:
        backward: whether texts are read from their end to their beginning. Such a model does not
            write: the backward encoders of other networks begin with it.
        candidates: tokens drawn for each step, over which the softmax goes instead of over the
            whole vocabulary (:mod:`textrnn.training.sampled_softmax`); 0: the whole.
        fingerprint: whether the bundle keeps a fingerprint of the training text, for the novelty
            report.
    """

    backward: bool = False
    candidates: int = 0
    fingerprint: bool = True

    def __post_init__(self) -> None:
        require(self.candidates >= 0, f"candidates must be 0 or more: {self.candidates}")


@dataclass(frozen=True)
class TokenizerSettings:
    """How the vocabulary is made: see :meth:`textrnn.text.tokenizer.Tokenizer.train`."""

    level: str = "word"
    vocabulary_size: int = 30_000
    min_frequency: int = 2
    lowercase: bool = True
    normalization: str = "NFKC"
    simplify: bool = False

    def __post_init__(self) -> None:
        require_choice("level", self.level, ("character", "word", "bpe", "wordpiece"))
        require_choice("normalization", self.normalization, ("NFC", "NFKC", "none"))
        require(self.vocabulary_size >= 8, "vocabulary_size must be at least 8")
        require(self.min_frequency >= 1, "min_frequency must be at least 1")


@dataclass(frozen=True)
class VectorSettings:
    """Word vectors trained on the training texts and the unlabelled ones, to start from.

    Attributes:
        method: ``none``, ``skipgram`` or ``cbow``.
        epochs: passes over the texts.
        window: the most tokens to either side that count as context.
        negative: noise words drawn for each true one.
    """

    method: str = "none"
    epochs: int = 5
    window: int = 5
    negative: int = 5

    def __post_init__(self) -> None:
        require_choice("method", self.method, ("none", "skipgram", "cbow"))
        for name in ("epochs", "window", "negative"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1: {getattr(self, name)}")


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
    """A linear model of n-grams beside a classifier's network: see :mod:`textrnn.training.bag`.

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

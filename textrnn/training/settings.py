"""How a network is trained: one frozen description, as recipes and bundles hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textrnn.bundle.serving_settings import check_windows
from textrnn.configuration import require, require_choice, require_rate

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

"""How a network is trained: the settings that plans of several tasks share.

They are read without Keras, for recipes and for the options of ``textrnn train``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from textrnn.bundle.serving_settings import check_windows
from textrnn.configuration import FIRST_HOUR, REGULARISATION, check_settings, require, setting
from textrnn.network import Embedding

OPTIMIZERS = ("sgd", "rmsprop", "adam", "adamw")
COMPUTE = ("float32", "bfloat16")
SCHEDULES = ("constant", "cosine", "plateau", "one-cycle")
WEIGHTINGS = ("none", "balanced")
BEST_BY = ("score", "loss")
_OVERLAP = 50
_SMALL = 53  # tokens: windows below this that share 50 would read each token more than 20 times
# Of a training of labelled texts, the settings that follow from how many there are.
FOLLOWING = (
    "epochs",
    "batch_size",
    "learning_rate",
    "schedule",
    "patience",
    "validation_split",
    "folds",
    "best_by",
)


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that decides the weights besides the data and the network.

    The momentum of ``sgd`` is 0.9. Of the schedules ``cosine`` goes down to zero, ``plateau`` is
    halved after ``plateau_epochs`` epochs without a better validation loss, and ``one-cycle`` goes
    up for the first 30% of the steps, then down to zero (Smith 2018). The best epochs' weights are
    averaged as Vaswani et al. 2017, section 6.1, average the last. A longer training text gives a
    window of ``max_tokens``, drawn anew each epoch; a tagger's sentence is cut between spans.
    """

    optimizer: str = setting(
        "adam", "How a step follows the gradient.", choices=OPTIMIZERS, advanced=True
    )
    learning_rate: float = setting(1e-3, "The highest rate that the schedule reaches.", above=0)
    schedule: str = setting("constant", "Of the learning rate.", choices=SCHEDULES, advanced=True)
    plateau_epochs: int = setting(1, "Patience of the plateau schedule.", least=1, recipe_only=True)
    epochs: int = setting(
        10,
        "The most passes over the training texts.",
        least=0,
        group=FIRST_HOUR,
    )
    patience: int = setting(3, "Stop after this many epochs without gain; 0: never.", least=0)
    batch_size: int = setting(32, "Texts a step.", least=0)
    max_tokens: int = setting(
        400,
        "Window of long texts in training.",
        least=1,
        advanced=True,
    )
    window_tokens: int = setting(
        0, "Windows in which long texts are read whole; 0: max-tokens.", least=0, advanced=True
    )
    window_overlap: int = setting(
        _OVERLAP,
        "Tokens that neighbouring windows share; of small windows a quarter.",
        advanced=True,
    )
    clip_norm: float = setting(1.0, "Largest gradient norm; 0: any.", least=0, advanced=True)
    l1: float = setting(0.0, "L1 penalty on kernels.", least=0, group=REGULARISATION, advanced=True)
    l2: float = setting(0.0, "L2 penalty on kernels.", least=0, group=REGULARISATION)
    weight_decay: float = setting(
        0.0, "Decoupled decay, for adamw alone.", least=0, group=REGULARISATION, advanced=True
    )
    label_smoothing: float = setting(
        0.0,
        "Share of the target spread over all labels.",
        is_rate=True,
        group=REGULARISATION,
        advanced=True,
    )
    class_weights: str | Mapping[str, float] = setting(
        "none", "none, balanced (by inverse frequency), or label=weight,…", choices=WEIGHTINGS
    )
    validation_split: float = setting(
        0.1, "Share cut from --train, where no --validation is given.", is_rate=True
    )
    folds: int = setting(
        0,
        "Folds by which texts validate one another, where no --validation is given; 0: a share is "
        "cut off.",
        least=0,
        advanced=True,
    )
    best_by: str = setting(
        "score",
        "What the best epoch has the best of.",
        choices=BEST_BY,
        option="--best-by",
        advanced=True,
    )
    average: float = setting(
        0.0,
        "Decay of the moving average of the weights that is kept; 0: none.",
        is_rate=True,
        advanced=True,
    )
    average_epochs: int = setting(
        1, "The best epochs whose weights are averaged at the end.", least=1, advanced=True
    )
    compute: str = setting(
        "float32",
        "Numbers of the products in training: bfloat16 is faster on processors that have it.",
        choices=COMPUTE,
        advanced=True,
    )
    checkpoint_minutes: float = setting(
        10.0, "How often --resume's state is written.", least=0, advanced=True
    )
    random_state: int = setting(
        0, "Fixes the split, the shuffles, the first weights and all dropout.", least=0
    )

    def __post_init__(self) -> None:
        check_settings(self)
        require(
            not self.epochs or self.average_epochs <= self.epochs,
            f"average_epochs: there are {self.epochs} epochs, not {self.average_epochs}",
        )
        require(self.folds != 1, "folds: one fold would leave nothing to learn from")
        require(
            not self.folds or self.average_epochs == 1,
            "folds choose one epoch: average_epochs must be 1",
        )
        check_windows(self.reading_window, self.reading_overlap)
        require(
            self.weight_decay == 0 or self.optimizer == "adamw",
            "weight_decay belongs to the optimizer adamw; use l2 with the others",
        )

    def require_chosen(self) -> None:
        """Raise :class:`ConfigurationError` where something is left open, as 0."""
        require(self.epochs > 0, "epochs must be at least 1: 0")
        require(self.batch_size > 0, "batch_size must be at least 1: 0")

    @property
    def reading_window(self) -> int:
        """Tokens of the windows in which a long text is read whole."""
        return self.window_tokens or self.max_tokens

    @property
    def reading_overlap(self) -> int:
        """Tokens that those share: the usual overlap is a quarter of windows too small for it."""
        size, overlap = self.reading_window, self.window_overlap
        return size // 4 if size < _SMALL and overlap == _OVERLAP else overlap


@dataclass(frozen=True)
class TokenizerSettings:
    """How the vocabulary is made: see :meth:`textrnn.text.tokenizer.Tokenizer.train`."""

    level: str = setting(
        "word", "What a token is.", choices=("character", "word", "bpe", "wordpiece")
    )
    vocabulary_size: int = setting(30_000, "The most tokens.", least=0)
    min_frequency: int = setting(2, "How often a token must occur.", least=1, advanced=True)
    lowercase: bool = setting(True, "Fold case.", advanced=True)
    normalization: str = setting(
        "NFKC", "Of Unicode.", choices=("NFC", "NFKC", "none"), recipe_only=True
    )
    simplify: bool = setting(False, "Read traditional Chinese as simplified.", advanced=True)

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class VectorSettings:
    """Word vectors trained on the training texts and the unlabelled ones, to start from."""

    method: str = setting(
        "none",
        "Word vectors trained on all texts, to begin with.",
        choices=("none", "skipgram", "cbow"),
        option="--vectors",
    )
    epochs: int = setting(5, "Passes over the texts.", least=1, recipe_only=True)
    window: int = setting(
        5, "The most tokens to either side that count as context.", least=1, recipe_only=True
    )
    negative: int = setting(5, "Noise words drawn for each true one.", least=1, recipe_only=True)

    def __post_init__(self) -> None:
        check_settings(self)


@runtime_checkable
class Plan(Protocol):
    """The settings of a run, as far as every task has them."""

    @property
    def training(self) -> TrainingSettings:
        """How to train."""


@runtime_checkable
class WordPlan(Plan, Protocol):
    """The settings of a run whose network reads words: it may begin with word vectors, or with
    another model.

    Attributes:
        about_auto: for the help of ``--init-from``, what the task begins with where nothing is
            named; empty where that is nothing.
    """

    about_auto: ClassVar[str]

    @property
    def embedding(self) -> Embedding:
        """The embedding."""

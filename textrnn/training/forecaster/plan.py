"""How a forecaster is trained: its settings, which recipes hold and options set."""

from __future__ import annotations

from dataclasses import dataclass

from textrnn.configuration import (
    FIRST_HOUR,
    NETWORK,
    REGULARISATION,
    TRAINING,
    check_settings,
    require,
    setting,
)
from textrnn.heads.forecaster.network import (
    ARCHITECTURES,
    CALENDAR,
    NORMALIZATIONS,
    POOLINGS,
    SCALINGS,
    STRATEGIES,
    ForecastHead,
)
from textrnn.network import Encoder
from textrnn.training.settings import TrainingSettings

AUTO = "auto"
LOSSES = ("mse", "mae", "huber", "quantiles")
FIRST, BESIDE, NONE = "first", "beside", "none"  # places of a linear forecast


@dataclass(frozen=True)
class WindowSettings:
    """What a window is: how many steps are read and forecast, and in which numbers.

    Sizes that are left open, as 0, follow from the season and the length of the series
    (:mod:`textrnn.training.forecaster.defaults`).
    """

    window: int = setting(0, "Steps that are read (lookback).", least=0, group=FIRST_HOUR)
    horizon: int = setting(0, "Steps that are forecast.", least=0, group=FIRST_HOUR)
    scaling: str = setting(
        "standard", "Of each column, fitted on the training part.", choices=SCALINGS
    )
    normalize: str = setting(
        "last",
        "What a window is relative to: its last value, its mean and deviation, or nothing.",
        choices=NORMALIZATIONS,
    )
    calendar: tuple[str, ...] = setting(
        (),
        "Cycles of the time to read besides: hour,weekday,… or auto.",
        choices=(AUTO, *CALENDAR),
        group=FIRST_HOUR,
    )

    def __post_init__(self) -> None:
        check_settings(self)
        require(
            AUTO not in self.calendar or self.calendar == (AUTO,),
            "calendar: auto stands alone",
        )


@dataclass(frozen=True)
class ForecastHeadSettings:
    """A forecaster's head, and what it learns to make small: see
    :class:`textrnn.heads.forecaster.network.ForecastHead`.

    By ``auto`` windows are read in segments, unless encoders, strategy or pooling are such as only
    steps have. The loss ``quantiles`` is the pinball loss (Koenker & Bassett 1978), ``huber``
    Huber's (1964) with a border of 1.
    """

    architecture: str = setting(
        AUTO, "Read windows in segments (SegRNN), or step by step.", choices=(AUTO, *ARCHITECTURES)
    )
    segment: int = setting(0, "Steps of a segment; 0: chosen by the window.", least=0)
    strategy: str = setting(
        "direct", "Forecast all steps at once, or one, which is fed back.", choices=STRATEGIES
    )
    pooling: str = setting(
        "last", "What stands for a window that is read step by step.", choices=POOLINGS
    )
    attention_units: int = setting(32, "Hidden units of the attention.", least=1, advanced=True)
    loss: str = setting("mse", "What training makes small.", choices=LOSSES, group=FIRST_HOUR)
    quantiles: tuple[float, ...] = setting(
        (0.05, 0.25, 0.5, 0.75, 0.95), "Levels of the loss quantiles, 0.5 among them."
    )
    dropout: float = setting(
        0.1, "On what the last layer reads.", is_rate=True, group=REGULARISATION
    )
    linear: str = setting(
        FIRST,
        "A ridge regression: fitted first, and the network learns what it leaves; beside the "
        "network, which learns alone, and mixed as fits the validation windows; or none.",
        choices=(FIRST, BESIDE, NONE),
    )

    def __post_init__(self) -> None:
        check_settings(self)
        ForecastHead(quantiles=self.quantiles)  # checks the levels before any series is read

    def head(self, architecture: str, segment: int) -> ForecastHead:
        """The head that a network learns with."""
        return ForecastHead(
            architecture,
            segment,
            self.strategy,
            self.pooling,
            self.attention_units,
            self.quantiles if self.loss == "quantiles" else (),
            self.dropout,
            self.linear == FIRST,
        )


@dataclass(frozen=True)
class ForecasterPlan:
    """All the settings of a forecaster's training."""

    series: WindowSettings = setting(WindowSettings(), group=NETWORK, follows=("window", "horizon"))
    encoders: tuple[Encoder, ...] = setting(
        (Encoder("gru", 64, bidirectional=False),),
        "Encoders stacked on one another.",
        option="--layers",
        without=("weight_dropout",),
        group=NETWORK,
        helps={"cell": "What reads the window."},
    )
    head: ForecastHeadSettings = setting(ForecastHeadSettings(), group=NETWORK)
    training: TrainingSettings = setting(
        TrainingSettings(
            learning_rate=2e-3,
            schedule="cosine",
            epochs=0,
            patience=0,
            batch_size=0,
            validation_split=0.2,
        ),
        without=("window_overlap",),
        unused=(
            "max_tokens",
            "window_tokens",
            "label_smoothing",
            "class_weights",
            "compute",
            "folds",
        ),
        group=TRAINING,
        helps={
            "epochs": "The most passes over the training windows.",
            "batch_size": "Windows a step.",
            "validation_split": "Share of each series, its end, that validates, where no "
            "--validation is given.",
        },
        follows=("epochs", "batch_size"),
    )

    def __post_init__(self) -> None:
        check_settings(self)
        require(
            self.head.linear != BESIDE or self.series.normalize == "last",
            "linear: beside the network a ridge regression reads windows as this does: less their "
            f"last values (normalize=last, not {self.series.normalize})",
        )

    @property
    def architecture(self) -> str:
        """How windows are read, chosen where that is left open."""
        if self.head.architecture != AUTO:
            return self.head.architecture
        (first, *more), head = self.encoders, self.head
        of_steps = (
            more
            or first.bidirectional
            or first.cell == "lstm"
            or head.strategy == "recursive"
            or head.pooling != "last"
        )
        return "steps" if of_steps else "segments"

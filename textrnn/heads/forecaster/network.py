"""The description of a forecaster's network: a window of a series to the steps that follow it.

Shapes: B windows, W steps of a window, K targets, I numbers that are read at each step (targets,
features, numbers of the calendar), S steps that are forecast at once, Q levels; of the segments L
steps each, n in the window, m in the forecast; D units.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from textrnn.configuration import require, require_choice, require_rate
from textrnn.network import (
    Encoder,
    Network,
    encoder_shapes,
    refuse_weight_dropout,
    require_bounds,
    require_labels,
)

ARCHITECTURES = ("segments", "steps")
STRATEGIES = ("direct", "recursive")
NORMALIZATIONS = ("last", "mean", "none")
POOLINGS = ("last", "attention")
SCALINGS = ("standard", "minmax", "none")
CALENDAR = ("minute", "hour", "weekday", "monthday", "yearday")
CALENDAR_NUMBERS = 2  # of each cycle: sine and cosine
_MOST_NUMBERS = 1 << 24  # of a window, or of a forecast


@dataclass(frozen=True)
class ForecastHead:
    """From a window to the steps that follow it.

    ``segments`` is SegRNN (Lin et al. 2023): the window is cut into segments, each a vector by a
    linear layer and ReLU, which one recurrent layer reads. From its last state all segments of the
    forecast are decoded side by side: one step each of the same layer, whose input says which
    segment of which target is asked for. The targets share all weights and do not see each other;
    features and calendar stand beside each. ``steps`` reads one step after the other, all columns
    together, and has one dense layer from the last state, or from the attention over the window
    (additive: Bahdanau et al. 2015, with a learned query), to all that is forecast.

    Beside either there may be a ``linear`` forecast from the targets' own windows less their last
    values (NLinear, Zeng et al. 2023), whose matrix all targets share: a ridge regression, fitted
    first. The network then learns what that leaves (as Lai et al. 2018 have it, section 3.6).

    Attributes:
        architecture: one of the two.
        segment: steps of a segment.
        strategy: ``direct`` forecasts the whole horizon at once, ``recursive`` one step, which is
            fed back.
        pooling: of ``steps``, what stands for the window.
        attention_units: size of the attention's hidden layer.
        quantiles: the levels that are forecast, rising, the median among them; none for the mean
            or the median alone.
        dropout: on what the last layer reads.
        linear: whether there is a linear forecast.
    """

    architecture: str = "segments"
    segment: int = 0
    strategy: str = "direct"
    pooling: str = "last"
    attention_units: int = 32
    quantiles: tuple[float, ...] = ()
    dropout: float = 0.0
    linear: bool = False

    def __post_init__(self) -> None:
        require_choice("architecture", self.architecture, ARCHITECTURES)
        require_choice("strategy", self.strategy, STRATEGIES)
        require_choice("pooling", self.pooling, POOLINGS)
        require(self.attention_units >= 1, "attention_units must be at least 1")
        require_rate("dropout", self.dropout)
        levels = self.quantiles
        require(
            all(0.0 < level < 1.0 for level in levels) and list(levels) == sorted(set(levels)),
            f"quantiles must rise from above 0 to below 1: {levels!r:.120}",
        )
        require(not levels or 0.5 in levels, f"quantiles lack the median, 0.5: {levels!r:.120}")
        require(
            self.architecture == "steps" or self.strategy == "direct",
            "segments are forecast at once: the strategy recursive needs the architecture steps",
        )


@dataclass(frozen=True)
class ForecasterNetwork(Network):
    """A whole network, from normalised windows (B, W, I) to forecasts (B, S, K, Q).

    Attributes:
        window: W.
        horizon: the steps that are forecast, by a recursive network one after the other.
        targets: the columns that are forecast, which come first in a window.
        features: the columns that are read beside them.
        calendar: the cycles whose sine and cosine are read besides, as ``hour``.
        normalize: what each window of the columns is relative to.
        encoders: the recurrent layers; of segments one, in one direction, without memory cells.
        head: what stands before and behind them.
    """

    window: int
    horizon: int
    targets: tuple[str, ...]
    features: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    normalize: str = "last"
    encoders: tuple[Encoder, ...] = (Encoder("gru", bidirectional=False),)
    head: ForecastHead = field(default_factory=ForecastHead)

    def __post_init__(self) -> None:
        require_choice("normalize", self.normalize, NORMALIZATIONS)
        require_bounds(self)
        refuse_weight_dropout(self.encoders)
        require(self.window >= 1, f"window must be at least 1: {self.window}")
        require(self.horizon >= 1, f"horizon must be at least 1: {self.horizon}")
        require(len(self.targets) >= 1, "at least one target is needed")
        require_labels(self.columns)
        require_labels(self.calendar)
        numbers = max(self.window * self.inputs, self.horizon * len(self.targets) * self.levels)
        require(
            numbers <= _MOST_NUMBERS,
            f"a window or a forecast has {numbers:,} numbers; at most {_MOST_NUMBERS:,} fit",
        )
        if self.head.architecture == "segments":
            self._check_segments()

    def _check_segments(self) -> None:
        segment, (encoder, *more) = self.head.segment, self.encoders
        require(
            segment >= 1 and self.window % segment == 0,
            f"segment must divide the window of {self.window} steps: {segment}",
        )
        require(
            not more and not encoder.bidirectional and encoder.cell != "lstm",
            "segments are read by one layer of gru or rnn, forward; for other encoders there is "
            "the architecture steps",
        )
        require(encoder.units % 2 == 0, f"units of segments must be even: {encoder.units}")

    @property
    def labels(self) -> tuple[str, ...]:
        """The targets."""
        return self.targets

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a series that are read."""
        return (*self.targets, *self.features)

    @property
    def inputs(self) -> int:
        """I: the numbers that are read at each step of a window."""
        return len(self.columns) + CALENDAR_NUMBERS * len(self.calendar)

    @property
    def steps(self) -> int:
        """S: the steps that are forecast at once."""
        return 1 if self.head.strategy == "recursive" else self.horizon

    @property
    def levels(self) -> int:
        """Q: the numbers that are forecast of each step of a target."""
        return max(1, len(self.head.quantiles))

    @property
    def point(self) -> int:
        """Which of the levels is the forecast: the median, where there are quantiles."""
        return self.head.quantiles.index(0.5) if self.head.quantiles else 0

    @property
    def beside(self) -> int:
        """The numbers that stand beside a target's at each step where targets are read apart."""
        return self.inputs - len(self.targets)

    @property
    def segments_read(self) -> int:
        """n: the segments of a window."""
        return self.window // self.head.segment

    @property
    def segments_forecast(self) -> int:
        """m: the segments that cover the horizon; what the last has beyond it is cut off."""
        return -(-self.horizon // self.head.segment)

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Each weight of the network with its shape.

        Of segments ``segments/kernel`` (L (1 + beside), D) with ``.../bias``, the encoder's,
        ``queries/positions`` (m, D/2) and ``queries/targets`` (K, D/2), and ``output/kernel``
        (D, L Q) with ``.../bias``; of steps the encoders', ``attention/kernel|bias|query`` where
        there is attention, and ``output/kernel`` (units, S K Q) with ``.../bias``. Of a linear
        forecast ``linear/kernel`` (W, S) with ``.../bias``.
        """
        is_cut = self.head.architecture == "segments"
        shapes = self._segment_shapes() if is_cut else self._step_shapes()
        if self.head.linear:
            shapes["linear/kernel"], shapes["linear/bias"] = (
                (self.window, self.steps),
                (self.steps,),
            )
        return shapes

    def _segment_shapes(self) -> dict[str, tuple[int, ...]]:
        (encoder,), segment, targets = self.encoders, self.head.segment, len(self.targets)
        return {
            "segments/kernel": (segment * (1 + self.beside), encoder.units),
            "segments/bias": (encoder.units,),
            **encoder_shapes(encoder, "encoder_0", encoder.units),
            "queries/positions": (self.segments_forecast, encoder.units // 2),
            "queries/targets": (targets, encoder.units // 2),
            "output/kernel": (encoder.units, segment * self.levels),
            "output/bias": (segment * self.levels,),
        }

    def _step_shapes(self) -> dict[str, tuple[int, ...]]:
        head = self.head
        shapes: dict[str, tuple[int, ...]] = {}
        inputs = self.inputs
        for number, encoder in enumerate(self.encoders):
            shapes |= encoder_shapes(encoder, f"encoder_{number}", inputs)
            inputs = encoder.output_units
        if head.pooling == "attention":
            shapes["attention/kernel"] = (inputs, head.attention_units)
            shapes["attention/bias"] = (head.attention_units,)
            shapes["attention/query"] = (head.attention_units, 1)
        outputs = self.steps * len(self.targets) * self.levels
        return shapes | {"output/kernel": (inputs, outputs), "output/bias": (outputs,)}

    def weight_layers(self) -> list[str]:
        """See :meth:`textrnn.network.Network.weight_layers`."""
        if self.head.architecture == "segments":
            names = ["segments", "encoder_0", "queries", "output"]
        else:
            names = [f"encoder_{number}" for number in range(len(self.encoders))]
            names += ["attention"] * (self.head.pooling == "attention") + ["output"]
        return names + ["linear"] * self.head.linear

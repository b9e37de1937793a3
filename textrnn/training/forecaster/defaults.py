"""A forecaster's settings, as they follow from the series that it learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textrnn.corpora.series.series import Series
from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.training.forecaster.plan import ForecasterPlan
from textrnn.training.settings import TrainingSettings

_HORIZON = 12  # where the series has no season
_SEASONS = 7  # of a window: of hours a week
_LONGEST_SEASON = 400  # steps; a longer one is no horizon
_OF_SERIES = 5  # a window is no more than so much of the series, a horizon half of that
_LONGEST_SEGMENT = 48  # as Lin et al. 2023 have it
_FEWEST_SEGMENTS = 4
_BATCHES_AN_EPOCH = 16
_BATCH_SIZES = (8, 16, 32, 64, 128, 256)
_STEPS, _FEWEST_EPOCHS = 1500, 10
_MOST_EPOCHS = 60  # of so few windows more teach nothing new


def settled(plan: ForecasterPlan, series: Sequence[Series]) -> ForecasterPlan:
    """A plan without the sizes that it leaves open.

    Args:
        plan: the plan.
        series: those to learn from, those to validate included.
    """
    longest = max(map(len, series))
    season = season_of(series)
    settings, head = plan.series, plan.head
    horizon = settings.horizon or max(1, min(season or _HORIZON, longest // (2 * _OF_SERIES)))
    window = settings.window or _window_for(horizon, season, longest)
    segment = head.segment
    if not segment and plan.architecture == "segments":
        segment = segment_for(window, horizon)
    settings = replace(settings, window=window, horizon=horizon)
    windows = sum(max(0, len(one) - window - horizon + 1) for one in series)
    share = 1.0 - plan.training.validation_split
    return replace(
        plan,
        series=settings,
        head=replace(head, segment=segment),
        training=_training_for(plan.training, int(share * windows)),
    )


def describe(plan: ForecasterPlan, series: Series, calendar: tuple[str, ...]) -> ForecasterNetwork:
    """The network that a plan without open sizes and the columns of a series make."""
    architecture, settings = plan.architecture, plan.series
    return ForecasterNetwork(
        settings.window,
        settings.horizon,
        series.columns[: series.targets],
        series.columns[series.targets :],
        calendar,
        settings.normalize,
        plan.encoders,
        plan.head.head(architecture, plan.head.segment if architecture == "segments" else 0),
    )


def season_of(series: Sequence[Series]) -> int:
    """The steps of the shortest usual season; 0 where there is none."""
    step = series[0].step
    seasons = [] if step is None else [one for one in step.seasons() if one <= _LONGEST_SEASON]
    return min(seasons, default=0)


def segment_for(window: int, horizon: int) -> int:
    """The longest segment that divides the window, is no longer than the horizon needs, and leaves
    something to recur.

    Example:
        >>> segment_for(720, 96), segment_for(24, 12), segment_for(20, 1), segment_for(97, 24)
        (48, 6, 1, 1)
    """
    most = min(
        _LONGEST_SEGMENT,
        max(horizon, window // 16),
        max(1, window // _FEWEST_SEGMENTS),
    )
    return next(size for size in range(most, 0, -1) if window % size == 0)


def _window_for(horizon: int, season: int, longest: int) -> int:
    """Some seasons, or horizons, as far as the series is long enough for many such windows."""
    unit = season or horizon
    most = max(1, longest // _OF_SERIES)
    return unit * min(_SEASONS, most // unit) or most


def _training_for(settings: TrainingSettings, windows: int) -> TrainingSettings:
    """Small batches for few windows, and more epochs, up to a bound: some hundred steps are enough
    for what so few can teach.
    """
    fitting = [size for size in _BATCH_SIZES if size * _BATCHES_AN_EPOCH <= windows]
    size = settings.batch_size or max(fitting, default=_BATCH_SIZES[0])
    steps_an_epoch = max(1, -(-windows // size))
    fitting_epochs = min(max(_FEWEST_EPOCHS, -(-_STEPS // steps_an_epoch)), _MOST_EPOCHS)
    epochs = settings.epochs or fitting_epochs
    return replace(settings, batch_size=size, epochs=epochs)

"""Which part of each series trains and which validates, scaled: by time alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textrnn.configuration import require
from textrnn.corpora.series.series import Series
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.forecaster.calendar import calendar_features, calendar_for
from textrnn.heads.forecaster.scaling import Scaling
from textrnn.training.forecaster.batches import ScaledSeries
from textrnn.training.forecaster.plan import AUTO, ForecasterPlan


@dataclass(frozen=True)
class Split:
    """The parts of some series.

    Attributes:
        train: what trains, scaled.
        validation: what validates, scaled; where it is cut from the same series it begins with the
            window before its first step.
        scaling: fitted on what trains.
        calendar: the cycles whose numbers stand beside the values.
    """

    train: list[ScaledSeries]
    validation: list[ScaledSeries]
    scaling: Scaling
    calendar: tuple[str, ...]

    @classmethod
    def of(
        cls,
        series: Sequence[Series],
        validation: Sequence[Series] | None,
        plan: ForecasterPlan,
        say: Callable[[str], None],
    ) -> Split:
        """Settle which parts these are.

        Args:
            series: what trains and, where no others validate, validates by its end.
            validation: others that validate.
            plan: with sizes.
            say: told in a line what is left out.

        Raises:
            InputError: a series has other columns or another step, or all are too short.
            ConfigurationError: there is nothing to validate on, or there are no times for the
                calendar.
        """
        check_alike([*series, *(validation or ())])
        if validation is None:
            series, validation = _cut_ends(series, plan, say)
        else:
            shortest = plan.series.window + plan.series.horizon
            series = _long_enough(series, shortest, plan, say)
            validation = _long_enough(validation, shortest, plan, say)
        scaling = Scaling.fit([one.values for one in series], plan.series.scaling)
        calendar = _calendar(max(series, key=len), plan.series.calendar)
        train, held = (
            [_scaled(one, scaling, calendar) for one in part] for part in (series, validation)
        )
        return cls(train, held, scaling, calendar)


def check_alike(series: Sequence[Series]) -> None:
    """See that all series have the same columns and the same step.

    Raises:
        InputError: one has not.
    """
    first = series[0]
    for one in series[1:]:
        for what, ours, theirs in (
            ("columns", ", ".join(first.columns), ", ".join(one.columns)),
            ("a step of", str(first.step), str(one.step)),
        ):
            if ours != theirs:
                raise InputError(
                    f"{one.shown_name} has {what} {theirs}; {first.shown_name} has {ours}"
                )


def _cut_ends(
    series: Sequence[Series], plan: ForecasterPlan, say: Callable[[str], None]
) -> tuple[list[Series], list[Series]]:
    """The beginning of each series, and its end with a window before it."""
    share, window, horizon = (
        plan.training.validation_split, plan.series.window, plan.series.horizon
    )  # fmt: skip
    if share == 0:
        raise ConfigurationError("give validation series, or a validation_split above 0")

    def held(steps: int) -> int:
        return max(round(share * steps), horizon)

    shortest = next(steps for steps in range(window + 2 * horizon, 1 << 40)
                    if steps - held(steps) >= window + horizon)  # fmt: skip
    found = _long_enough(series, shortest, plan, say)
    ends = [(one, len(one) - held(len(one))) for one in found]
    return (
        [one.cut(None, end) for one, end in ends],
        [one.cut(end - window, None) for one, end in ends],
    )


def _long_enough(
    series: Sequence[Series], shortest: int, plan: ForecasterPlan, say: Callable[[str], None]
) -> list[Series]:
    """The series of at least so many steps."""
    found = [one for one in series if len(one) >= shortest]
    if not found:
        longest = max(series, key=len)
        window, horizon = plan.series.window, plan.series.horizon
        smaller = ": give a smaller window=… or horizon=…" if max(window, horizon) > 1 else ""
        raise InputError(
            f"{longest.shown_name} has {counted(len(longest), 'step')}; a window of {window} and a "
            f"horizon of {horizon} need {shortest}{smaller}"
        )
    if left := len(series) - len(found):
        say(f"note: left out: {counted(left, 'series', 'series')} of less than {shortest} steps")
    return found


def _calendar(series: Series, names: tuple[str, ...]) -> tuple[str, ...]:
    require(
        not names or series.times is not None,
        f"calendar: {series.shown_name} has no times; name their column with time=…",
    )
    if names == (AUTO,) and series.step is not None:
        return calendar_for(series.step, len(series))
    return names


def _scaled(series: Series, scaling: Scaling, calendar: tuple[str, ...]) -> ScaledSeries:
    times = None
    if calendar and series.times is not None:
        times = calendar_features(series.times, calendar)
    return ScaledSeries(scaling.apply(series.values), times)

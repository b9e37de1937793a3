"""Pictures of forecasts: what came and what was expected, errors by the horizon, residuals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.reports.pictures import BLUE, GREY, RED, drawing, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from textrnn.heads.forecaster.result import Forecast
    from textrnn.heads.forecaster.scores import Example

_MOST_PANELS = 8  # targets in one picture
_SHOWN_TIMES = 3  # horizons that are seen of what a forecast follows
_FEWEST_SHOWN = 24  # steps of it
_COLOURS = ("#9ca3af", "#d97706", "#059669", "#7c3aed")  # of the simple methods

Values = NDArray[np.float64]


def forecast_figure(forecast: Forecast) -> Figure:
    """The end of what is known, the forecast and its interval, a panel for each target.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    steps, known = len(forecast.values), forecast.known
    shown = known.cut(-min(len(known), max(_SHOWN_TIMES * steps, _FEWEST_SHOWN)))
    before: Any = np.arange(1 - len(shown), 1) if shown.times is None else shown.times
    after: Any = np.arange(1, steps + 1) if forecast.times is None else forecast.times
    targets = forecast.targets[:_MOST_PANELS]
    with drawing():
        figure = new_figure((8.0, 0.8 + 2.4 * len(targets)))
        panels = figure.subplots(len(targets), 1, sharex=True, squeeze=False)[:, 0]
        for number, (axes, target) in enumerate(zip(panels, targets, strict=True)):
            axes.plot(before, shown.values[:, number], color=GREY, linewidth=1.2, label="known")
            for (name, values), colour in zip(forecast.simple.items(), _COLOURS, strict=False):
                axes.plot(after, values[:, number], "--", color=colour, linewidth=0.9, label=name)
            joined = np.append(shown.values[-1:, number], forecast.values[:, number])
            places = np.append(before[-1:], after)
            axes.plot(places, joined, color=BLUE, linewidth=1.6, label="forecast")
            if forecast.lower is not None and forecast.upper is not None:
                bounds = forecast.lower[:, number], forecast.upper[:, number]
                label = f"{forecast.level:.0%} interval"
                axes.fill_between(after, *bounds, color=BLUE, alpha=0.15, linewidth=0, label=label)
            _finish(axes, ylabel=target)
        _set_ticks(panels[-1], of_times=forecast.times is not None)
        panels[0].set_title(f"{forecast.text}: {steps} steps", loc="left", parse_math=False)
        _add_legend(figure)
    return figure


def _add_legend(figure: Figure) -> None:
    """Below the panels, where it hides nothing, of what the first one shows."""
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=len(labels), frameon=False, fontsize=8
    )


def examples_figure(examples: Sequence[Example], *, target: str, level: float) -> Figure:
    """Some forecasts against what came."""
    with drawing():
        figure = new_figure((8.0, 0.6 + 2.2 * len(examples)))
        for axes, one in zip(
            figure.subplots(len(examples), 1, squeeze=False)[:, 0], examples, strict=True
        ):
            before, after = np.arange(1 - len(one.known), 1), np.arange(1, len(one.truth) + 1)
            axes.plot(before, one.known, color=GREY, linewidth=1.2)
            axes.plot(after, one.truth, color=RED, linewidth=1.2, label="what came")
            axes.plot(after, one.forecast, color=BLUE, linewidth=1.6, label="forecast")
            axes.fill_between(after, one.lower, one.upper, color=BLUE, alpha=0.15, linewidth=0,
                              label=f"{level:.0%} interval")  # fmt: skip
            axes.set_title(one.name, loc="left", parse_math=False)
            _finish(axes, ylabel=target)
            _set_ticks(axes)
        _add_legend(figure)
        figure.axes[-1].set_xlabel("steps from where the forecast begins")
    return figure


def horizon_figure(errors: Mapping[str, Values], *, measure: str) -> Figure:
    """The error of each method by the step of the horizon, (H,); the network's comes first."""
    with drawing():
        figure = new_figure((6.4, 3.6))
        axes = figure.subplots()
        for (name, found), colour in zip(errors.items(), (BLUE, *_COLOURS), strict=True):
            style, width = ("-", 1.8) if colour == BLUE else ("--", 1.0)
            steps = np.arange(1, len(found) + 1)
            marker = "o" if len(found) == 1 else ""
            axes.plot(steps, found, style, marker=marker, color=colour, linewidth=width, label=name)
        axes.set(xlabel="step of the horizon")
        _set_ticks(axes)
        axes.set_ylim(bottom=0)
        axes.set_title("error by horizon", loc="left")
        axes.legend(frameon=False, fontsize=8)
        _finish(axes, ylabel=measure)
    return figure


def residual_figure(residuals: Values, *, target: str) -> Figure:
    """What came less what was expected of the first step, (N,), one after the other and counted."""
    with drawing():
        figure = new_figure((8.0, 3.0))
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
        left.axhline(0, color=RED, linewidth=0.8)
        left.plot(np.arange(1, len(residuals) + 1), residuals, ".", color=BLUE, markersize=2.5)
        left.set(xlabel="forecast")
        left.set_title("residuals of the first step", loc="left")
        right.hist(residuals, bins=min(40, max(8, len(residuals) // 10)), orientation="horizontal",
                   color=BLUE, alpha=0.8)  # fmt: skip
        right.set(xlabel="how many")
        _finish(left, ylabel=target)
        _finish(right)
    return figure


def _set_ticks(axes: Axes, *, of_times: bool = False) -> None:
    """Short times, or whole steps."""
    if of_times:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator()
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    else:
        axes.locator_params("x", integer=True)


def _finish(axes: Axes, *, ylabel: str = "") -> None:
    axes.set_ylabel(ylabel, parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.2)

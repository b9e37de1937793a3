"""Pictures of experiments: how networks learned, and what they came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

from textrnn.experiments.trial import Trial, deviation, shared_measures
from textrnn.reports.pictures import BLUE, GREY, draw_plain, drawable, drawing, new_figure
from textrnn.training.loop.history import loss_name, validation_score

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANELS = 4  # measures that are drawn, at most


def curves_figure(trials: Mapping[str, Sequence[Trial]]) -> Figure:
    """Validation loss and score of each network by epoch; the mean of its random states."""
    first = next(iter(trials.values()))[0].history[0]
    measures = [name for name in first if name.startswith("validation_")][:2]
    titles = (loss_name(first), validation_score(first)[0])
    with drawing():
        from matplotlib.ticker import MaxNLocator

        figure = new_figure((10, 4.2))
        panels = figure.subplots(1, len(measures), squeeze=False)[0]
        names = drawable(list(trials))
        for axes, measure, title in zip(panels, measures, titles, strict=True):
            for number, (name, runs) in enumerate(zip(names, trials.values(), strict=True)):
                style: dict[str, Any] = {"color": f"C{number % 10}", "linewidth": 1.3}
                style |= {"linestyle": "--" if number >= 10 else "-", "marker": "."}
                axes.plot(*_mean_course(runs, measure), label=name, **style)
            axes.set_title(f"validation {title}", loc="left")
            axes.set_xlabel("epoch")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            draw_plain(axes)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3,
                      frameon=False)  # fmt: skip
    return figure


def scores_figure(trials: Mapping[str, Sequence[Trial]]) -> Figure:
    """Each measure of each network: the mean of its random states, and their deviation."""
    measures = shared_measures(chain.from_iterable(trials.values()))[:_PANELS]
    with drawing():
        figure = new_figure((3.4 * len(measures), 1.2 + 0.32 * len(trials)))
        panels = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
        places = list(range(len(trials)))
        for axes, measure in zip(panels, measures, strict=True):
            found = [[trial.scores[measure] for trial in runs] for runs in trials.values()]
            means = [sum(values) / len(values) for values in found]
            spreads = [deviation(values) for values in found]
            axes.errorbar(means, places, xerr=spreads, fmt="o", color=BLUE, capsize=3)
            axes.set_title(measure, loc="left")
            draw_plain(axes)
        panels[0].set_yticks(places, drawable(list(trials)))
        panels[0].invert_yaxis()
    return figure


def history_figure(scores: Sequence[tuple[int, float]], measure: str, *, minimize: bool) -> Figure:
    """The score of each complete trial by its number, and the best so far."""
    with drawing():
        from matplotlib.ticker import MaxNLocator

        figure = new_figure((7, 3.6))
        axes = figure.subplots()
        numbers = [number for number, _ in scores]
        values = [score for _, score in scores]
        best = list(accumulate(values, min if minimize else max))
        axes.plot(numbers, values, "o", color=GREY, label="a trial")
        axes.plot(numbers, best, drawstyle="steps-post", color=BLUE, label="the best so far")
        axes.set_title(measure, loc="left")
        axes.set_xlabel("trial")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(frameon=False)
        draw_plain(axes)
    return figure


def importance_figure(importance: Mapping[str, float]) -> Figure:
    """The share of the scores' variance that each setting explains, the largest at the top."""
    with drawing():
        figure = new_figure((6, 1.2 + 0.4 * len(importance)))
        axes = figure.subplots()
        axes.barh(list(importance), list(importance.values()), color=BLUE)
        axes.invert_yaxis()
        axes.set_title("importance, of the scores' variance", loc="left")
        draw_plain(axes)
    return figure


def _mean_course(runs: Sequence[Trial], measure: str) -> tuple[list[int], list[float]]:
    """The epochs, and the mean of a measure after each, as long as all runs went on."""
    epochs = range(min(len(run.history) for run in runs))
    means = [sum(run.history[epoch][measure] for run in runs) / len(runs) for epoch in epochs]
    return [epoch + 1 for epoch in epochs], means

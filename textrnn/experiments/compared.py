"""What a comparison of networks found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.catalog import head_class
from textrnn.counted import counted
from textrnn.experiments.paired import paired_p_value
from textrnn.experiments.pictures import curves_figure, scores_figure
from textrnn.experiments.trial import Trial, deviation, means, shared_measures, shown_score
from textrnn.reports.folder import report_markdown
from textrnn.reports.harmless import one_line
from textrnn.reports.measured import CHANCE
from textrnn.reports.report import Column, Section, Table
from textrnn.training.loop.clock import duration

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class NetworkComparison:
    """What was found of each network: a :class:`textrnn.reports.report.Report`.

    Attributes:
        task: what was trained.
        trials: of each network, by name, one for each random state.
        validates: whether the examples that measured chose the epochs, too.
    """

    task: str
    trials: Mapping[str, tuple[Trial, ...]]
    validates: bool

    @property
    def measure(self) -> str:
        """The name of the main score."""
        return next(iter(self.trials.values()))[0].measure

    @property
    def interval(self) -> None:
        """There are several scores; :meth:`as_dict` has the interval of each."""
        return None

    def scores(self) -> dict[str, float]:
        """The main score of each network: the mean of its random states."""
        return {name: found[self.measure] for name, found in self.means.items()}

    @cached_property
    def means(self) -> dict[str, dict[str, float]]:
        """The measures of each network that all have: the mean of its random states."""
        measures = shared_measures(chain.from_iterable(self.trials.values()))
        return {name: means(runs, measures) for name, runs in self.trials.items()}

    @property
    def best(self) -> str:
        """The network with the best main score."""
        lower = self.measure in head_class(self.task).lower_is_better
        choose = min if lower else max
        scores = self.scores()
        return choose(scores, key=lambda name: scores[name])

    @cached_property
    def p_values(self) -> dict[str, float | None]:
        """Of each network how probable its difference from the first would be by chance: see
        :func:`textrnn.experiments.paired.paired_p_value`. None for the first, and where examples
        are not answered one by one.
        """
        first, *others = self.trials
        found: dict[str, float | None] = {first: None}
        for name in others:
            sides = [_right(self.trials[each]) for each in (first, name)]
            is_told = all(len(side) for side in sides)
            found[name] = paired_p_value(*sides) if is_told else None
        return found

    def _interval(self, name: str) -> tuple[float, float] | None:
        """Of a network's main score, by the number of examples; the mean of its random states."""
        bounds = [run.interval for run in self.trials[name]]
        if None in bounds:
            return None
        low, high = np.mean(np.array(bounds), axis=0).tolist()
        return low, high

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "task": self.task,
            "measure": self.measure,
            "networks": [
                {
                    "name": name,
                    "parameters": runs[0].parameters,
                    "scores": self.means[name],
                    "deviation": deviation([run.score for run in runs]),
                    "interval": self._interval(name),
                    "p_value": self.p_values[name],
                    "runs": [
                        {"scores": dict(run.scores), "elapsed_s": run.elapsed_s,
                         "tokens_per_s": run.tokens_per_s}
                        for run in runs
                    ],
                }
                for name, runs in self.trials.items()
            ],
        }  # fmt: skip

    def figures(self) -> dict[str, Figure]:
        """``curves.png`` and ``scores.png``."""
        return {
            "curves.png": curves_figure(self.trials),
            "scores.png": scores_figure(self.trials),
        }

    def sections(self) -> list[Section]:
        """The networks beside each other, and all their measures."""
        runs = next(iter(self.trials.values()))
        about = (
            f": {self.measure} {shown_score(self.scores()[self.best])}, the best of "
            f"{counted(len(self.trials), 'network')} with {counted(len(runs), 'random state')} "
            f"each, by {counted(runs[0].examples, 'example')}"
            + " that chose the epochs, too" * self.validates
            + "\n"
        )
        found = [Section(one_line(self.best), about, self._table())]
        if len(self.means[self.best]) > 1:
            found.append(Section("all measures", ", means\n", self._measures()))
        return found

    def _table(self) -> Table:
        names = ("parameters", "training", "tokens/s", self.measure, "deviation", "95%", "p")
        return Table(
            [Column("network"), *(Column(name, is_number=True) for name in names)],
            [[one_line(name), *self._cells(name)] for name in self.trials],
        ).filled()

    def _cells(self, name: str) -> list[str]:
        runs, interval, p_value = self.trials[name], self._interval(name), self.p_values[name]
        seconds = sum(run.elapsed_s for run in runs) / len(runs)
        speed = sum(run.tokens_per_s for run in runs) / len(runs)
        return [
            f"{runs[0].parameters:,}",
            duration(seconds),
            f"{speed:,.0f}",
            shown_score(self.scores()[name]),
            shown_score(deviation([run.score for run in runs])) if len(runs) > 1 else "",
            "" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}",
            "" if p_value is None else f"{p_value:.4f}" + " *" * (p_value < CHANCE),
        ]

    def _measures(self) -> Table:
        measures = list(self.means[self.best])
        return Table(
            [Column("network"), *(Column(name, is_number=True) for name in measures)],
            [
                [one_line(name), *(shown_score(self.means[name][each]) for each in measures)]
                for name in self.trials
            ],
        )

    def markdown(self, *, title: str) -> str:
        """The same as text, and the pictures."""
        about = "p: how probable so large a difference from the first would be by chance."
        notes = about if any(self.p_values.values()) else ""
        pictures = ("curves.png", "scores.png")
        return report_markdown(self.sections(), pictures, title=title, notes=notes)


def _right(runs: Sequence[Trial]) -> NDArray[np.float64]:
    """With how many of its random states a network answered each example rightly, (N,)."""
    found: NDArray[np.float64] = np.array([run.right for run in runs], np.float64).mean(axis=0)
    return found

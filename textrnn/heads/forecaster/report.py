"""What was measured of a forecaster: in numbers, in words and in three pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from textrnn.counted import counted
from textrnn.heads.forecaster.baselines import season_note
from textrnn.heads.forecaster.result import shown_value
from textrnn.heads.forecaster.scores import (
    MEASURES,
    RELATIVE,
    Coverage,
    Errors,
    Example,
    Values,
)
from textrnn.reports.folder import escape_markdown, markdown_table
from textrnn.reports.harmless import one_line
from textrnn.reports.report import Column, Section, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ALL_STEPS = 12  # up to so many of a horizon a table has all,
_SHOWN_STEPS = 8  # and of more about so many


@dataclass(frozen=True, eq=False)
class ForecastReport:
    """The scores of a forecaster: a :class:`textrnn.reports.report.Report`.

    Where there are several targets, which may have several units, squared and absolute errors and
    the width of intervals are those of scaled values; of a single target they are in its own unit.

    Attributes:
        network: the model's errors.
        simple: those of the simple methods.
        coverage: of the intervals.
        targets: the names of what was forecast.
        scale: what the scaling divides each target by, (K,).
        naive: what MASE is relative to, (K,).
        windows: how many forecasts were scored.
        series: of how many series.
        shorter: series too short to forecast from.
        stride: steps from one forecast to the next.
        window: steps that the model reads.
        season: steps of a season; 0 for none.
        method: how the intervals were found.
        examples: some forecasts of the first target.
        residuals: what came less what was expected, of the first step of the first target, (N,).
    """

    network: Errors
    simple: tuple[Errors, ...]
    coverage: Coverage
    targets: tuple[str, ...]
    scale: Values
    naive: Values
    windows: int
    series: int
    shorter: int
    stride: int
    window: int
    season: int
    method: str
    examples: tuple[Example, ...]
    residuals: Values

    @property
    def horizon(self) -> int:
        """Steps that were forecast."""
        return len(self.network.squared)

    @property
    def is_scaled(self) -> bool:
        """Whether errors are those of scaled values."""
        return len(self.targets) > 1

    @property
    def units(self) -> Values:
        """What errors are divided by, (K,)."""
        return self.scale if self.is_scaled else np.ones(1)

    def measures(self) -> Mapping[str, dict[str, float]]:
        """The measures of the model and of the simple methods, in all, by name."""
        methods = (self.network, *self.simple)
        return {one.name: one.measures(self.units, self.naive) for one in methods}

    def scores(self) -> dict[str, float]:
        """The model's measures, its intervals' coverage and width, the simple methods' MSE."""
        own, *others = self.measures().values()
        simple = zip(self.simple, others, strict=True)
        return {
            **own,
            "coverage": float(self.coverage.share.mean()),
            "width": float((self.coverage.width / self.units).mean()),
            **{f"MSE of {one.name}": found["MSE"] for one, found in simple},
        }

    def notes(self) -> Iterator[str]:
        """Lines on simple methods that were no worse or are not there, and on what was left out."""
        own, *others = self.measures().values()
        for one, found in zip(self.simple, others, strict=True):
            if found["MSE"] <= own["MSE"]:
                yield (
                    f"here {one.name} is as good or better: MSE {_figure(found['MSE'])}, the "
                    f"model's {_figure(own['MSE'])}"
                )
        if note := season_note(self.season, self.window):
            yield note
        if self.shorter:
            left = counted(self.shorter, "series", "series")
            yield f"left out: {left} of less than {self.window + self.horizon} steps"

    @property
    def interval(self) -> None:
        """Not known."""
        return None

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        methods = (self.network, *self.simple)
        return {
            "windows": self.windows,
            "series": self.series,
            "shorter": self.shorter,
            "window": self.window,
            "horizon": self.horizon,
            "stride": self.stride,
            "season": self.season,
            "targets": list(self.targets),
            "scaled": self.is_scaled,
            "scores": self.scores(),
            "methods": [
                {"name": one.name, **found, "by_step": _lists(one.by_step(self.units))}
                for one, found in zip(methods, self.measures().values(), strict=True)
            ],
            "by_target": {name: self._of_target(at) for at, name in enumerate(self.targets)},
            "intervals": {
                "method": self.method,
                "level": self.coverage.level,
                "coverage_by_step": self.coverage.share.mean(axis=1).tolist(),
                "width_by_step": (self.coverage.width / self.units).mean(axis=1).tolist(),
            },
        }

    def _of_target(self, at: int) -> dict[str, float]:
        """Measures of one target, in its own unit."""
        one, only = self.network, slice(at, at + 1)
        parts = (one.squared, one.absolute, one.percentage, one.symmetric)
        errors = Errors(one.name, *(part[:, only] for part in parts))
        found = errors.measures(np.ones(1), self.naive[only])
        return {**found, "coverage": float(self.coverage.share[:, at].mean())}

    def figures(self) -> dict[str, Figure]:
        """``forecasts.png``, ``horizon.png`` and ``residuals.png``."""
        from textrnn.heads.forecaster.pictures import (
            examples_figure,
            horizon_figure,
            residual_figure,
        )

        methods = (self.network, *self.simple)
        errors = {one.name: one.by_step(self.units)["MAE"] for one in methods}
        unit = "MAE of scaled values" if self.is_scaled else "MAE"
        target, level = self.targets[0], self.coverage.level
        return {
            "forecasts.png": examples_figure(self.examples, target=target, level=level),
            "horizon.png": horizon_figure(errors, measure=unit),
            "residuals.png": residual_figure(self.residuals, target=target),
        }

    def _about(self) -> str:
        every = "at each step" if self.stride == 1 else f"every {self.stride:,} steps"
        return (
            f"{counted(self.windows, 'forecast')} of {counted(self.horizon, 'step')}, one {every}, "
            f"{counted(self.series, 'series', 'series')}"
        )

    def _intervals(self) -> str:
        scores = self.scores()
        unit = " of scaled values" if self.is_scaled else ""
        return (
            f"{self.coverage.level:.0%} intervals ({self.method}) hold {scores['coverage']:.1%}, "
            f"width {_figure(scores['width'])}{unit}"
        )

    def markdown(self, *, title: str) -> str:
        """Scores beside those of simple methods, by horizon and by target, and the pictures."""
        parts = [
            f"# {escape_markdown(title)}",
            f"{self._about()}: MSE **{shown_value(self.scores()['MSE'])}**. {self._intervals()}.",
            *(f"{escape_markdown(line)}." for line in self.notes()),
            markdown_table(self._method_table()),
            "Squared and absolute errors are those of scaled values." * self.is_scaled,
            "![Forecasts](forecasts.png)",
            "## By horizon",
            markdown_table(self._step_table()),
            "![Error by horizon](horizon.png) ![Residuals](residuals.png)",
            *(["## By target", markdown_table(self._target_table())] if self.is_scaled else []),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def sections(self) -> list[Section]:
        """Scores beside those of simple methods, by horizon and by target."""
        unit = " (of scaled values)" if self.is_scaled else ""
        about = f"{unit}: {self._about()}\n{self._intervals()}\n"
        found = [
            Section(f"MSE {shown_value(self.scores()['MSE'])}", about, self._method_table()),
            Section("by horizon", ", MAE", self._step_table()),
        ]
        if self.is_scaled:
            found.append(Section("by target", ", in its own unit", self._target_table()))
        return found

    def _method_table(self) -> Table:
        columns = [Column("method"), *(Column(name, is_number=True) for name in MEASURES)]
        rows = [(one_line(name), *_cells(found)) for name, found in self.measures().items()]
        return Table(columns, rows)

    def _step_table(self) -> Table:
        """MAE of each method at the steps of the horizon."""
        methods = (self.network, *self.simple)
        found = [one.by_step(self.units)["MAE"] for one in methods]
        columns = [Column("step", is_number=True)]
        columns += [Column(one_line(one.name), is_number=True) for one in methods]
        rows = [
            (str(step), *(_figure(one[step - 1]) for one in found))
            for step in shown_steps(self.horizon)
        ]
        return Table(columns, rows)

    def _target_table(self) -> Table:
        columns = [Column("target"), *(Column(name, is_number=True) for name in MEASURES)]
        measured = [self._of_target(at) for at in range(len(self.targets))]
        rows = [
            (one_line(name), *_cells(found))
            for name, found in zip(self.targets, measured, strict=True)
        ]
        return Table(columns, rows)


def shown_steps(horizon: int) -> list[int]:
    """The steps of a horizon that a table has: all; or of many the first, every so many, and the
    last.

    Example:
        >>> shown_steps(7), shown_steps(24), shown_steps(30)  # doctest: +NORMALIZE_WHITESPACE
        ([1, 2, 3, 4, 5, 6, 7], [1, 3, 6, 9, 12, 15, 18, 21, 24], [1, 4, 8, 12, 16, 20, 24, 28, 30])
    """
    if horizon <= _ALL_STEPS:
        return list(range(1, horizon + 1))
    every = -(-horizon // _SHOWN_STEPS)
    return sorted({1, *range(every, horizon, every), horizon})


def _figure(value: float) -> str:
    """An error with four digits that count, and all of them before the point.

    Example:
        >>> _figure(0.0321), _figure(2.5), _figure(149996.2), _figure(float("nan"))
        ('0.0321', '2.5', '149,996', 'nan')
    """
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def _cells(found: Mapping[str, float]) -> tuple[str, ...]:
    """Measures as tables show them; one that is none is empty."""
    return tuple(
        "" if np.isnan(found[name])
        else f"{found[name]:.1%}" if name in RELATIVE[:2] else _figure(found[name])
        for name in MEASURES
    )  # fmt: skip


def _lists(values: Mapping[str, Values]) -> dict[str, list[float]]:
    return {name: one.tolist() for name, one in values.items()}

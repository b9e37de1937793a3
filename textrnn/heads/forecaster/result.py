"""What a forecaster answers: the steps that follow a series, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.series.series import Series
from textrnn.corpora.series.steps import Times, shown_times
from textrnn.heads.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN_STEPS = 24  # in a notebook

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Forecast(Result):
    """The steps that follow a series.

    Letters: H steps of the horizon, K targets.

    Attributes:
        targets: the names of what is forecast.
        values: the forecast, (H, K), in the series' own units.
        lower: where ``level`` of what comes is to lie above, (H, K), and below ``upper``; None
            where no level was asked for.
        upper: the same, above.
        level: the share of what comes that is to lie between them.
        method: how the bounds were found, as ``conformal``.
        times: of the steps, (H,); None where the series has none.
        simple: what simple methods forecast, (H, K) each, by their names.
        better: those of them that were no worse than the network where the model was validated.
        known: the end of the series, which the forecast follows: what the model read, or more.
        text: the series' name or, where it has none, what messages call it.
    """

    targets: tuple[str, ...]
    values: Values
    known: Series
    lower: Values | None = None
    upper: Values | None = None
    level: float | None = None
    method: str = ""
    times: Times | None = None
    simple: Mapping[str, Values] = field(default_factory=dict)
    better: tuple[str, ...] = ()
    language: str | None = ""

    @property
    def text(self) -> str:
        """The name of the series, which the forecast is about."""
        return self.known.shown_name

    @property
    def shown_times(self) -> list[str]:
        """The times of the steps as ISO 8601 has them, with a blank; none where there are none."""
        return [] if self.times is None else shown_times(self.times)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values: lists of numbers, by target."""
        bounds = {"lower": self.lower, "upper": self.upper}
        return {
            "series": self.text,
            **self.found_language(),
            "times": self.shown_times,
            "values": self._by_target(self.values),
            **{name: self._by_target(v) for name, v in bounds.items() if v is not None},
            "simple": [
                {"method": name, "values": self._by_target(values)}
                for name, values in self.simple.items()
            ],
        }

    def columns(self) -> dict[str, Any]:
        """See :meth:`textrnn.heads.result.Result.columns`."""
        answer = self.as_dict()
        return {**self.found_language(), **answer}

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row for each step and target, as CSV and JSON lines have them: the series' name, where
        it has one, the time or else the number of the step, forecast, bounds and simple methods,
        with the seven digits that a float32 network tells apart.
        """
        times: list[Any] = self.shown_times or list(range(1, len(self.values) + 1))
        name = "time" if self.shown_times else "step"
        for step, time in enumerate(times):
            for number, target in enumerate(self.targets):
                row = {"series": self.known.name} if self.known.name else {}
                row |= {name: time, "target": target, "forecast": self.values[step, number]}
                if self.lower is not None and self.upper is not None:
                    row |= {"lower": self.lower[step, number], "upper": self.upper[step, number]}
                row |= {method: values[step, number] for method, values in self.simple.items()}
                yield {key: _plain(value) for key, value in row.items()}

    def plot(self, path: str | Path | None = None) -> Figure:
        """Draw the forecast behind what it follows, a panel for each target.

        Args:
            path: where to write the picture: a .png, .svg or .pdf; by default nowhere.

        Raises:
            ConfigurationError: the kind of picture is unknown.
            MissingExtraError: Matplotlib is not installed.
        """
        from textrnn.heads.forecaster.pictures import forecast_figure
        from textrnn.reports.pictures import write_picture

        figure = forecast_figure(self)
        if path is not None:
            write_picture(figure, Path(path))
        return figure

    def _by_target(self, values: Values) -> dict[str, list[float]]:
        return {name: values[:, number].tolist() for number, name in enumerate(self.targets)}

    def _repr_html_(self) -> str:
        rows = list(self.rows())
        head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(shown_value(v))}</td>" for v in row.values()) + "</tr>"
            for row in rows[:_SHOWN_STEPS]
        )
        more = f"<p>… {len(rows) - _SHOWN_STEPS} more</p>" if len(rows) > _SHOWN_STEPS else ""
        return f"<div><table><tr>{head}</tr>{body}</table>{more}</div>"


def _plain(value: Any) -> Any:
    """A number of Python's where NumPy has one, to seven digits."""
    return float(f"{value.item():.7g}") if isinstance(value, np.floating) else value


def shown_value(value: Any) -> str:
    """A number with five digits that count, so that a column of them can be read; else as it is.

    Example:
        >>> shown_value(431.9371), shown_value(0.00123456), shown_value(17281234.5)
        ('431.94', '0.0012346', '17,281,234')
        >>> shown_value(2.0e-11), shown_value(0.0)
        ('2e-11', '0')
    """
    if not isinstance(value, float):
        return str(value)
    size = abs(value)
    if size >= 10_000:
        return f"{value:,.0f}"
    if size < 1e-4:
        return f"{value:.4g}"
    return f"{value:.{max(0, 4 - int(np.floor(np.log10(size))))}f}"

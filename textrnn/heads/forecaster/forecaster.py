"""The forecaster: series in, the steps that follow them out.

Shapes: N windows, W steps of a window, H steps of the horizon, C columns (targets, then features),
K targets, F numbers of the calendar, Q levels of quantiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import Manifest
from textrnn.configuration import require, require_whole
from textrnn.corpora.series.options import SeriesOptions
from textrnn.corpora.series.reading import given_series, is_nameless, read_series, refuse_path
from textrnn.corpora.series.series import Series
from textrnn.errors import InputError
from textrnn.heads.forecaster.calendar import calendar_features
from textrnn.heads.forecaster.intervals import LEVELS
from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.forecaster.parts import (
    expected_graph,
    read_baselines,
    read_intervals,
    read_scaling,
)
from textrnn.heads.forecaster.result import Forecast
from textrnn.heads.forecaster.rolling import forecast_windows
from textrnn.heads.head import Head
from textrnn.heads.outcome import OnOutcome, unheard
from textrnn.heads.parts import read_graph, read_network
from textrnn.heads.result import NUMBER, TEXT, Columns, Kind
from textrnn.network import Network
from textrnn.runtime.session import Session
from textrnn.runtime.stream import ReadAhead, batches

if TYPE_CHECKING:
    from textrnn.heads.card import CardFacts
    from textrnn.heads.examples import Examples, ExampleSource
    from textrnn.heads.forecaster.report import ForecastReport

LEVEL = 0.9  # of intervals, where nobody says
MOST_HORIZONS = 100  # of the model's own, that a forecast may go on
_SHOWN_HORIZONS = 3  # of what a forecast follows, that a picture of it shows


class Forecaster(Head):
    """Forecasts the steps that follow a series of numbers.

    Args:
        bundle: the model.
        threads: threads for the network; any number gives the same answers.

    Attributes:
        network: its description: window, horizon, the names of targets and features.
        scaling: of the columns.
        baselines: what simple methods forecast.
        intervals: how far off forecasts are.

    Raises:
        BundleError: a file of the bundle is damaged, or the bundle is not a forecaster's.
    """

    task = "forecaster"
    command_line: ClassVar[tuple[str, ...]] = ("forecast",)  # of a file, and of a model before it
    reads_texts: ClassVar[bool] = False
    pictures: ClassVar[tuple[str, ...]] = ("forecasts.png", "horizon.png", "residuals.png")
    lower_is_better: ClassVar[tuple[str, ...]] = ("MSE", "MAE", "RMSE", "MAPE", "sMAPE", "MASE")
    network_class: ClassVar[type[Network]] = ForecasterNetwork
    example_options: ClassVar[tuple[str, ...]] = ("time", "group", "missing", "decimal")
    evaluate_options: ClassVar[tuple[str, ...]] = ("batch_size", "horizon", "interval", "stride")

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        super().__init__(bundle, threads=threads)
        self.network: ForecasterNetwork = read_network(bundle, ForecasterNetwork)
        self.scaling = read_scaling(bundle, self.network)
        self.baselines = read_baselines(bundle, self.network)
        self.intervals = read_intervals(bundle, self.network)
        graph = read_graph(bundle, expected_graph(self.network))
        self._session = Session(graph, threads=1, name=str(bundle.path))

    def _sessions(self) -> Iterable[Session]:
        return (self._session,)

    @property
    def better_methods(self) -> tuple[str, ...]:
        """The simple methods that were no worse than the network where the model was validated."""
        scores = self.bundle.manifest.scores
        mse = scores.get("validation_mse", 0.0)
        name = "validation_mse of "
        return tuple(
            key.removeprefix(name)
            for key, value in scores.items()
            if key.startswith(name) and value <= mse
        )

    def completed(self, source: ExampleSource) -> ExampleSource:
        """See :meth:`textrnn.heads.head.Head.completed`: with the columns that the model reads."""
        known = self._options()
        return replace(
            source,
            targets=known.targets,
            features=known.features,
            time=source.time or known.time,
            group=source.group or known.group,
            optional=tuple({*known.optional} - {source.time, source.group}),
        )

    def from_record(self, record: Mapping[str, Any]) -> Series:
        """The series in a record whose fields are columns, as ``{"date": [...], "OT": [...]}``; the
        numbers of a single target may be under ``values``.

        Raises:
            InputError: there is none, or it has gaps or other columns.
        """
        columns = {name: value for name, value in record.items() if isinstance(value, list | tuple)}
        if "values" in columns and len(self.network.columns) == 1:
            columns.setdefault(self.network.targets[0], columns.pop("values"))
        if not columns:
            raise InputError(
                f"a record: no list of numbers under {' or '.join(self.network.columns)}; there "
                f"are: {', '.join(map(str, record)) or 'none':.200}"
            )
        return self._one_series(columns)

    def answer(
        self,
        inputs: Iterable[Any],
        /,
        *,
        batch_size: int = 64,
        horizon: int | None = None,
        interval: float | None = LEVEL,
        read_ahead: ReadAhead = False,
    ) -> Iterator[Forecast]:
        """Forecast what follows any number of series as they come, in bounded memory.

        Args:
            inputs: series: numbers in a list or an array, (T,) or (T, C); tables with a step a row,
                as frames of pandas and Polars; or :class:`textrnn.corpora.Series`.
            batch_size: how many are run together, at most.
            horizon: steps to forecast; by default the model's. Beyond that the model reads its own
                forecast as if it had happened, and intervals widen with the root of the time.
            interval: the share of what comes that is to lie between the bounds, from 0.5 to 0.99;
                None for no bounds.
            read_ahead: see :meth:`textrnn.heads.head.Head.answer`.

        Returns:
            One forecast for each series, in order.

        Raises:
            ConfigurationError: an option is wrong.
            InputError: an input is no series, has gaps, or is shorter than the window.
        """
        refuse_path(inputs)
        require_whole("batch_size", batch_size, least=1)
        steps = self._steps(horizon)
        check_level(interval)
        return self._answers(inputs, batch_size, steps, interval, read_ahead)

    def _answers(
        self,
        inputs: Iterable[Any],
        batch_size: int,
        steps: int,
        interval: float | None,
        read_ahead: ReadAhead,
    ) -> Iterator[Forecast]:
        for taken in batches(inputs, batch_size, read_ahead):
            yield from self._forecasts([self._one_series(one) for one in taken], steps, interval)

    def forecast(
        self,
        data: Any,
        *,
        horizon: int | None = None,
        interval: float | None = LEVEL,
        missing: str = "error",
    ) -> Forecast:
        """Forecast what follows a series.

        Args:
            data: as one of the ``inputs`` of :meth:`answer`.
            horizon: as :meth:`answer` has it, like ``interval``.
            interval: the level of the bounds.
            missing: what becomes of gaps: ``error``, ``interpolate`` or ``previous``.

        Raises:
            ConfigurationError, InputError: as :meth:`answer`; or it holds several groups.

        Example:
            >>> model = textrnn.load("models/mine")  # doctest: +SKIP
            >>> model.forecast(numbers, horizon=12).values  # doctest: +SKIP
        """
        series = self._one_series(data, missing)
        return next(self.answer([series], horizon=horizon, interval=interval))

    def forecast_groups(
        self,
        data: Any,
        *,
        horizon: int | None = None,
        interval: float | None = LEVEL,
        missing: str = "error",
    ) -> dict[str, Forecast]:
        """Forecast what follows each series of a table with a column of groups.

        Args:
            data: a frame of pandas or Polars, or another table; or a list of series.
            horizon: as :meth:`answer` has it, like ``interval``.
            interval: the level of the bounds.
            missing: as :meth:`forecast` has it.

        Returns:
            A forecast by the name of each group, in the order in which they come up.

        Raises:
            ConfigurationError, InputError: as :meth:`answer`; or two series have one name.
        """
        series = self.series_of(data, missing)
        names = [one.name for one in series]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(f"several series are called {twice!r}; give each a name of its own")
        return dict(
            zip(names, self.answer(series, horizon=horizon, interval=interval), strict=True)
        )

    def series_of(self, data: Any, missing: str = "error") -> list[Series]:
        """The series that data holds, with the model's columns.

        Raises:
            ConfigurationError: nothing is called ``missing`` that could become of gaps.
            InputError: it holds none, or a column is missing.
        """
        is_bare = is_nameless(data)
        options = replace(SeriesOptions() if is_bare else self._options(), missing=missing)
        return [self.checked(self._renamed(one) if is_bare else one)
                for one in given_series(data, options)]  # fmt: skip

    def _one_series(self, data: Any, missing: str = "error") -> Series:
        found = self.series_of(data, missing)
        if len(found) > 1:
            raise InputError(
                f"{found[0].source}: {len(found)} groups, where one series was expected; "
                "forecast_groups takes several"
            )
        return found[0]

    def _options(self) -> SeriesOptions:
        """The columns that the model learned from; a table may lack those of time and group."""
        serving, network = self.bundle.manifest.serving, self.network
        time, group = serving.get("time"), serving.get("group")
        optional = tuple(name for name in (time, group) if name)
        return SeriesOptions(time, network.targets, network.features, group, optional=optional)

    def _renamed(self, series: Series) -> Series:
        """Numbers without names by the names of the model's columns."""
        columns = self.network.columns
        if len(series.columns) != len(columns):
            raise InputError(
                f"{series.shown_name}: expected {len(columns)} columns ({', '.join(columns)}); "
                f"received {len(series.columns)}"
            )
        return replace(series, columns=columns, targets=len(self.network.targets))

    def checked(self, series: Series) -> Series:
        """A series with the model's columns in their order, seen to be one that it can read.

        Raises:
            InputError: a column is missing, the step is another than the model learned, or times
                are missing that the model reads.
        """
        network, step = self.network, self.bundle.manifest.serving.get("step")
        if missing := [name for name in network.columns if name not in series.columns]:
            raise InputError(
                f"{series.shown_name}: no column {missing[0]!r}, which the model reads; there are: "
                f"{', '.join(series.columns):.200}"
            )
        if series.step is not None and step and str(series.step) != step:
            raise InputError(
                f"{series.shown_name}: a step of {series.step}; the model learned one of {step}"
            )
        if network.calendar and series.times is None:
            raise InputError(
                f"{series.shown_name}: no times, of which the model reads {network.calendar[0]}; "
                "name their column with time=…"
            )
        if series.columns == network.columns:
            return replace(series, targets=len(network.targets))
        places = [series.columns.index(name) for name in network.columns]
        return replace(series, columns=network.columns, targets=len(network.targets),
                       values=series.values[:, places])  # fmt: skip

    def _steps(self, horizon: int | None) -> int:
        """How many steps are forecast.

        Raises:
            ConfigurationError: it is no number of steps, or too many.
        """
        own = self.network.horizon
        if horizon is None:
            return own
        require_whole("horizon", horizon, least=1)
        most = MOST_HORIZONS * own
        require(
            horizon <= most,
            f"horizon: {horizon:,} steps; a model that learned to forecast {own} goes on to "
            f"{most:,} at most",
        )
        return horizon

    def _forecasts(
        self, series: Sequence[Series], steps: int, interval: float | None
    ) -> Iterator[Forecast]:
        """The forecasts that follow some series."""
        window, targets = self.network.window, len(self.network.targets)
        for one in series:
            if len(one) < window:
                raise InputError(
                    f"{one.shown_name}: {len(one):,} steps; the model reads the last {window:,}"
                )
        ends = [one.cut(len(one) - window) for one in series]
        windows = self.scaling.apply(np.stack([one.values for one in ends]))
        calendar = self._calendar(ends, steps)
        found = forecast_windows(self.network, self.run, windows, calendar, horizon=steps)
        values = self.scaling.undo(found[..., self.network.point])
        simple = {
            name: self.scaling.undo(one)
            for name, one in self.baselines.forecasts(windows[..., :targets], steps).items()
        }
        bounds: tuple[Any, Any] = ([None] * len(ends),) * 2
        if interval is not None:
            lower, upper = self.intervals.bounds(found, interval)
            bounds = self.scaling.undo(lower), self.scaling.undo(upper)
        shown = max(window, _SHOWN_HORIZONS * steps)
        for number, one in enumerate(series):
            yield Forecast(
                self.network.targets,
                values[number],
                one.cut(max(0, len(one) - shown)),
                bounds[0][number],
                bounds[1][number],
                interval,
                self.intervals.method if interval is not None else "",
                one.future(steps),
                {name: values[number] for name, values in simple.items()},
                tuple(name for name in self.better_methods if name in simple),
            )

    def run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network: windows (B, W, I) to forecasts (B, S, K, Q)."""
        return self._session.run({"windows": windows})["forecast"]

    def _calendar(self, ends: Sequence[Series], steps: int) -> NDArray[np.float32] | None:
        """The numbers of the times of windows and horizon, (N, W + H, F)."""
        if not self.network.calendar:
            return None
        found = []
        for one in ends:
            times, future = one.times, one.future(steps)
            assert times is not None
            assert future is not None
            every = np.concatenate([times, future])
            found.append(calendar_features(every, self.network.calendar))
        return np.stack(found)

    @classmethod
    def column_kinds(cls, labels: Sequence[str], options: Mapping[str, Any]) -> Columns:
        """See :meth:`textrnn.heads.head.Head.column_kinds`; the labels are the targets."""
        by_target: Kind = {label: [NUMBER] for label in labels}
        kinds: Columns = {"series": TEXT, "times": [TEXT], "values": by_target}
        if options.get("interval", LEVEL) is not None:
            kinds |= {"lower": by_target, "upper": by_target}
        kinds["simple"] = [{"method": TEXT, "values": by_target}]
        return kinds

    @classmethod
    def card_facts(cls, manifest: Manifest) -> CardFacts:
        """See :meth:`textrnn.heads.head.Head.card_facts`."""
        from textrnn.heads.forecaster.card import forecaster_facts

        return forecaster_facts(manifest)

    @classmethod
    def first_calls(cls, manifest: Manifest, model: str) -> list[str]:
        """See :meth:`textrnn.heads.head.Head.first_calls`."""
        return [
            f"textrnn evaluate {model} FILE",
            f"textrnn forecast {model} FILE --plot forecast.png",
        ]

    @classmethod
    def read_examples(
        cls, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[Series]:
        """The series of a table; see :func:`textrnn.corpora.read_series`."""
        found = read_series(
            source.file,
            _options_of(source),
            form=source.format,
            encoding=source.encoding,
            on_note=on_note or (lambda line: None),
        )
        first, last = source.rows or (None, None)
        return (one.cut(first, last) for one in found)

    @classmethod
    def given_examples(
        cls, data: Any, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[Series]:
        """Series; see :func:`textrnn.corpora.given_series`."""
        said = on_note or (lambda line: None)
        return iter(given_series(data, _options_of(source), name=source.file, on_note=said))

    def examples_of(self, data: Examples, on_note: Callable[[str], None]) -> Iterator[Series]:
        """See :meth:`textrnn.heads.head.Head.examples_of`; numbers without names are the model's
        targets.
        """
        return (
            iter(self.series_of(data)) if is_nameless(data) else super().examples_of(data, on_note)
        )

    def evaluate(
        self,
        examples: Examples,
        *,
        batch_size: int = 256,
        horizon: int | None = None,
        interval: float = LEVEL,
        stride: int = 1,
        on_progress: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] = lambda line: None,
        on_outcome: OnOutcome = unheard,
    ) -> ForecastReport:
        """Forecast from every point of series that leaves a horizon behind it, and score that
        beside what simple methods forecast.

        Args:
            examples: series, as :meth:`Head.evaluate` takes examples; of each the first window is
                read alone.
            batch_size: windows run together.
            horizon: steps to forecast; by default the model's.
            interval: the level of the intervals whose coverage is measured.
            stride: steps from the beginning of one forecast to that of the next.
            on_progress: called with how many windows were read since the last call.
            on_note: told which simple methods were no worse.
            on_outcome: told nothing: forecasts are neither right nor wrong.

        Raises:
            ConfigurationError: an option is wrong.
            InputError: no series is as long as window and horizon, or one cannot be read.
        """
        from textrnn.heads.forecaster.evaluation import Evaluation

        require_whole("stride", stride, least=1)
        require_whole("batch_size", batch_size, least=1)
        require(interval is not None, "interval: name a level from 0.5 to 0.99")
        check_level(interval)
        rolling = Evaluation(self, self._steps(horizon), interval, stride)
        for series in self.examples_of(examples, on_note):
            rolling.add(self.checked(series), batch_size, on_progress)
        report = rolling.report()
        for line in report.notes():
            on_note(line)
        return report


def _options_of(source: ExampleSource) -> SeriesOptions:
    """How a source's series are read."""
    return SeriesOptions(
        source.time, source.targets, source.features, source.group, source.missing,
        source.decimal, source.optional,
    )  # fmt: skip


def check_level(interval: float | None) -> None:
    """See that an interval of this level can be given.

    Raises:
        ConfigurationError: it cannot.
    """
    require(
        interval is None or LEVELS[0] <= interval <= LEVELS[-1],
        f"interval must be from {LEVELS[0]} to {LEVELS[-1]}; received {interval!r}",
    )

"""The forecaster: series in, the steps that follow them out.

Shapes: B windows, W steps of a window, I numbers at each, S steps forecast at once, K targets, Q
levels of quantiles; T steps of a series, C columns (targets, then features).
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
from textrnn.corpora.series.reading import given_series, is_nameless, read_series, refuse_path
from textrnn.corpora.series.series import Series
from textrnn.errors import InputError
from textrnn.heads.forecaster.ahead import forecasts_of, steps_ahead
from textrnn.heads.forecaster.inputs import SeriesReader
from textrnn.heads.forecaster.intervals import check_level
from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.forecaster.parts import (
    expected_graph,
    read_baselines,
    read_intervals,
    read_scaling,
)
from textrnn.heads.forecaster.result import Forecast
from textrnn.heads.head import Head
from textrnn.heads.inputs import iterated
from textrnn.heads.outcome import OnOutcome, unheard
from textrnn.heads.parts import read_graph, read_network
from textrnn.heads.result import INTEGER, NUMBER, TEXT, Columns, Kind
from textrnn.network import Network
from textrnn.runtime.session import Session
from textrnn.runtime.stream import ReadAhead, batches

if TYPE_CHECKING:
    from textrnn.heads.card import CardFacts
    from textrnn.heads.examples import Examples, ExampleSource
    from textrnn.heads.forecaster.report import ForecastReport

LEVEL = 0.9  # of intervals, where nobody says


class Forecaster(Head):
    """Forecasts the steps that follow a series of numbers.

    Args:
        bundle: the model.
        threads: threads for the network; any number gives the same answers.

    Attributes:
        network: its description: window, horizon, the names of targets and features.
        reader: what it reads of data.
        scaling: of the columns.
        baselines: what simple methods forecast.
        season: steps of a season; 0 for none.
        intervals: how far off forecasts are.

    Raises:
        BundleError: a file of the bundle is damaged, or the bundle is not a forecaster's.
    """

    task = "forecaster"
    command_line: ClassVar[tuple[str, ...]] = ("forecast",)  # of a file, and of a model before it
    reads_texts: ClassVar[bool] = False
    pictures: ClassVar[tuple[str, ...]] = ("forecasts.png", "horizon.png", "residuals.png")
    main_score: ClassVar[str] = "MSE"
    lower_is_better: ClassVar[tuple[str, ...]] = ("MSE", "MAE", "RMSE", "MAPE", "sMAPE", "MASE")
    network_class: ClassVar[type[Network]] = ForecasterNetwork
    example_options: ClassVar[tuple[str, ...]] = ("time", "group", "missing", "decimal")
    evaluate_options: ClassVar[tuple[str, ...]] = ("batch_size", "horizon", "interval", "stride")
    client_facts: ClassVar[Columns] = {
        "features": [TEXT], "time": TEXT, "group": TEXT, "step": TEXT, "window": INTEGER,
        "horizon": INTEGER,
    }  # fmt: skip

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        super().__init__(bundle, threads=threads)
        self.network: ForecasterNetwork = read_network(bundle, ForecasterNetwork)
        self.reader = SeriesReader(self.network, bundle.manifest.serving)
        self.scaling = read_scaling(bundle, self.network)
        self.baselines = read_baselines(bundle, self.network)
        self.season = self.baselines.season
        self.intervals = read_intervals(bundle, self.network)
        graph = read_graph(bundle, expected_graph(self.network))
        self._session = Session(graph, threads=1, name=str(bundle.path))

    def _sessions(self) -> Iterable[Session]:
        return (self._session,)

    def completed(self, source: ExampleSource) -> ExampleSource:
        """See :meth:`textrnn.heads.head.Head.completed`: with the columns that the model reads."""
        known = self.reader.options
        return replace(
            source,
            targets=known.targets,
            features=known.features,
            time=source.time or known.time,
            group=source.group or known.group,
            optional=tuple({*known.optional} - {source.time, source.group}),
        )

    def from_record(self, record: Mapping[str, Any]) -> Series:
        """See :meth:`SeriesReader.of_record`."""
        return self.reader.of_record(record)

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
        steps = steps_ahead(horizon, self.network.horizon)
        check_level(interval)
        every = iterated(inputs, "inputs", what="series")
        return (
            forecast
            for taken in batches(every, batch_size, read_ahead)
            for forecast in forecasts_of(self, map(self.reader.one, taken), steps, interval)
        )

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
        series = self.reader.one(data, missing)
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
        series = self.reader.several(data, missing)
        names = [one.name for one in series]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(f"several series are called {twice!r}; give each a name of its own")
        return dict(
            zip(names, self.answer(series, horizon=horizon, interval=interval), strict=True)
        )

    def run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network: windows (B, W, I) to forecasts (B, S, K, Q)."""
        return self._session.run({"windows": windows})["forecast"]

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
            source,
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
        return iter(given_series(data, source, name=source.file, on_note=said))

    def examples_of(
        self, data: Examples, on_note: Callable[[str], None], **columns: str | int | None
    ) -> Iterator[Series]:
        """See :meth:`textrnn.heads.head.Head.examples_of`; numbers without names are the model's
        targets.
        """
        return (
            iter(self.reader.several(data))
            if is_nameless(data)
            else super().examples_of(data, on_note, **columns)
        )

    @property
    def lookback(self) -> int:
        """See :meth:`Head.lookback`: the window."""
        return self.network.window

    def questions(self, example: Series) -> Sequence[Series]:
        """See :meth:`Head.questions`: how it goes on after the first window, and after each horizon
        from there.
        """
        after = range(self.lookback, len(example), self.network.horizon)
        return [example.cut(None, end) for end in after]

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
        rolling = Evaluation(self, steps_ahead(horizon, self.network.horizon), interval, stride)
        for series in self.examples_of(examples, on_note):
            rolling.add(self.reader.checked(series), batch_size, on_progress)
        report = rolling.report()
        for line in report.notes():
            on_note(line)
        return report

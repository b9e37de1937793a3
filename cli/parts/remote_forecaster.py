"""A forecaster that a service has, as ``forecast`` uses one that is here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.corpora.series.series import Series
from textrnn.corpora.series.steps import shown_times
from textrnn.heads.forecaster.ahead import no_worse, shown_end
from textrnn.heads.forecaster.forecaster import LEVEL, Forecaster
from textrnn.heads.forecaster.inputs import SeriesReader
from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.forecaster.result import Forecast
from textrnn.runtime.stream import ReadAhead
from textrnn.serving.remote_head import RemoteHead

_SENT = 1000  # steps that are sent at least: they tell how far steps lie apart, too


class RemoteForecaster(Forecaster):
    """Forecasts by a model that a service has.

    Args:
        remote: the model.
    """

    def __init__(self, remote: RemoteHead) -> None:
        self._remote, card = remote, remote.card()
        self.bundle = cast(Bundle, remote.bundle)
        self.network = ForecasterNetwork.from_dict(card["network"])
        self.reader = SeriesReader(self.network, card["serving"])
        self.season = int(card["serving"].get("season", 0))
        self._better = tuple(no_worse(card["scores"]))

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
        """See :meth:`Forecaster.answer`; each series is a request."""
        options = {"interval": interval} | ({} if horizon is None else {"horizon": horizon})
        return (self._forecast(self.reader.one(one), options) for one in inputs)

    def _forecast(self, series: Series, options: Mapping[str, Any]) -> Forecast:
        sent = series.cut(max(0, len(series) - max(self.network.window, _SENT)))
        record: dict[str, Any] = dict(zip(sent.columns, sent.values.T.tolist(), strict=True))
        if sent.times is not None:
            record[sent.time or "time"] = shown_times(sent.times)
        answer = self._remote.told(record, options)
        values = self._steps(answer["values"])
        simple = {one["method"]: self._steps(one["values"]) for one in answer["simple"]}
        return Forecast(
            self.network.targets,
            values,
            shown_end(series, self.network.window, len(values)),
            self._steps(answer["lower"]),
            self._steps(answer["upper"]),
            options["interval"],
            times=series.future(len(values)),
            simple=simple,
            better=tuple(name for name in self._better if name in simple),
        )

    def _steps(self, by_target: Mapping[str, list[float]]) -> NDArray[np.float64]:
        """Numbers by target as an array, (H, K)."""
        return np.array([by_target[name] for name in self.network.targets]).T

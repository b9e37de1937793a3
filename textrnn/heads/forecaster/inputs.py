"""What a forecaster reads of data: series with the columns and the step that it learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from textrnn.corpora.formats.record import folded_name
from textrnn.corpora.series.options import SeriesOptions
from textrnn.corpora.series.reading import given_series, is_nameless
from textrnn.corpora.series.series import Series
from textrnn.errors import InputError
from textrnn.heads.forecaster.network import ForecasterNetwork


class SeriesReader:
    """Reads what a model forecasts from.

    Args:
        network: the model's.
        serving: what its bundle says of the series that it learned from: the columns of ``time``
            and ``group``, and their ``step``.
    """

    def __init__(self, network: ForecasterNetwork, serving: Mapping[str, Any]) -> None:
        self._network, self._serving = network, serving

    @property
    def options(self) -> SeriesOptions:
        """The columns that the model learned from; a table may lack those of time and group."""
        time, group = self._serving.get("time"), self._serving.get("group")
        optional = tuple(name for name in (time, group) if name)
        return SeriesOptions(
            time=time,
            targets=self._network.targets,
            features=self._network.features,
            group=group,
            optional=optional,
        )

    def of_record(self, record: Mapping[str, Any]) -> Series:
        """The series in a record whose fields are columns, as ``{"date": [...], "OT": [...]}``; the
        numbers of a single target may be under ``values``.

        Raises:
            InputError: there is none, or it has gaps or other columns.
        """
        columns = {name: value for name, value in record.items() if isinstance(value, list | tuple)}
        if "values" in columns and len(self._network.columns) == 1:
            columns.setdefault(self._network.targets[0], columns.pop("values"))
        if not columns:
            raise InputError(
                f"a record: no list of numbers under {' or '.join(self._network.columns)}; there "
                f"are: {', '.join(map(str, record)) or 'none':.200}"
            )
        return self.one(columns)

    def several(self, data: Any, missing: str = "error") -> list[Series]:
        """The series that data holds, with the model's columns.

        Raises:
            ConfigurationError: nothing is called ``missing`` that could become of gaps.
            InputError: it holds none, or a column is missing.
        """
        is_bare = is_nameless(data)
        options = replace(SeriesOptions() if is_bare else self.options, missing=missing)
        return [self.checked(self._renamed(one) if is_bare else one)
                for one in given_series(data, options)]  # fmt: skip

    def one(self, data: Any, missing: str = "error") -> Series:
        """The only series that data holds; see :meth:`several`."""
        found = self.several(data, missing)
        if len(found) > 1:
            raise InputError(
                f"{found[0].source}: {len(found)} groups, where one series was expected; "
                "forecast_groups takes several"
            )
        return found[0]

    def checked(self, series: Series) -> Series:
        """A series with the model's columns in their order, seen to be one that it can read.

        Raises:
            InputError: a column is missing, the step is another than the model learned, or times
                are missing that the model reads.
        """
        network, step = self._network, self._serving.get("step")
        places: list[int] = []
        for name in network.columns:
            if (place := self._place(series, name)) is None:
                raise InputError(
                    f"{series.shown_name}: no column {name!r}, which the model reads; there are: "
                    f"{', '.join(series.columns):.200}"
                )
            places.append(place)
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
        return replace(series, columns=network.columns, targets=len(network.targets),
                       values=series.values[:, places])  # fmt: skip

    def _place(self, series: Series, name: str) -> int | None:
        """Where a series has a column of the model's: in other letters, too, where one alone has
        that name but for capitals and blanks.
        """
        if name in series.columns:
            return series.columns.index(name)
        wanted, own = folded_name(name), self._network.columns
        found = [
            place
            for place, column in enumerate(series.columns)
            if folded_name(column) == wanted and column not in own
        ]
        return found[0] if len(found) == 1 else None

    def _renamed(self, series: Series) -> Series:
        """Numbers without names by the names of the model's columns."""
        columns = self._network.columns
        if len(series.columns) != len(columns):
            raise InputError(
                f"{series.shown_name}: expected {len(columns)} columns ({', '.join(columns)}); "
                f"received {len(series.columns)}"
            )
        return replace(series, columns=columns, targets=len(self._network.targets))

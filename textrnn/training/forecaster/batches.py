"""Windows of series with the steps that follow them, cut when a batch needs them.

Shapes: T steps of a series, B windows of a batch, W steps of a window, S steps that follow, C
columns, F numbers of the calendar, I = C + F, K targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.forecaster.rolling import network_inputs
from textrnn.training.loop.batches import steps_per_epoch

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ScaledSeries:
    """A series as networks read it.

    Attributes:
        values: scaled, (T, C): targets, then features.
        calendar: numbers of its times, (T, F); None where the network reads none.
    """

    values: Floats
    calendar: NDArray[np.float32] | None


@dataclass(frozen=True)
class ForecastBatch:
    """Windows, and what came after them.

    Attributes:
        windows: what the network reads, (B, W, I).
        truth: what it is to say, relative to each window as its forecast is, (B, S, K).
        spread: in units of which, (B, 1, K): errors times this are of scaled values.
    """

    windows: NDArray[np.float32]
    truth: NDArray[np.float32]
    spread: NDArray[np.float32]

    @property
    def texts(self) -> int:
        """The windows: what the mean loss of a step weighs in the epoch's."""
        return len(self.windows)

    @property
    def token_count(self) -> int:
        """The steps that are read."""
        return int(self.windows.shape[0] * self.windows.shape[1])


class SeriesWindows:
    """All windows of some series, one a step, each with the steps that follow it.

    Args:
        series: the series.
        window: W.
        steps: S.
    """

    def __init__(self, series: Sequence[ScaledSeries], *, window: int, steps: int) -> None:
        self.window, self.steps = window, steps
        length, starts, rows = window + steps, [], 0
        for one in series:
            starts.append(rows + np.arange(max(0, len(one.values) - length + 1)))
            rows += len(one.values)
        self._starts = np.concatenate(starts)
        self._values = _views([one.values for one in series], length)
        times = [one.calendar for one in series if one.calendar is not None]
        self._times = _views(times, length) if times else None

    def __len__(self) -> int:
        return len(self._starts)

    def values(self, numbers: NDArray[np.int64]) -> Floats:
        """Windows, by their numbers, and what follows: scaled, (B, W + S, C)."""
        found: Floats = self._values[self._starts[numbers]].transpose(0, 2, 1)
        return found

    def calendar(self, numbers: NDArray[np.int64]) -> NDArray[np.float32] | None:
        """The same of the calendar, (B, W + S, F)."""
        if self._times is None:
            return None
        found: NDArray[np.float32] = self._times[self._starts[numbers]].transpose(0, 2, 1)
        return found

    def batch(self, network: ForecasterNetwork, numbers: NDArray[np.int64]) -> ForecastBatch:
        """Windows, by their numbers, as the network reads them."""
        values, times = self.values(numbers), self.calendar(numbers)
        if times is not None:
            times = times[:, : self.window]
        targets = len(network.targets)
        inputs, offset, spread = network_inputs(network, values[:, : self.window], times)
        offset, spread = offset[..., :targets], spread[..., :targets]
        truth = (values[:, self.window :, :targets] - offset) / spread
        return ForecastBatch(inputs, truth.astype(np.float32), spread.astype(np.float32))

    def training_batches(
        self,
        network: ForecasterNetwork,
        *,
        batch_size: int,
        seed: tuple[int, int],
        skip: int = 0,
    ) -> Iterator[ForecastBatch]:
        """The batches of one epoch: every window once, in random order.

        Args:
            network: what reads them.
            batch_size: windows a batch.
            seed: random state and epoch: the same pair gives the same batches.
            skip: batches already done.
        """
        order = np.random.default_rng(seed).permutation(len(self))
        for number in range(skip, steps_per_epoch(len(self), batch_size)):
            yield self.batch(network, order[number * batch_size : (number + 1) * batch_size])


def _views(arrays: Sequence[NDArray[Any]], length: int) -> NDArray[Any]:
    """Views of the arrays (T, C), one after the other, from each row on: (rows, C, length)."""
    rows = np.concatenate(arrays)
    missing = max(0, length - len(rows))
    rows = np.pad(rows, ((0, missing), (0, 0)))  # so that there is a view where no window fits
    return sliding_window_view(rows, length, axis=0)

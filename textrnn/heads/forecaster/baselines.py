"""What simple methods forecast, beside which every network has to stand.

Shapes: T steps, N windows, W steps of a window, H of the horizon, K targets. All values are scaled.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from textrnn.bundle.arrays import open_arrays
from textrnn.configuration import require
from textrnn.counted import counted

LAST, SEASON, MEAN, RIDGE = "last value", "season before", "mean of seasons", "ridge"
NAMES = (LAST, SEASON, MEAN, RIDGE)
_PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)  # times the mean square of what is read
_MOST_WINDOWS = 20_000  # that the ridge is fitted on
_MOST_APART = 1 << 20  # numbers of a matrix for each target
LONGEST_SEASON = 1 << 20  # steps
_LONG = 512  # steps of a window of which the ridge may read the last half alone
_CLEAR = 0.3  # a season's least correlation

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Baselines:
    """Simple methods, fitted.

    Attributes:
        season: steps of a season; 0 for none.
        kernel: of the ridge regression, (1 or K, W + 1, H): from a window less its last value, and
            a one, to what follows less the same. One matrix serves all targets, or each has its
            own. Of a long window it may read the last half alone: the rest of it is 0 then.
        penalty: that of the ridge.
    """

    season: int
    kernel: NDArray[np.float32]
    penalty: float

    @property
    def window(self) -> int:
        """W."""
        return int(self.kernel.shape[1]) - 1

    @property
    def horizon(self) -> int:
        """H."""
        return int(self.kernel.shape[2])

    def forecasts(self, windows: Floats, horizon: int | None = None) -> dict[str, Floats]:
        """What each method forecasts from windows (N, W, K), (N, H, K) each; those by the season
        where the window holds one.

        Args:
            windows: scaled targets.
            horizon: steps to forecast; beyond its own the ridge goes on from its forecast.
        """
        steps = self.horizon if horizon is None else horizon
        found = {LAST: np.repeat(windows[:, -1:], steps, axis=1)}
        if 0 < self.season <= windows.shape[1]:
            phases = np.arange(steps) % self.season
            whole = windows.shape[1] // self.season * self.season
            seasons = windows[:, -whole:].reshape(len(windows), -1, self.season, windows.shape[2])
            found[SEASON] = seasons[:, -1, phases]
            found[MEAN] = seasons.mean(axis=1)[:, phases]
        found[RIDGE] = self._ridge(windows, steps)
        return found

    def _ridge(self, windows: Floats, steps: int) -> Floats:
        known = windows
        while known.shape[1] < windows.shape[1] + steps:
            read = known[:, known.shape[1] - self.window :].transpose(2, 0, 1)  # (K, N, W)
            last = read[..., -1:]
            more = (read - last) @ self.kernel[:, :-1] + self.kernel[:, -1:] + last  # (K, N, H)
            known = np.concatenate([known, more.transpose(1, 2, 0)], axis=1)
        return known[:, windows.shape[1] : windows.shape[1] + steps]

    def to_bytes(self) -> bytes:
        """All of it as a file of a bundle."""
        content = io.BytesIO()
        apart = int(len(self.kernel) > 1)
        np.savez_compressed(
            content,
            kernel=self.kernel,
            apart=np.array(apart, np.int64),
            season=np.array(self.season, np.int64),
            penalty=np.array(self.penalty),
        )
        return content.getvalue()

    @classmethod
    def from_bytes(
        cls, content: bytes, name: str, *, window: int, horizon: int, targets: int
    ) -> Baselines:
        """What :meth:`to_bytes` wrote.

        Args:
            content: the file's.
            name: of the file, for messages.
            window: W.
            horizon: H.
            targets: K.

        Raises:
            BundleError: it is damaged, or for other windows.
        """
        with open_arrays(content, name) as file:
            apart = file.number("apart", most=1)
            kernel = file.take("kernel", (targets if apart else 1, window + 1, horizon), "f")
            season = file.number("season", most=LONGEST_SEASON)
            penalty = float(file.take("penalty", (), "f"))
        return cls(season, kernel, penalty)


def fit_baselines(
    train: Sequence[Floats],
    validation: Sequence[Floats],
    *,
    window: int,
    horizon: int,
    season: int | None = None,
) -> tuple[Baselines, NDArray[np.float32]]:
    """Fit the simple methods.

    Args:
        train: targets of what trains, (T, K) for each series.
        validation: those of what validates, by which the ridge's penalty is chosen, and whether
            the targets share its matrix.
        window: W.
        horizon: H.
        season: its steps; by default it is looked for.

    Returns:
        The methods, and the best matrix that all targets share, (W + 1, H), whether or not the
        ridge has that one.
    """
    season = find_season(train, most=window) if season is None else season
    learned = [_products(*pairs) for pairs in _pairs(train, window, horizon)]
    held = [_products(*pairs) for pairs in _pairs(validation, window, horizon)]
    shared = _best([_sum(learned)], [_sum(held)])
    found = [shared]
    if 1 < len(learned) <= _MOST_APART // ((window + 1) * horizon):
        found.append(_best(learned, held))
    _, penalty, kernel = min(found, key=lambda one: one[0])
    return Baselines(season, kernel.astype(np.float32), penalty), shared[2][0].astype(np.float32)


def season_note(season: int, window: int) -> str:
    """A line on a season that no window holds; empty where windows hold it, or there is none."""
    if season <= window:
        return ""
    return (
        f"a window of {counted(window, 'step')} does not hold the season of {season}: no seasonal "
        "method stands beside the forecasts"
    )


def find_season(series: Sequence[Floats], *, most: int) -> int:
    """The lag at which the longest series, less its trend, is most like itself; 0 where none is
    clear. A multiple of a season is none.

    Args:
        series: targets, (T, K) each.
        most: the longest season that is looked for.
    """
    values = max(series, key=len)
    steps = np.arange(len(values)) - (len(values) - 1) / 2
    flat = values - values.mean(axis=0)
    flat = flat - np.outer(steps, steps @ flat / max(steps @ steps, 1.0))
    spectrum = np.abs(np.fft.rfft(flat, 2 * len(flat), axis=0)) ** 2
    alike = np.fft.irfft(spectrum, axis=0)[: most + 2]  # (lags, K)
    alike = (alike / np.maximum(alike[0], 1e-12)).mean(axis=1)
    peaks = [
        lag
        for lag in range(2, min(len(alike) - 1, len(values) // 2))
        if alike[lag - 1] < alike[lag] >= alike[lag + 1] and alike[lag] > _CLEAR
    ]
    return max(peaks, key=lambda lag: alike[lag], default=0)


@dataclass(frozen=True)
class _Products:
    """Of what is read (n, W + 1) and what follows (n, H): X'X, X'Y, Y'Y and n."""

    read: Floats
    both: Floats
    followed: float
    count: int


def _pairs(series: Sequence[Floats], window: int, horizon: int) -> Iterator[tuple[Floats, Floats]]:
    """Of each target the windows less their last values, with a one, and what follows, evenly
    chosen where they are many.
    """
    length = window + horizon
    long = [one for one in series if len(one) >= length]
    count = sum(len(one) - length + 1 for one in long)
    require(count > 0, f"no window of {window} steps has {horizon} behind it")
    stride = -(-count // _MOST_WINDOWS)
    for target in range(series[0].shape[1]):
        rows = np.concatenate(
            [sliding_window_view(one[:, target], length)[::stride] for one in long]
        )
        rows = rows - rows[:, window - 1 : window]
        ones = np.ones((len(rows), 1))
        yield np.concatenate([rows[:, :window], ones], axis=1), rows[:, window:]


def _products(read: Floats, follows: Floats) -> _Products:
    return _Products(read.T @ read, read.T @ follows, float((follows**2).sum()), len(read))


def _sum(products: Sequence[_Products]) -> _Products:
    return _Products(
        sum((one.read for one in products[1:]), products[0].read),
        sum((one.both for one in products[1:]), products[0].both),
        sum(one.followed for one in products),
        sum(one.count for one in products),
    )


def _best(learned: Sequence[_Products], held: Sequence[_Products]) -> tuple[float, float, Floats]:
    """The least squared error on what validates, and its penalty and kernel: of regressions on the
    whole window and, where it is long, on its last half, whose products are a part of the whole's.
    """
    window = len(learned[0].read) - 1
    halves = {0, window // 2} if window >= _LONG else {0}
    return min((_best_from(start, learned, held) for start in halves), key=lambda one: one[0])


def _best_from(
    start: int, learned: Sequence[_Products], held: Sequence[_Products]
) -> tuple[float, float, Floats]:
    """The same of regressions that read the steps of the window from one on."""
    bases = [np.linalg.eigh(one.read[start:, start:]) for one in learned]
    found = []
    for penalty in _PENALTIES:
        kernels, error = [], 0.0
        for (values, vectors), one, other in zip(bases, learned, held, strict=True):
            weight = penalty * float(values.mean()) + 1e-9
            both = vectors.T @ one.both[start:]
            kernel = vectors @ (both / (values.clip(0.0) + weight)[:, None])
            error += other.followed - 2 * float((kernel * other.both[start:]).sum())
            error += float((kernel * (other.read[start:, start:] @ kernel)).sum())
            kernels.append(np.pad(kernel, ((start, 0), (0, 0))))
        found.append((error, penalty, np.stack(kernels)))
    return min(found, key=lambda one: one[0])
